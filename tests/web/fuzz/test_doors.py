"""Every door lets its examples in and refuses what is broken; a short form of `python -m tests.web.fuzz`."""

import pytest

from renben.web.registry import photo_check
from tests.web.fuzz.examples import GRIDS
from tests.web.fuzz.mutation import mutated
from tests.web.fuzz.targets import DAY, DOORS, Door, enter

INPUTS = 60


@pytest.mark.parametrize("door", DOORS.values(), ids=lambda door: door.name)
def test_a_door_lets_its_examples_in(door: Door) -> None:
    assert door.examples and all(enter(door, one) for one in door.examples)


@pytest.mark.parametrize("door", DOORS.values(), ids=lambda door: door.name)
def test_changed_bytes_are_answered_or_refused(door: Door) -> None:
    answers = [enter(door, mutated(door.examples, seed)) for seed in range(INPUTS)]
    assert len(answers) == INPUTS


def test_the_same_seed_changes_the_same_way() -> None:
    examples = DOORS["stays"].examples
    changed = [mutated(examples, seed) for seed in range(20)]
    assert changed == [mutated(examples, seed) for seed in range(20)] and len(set(changed)) > 15


ONCE = (
    ("envelope", b'{"version": ' + b"9" * 5000 + b"}"),
    ("csv", b"\xff\xfea"),
    ("csv", b"a, a\n1,2\n"),
    ("csv", b"*,b\n1,2\n"),
    ("stays", b'name,number,from\n"a\rb",1,2\nx\r"y'),
    ("cases", b"- name: \xa0"),
    ("cases", b"- 1\n"),
    ("cases", b"- {on: 2025-01-01, person: {}, expect: 3}\n"),
    ("cases", b"- {on: 2025-01-01, person: {}, 'on tomorrow': {residence_permit: deny}}\n"),
    ("xlsx", b"PK\x03\x04"),
    ("readings_json", b'{"s": "a", "t": Infinity, "v": 1, "q": 2}'),
    ("readings_json", b"[" * 100_000),
    ("grids", GRIDS.replace(b"112.55", b"9" * 400)),
    ("readings", b's,t,v,q\n"a\x00'),
)
"""Bytes that once came out as something else than a refusal."""


@pytest.mark.parametrize(("name", "data"), ONCE, ids=range(len(ONCE)))
def test_what_once_broke_a_door_is_refused(name: str, data: bytes) -> None:
    assert not enter(DOORS[name], data)


def test_a_picture_that_breaks_off_is_unreadable() -> None:
    whole = DOORS["photo"].examples[2]
    told = [photo_check.look(whole[:end], DAY).codes for end in range(len(whole))]
    assert all(codes for codes in told) and ("P_UNREADABLE",) in told
