"""Hotels, hospitals, boarding schools and relief stations that report who stays with them: enrolled, for some years, ended.

Carries out: provincial order on floating population (guests, in-patients, boarders and the homeless are registered by the
institution). An account applies with the institution's licence; an officer lets it report; more accounts join it
(`institution_accounts`). Not modelled: a period within which each stay must be reported (the order as read names none).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from renben.web.clock import today
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.prepared import Prepared
from renben.web.registry.answers import answers_of, store_answers
from renben.web.registry.models import Address, Institution, InstitutionAccount
from renben.web.registry.questions import missing_questions
from renben.web.registry.reconsideration import note_reopened
from renben.web.registry.registration import take_in


def facts(case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """Facts that the guards of an enrolment ask for."""
    answers = answers_of(case)
    address = Address.objects.filter(pk=answers.get("address") or None).first()
    return {
        "questions_missing": len(missing_questions(case.kind, answers)),
        "licence": bool(answers.get("document")),
        "address_known": address is not None and address.region == case.region,
        "returns": case.returns,
    }


def enrol(step: Step) -> None:
    """On approval: the account may report for this institution from today on, for the days that the provision gives."""
    case, answers = step.case, answers_of(step.case)
    address = Address.objects.get(pk=answers["address"])
    days = int(provision("stay.enrolment_days", step.day, address.region).value)
    Institution.objects.create(
        id=case.id, account=case.applicant, kind=answers["institution_kind"], name=answers["institution_name"],
        region=address.region, address=address, document=answers["document"] or None, valid_from=step.day,
        valid_to=step.day + dt.timedelta(days=days),
    )  # fmt: skip
    step.detail["kind"] = answers["institution_kind"]


def end(step: Step) -> None:
    """It reports no more from today on; what it reported stays as it is."""
    Institution.objects.filter(pk=step.case.id, valid_to__gt=step.day).update(valid_to=step.day)


RUNNING = Prepared(
    lambda account, day: (
        Institution.objects.filter(
            Q(account=account)
            | Q(
                pk__in=InstitutionAccount.objects.filter(account=account, ended_at=None).values("institution")
            ),
            valid_from__lte=day,
            valid_to__gt=day,
        )
        .select_related("address")
        .order_by("name", "pk")
    )
)


def running(actor: Actor) -> list[Institution]:
    """Institutions for which an account may report today."""
    with scope.reading_as("registry"):
        return RUNNING(actor.user_id, today())


INSTITUTION = Bindings(
    {
        "store_answers": store_answers,
        "take_in": take_in,
        "note_reopened": note_reopened,
        "enrol_institution": enrol,
        "end_institution": end,
    },
    facts,
)
