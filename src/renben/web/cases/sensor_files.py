"""Sensors and readings from files, for the command line: CSV with a header, or JSON lines, with the API's names."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from renben.core.errors import RenbenError
from renben.web.cases import sensor_desk
from renben.web.cases.sensors import MOST, NAME, Item, Taken, take
from renben.web.flow.refusals import Refusal
from renben.web.guard.policy import Actor

OPERATOR = Actor(None, (("dispatcher", ""),), job="flow")
"""Whoever may read and write the service's folder."""
LATEST = 2**53
"""Moments above it (ms) are none."""


class FileError(RenbenError):
    """A file cannot be taken in; names the line and what to do."""


def sensors(path: Path) -> dict[str, Any]:
    """Register the sensors of a file: id, region, place, lon, lat; all of them or none.

    Raises:
        FileError: not readable, or a sensor that cannot be registered.
    """
    rows = [row for _, row in _rows(path)]
    try:
        return {"sensors": len(rows), "new": sensor_desk.register_all(OPERATOR, rows)}
    except Refusal as error:
        raise FileError(
            f"{path}: {error.word}: {error.values}; nothing was registered. Mend the file."
        ) from error


def read(path: Path) -> list[Item]:
    """The readings of a file: s, t, v, q as in the API.

    Raises:
        FileError: not readable, or a line that is no reading.
    """
    return [_item(path, line, row) for line, row in _rows(path)]


def readings(path: Path) -> dict[str, Any]:
    """Take in the readings of a file; the same file again changes nothing.

    Raises:
        FileError: as for `read`; nothing was taken in.
    """
    items, done = read(path), Taken()
    for start in range(0, len(items), MOST):
        part = take(OPERATOR, items[start : start + MOST])
        done.taken += part.taken
        done.known += part.known
        done.aside += part.aside
        done.alarms += part.alarms
    why = sorted({one.reason for one in done.aside})
    aside = {reason: sum(one.reason == reason for one in done.aside) for reason in why}
    return {
        "taken": done.taken,
        "known": done.known,
        "aside": aside,
        "alarms": [a.number for a in done.alarms],
    }


def _item(path: Path, line: int, row: dict[str, Any]) -> Item:
    try:
        depth = row["v"]
        found = Item(
            str(row["s"]), int(row["t"]), None if depth in ("", None) else float(depth), int(row["q"])
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FileError(
            f"{path}:{line}: {error}; a reading has s (sensor), t (ms), v (m) and q (0 to 3)."
        ) from error
    if not 0 <= found.quality <= 3 or not 0 <= found.at <= LATEST or not NAME.fullmatch(found.sensor):
        raise FileError(
            f"{path}:{line}: q is 0 to 3, t milliseconds since 1970 and s a sensor's name; mend the line."
        )
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and rows of a CSV or JSON-lines file.

    Raises:
        FileError: the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        if path.suffix == ".csv":
            yield from enumerate(csv.DictReader(lines), 2)
            return
        for number, text in enumerate(lines, 1):
            if text.strip():
                yield number, dict(json.loads(text))
    except (OSError, ValueError, TypeError, RecursionError, csv.Error) as error:
        raise FileError(
            f"{path}: cannot be read ({error}); give a .csv with a header, or one JSON object a line."
        ) from error
