"""Acting for somebody else: mandates with evidence, limits and an end, and the word of the person concerned.

Carries out: Decree 663 art. 9, third paragraph (guardians and near relatives of children and the frail); provincial
order on floating population (landlords, employers and schools report). An adult whom somebody else registers is
not registered before he has confirmed it: by a code on paper or in his inbox, or before an officer.
Not modelled: messages to telephones. Who reports guests, patients and boarders is in `institutions`.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from renben.web.clock import now, today
from renben.web.flow.bindings import Step
from renben.web.flow.command import Command, act
from renben.web.flow.models import Case
from renben.web.flow.refusals import Incomplete, NotAllowed, Unknown
from renben.web.guard import audit, crypto, scope
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.prepared import Prepared
from renben.web.registry import codes, people
from renben.web.registry.answers import answers_of, day_of
from renben.web.registry.models import Address, Mandate, OneTimeCode, Person
from renben.web.registry.permit_rules import add_months, add_years

REGISTRY = Actor(None, job="registry")
GUARDIAN = "guardian"
KINDS = (GUARDIAN, "landlord", "employer", "school")
TAIL = 4
ADULT_FROM = "residence_registration.guardian_below_age"


def is_adult(birth: dt.date, day: dt.date) -> bool:
    """Whether a person has reached the age from which he speaks for himself (Decree 663 art. 9)."""
    return add_years(birth, int(provision(ADULT_FROM, day).value)) <= day


def facts(case: Case, answers: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts about proxies that the guards of registration ask for."""
    acting = answers.get("acting_as", "self")
    return {
        "mandate_evidence": acting == "self" or bool(answers.get("document")),
        "mandates_left": 1 if acting == "self" else _left(case.applicant, acting, day),
        "unconfirmed": needs_word(answers, day) and "confirmed" not in case.result,
    }


def _left(account: int | None, kind: str, day: dt.date) -> int:
    most = int(provision("proxy.most_persons", day).value[kind])
    if account is None:
        return most
    held = running(account, day).filter(kind=kind).values("person_key").distinct().count()
    return max(most - held, 0)


def running(account: int, day: dt.date) -> Any:
    """Mandates of an account that stand on a day."""
    return Mandate.objects.running(day).filter(account=account)


def needs_word(answers: Mapping[str, Any], day: dt.date) -> bool:
    """Whether the person concerned has to confirm: an adult registered by somebody else."""
    birth = day_of(answers.get("birth"))
    return answers.get("acting_as", "self") != "self" and birth is not None and is_adult(birth, day)


def ask_person(step: Step) -> None:
    """Make the code by which the person concerned confirms; officers print it, his own account shows it."""
    answers = answers_of(step.case)
    if not needs_word(answers, step.day):
        return
    known = people.find(answers["document_kind"], answers["number"])
    codes.make("confirm", step.case.id, known.key if known else None)
    step.detail["to_confirm"] = True


def note_confirmed(step: Step) -> None:
    """The person concerned said yes, by code or before an officer."""
    step.case.result = {**step.case.result, "confirmed": step.actor.name}
    step.detail["by"] = "code" if step.actor.job else "officer"


def note_denied(step: Step) -> None:
    """The person concerned said no: nothing is registered."""
    step.case.result = {**step.case.result, "denied": True}


def mandate_until(kind: str, birth: dt.date | None, day: dt.date) -> dt.date:
    """Day from which a mandate no longer stands."""
    if kind == "guardian" and birth is not None and not is_adult(birth, day):
        return add_years(birth, int(provision(ADULT_FROM, day).value))
    return add_months(day, int(provision("proxy.mandate_months", day).value[kind]))


