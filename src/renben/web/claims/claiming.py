"""Claims of a service somebody is entitled to: begun from the entitlement, sent with its receipt, decided by the office.

Carries out: Decree 663 arts. 12-13 (services by residence); Personal Information Protection Law art. 24 (the officer decides;
the receipt of the day of sending is kept with the claim and is what the decision rests on). Everything the registry
knows is filled in; nothing is asked again. Where a rule looks at the guardians' permits, jobs or homes, those of a minor's
guardians on record are read (`registry.held_parents`). Not modelled: what the office does after granting.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.urls import reverse

from renben.core.receipt import Receipt
from renben.web.append import append
from renben.web.claims import catalogue, desks
from renben.web.claims.models import ENDED, GRANTED, OPEN, REFUSED, REOPENED, RUNNING, Claim
from renben.web.clock import now, today
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.command import Result, once, opened
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.prepared import ByKeys
from renben.web.registry import people, proxies
from renben.web.registry.answers import answers_of, put_answers, store_answers
from renben.web.registry.decided_again import KEPT, kept_receipt
from renben.web.registry.entitlements import Entitled, facts_of, one_entitled
from renben.web.registry.models import Person
from renben.web.registry.permits import spell_of
from renben.web.registry.questions import missing_questions
from renben.web.registry.reconsideration import note_reopened
from renben.web.registry.registration import take_in

KIND = desks.KIND


class ClaimOpen(Guarded):
    """The same service is claimed already; the page leads to that claim."""

    word = "refusal.claim_open"


def decision(key: UUID, item: str, day: dt.date) -> Entitled | None:
    """What the rule book says about a person and a service today, with its receipt; None for nobody on record."""
    with scope.reading_as("registry"):
        person, moment = people.person(key), now()
        facts = facts_of(person, day) if person else {}
    return one_entitled(item, facts, person, day, moment) if person else None


CLAIMS = ByKeys(
    lambda keys, **_: (
        Claim.objects.filter(person_key__in=keys)
        .exclude(state=ENDED)
        .select_related("case")
        .order_by("case__opened_at")
    )
)


def claims_of(keys: list[UUID]) -> dict[str, Claim]:
    """The newest claim of each service under a person's keys; what was withdrawn or expired is none."""
    return claims_by(dict.fromkeys(keys, keys[0])).get(keys[0], {}) if keys else {}


def claims_by(owners: Mapping[UUID, UUID]) -> dict[UUID, dict[str, Claim]]:
    """The newest claim of each service, by the key that stands for a person.

    Args:
        owners: every key under which claims are kept -> the key that stands for the person.
    """
    found: dict[UUID, dict[str, Claim]] = {}
    for one in CLAIMS(owners):
        found.setdefault(owners[one.person_key], {})[one.item] = one
    return found


def running(key: UUID, item: str) -> Claim | None:
    """The claim of a service that is not decided yet, whoever made it."""
    with scope.reading_as("registry"):
        rows = Claim.objects.filter(person_key__in=people.all_keys(key), item=item, state__in=RUNNING)
        return rows.select_related("case").order_by("case__opened_at").first()


def begin(actor: Actor, item: str, key: str, ward: str = "") -> Result:
    """Open a claim of a service, for oneself or as a guardian.

    Args:
        actor: the applicant.
        item: decision of the rule book.
        key: one-time key of the form.
        ward: key of the person for whom a guardian claims, empty for oneself.

    Raises:
        Unknown: no service that is claimed here.
        NotAllowed: no residence on record, or no mandate.
        ClaimOpen: a claim of the same service is under way; `see` leads to it where it is the actor's own.
        Guarded: not entitled today, or a fact is missing.
    """
    if item not in catalogue.claimable():
        raise Unknown()
    subject = proxies.acting_for(actor, ward) if ward else actor.person_key
    try:
        return once(actor, key, ["claim", item, ward], lambda: _opened(actor, item, subject))
    except IntegrityError as error:  # another form for the same person was a moment faster
        there = running(subject, item) if subject else None
        if there is None:
            raise
        raise _open_already(there, actor) from error


