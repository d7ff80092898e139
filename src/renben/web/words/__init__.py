"""Every word that a page says, in Chinese and English, kept as data beside each other.

The view in traditional characters has no words of its own: the Chinese side is converted where it is looked up
(`traditional.py`, docs/adr/0011). A key without one of the languages is refused when the file is read; a key that is not written is an error,
and a test looks for every key that templates and code use.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.functional import lazy
from django.utils.translation import get_language, override

from renben.web.words.traditional import traditional

HERE = Path(__file__).parent
CHINESE, ENGLISH, VIEW = 0, 1, 2
"""Places in a pair of words, and after them that of the Chinese one in traditional characters."""
MANY = {f"{one}s": one for one in ("day", "hour", "month", "year", "service", "point", "answer", "case")}
"""What is counted in sentences: the plural, and the word for one."""
ONE = re.compile(rf"(?<![\w.,])1 (working |full |other )?({'|'.join(MANY)})\b")
"""One of what is many otherwise; not the end of another number."""
SIMPLIFIED, TRADITIONAL = "zh-hans", "zh-hant"


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


def forms(key: str) -> tuple[str, str, str]:
    """A word in every form that a page shows it in, and that somebody may therefore write into a file."""
    zh, en = pair(key)
    return zh, en, traditional(zh)


def say(language: str | None, key: str, **values: Any) -> str:
    """A word in a language with values put in.

    Raises:
        WordsError: the key is not written.
    """
    return _filled(either_in(language, *pair(key)), values)


def side(language: str | None) -> int:
    """Which of a pair of words a language takes."""
    return ENGLISH if (language or "").startswith("en") else CHINESE


def side_now() -> int:
    """Which of a pair of words the language of the current request takes."""
    return side(get_language())


def either_in(language: str | None, zh: str, en: str) -> str:
    """Whichever of two texts a language takes, in traditional characters where it is the view's."""
    if side(language) == ENGLISH:
        return en
    return traditional(zh) if language == TRADITIONAL else zh


def either(zh: str, en: str) -> str:
    """Whichever of two texts the language of the current request takes."""
    return either_in(get_language(), zh, en)


def column_now() -> int:
    """CHINESE, ENGLISH or VIEW: which of three forms of a word the current request takes."""
    language = get_language()
    return VIEW if language == TRADITIONAL else side(language)


@contextmanager
def written() -> Iterator[None]:
    """A document, an export or an answer to a program: in simplified characters whatever the page shows."""
    with override(SIMPLIFIED if get_language() == TRADITIONAL else get_language()):
        yield


def say_now(key: str, **values: Any) -> str:
    """A word in the language of the current request."""
    return _filled(either(*pair(key)), values)


def share_now(share: float, digits: int = 0) -> str:
    """A share (0 to 1) as a percentage in the habit of the page's language."""
    return say_now("per_cent", n=f"{100 * share:.{digits}f}")


def _filled(said: str, values: Mapping[str, Any]) -> str:
    """A word with its values put in; brackets around a value that is empty go with it."""
    if not values:
        return said
    return ONE.sub(_one, said.format(**values).replace("（）", "").replace(" ()", ""))


def _one(found: re.Match[str]) -> str:
    """Of one thing English speaks in the singular."""
    return f"1 {found[1] or ''}{MANY[found[2]]}"


later = lazy(say_now, str)
"""A word that is said when it is shown: for labels that are made once and used in every language."""


def choices(prefix: str, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Choices of a form field whose labels are the words `prefix.name`."""
    return [(name, later(f"{prefix}.{name}")) for name in names]
