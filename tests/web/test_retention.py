"""Answers of applications that led to nothing are deleted in time and registered; records are kept."""

import datetime as dt
from collections.abc import Callable

from renben.web.flow.models import Case
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


def test_a_day_has_one_round() -> None:
    assert retention.due(DAY) and not retention.due(DAY) and retention.due(DAY + dt.timedelta(days=1))
