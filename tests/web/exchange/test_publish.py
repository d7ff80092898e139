"""What the registry publishes: right counts, new vintages only where something changed, and nobody's data."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from renben.core.period import Period
from renben.core.workspace import Provenance, Workspace
from renben.web.exchange.door import ExchangeError
from renben.web.exchange.publish import ORIGINS, publish
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address, Person, Settlement, record
from tests.web.cases import registered
from tests.web.conftest import DAY, answers
from tests.web.workspaces import NOW

YEAR = str(DAY.year)


def settle(
    person: Any, origin: str = "in_province", region: str = "140105", day: dt.date = DAY
) -> Settlement:
    return record(
        Settlement, "test", key=person, valid_from=day, person_key=person, from_region="141002", region=region,
        basis="stable_residence", origin=origin, decided=day,
    )  # fmt: skip


def count(space: Workspace, region: str, origin: str) -> int:
    rows = space.read("settlements", YEAR).filter(region=region, origin=origin)
    return int(rows["persons"].item())


@pytest.fixture
def person(people: dict[str, Actor], address: Address) -> Person:
    """Somebody who is registered."""
    case = registered(people, answers(address))
    return Person.objects.current().get(key=case.person_key)


def test_settlers_are_counted_where_they_settled_and_in_every_region_above_that_decides(
    person: Person, workspace: Workspace
) -> None:
    settle(person.key)
    done = {one.dataset: one for one in publish(YEAR)}
    assert done["settlements"].fresh and done["registry_settlers"].rows == 1
    assert count(workspace, "140105", "in_province") == count(workspace, "140100", "in_province") == 1
    assert count(workspace, "140106", "in_province") == 0, "nobody settled there, and we would know"
    served = set(workspace.read("settlements", YEAR)["region"])
    assert "140000" not in served and "141002" not in served, "of others we know nothing: missing, not zero"


def test_nothing_that_names_a_person_passes(person: Person, workspace: Workspace) -> None:
    settle(person.key)
    publish(YEAR)
    secrets = [
        person.name,
        person.number,
        person.phone,
        str(person.key),
        person.key.hex,
        "合成街道1号",
        person.number_index,
    ]
    for path in workspace.data.rglob("*.parquet"):
        frame = pl.read_parquet(path)
        text = frame.write_csv() + str(pl.read_parquet_metadata(path)) + path.read_bytes().decode("latin-1")
        assert not [one for one in secrets if one in text], path
    assert set(workspace.read("registry_settlers", YEAR).columns) == {
        "settler",
        "region",
        "origin",
        "month",
        "basis",
    }


def test_pseudonyms_of_two_years_cannot_be_joined(person: Person, workspace: Workspace) -> None:
    settle(person.key, day=DAY - dt.timedelta(400))
    settle(uuid.uuid4())
    record(Settlement, "test", key=uuid.uuid4(), valid_from=DAY, person_key=person.key,
           from_region="141002", region="140105", basis="employment", origin="in_province", decided=DAY)  # fmt: skip
    before = str((DAY - dt.timedelta(400)).year)
    publish(YEAR), publish(before)
    now, then = (set(workspace.read("registry_settlers", year)["settler"]) for year in (YEAR, before))
    assert len(now) == 2 and len(then) == 1 and not now & then


def test_an_unchanged_registry_makes_no_new_vintage_and_a_changed_one_does(
    person: Person, workspace: Workspace
) -> None:
    publish(YEAR)
    assert not any(one.fresh for one in publish(YEAR))
    settle(person.key)
    fresh = {one.dataset for one in publish(YEAR) if one.fresh}
    assert fresh == {"settlements", "registry_settlers", "registry_moves"}
    assert len(workspace.versions("settlements", Period(YEAR))) == 2


def test_regions_that_do_not_decide_here_keep_what_others_reported(
    person: Person, workspace: Workspace
) -> None:
    rows = [(region, origin, 7) for region in ("140105", "141002") for origin in ORIGINS]
    frame = pl.LazyFrame(rows, schema=["region", "origin", "persons"], orient="row")
    known = Provenance(dataset="settlements", period=YEAR, made_by="renben data add", created_at=NOW)
    workspace.write_checked(frame, workspace.dataset("settlements"), known, dt.date(2026, 1, 5))
    publish(YEAR)
    assert count(workspace, "141002", "in_city") == 7 and count(workspace, "140105", "in_city") == 0


def test_the_demo_is_marked_synthetic_and_every_passage_is_in_the_audit(
    person: Person, workspace: Workspace
) -> None:
    done = publish(YEAR)
    versions = [workspace.latest(one.dataset, Period(YEAR)) for one in done]
    assert all(version and version.provenance.synthetic for version in versions)
    assert AuditEvent.objects.filter(kind="export", object_type="exchange").count() == len(done)


def test_the_concepts_are_published_by_county(person: Person, workspace: Workspace) -> None:
    publish(YEAR, ("registry_population",))
    rows = workspace.read("registry_population", YEAR)
    assert set(rows["region"]) == {"140105"} and rows.filter(concept="actual")["persons"].item() == 1


@pytest.mark.parametrize(
    ("period", "says"), [("2026Q1", "whole years"), ("2031", "has not begun"), ("x", "whole years")]
)
def test_a_period_that_cannot_be_published_is_refused(
    period: str, says: str, workspace: Workspace, people: dict[str, Actor]
) -> None:
    with pytest.raises(ExchangeError, match=says):
        publish(period)
    with pytest.raises(ExchangeError, match="it publishes settlements"):
        publish(YEAR, ("persons",))


def test_a_settlement_stated_after_its_correction_counts_as_corrected(
    person: Person, workspace: Workspace, turn: Callable[[dt.date], None]
) -> None:
    from renben.web.registry.models import replace, withdraw  # noqa: PLC0415

    row = settle(person.key)
    publish(YEAR)
    replaced = replace(row, "correction", origin="in_city")
    publish(YEAR)
    assert count(workspace, "140105", "in_province") == 0 and count(workspace, "140105", "in_city") == 1
    withdraw(replaced)
    publish(YEAR)
    assert count(workspace, "140105", "in_city") == 0
