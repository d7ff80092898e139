"""What a hold keeps: every kind of row that is deleted in time, for as long as the hold runs and no longer."""

import ast
import datetime as dt
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.web.claims.models import Offer
from renben.web.guard import erasing, retention, subjects
from renben.web.guard.erasing import Due
from renben.web.guard.models import Deletion, Hold, User
from renben.web.guard.policy import Actor
from renben.web.law import Provided
from renben.web.registry import keeping, pages_photo
from renben.web.registry import photos as photo_store
from renben.web.registry.models import Address, Photo, SamePerson
from tests.web import held_rows
from tests.web.cases import do
from tests.web.conftest import COUNTY, DAY, set_day
from tests.web.held_rows import LATE, NOBODY, ROWS, Whose, hold, somebody
from tests.web.planted import Planted

WEB = Path(subjects.__file__).parents[1]
ELSEWHERE = {
    "cases/routing_desk.py": "drafts of rules, officers' own",
    "flow/deadlines.py": "timers: references to a case",
    "guard/erasing.py": "the door itself",
    "guard/recovery.py": "second factors that are lost: security of the account",
    "guard/rotation.py": "the mark of how far the indexes are",
    "programme/seating.py": "the seat of a member of staff",
    "registry/people.py": "keyed tokens of names, which are made anew at once",
    "registry/photos.py": "an applicant's earlier draft, unless it is held",
}
"""Modules of the web that delete rows, and why that is no deletion in time."""


