"""Every word that a page says, in Chinese and English, kept as data beside each other.

A key without one of the languages is refused when the file is read; a key that is not written is an error,
and a test looks for every key that templates and code use.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.functional import lazy
from django.utils.translation import get_language

HERE = Path(__file__).parent
CHINESE, ENGLISH = 0, 1


class WordsError(KeyError):
    """A word is not written, or lacks one of the languages."""


@lru_cache(maxsize=1)
def words() -> dict[str, tuple[str, str]]:
    """All words by key: (Chinese, English)."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(HERE.glob("*.yaml")):
        for key, both in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if not (
                isinstance(both, list) and len(both) == 2 and all(isinstance(p, str) and p for p in both)
            ):
                raise WordsError(f"{path.name}: {key}: needs [Chinese, English], found {both!r}.")
            if key in found:
                raise WordsError(f"{path.name}: {key} is written twice.")
            found[key] = (both[0], both[1])
    return found


def pair(key: str) -> tuple[str, str]:
    """A word in both languages.

    Raises:
        WordsError: the key is not written.
    """
    found = words().get(key)
    if found is None:
        raise WordsError(f"{key}: not in web/words/*.yaml; write it there in both languages.")
    return found


def say(language: str | None, key: str, **values: Any) -> str:
    """A word in a language with values put in.

    Raises:
        WordsError: the key is not written.
    """
    return _filled(pair(key)[side(language)], values)


def side(language: str | None) -> int:
    """Which of a pair of words a language takes."""
    return ENGLISH if (language or "").startswith("en") else CHINESE


def side_now() -> int:
    """Which of a pair of words the language of the current request takes."""
    return side(get_language())


def say_now(key: str, **values: Any) -> str:
    """A word in the language of the current request."""
    return _filled(pair(key)[side_now()], values)


def share_now(share: float, digits: int = 0) -> str:
    """A share (0 to 1) as a percentage in the habit of the page's language."""
    return say_now("per_cent", n=f"{100 * share:.{digits}f}")


def _filled(said: str, values: Mapping[str, Any]) -> str:
    """A word with its values put in; brackets around a value that is empty go with it."""
    if not values:
        return said
    return said.format(**values).replace("（）", "").replace(" ()", "")


later = lazy(say_now, str)
"""A word that is said when it is shown: for labels that are made once and used in every language."""


def choices(prefix: str, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Choices of a form field whose labels are the words `prefix.name`."""
    return [(name, later(f"{prefix}.{name}")) for name in names]