def _opened(actor: Actor, item: str, subject: UUID | None) -> Result:
    day = today()
    with scope.reading_as("registry"):
        spell = spell_of(subject)
    if subject is None or spell is None:
        raise NotAllowed("refusal.not_registered")
    person = people.kept_key(subject)
    if (there := running(person, item)) is not None:
        raise _open_already(there, actor)
    _must_be_entitled(decision(person, item, day))
    columns = {
        "person_key": person, "office": catalogue.claimable()[item].office, "result": {"item": item},
    }  # fmt: skip
    result = opened(KIND, actor, spell.region, columns)
    append(Claim(case_id=UUID(result.case), person_key=person, item=item, region=spell.region, state=OPEN))
    return result


def _open_already(there: Claim, actor: Actor) -> ClaimOpen:
    own = there.case.applicant == actor.user_id
    found = ClaimOpen(number=(own and there.case.number) or "—")
    if own:
        found.see = reverse("my_case", args=[there.pk])
    return found


def _must_be_entitled(found: Entitled | None) -> None:
    answer = found.receipt.answer if found else "deny"
    if answer != "grant":
        raise Guarded("refusal.claim_need_info" if answer == "need_info" else "refusal.claim_not_entitled")


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of a claim ask for."""
    found = decision(case.person_key, case.result["item"], day) if case.person_key else None
    return {
        "questions_missing": len(missing_questions(case.kind, answers_of(case))),
        "entitled": found.receipt.answer if found else None,
        "returns": case.returns,
    }


def hand_in(step: Step) -> None:
    """On sending: number, and the receipt of this day, which stays with the claim whatever changes later."""
    take_in(step)
    case = step.case
    found = decision(case.person_key, case.result["item"], step.day) if case.person_key else None
    if found is None:
        raise ValueError(f"case {case.id}: its person {case.person_key} is not on record.")
    put_answers(case, {**answers_of(case), KEPT: found.receipt.model_dump(mode="json")})
    case.result = {**case.result, "receipt": found.receipt.digest}
    step.detail["receipt"] = found.receipt.digest
    _row(case).update(sent_on=step.day)


def at_own_desk(step: Step) -> None:
    """Only the office that gives the service takes and decides a claim.

    Raises:
        NotAllowed: the account works for another office, or for none.
    """
    if not desks.is_own(step.actor, step.case):
        raise NotAllowed("refusal.other_desk")


def grant(step: Step) -> None:
    """Granted with the article; the receipt of the day of sending is named beside it."""
    _decided(step, GRANTED)


def refuse(step: Step) -> None:
    """Refused with the article, which the applicant can contest."""
    _decided(step, REFUSED)


def _decided(step: Step, state: str) -> None:
    case = step.case
    case.result = {**case.result, "article": step.payload["article"]}
    step.detail |= {"article": step.payload["article"], "receipt": case.result.get("receipt", "")}
    _row(case).update(state=state, decided_on=step.day)


def end(step: Step) -> None:
    """Withdrawn or expired: the service may be claimed anew."""
    _row(step.case).update(state=ENDED, decided_on=None)


def reopen(step: Step) -> None:
    """Handled again after reconsideration, also beside a newer claim of the same service."""
    _row(step.case).update(state=REOPENED, decided_on=None)


def _row(case: Case) -> Any:
    return Claim.objects.filter(pk=case.pk)


def frozen(case: Case) -> Receipt | None:
    """The receipt that was kept when a claim was sent; None before that, and once the answers are deleted."""
    return kept_receipt(case) if case.kind == KIND else None


def claimant(case: Case) -> Person | None:
    """The person who claims, for the office that decides; None for other kinds of cases."""
    if case.kind != KIND or case.person_key is None:
        return None
    with scope.reading_as("review"):
        return people.person(case.person_key)


CLAIM = Bindings(
    {
        "store_answers": store_answers,
        "hand_claim_in": hand_in,
        "at_own_desk": at_own_desk,
        "grant_claim": grant,
        "refuse_claim": refuse,
        "end_claim": end,
        "note_reopened": note_reopened,
        "reopen_claim": reopen,
    },
    facts,
)
