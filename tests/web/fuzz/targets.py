"""The doors: what each reads, examples of it, and the refusals it may answer with.

Anything else that comes out of a door is a fault: whoever sent the bytes would see a broken page or a traceback.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from renben.core.errors import RenbenError
from renben.core.period import Period
from renben.engines.intake.files import read_cells
from renben.engines.plan_reader.reader import read
from renben.engines.rules.casefiles import read_cases
from renben.engines.rules.person import read_person
from renben.evaluation.formula import parse
from renben.web.cases import grid_files, sensor_files
from renben.web.exchange.envelope import Malformed, canonical, opened, parsed
from renben.web.flow.bpmn import bpmn
from renben.web.flow.bpmn_drafting import draft
from renben.web.flow.definition import newest
from renben.web.registry import photo_check, stay_rows
from renben.web.registry.identifiers import check_id
from tests.web.fuzz.examples import (
    BOOK,
    CASES,
    ENVELOPE,
    GRIDS,
    PERSON,
    STAYS,
    document,
    picture,
    plan,
    workbook,
)

DAY = dt.date(2026, 6, 10)
KINDS = ("citizen", "compatriot", "foreign_2017", "foreign_2023")


@dataclass(frozen=True)
class Door:
    """One place where bytes of others come in."""

    name: str
    enter: Callable[[bytes], object]
    examples: tuple[bytes, ...]
    """What is let in; mutations start from these."""
    refusals: tuple[type[Exception], ...] = ()


def _from_file(read: Callable[[Path], object], ending: str) -> Callable[[bytes], object]:
    """A door that reads a path."""

    def enter(data: bytes) -> object:
        with tempfile.NamedTemporaryFile(suffix=ending) as file:
            file.write(data)
            file.flush()
            return read(Path(file.name))

    return enter


def _envelope(data: bytes) -> object:
    document = parsed(data)
    canonical(document)
    return opened(document)


def _stays(data: bytes) -> object:
    return stay_rows.checked(stay_rows.read_file(data), DAY, living=True)


def _number(data: bytes) -> object:
    text = data.decode("utf-8", "replace")
    return [check_id(text, kind, DAY, declared_sex="1") for kind in KINDS]


def _person(data: bytes) -> object:
    try:
        written = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return read_person(BOOK.book.facts, written) if isinstance(written, dict) else None


class NotTaken(ValueError):
    """A file of which nothing is taken, with what is wrong."""


def _grids(data: bytes) -> object:
    found = grid_files.read(data)
    if found.wrong:
        raise NotTaken(found.wrong)
    return found


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "replace"))


DOORS = {
    door.name: door
    for door in (
        Door("envelope", _envelope, (ENVELOPE,), (Malformed,)),
        Door("stays", _stays, (STAYS, STAYS.decode("utf-8-sig").encode("gb18030")), (stay_rows.RowsRefused,)),
        Door("number", _number, (b"149901198501010014", "１４９９０１１９８５０１０１００１４".encode())),
        Door("photo", lambda data: photo_check.look(data, DAY),
             (picture("JPEG", dpi=(350, 350)), picture("PNG"), picture("GIF"))),
        Door("bpmn", lambda data: draft(data, "file"), (bpmn(newest("photo")), bpmn(newest("residence_permit"))), (RenbenError,)),
        Door("csv", _from_file(read_cells, ".csv"), (b"region,period,value\n140105,2024,1\n", "地区,值\n太原,1\n".encode("gb18030"),
             "a,b\n1,2\n".encode("utf-16")), (RenbenError,)),
        Door("xlsx", _from_file(read_cells, ".xlsx"), (workbook(),), (RenbenError,)),
        Door("formula", _text(parse), (b"a / b * 100", b"(a + lag(b, 1)) / cum(c)"), (RenbenError,)),
        Door("period", _text(Period), (b"2024", b"2024Q3", b"2024-07", b"2024-07-15"), (RenbenError,)),
        Door("person", _person, (PERSON,), (RenbenError,)),
        Door("cases", _from_file(lambda path: read_cases(path, BOOK), ".yaml"), (CASES,), (RenbenError,)),
        Door("readings", _from_file(sensor_files.read, ".csv"), (b"s,t,v,q\nSHI-01,1781064000000,0.21,2\nSHI-01,1781064060000,,0\n",),
             (RenbenError,)),
        Door("readings_json", _from_file(sensor_files.read, ".jsonl"),
             (b'{"s": "SHI-01", "t": 1781064000000, "v": 0.21, "q": 2}\n{"s": "SHI-01", "t": 1, "v": null, "q": 0}\n',), (RenbenError,)),
        Door("grids", _grids, (GRIDS,), (NotTaken,)),
        Door("plan_text", _from_file(read, ".txt"), plan(".txt"), (RenbenError,)),
        Door("plan_word", _from_file(read, ".docx"), (document(),), (RenbenError,)),
        Door("plan_page", _from_file(read, ".html"),
             plan(".html"), (RenbenError,)),
    )
}  # fmt: skip


def enter(door: Door, data: bytes) -> bool:
    """Whether a door let some bytes in; anything but a refusal comes through as it is."""
    try:
        door.enter(data)
    except door.refusals:
        return False
    return True
