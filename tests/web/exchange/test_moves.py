"""Moves that the registry publishes: residence half a year after arrival, registration by settlement, never both."""

import datetime as dt
import uuid
from collections.abc import Callable

import polars as pl
import pytest

from renben.core.period import Period
from renben.core.workspace import Provenance, Workspace
from renben.web.exchange.moves import COLUMNS
from renben.web.exchange.publish import publish
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address, Person, Residence, Settlement, record, replace
from tests.web.cases import registered
from tests.web.conftest import DAY, answers
from tests.web.workspaces import NOW

YEAR = str(DAY.year)
ARRIVED, HALF_YEAR = dt.date(2026, 3, 1), dt.date(2026, 9, 1)


@pytest.fixture
def person(people: dict[str, Actor], address: Address) -> Person:
    """Somebody registered at a rural address of another city, who lives here since 1 March."""
    case = registered(people, answers(address))
    return Person.objects.current().get(key=case.person_key)


def classed(space: Workspace, urban: bool = True) -> None:
    frame = pl.LazyFrame({"township": ["140105001"], "urban": [urban]})
    known = Provenance(dataset="township_class", period=YEAR, made_by="renben data add", created_at=NOW)
    space.write_checked(frame, space.dataset("township_class"), known, DAY)


def settle(person: Person, day: dt.date) -> None:
    record(Settlement, "test", key=uuid.uuid4(), valid_from=day, person_key=person.key, from_region="141002",
           region="140105", basis="stable_residence", origin="in_province", decided=day)  # fmt: skip
    replace(person, "test", hukou_region="140105", hukou_rural=False)


def told(space: Workspace, ledger: str) -> dict[str, dict[str, int]]:
    """Moves by county that are not zero."""
    publish(YEAR, ("registry_moves",))
    rows = space.read("registry_moves", YEAR).filter(ledger=ledger).to_dicts()
    found = {row["region"]: {name: row[name] for name in COLUMNS if row[name]} for row in rows}
    return {region: moved for region, moved in found.items() if moved}


def test_somebody_becomes_a_resident_half_a_year_after_arrival_and_not_before(
    person: Person, workspace: Workspace, turn: Callable[[dt.date], None]
) -> None:
    classed(workspace)
    turn(HALF_YEAR - dt.timedelta(1))
    assert told(workspace, "resident") == {}
    turn(HALF_YEAR)
    assert told(workspace, "resident") == {"140105": {"arrived_urban": 1}, "141002": {"left_rural": 1}}
    assert told(workspace, "hukou") == {}


def test_settling_moves_the_registration_and_leaves_the_residence_as_it_is(
    person: Person, workspace: Workspace, turn: Callable[[dt.date], None]
) -> None:
    classed(workspace)
    turn(HALF_YEAR)
    before = told(workspace, "resident")
    settle(person, HALF_YEAR)
    assert told(workspace, "resident") == before
    assert told(workspace, "hukou") == {"140105": {"arrived_urban": 1}, "141002": {"left_rural": 1}}


def test_a_township_without_a_class_is_neither_urban_nor_rural(
    person: Person, workspace: Workspace, turn: Callable[[dt.date], None]
) -> None:
    turn(HALF_YEAR)
    assert told(workspace, "resident")["140105"] == {"arrived_unknown": 1}
    classed(workspace, urban=False)
    assert told(workspace, "resident")["140105"] == {"arrived_rural": 1}


def test_whoever_moves_on_leaves_the_place_where_half_a_year_had_passed(
    person: Person, workspace: Workspace, turn: Callable[[dt.date], None]
) -> None:
    classed(workspace)
    spell = Residence.objects.current().get(person_key=person.key)
    earlier = dt.date(2025, 1, 1)
    on = Address.objects.create(region="140106", township="140106001", text="合成街道2号", synthetic=True)
    replace(spell, "test", valid_from=earlier, valid_to=ARRIVED)
    record(Residence, "test", key=uuid.uuid4(), person_key=person.key, address=on, region="140106",
           township="140106001", hukou_region="141002", reason="work", housing="rent", valid_from=ARRIVED,
           registered_on=ARRIVED, channel="online")  # fmt: skip
    turn(HALF_YEAR)
    assert told(workspace, "resident") == {"140105": {"left_urban": 1}, "140106": {"arrived_unknown": 1}}


def test_counties_kept_here_have_rows_of_zeros_and_others_are_marked_incomplete(
    person: Person, workspace: Workspace, turn: Callable[[dt.date], None]
) -> None:
    turn(HALF_YEAR)
    settle(person, HALF_YEAR)
    publish(YEAR, ("registry_moves",))
    rows = workspace.read("registry_moves", YEAR)
    assert rows.filter(region="140106", ledger="hukou").select(COLUMNS).row(0) == (0,) * len(COLUMNS)
    assert set(rows.filter(~pl.col("complete"))["region"]) == {"141002"}
    assert workspace.latest("registry_moves", Period(YEAR)) is not None