def look_after(step: Step, key: uuid.UUID, birth: dt.date) -> None:
    """The applicant acts for an own child until it is old enough; nothing for who is grown up."""
    if step.case.applicant is None or is_adult(birth, step.day):
        return
    Mandate.objects.get_or_create(
        account=step.case.applicant, person_key=key, kind="guardian",
        valid_to=mandate_until("guardian", birth, step.day),
        defaults={"case": step.case.id, "valid_from": step.day, "recorded_at": now()},
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the person concerned is shown before he confirms."""

    code: str
    kind: str
    name: str
    address: str
    arrival: str


def look(typed: str, tail: str) -> Asked:
    """What a code is about, for whoever also knows the end of the document number.

    Raises:
        Unknown: no such code, used, run out, locked, or another number.
    """
    row = _right(typed, tail)
    with scope.reading_as("registry"):
        answers = answers_of(Case.objects.get(pk=row.case))
        place = Address.objects.filter(pk=answers.get("address") or None).first()
    return Asked(
        codes.shown(row), answers["acting_as"], crypto.masked_name(answers["name"]), place.text if place else "",
        answers["arrival"],
    )  # fmt: skip


def _right(typed: str, tail: str) -> OneTimeCode:
    row = codes.find("confirm", typed)
    with scope.reading_as("registry"):
        number = str(answers_of(Case.objects.get(pk=row.case)).get("number", ""))
    if not number or number[-TAIL:] != tail.strip().upper():
        codes.miss(row)
        raise Unknown("refusal.code")
    return row


def answer(typed: str, tail: str, yes: bool) -> None:
    """The person's word: the case goes on, or ends."""
    row = _right(typed, tail)
    with transaction.atomic(), scope.as_job("registry"):
        codes.use(row)
        act(Command(row.case, "confirm" if yes else "deny", REGISTRY, f"word:{row.pk}:{yes}", None))


TO_CONFIRM = Prepared(
    lambda key, day: OneTimeCode.objects.filter(
        purpose="confirm", person_key=key, used_at=None, expires_on__gte=day
    ).order_by("pk")
)
MANDATES = Prepared(lambda account, day: running(account, day).order_by("pk"))


def to_confirm(actor: Actor) -> list[str]:
    """Codes of registrations about the actor that somebody else made and he has not answered."""
    if actor.person_key is None:
        return []
    return [codes.shown(row) for row in TO_CONFIRM(actor.person_key, today())]


@dataclass(frozen=True)
class Ward:
    """Somebody for whom an account may act."""

    person: Person
    kind: str
    until: dt.date | None


def wards(actor: Actor) -> list[Ward]:
    """Everybody for whom the actor holds a mandate today."""
    rows: list[Mandate] = MANDATES(actor.user_id, today()) if actor.user_id else []
    if not rows:
        return []
    with scope.reading_as("registry"):
        found = people.persons({one.person_key for one in rows})
    return [Ward(found[one.person_key], one.kind, one.valid_to) for one in rows if one.person_key in found]


def acting_for(actor: Actor, key: str) -> uuid.UUID:
    """The person for whom a guardian begins something.

    Raises:
        NotAllowed: no running mandate as a guardian for this person.
    """
    for ward in wards(actor):
        if ward.kind == "guardian" and str(ward.person.key) == key:
            return ward.person.key
    raise NotAllowed("refusal.no_mandate")


def give_up(actor: Actor, key: str) -> None:
    """End a mandate from today on; the row stays."""
    rows = running(actor.user_id or 0, today()).filter(person_key=key)
    if not rows.update(valid_to=today(), ended_at=now()):
        raise Unknown()
    audit.record(actor, "command", "my.read", object_type="mandate", subject=uuid.UUID(key))


def about(keys: list[uuid.UUID]) -> Any:
    """Mandates of others over a person that stand today."""
    return Mandate.objects.running(today()).filter(person_key__in=keys).order_by("pk")


def end(actor: Actor, mandate_id: int) -> None:
    """The person himself ends what somebody may do for him; a child's guardian is ended by an officer.

    Raises:
        Unknown: not a running mandate over the actor.
    """
    keys = people.all_keys(actor.person_key) if actor.person_key else []
    if not about(keys).filter(pk=mandate_id).update(valid_to=today(), ended_at=now()):
        raise Unknown()
    audit.record(actor, "command", "my.read", object_type="mandate", subject=actor.person_key)


def bind(actor: Actor, typed: str, number: str) -> None:
    """An account takes over the record that was made for its person at the counter or by a proxy.

    Raises:
        Incomplete: the account is somebody's already.
        Unknown: no such code, or another number.
    """
    if actor.person_key is not None:
        raise Incomplete("refusal.bound_already")
    row = codes.find("bind", typed)
    with scope.reading_as("registry"):
        person = people.person(row.person_key) if row.person_key else None
    if person is None or not person.number or person.number != number.strip().upper():
        codes.miss(row)
        raise Unknown("refusal.code")
    if User.objects.filter(person_key=person.key).exists():
        raise Incomplete("refusal.person_has_account")
    with transaction.atomic():
        codes.use(row)
        User.objects.filter(pk=actor.user_id, person_key=None).update(person_key=person.key)
        audit.record(actor, "account", "my.read", object_type="bind", subject=person.key)
