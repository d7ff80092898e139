"""Counts below the county: right, linked by their sums, and without a small one, in the workspace and on the page."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client

from renben.core.workspace import Workspace
from renben.engines.statistics.disclosure import intervals
from renben.web import clock
from renben.web.exchange import door, pages_areas, small_areas
from renben.web.exchange.door import ExchangeError
from renben.web.exchange.small_areas import Limits, limits, table
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import population_counts
from renben.web.registry.models import Address, Person, Residence, SamePerson
from renben.web.registry.small_area_counts import COUNTY, LEFT, WHOLE, counties
from tests.web.areas import county, publish
from tests.web.conftest import DAY

HERE, THERE = "140105", "140106"
EVERYWHERE = Actor(None, (("data_steward", "140000"),))
YEAR = str(DAY.year)
BOUNDS = Limits(5, 5, 0)


def settle(count: int, address: Address, seed: int = 3) -> list[UUID]:
    """Persons with spells in three towns of two counties."""
    dice, moment = random.Random(seed), clock.now()
    keys = [uuid4() for _ in range(count)]
    Person.objects.bulk_create(
        Person(
            key=key, valid_from=DAY, recorded_at=moment, source="test", document_kind="citizen", number_ct=b"x",
            number_index=key.hex, name_ct=b"x", name_index="", sex=dice.choice("129"), hukou_region="",
            birth=dt.date(dice.randrange(1930, 2025), 1, 1), hukou_kind=dice.choice(("10", "10", "20", "30")), region=HERE,
        )
        for key in keys
    )  # fmt: skip
    Residence.objects.bulk_create(
        Residence(
            person_key=key, address=address, region=(where := dice.choice((HERE, HERE, THERE))), reason="work",
            township=dice.choice((f"{where}001", f"{where}002", "")), housing="rent", registered_on=DAY, channel="counter",
            hukou_region=dice.choice(("140105001", "140105", "140106001", "141002", "")), recorded_at=moment, source="test",
            valid_from=DAY - dt.timedelta(days=dice.randrange(400)),
        )
        for key in keys
    )  # fmt: skip
    return keys


def test_towns_add_up_to_the_counties_that_are_published_and_every_sum_holds(address: Address) -> None:
    keys = settle(300, address)
    SamePerson.objects.create(kept=keys[0], other=keys[1], case=uuid4(), made_at=clock.now())
    whole = {one.region: one.counts for one in population_counts.counts(EVERYWHERE, DAY)}
    found = counties(EVERYWHERE, DAY)
    assert [one.region for one in found] == [HERE, THERE] == sorted(whole)
    for one in found:
        for concept, persons in whole[one.region].items():
            assert one.counts[COUNTY, concept, WHOLE, WHOLE] == persons
            assert sum(one.counts[area, concept, WHOLE, WHOLE] for area in one.areas) == persons
        assert one.areas[0] == f"{one.region}000", "persons whose town is not told are counted as such"
        assert len(one.linked.relations) > 300, "and building it has checked every one of them"


def test_each_count_is_that_of_asking_everybody(address: Address) -> None:
    settle(200, address)
    persons = {one.key: one for one in Person.objects.current()}
    wanted: Counter[tuple[str, ...]] = Counter()
    for spell in Residence.objects.current():
        said = population_counts.answers(
            (spell.region, spell.township, spell.hukou_region, spell.valid_from), DAY
        )
        sex = {"1": "male", "2": "female"}.get(persons[spell.person_key].sex, "unknown")
        for concept in population_counts.NAMES:
            wanted[spell.region, spell.township or f"{spell.region}000", concept, sex] += (
                getattr(said, concept) is True
            )
    for one in counties(EVERYWHERE, DAY):
        for area, concept, dimension, group in one.names:
            if dimension == "sex" and area and concept not in LEFT:
                assert one.counts[area, concept, dimension, group] == wanted[one.region, area, concept, group]


@pytest.mark.parametrize("seed", [1, 2])
def test_no_small_count_is_shown_and_none_can_be_worked_out(seed: int) -> None:
    made = county(HERE, 5, 400, seed)
    rows = {
        (r["area"], r["concept"], r["dimension"], r["group"]): r for r in table([made], BOUNDS).to_dicts()
    }
    shown = {name for name, row in rows.items() if row["state"] == "shown"}
    public = {name for name in rows if name[0] == HERE and name[3] == WHOLE}
    assert all(not 0 < rows[name]["persons"] < 5 for name in shown - public)
    number = {(area or HERE, *rest): at for at, (area, *rest) in enumerate(made.names)}
    withheld = {number[name] for name in rows if name not in shown}
    assert 0 < len(withheld) < len(rows) / 2
    for cell, (low, high) in intervals(made.linked, withheld).items():
        assert low < high, made.names[cell]
    left = [at for at in made.linked.never - made.linked.fixed if 0 < made.linked.counts[at] < 5]
    assert left
    for cell, (low, high) in intervals(made.linked, {*withheld, *left}).items():
        assert low < high or cell not in left, f"left between two shown counts: {made.names[cell]}"


def test_rounded_counts_keep_their_sums() -> None:
    rows = {
        (r["area"], r["concept"], r["group"]): r["persons"]
        for r in table([county(HERE, 3, 900)], Limits(5, 5, 10)).to_dicts()
        if r["dimension"] in ("all", "sex")
    }
    known = {name: persons for name, persons in rows.items() if persons is not None}
    assert known and all(persons % 10 == 0 for persons in known.values())
    for area, concept, group in known:
        parts = [rows[area, concept, sex] for sex in ("male", "female")]
        if group == WHOLE and None not in parts:
            assert rows[area, concept, WHOLE] == sum(parts)


def test_a_table_from_which_a_count_follows_is_not_published(
    address: Address, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(60, address)
    monkeypatch.setattr(
        small_areas, "protect", lambda tables, *_: small_areas.Protection(frozenset({0}), frozenset())
    )
    with pytest.raises(
        ExchangeError, match="withheld counts follow from those that are shown; nothing was published"
    ):
        small_areas.publish(YEAR)
    assert not workspace.versions(small_areas.NAME)


def test_publishing_writes_counts_and_says_so_in_the_audit(address: Address, workspace: Workspace) -> None:
    settle(60, address)
    (done,) = small_areas.publish(YEAR)
    frame = workspace.read(small_areas.NAME, YEAR)
    assert done.fresh and done.rows == frame.height and set(frame["state"]) == {"shown", "withheld"}
    assert AuditEvent.objects.filter(object_id=small_areas.NAME, kind="export").count() == 1
    assert not small_areas.publish(YEAR)[0].fresh, "the same persons are the same table"


def test_nobody_registered_is_no_table(workspace: Workspace) -> None:
    assert small_areas.publish(YEAR) == [] and door.newest(small_areas.NAME) is None and door.is_there()


def test_an_officer_sees_the_published_table_of_ones_own_county_only(
    workspace: Workspace, browse: Callable[..., Client], account: Callable[..., User]
) -> None:
    publish(county(HERE, 4, 400), county(THERE, 3, 300))
    mine, other = (
        account("areas-1", "community_officer", HERE),
        account("areas-2", "community_officer", THERE),
    )
    text = browse(mine).get("/population/areas/", {"by": "age", "concept": "resident"}).content.decode()
    assert f"{HERE}001" in text and THERE not in text and "withheld" in text and "aged 15–59" in text
    assert f"{HERE}001" not in browse(other).get("/population/areas/", {"region": HERE}).content.decode()
    assert AuditEvent.objects.filter(object_type="small_areas", actor=mine.pk, region=HERE).exists()
    shown = pages_areas.page(actor_of(mine), {})  # type: ignore[arg-type]
    counts = [
        count for line in shown["lines"] if not line.whole for count in line.counts if count is not None
    ]
    assert counts and all(count == 0 or count >= limits(DAY).smallest for count in counts)


def test_without_a_workspace_the_page_says_how_to_get_one(
    browse: Callable[..., Client], people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENBEN_WORKSPACE", "/nowhere")
    officer = User.objects.get(pk=people["officer"].user_id)
    assert "renben exchange publish" in browse(officer).get("/population/areas/").content.decode()
