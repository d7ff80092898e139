"""A file of grids (GeoJSON): read whole, with every problem of every grid said; nothing is taken where one is wrong."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from renben.web.cases.grid_shapes import NotAShape, Shape, shape_of

MOST_BYTES = 2_000_000
MOST = 500
"""Grids of a file."""
CODE = re.compile(r"[0-9A-Za-z_-]{1,20}")
LONGEST = {"zh": 60, "en": 80, "towns": 200}
TEXTS = ("code", "zh", "en", "towns", "office", "account")
UNWRITTEN = ("Cc", "Cs")
"""Kinds of signs that no name has and that a database cannot keep: controls, halves of pairs (Unicode)."""
OTHER_NAMES = {"zh": "name"}
"""Property -> another name under which it is read."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one grid of a file: a word (`city.grid.wrong.WORD`), its number and code, and where."""

    word: str
    number: int = 0
    code: str = ""
    at: str = ""


@dataclass
class Found:
    """Grids of a file by their number, as texts with a shape, and what is wrong."""

    grids: list[tuple[int, dict[str, str], Shape]] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)


def read(data: bytes) -> Found:
    """The grids of a FeatureCollection; codes are unique in a file."""
    if len(data) > MOST_BYTES:
        return Found(wrong=[Problem("large", at=str(len(data)))])
    try:
        tree = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Found(wrong=[Problem("json")])
    features = tree.get("features") if isinstance(tree, dict) else None
    if not isinstance(features, list) or tree.get("type") != "FeatureCollection" or not features:
        return Found(wrong=[Problem("collection")])
    if "crs" in tree:
        return Found(wrong=[Problem("crs")])
    if len(features) > MOST:
        return Found(wrong=[Problem("many", at=str(len(features)))])
    found, seen = Found(), set[str]()
    for number, one in enumerate(features, 1):
        _read(found, seen, number, one)
    return found


def _read(found: Found, seen: set[str], number: int, one: Any) -> None:
    own = one.get("properties") if isinstance(one, dict) else None
    texts = _texts(own if isinstance(own, dict) else {})
    code = texts["code"]
    if word := problem(texts):
        found.wrong.append(Problem(word, number, code[:20]))
        return
    if code in seen:
        found.wrong.append(Problem("twice", number, code))
        return
    seen.add(code)
    try:
        found.grids.append((number, texts, shape_of(one.get("geometry"))))
    except NotAShape as error:
        found.wrong.append(Problem(error.wrong.word, number, code, error.wrong.at))


def _texts(own: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(own.get(name) or own.get(OTHER_NAMES.get(name, name)) or "").strip() for name in TEXTS}


def problem(texts: Mapping[str, str]) -> str:
    """What is wrong with the texts of a grid; empty where nothing is."""
    if CODE.fullmatch(texts["code"]) is None:
        return "code"
    if not texts["zh"]:
        return "zh"
    if any(unicodedata.category(sign) in UNWRITTEN for name in LONGEST for sign in texts[name]):
        return "signs"
    if any(len(texts[name]) > most for name, most in LONGEST.items()):
        return "long"
    return "charge" if bool(texts["office"]) == bool(texts["account"]) else ""