@pytest.fixture(autouse=True)
def in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the periods in force that the shipped catalogue leaves empty."""
    monkeypatch.setattr(
        keeping, "in_force", lambda name, _: Provided(f"retention.{name}", 10, "合成", "D", "day")
    )


@pytest.fixture
def who(address: Address) -> Whose:
    return somebody(address)


def after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def test_every_keeping_part_has_a_row_here_or_is_about_nobody() -> None:
    assert set(retention.parts()) == {*ROWS, *NOBODY}, "plant its row in tests/web/held_rows.py"


@pytest.mark.parametrize("part", sorted(ROWS))
def test_a_held_row_survives_its_day_and_goes_the_day_after_the_hold_ended(part: str, who: Whose) -> None:
    row = ROWS[part](who)
    for subject in row.subjects:
        kept = hold(subject, LATE)
        assert retention.retain(LATE)[part] == 0 and row.there(), f"a hold on {subject} does not reach it"
        rule = {due.rule for due in retention.parts()[part](LATE)}
        assert sum(retention.kept_back(LATE)[name] for name in rule) >= 1
        Hold.objects.filter(pk=kept.pk).delete()
    hold(row.subjects[0], LATE)
    before = Deletion.objects.count()
    assert retention.retain(after(LATE))[part] >= 1 and not row.there()
    assert retention.kept_back(after(LATE)).total() == 0
    assert Deletion.objects.count() > before
    assert set(Deletion.objects.values_list("rule", flat=True)) <= {one.rule for one in dues(LATE)}


@pytest.mark.parametrize("part", sorted(ROWS))
def test_a_hold_on_somebody_else_or_one_that_was_lifted_keeps_nothing(part: str, who: Whose) -> None:
    row = ROWS[part](who)
    hold({"person_key": uuid4()}, LATE)
    hold({"case": uuid4()}, LATE)
    first = User.objects.get(username="held-steward")
    hold(row.subjects[0], LATE, asked_by=first, lifted_by=who.account, lifted_at=held_rows.NOON)
    assert retention.retain(LATE)[part] >= 1 and not row.there()


def dues(day: dt.date) -> list[Due]:
    return [due for part in retention.parts().values() for due in part(day)]


def test_every_model_from_which_something_is_deleted_says_about_whom_it_is() -> None:
    labels = set()
    for due in dues(LATE):
        labels |= {due.rows.model._meta.label, *(name for name, _ in (*due.along, *due.unnamed))}
        labels |= {erasing.FILES} if due.file else set()
    assert len(labels) > 15 and labels <= set(subjects.ABOUT), "write it in guard/subjects.py"
    nobody = {name for name in labels if subjects.about(name).nobody}
    assert nobody == {"flow.CommandKey", "cases.Reading"}
    assert {due.what for due in dues(LATE) if due.rows.model._meta.label in nobody} == {""}


def test_what_nobody_said_whom_it_is_about_cannot_be_deleted() -> None:
    due = Due(Address.objects.all(), "address", "retention.offer_days")
    with pytest.raises(subjects.Undeclared, match=r"registry\.Address.*guard/subjects\.py"):
        erasing.erase(due, DAY)
    with pytest.raises(ValueError, match="a line in the register"):
        erasing.erase(Due(Offer.objects.all(), "", "retention.offer_days"), DAY)


@pytest.mark.parametrize("label", sorted(subjects.ABOUT))
def test_every_column_that_leads_to_somebody_is_there_and_can_be_asked(label: str) -> None:
    known = subjects.about(label)
    hold({"person_key": uuid4()}, LATE)
    hold({"case": uuid4()}, LATE)
    ways = [list(rows) for rows in subjects.held(label, "pk", DAY)]
    assert bool(known.nobody) != bool(ways)
    assert any(ways) == (label == "guard.Hold"), "the two holds themselves, and nothing else"
    columns = (*known.persons, *known.accounts, *known.cases, *known.numbers, *known.stated)
    names = {field.name for field in apps.get_model(label)._meta.get_fields()}
    assert set(columns) - {"pk"} <= names


def test_keeping_parts_delete_nothing_themselves_and_other_deletions_have_a_reason() -> None:
    found: dict[str, set[str]] = {}
    for path in WEB.rglob("*.py"):
        calls = [
            node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
        ]
        names = {call.attr for call in calls if isinstance(call, ast.Attribute)}
        found[str(path.relative_to(WEB))] = names
    deleting = {name for name, calls in found.items() if "delete" in calls and "/migrations/" not in name}
    assert deleting == set(ELSEWHERE), "delete through guard/erasing.py, or say why not"
    for name in retention.KEEPERS:
        path = f"{name.removeprefix('renben.web.').replace('.', '/')}.py"
        assert not found[path] & {"delete", "update", "save", "execute", "raw"}, path
        assert importlib.import_module(name).PARTS


def test_a_hold_follows_the_merges_that_stand_in_both_directions(who: Whose) -> None:
    other, third = uuid4(), uuid4()
    merged = [
        SamePerson.objects.create(kept=who.key, other=other, case=uuid4(), made_at=held_rows.NOON),
        SamePerson.objects.create(kept=other, other=third, case=uuid4(), made_at=held_rows.NOON),
    ]
    Offer.objects.create(person_key=third, item="x", region=COUNTY, offered_on=DAY)
    held_rows.consents(Whose(third, who.account, who.address, who.case))
    for key in (who.key, other, third):
        kept = hold({"person_key": key}, LATE)
        assert retention.retain(LATE)["consents"] == 0
        Hold.objects.filter(pk=kept.pk).delete()
    hold(who.person, LATE)
    SamePerson.objects.filter(pk=merged[1].pk).update(undone_at=held_rows.NOON)
    assert retention.retain(LATE)["consents"] == 1, "they are two persons again"


def test_a_circle_of_merges_does_not_run_for_ever(who: Whose) -> None:
    other = uuid4()
    for kept, same in ((who.key, other), (other, who.key)):
        SamePerson.objects.create(kept=kept, other=same, case=uuid4(), made_at=held_rows.NOON)
    hold(who.person, LATE)
    row = ROWS["consents"](Whose(other, who.account, who.address, who.case))
    assert retention.retain(LATE)["consents"] == 0 and row.there()


def test_a_hold_that_is_set_while_the_round_runs_counts_from_the_next_batch_on(
    who: Whose, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        Offer.objects.create(person_key=who.key, item=str(n), region=COUNTY, offered_on=DAY)
    monkeypatch.setattr(erasing, "BATCH", 1)
    plain = erasing.register

    def set_meanwhile(*line: str) -> None:
        plain(*line)
        hold(who.person, LATE)

    monkeypatch.setattr(erasing, "register", set_meanwhile)
    assert retention.retain(LATE)["offers"] == 1, "the batch before had begun"
    assert Offer.objects.count() == 2


def test_a_batch_asks_as_many_questions_for_many_held_rows_as_for_few(who: Whose) -> None:
    hold(who.person, LATE)
    counts = []
    for n in (1, 40, 400):
        made = (Offer(person_key=who.key, item=f"{n}-{i}", region=COUNTY, offered_on=DAY) for i in range(n))
        Offer.objects.bulk_create(made)
        Offer.objects.create(person_key=uuid4(), item="free", region=COUNTY, offered_on=DAY)
        with CaptureQueriesContext(connection) as seen:
            assert retention._batch(retention.parts()["offers"], LATE) == 1
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts
    Hold.objects.all().delete()
    with CaptureQueriesContext(connection) as seen:
        retention._batch(retention.parts()["offers"], LATE)
    assert not any("RECURSIVE" in one["sql"] for one in seen), "nothing is asked where no hold runs"


@pytest.fixture
def pictured(planted: Planted) -> Photo:
    """The photo that the planted person handed in."""
    return Photo.objects.get(case=planted.photo.pk)


def test_a_photo_that_is_dropped_loses_its_picture_at_once_with_a_line_in_the_register(
    planted: Planted, pictured: Photo, people: dict[str, Actor]
) -> None:
    do(planted.photo.pk, "withdraw", Actor(planted.applicant.pk, (("resident", ""),), pictured.person_key))
    pictured.refresh_from_db()
    assert (bytes(pictured.content_ct), pictured.verdict, pictured.dropped_on) == (b"", "dropped", DAY)
    assert Deletion.objects.get(what="photo.picture").rule == "retention.dropped_photo_days"


def test_a_held_photo_that_is_dropped_keeps_its_picture_unseen_until_the_hold_ends(
    planted: Planted, pictured: Photo, people: dict[str, Actor], rf_query: Callable[..., Any]
) -> None:
    hold({"person_key": pictured.person_key}, DAY + dt.timedelta(days=5))
    do(planted.photo.pk, "claim", people["officer"])
    do(planted.photo.pk, "withdraw", Actor(planted.applicant.pk, (("resident", ""),), pictured.person_key))
    pictured.refresh_from_db()
    assert pictured.content_ct and pictured.verdict == "dropped" and not photo_store.usable(pictured)
    answer = pages_photo.office_picture(people["officer"], planted.photo.pk, rf_query())
    assert answer.status_code == 204, "it is stored and nothing else"
    assert retention.retain(DAY + dt.timedelta(days=5))["photos"] == 0
    set_day(DAY + dt.timedelta(days=6))
    assert retention.retain(DAY + dt.timedelta(days=6))["photos"] == 1
    pictured.refresh_from_db()
    assert bytes(pictured.content_ct) == b"" and not pictured.crops


@pytest.fixture
def rf_query() -> Callable[..., Any]:
    """An empty query of a page."""
    from django.http import QueryDict  # noqa: PLC0415

    return QueryDict
