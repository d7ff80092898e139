"""Answers of applications that led to nothing are deleted in time and registered; records are kept."""

import datetime as dt
from collections.abc import Callable

import pytest

from renben.web.flow.command import open_case
from renben.web.flow.models import Case, CommandKey
from renben.web.guard import retention
from renben.web.guard.models import AuditEvent, Deletion
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address, Person
from tests.web.cases import do, fill, registered
from tests.web.conftest import DAY, answers

People = dict[str, Actor]
Turn = Callable[[dt.date], None]


def test_a_withdrawn_application_loses_its_answers_after_a_year_and_not_before(
    people: People, address: Address, turn: Turn
) -> None:
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "withdraw", people["resident"])
    assert retention.retain(DAY + dt.timedelta(days=365))["answers"] == 0
    assert retention.retain(DAY + dt.timedelta(days=366))["answers"] == 1
    assert Case.objects.get(pk=case).answers_ct is None and Case.objects.get(pk=case).stage == "withdrawn"
    row = Deletion.objects.get()
    assert (row.what, row.object_id, row.rule) == ("case.answers", case, "retention.ended_case_days")
    assert AuditEvent.objects.filter(kind="system", object_id=case).count() == 1
    assert retention.retain(DAY + dt.timedelta(days=400))["answers"] == 0, "nothing is deleted twice"


def test_what_became_a_record_is_kept(people: People, address: Address) -> None:
    case = registered(people, answers(address))
    retention.retain(DAY + dt.timedelta(days=4000))
    assert Case.objects.get(pk=case.pk).answers_ct is not None and Person.objects.count() == 1


def test_many_records_do_not_hide_one_that_led_to_nothing(
    people: People, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    registered(people, answers(address))
    for _ in range(3):
        case = fill("residence_registration", people["resident"], answers(address))
        do(case, "withdraw", people["resident"])
    assert retention.retain(DAY + dt.timedelta(days=400))["answers"] == 3


def test_a_persons_one_time_key_goes_after_a_week_and_the_systems_stay(people: People) -> None:
    before = CommandKey.objects.count()
    first = open_case("residence_registration", people["resident"], "one-time-key")
    open_case("residence_registration", retention.KEEPER, "timer:1:1:wait", applicant=None)
    week = DAY + dt.timedelta(days=7)
    assert retention.retain(week)["keys"] == 0
    assert open_case("residence_registration", people["resident"], "one-time-key").case == first.case
    assert retention.retain(week + dt.timedelta(days=1))["keys"] == 1
    assert CommandKey.objects.count() == before + 1
    assert CommandKey.objects.filter(keep_until=None).count() >= 1


def test_a_day_has_one_round() -> None:
    assert retention.due(DAY) and not retention.due(DAY) and retention.due(DAY + dt.timedelta(days=1))
