"""Holds: what is kept of a person or of a case is not deleted while a court, an inspection or a complaint needs it.

Carries out: Personal Information Protection Law arts. 47 para. 2 (deletion stops, storage and protection go on), 19 (no
longer than needed: a last day is asked for), 17, 18 and 35 (the person is told, unless that would defeat the purpose).
Who may: the population data steward, who keeps the records and decides no application, and the reconsideration office,
which knows what a case that it hears must keep. Not the offices that decide, whose handling may be what is looked into;
not the system or the security administrator, who see no person; not the auditor, who reads what others did and does
nothing himself: he finds every step in the audit. A hold ends by its last day; earlier only when one person asks and
another agrees. Nobody sets or lifts a hold on what is kept of himself. Where the person is not told, the audit names the
hold and not the person, so that `my data` says nothing. Which rows it keeps back: `guard/subjects.py`.
Not modelled: hiding from officers what is past its period and only held; it is read under the same permissions as before.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from renben.web.clock import now, today
from renben.web.flow.command import SHORTEST_KEY
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, KeyReused, NotAllowed, Unknown
from renben.web.guard import audit, crypto, scope
from renben.web.guard.hold_subjects import JOB, LIFT, READ, SET, Subject, concerns, whose
from renben.web.guard.models import Hold, HoldStep
from renben.web.guard.policy import Actor
from renben.web.law import provision

KINDS = ("court", "inspection", "complaint", "audit", "reconsideration")
RUNNING, ASKED, LIFTED, OVER = "running", "asked", "lifted", "over"
FIELD = "hold.why"


@dataclass(frozen=True)
class Given:
    """What a form says of a new hold."""

    kind: str
    until: dt.date | None
    ground: str
    told: bool = True
    untold: str = ""
    """Why the person is not told, where that is so."""


def begin(actor: Actor, about: Subject, given: Given, key: str) -> Hold:
    """Set a hold from today on, once per key.

    Raises:
        Incomplete: the kind, the ground, a last day within the time allowed, or why the person is not told, is missing.
        KeyReused: the same form, sent for another subject.
    """
    person, case = about.person and about.person.key, about.case and about.case.pk
    if given.kind not in KINDS or len(key) < SHORTEST_KEY:
        raise Incomplete("refusal.hold_incomplete")
    grounds = [given.ground] if given.told else [given.ground, given.untold]
    for text in grounds:
        _long_enough(text)
    _in_time(given.until, today())
    with transaction.atomic():
        if (before := _before(actor, key)) is not None:
            if (before.person_key, before.case) != (person, case):
                raise KeyReused()
            return before
        hold = Hold.objects.create(
            id=uuid4(), person_key=person, case=case, region=about.region, kind=given.kind, told=given.told,
            set_by_id=actor.user_id, set_at=now(), from_on=today(), until_on=given.until,
        )  # fmt: skip
        _step(actor, hold, "set", key, SET, given.ground, given.until)
        if not given.told:
            _step(actor, hold, "untold", f"{key}:untold", SET, given.untold)
    return hold


def _long_enough(text: str) -> None:
    least = int(provision("hold.shortest_ground", today()).value)
    if len(text.strip()) < least:
        raise Incomplete("refusal.hold_ground", least=least)


def _in_time(until: dt.date | None, after: dt.date) -> None:
    """A last day that is later than another and within the time for which a hold may be set."""
    most = int(provision("hold.most_days", today()).value)
    if until is None or not after < until <= today() + dt.timedelta(days=most):
        raise Incomplete("refusal.hold_until", most=most)


def hold_of(actor: Actor, hold_id: UUID, permission: str) -> Hold:
    """A hold in the actor's regions.

    Raises:
        Unknown: none such.
        NotAllowed: a step about what is kept of the actor himself.
    """
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None or not actor.may(permission, hold.region):
        raise Unknown()
    if permission != READ and concerns(actor, hold):
        raise NotAllowed("refusal.hold_own")
    return hold


def extend(actor: Actor, hold: Hold, until: dt.date | None, why: str, key: str) -> None:
    """Let a hold run longer.

    Raises:
        Incomplete: no reason, or a last day that is not later or too late.
        Guarded: it ended.
    """
    _long_enough(why)
    with transaction.atomic():
        if (row := _running(actor, hold, key)) is None:
            return
        _in_time(until, row.until_on)
        Hold.objects.filter(pk=row.pk).update(until_on=until)
        _step(actor, row, "extended", key, SET, why, until)


def ask_lift(actor: Actor, hold: Hold, why: str, key: str) -> None:
    """Ask that a hold ends before its last day; somebody else agrees.

    Raises:
        Incomplete: no reason.
        Guarded: it ended, or somebody asked before.
    """
    _long_enough(why)
    with transaction.atomic():
        if (row := _running(actor, hold, key)) is None:
            return
        if row.asked_by_id is not None:
            raise Guarded("refusal.hold_asked")
        Hold.objects.filter(pk=row.pk).update(asked_by=actor.user_id, asked_at=now())
        _step(actor, row, "lift_asked", key, SET, why)


def keep_on(actor: Actor, hold: Hold, why: str, key: str) -> None:
    """Turn down what a colleague asked for, or take back what one asked for oneself: the hold runs on.

    Raises:
        Guarded: it ended, or nobody asked.
    """
    with transaction.atomic():
        if (row := _asked(actor, hold, key)) is None:
            return
        Hold.objects.filter(pk=row.pk).update(asked_by=None, asked_at=None)
        _step(actor, row, "kept_on", key, LIFT, why)


def lift(actor: Actor, hold: Hold, why: str, key: str) -> None:
    """The second person's word: the hold ends now, and the next daily round deletes what is overdue.

    Raises:
        NotAllowed: the one who asked.
        Guarded: it ended, or nobody asked.
    """
    with transaction.atomic():
        if (row := _asked(actor, hold, key)) is None:
            return
        if row.asked_by_id == actor.user_id:
            raise NotAllowed("refusal.hold_second")
        Hold.objects.filter(pk=row.pk).update(lifted_by=actor.user_id, lifted_at=now())
        _step(actor, row, "lifted", key, LIFT, why)


def tell(actor: Actor, hold: Hold, _why: str, key: str) -> None:
    """From now on the person finds the hold under `my data`, also when it ended.

    Raises:
        Guarded: it is no secret.
    """
    with transaction.atomic():
        if (row := _locked(actor, hold, key)) is None:
            return
        if row.told:
            raise Guarded("refusal.hold_told")
        Hold.objects.filter(pk=row.pk).update(told=True)
        row.told = True
        _step(actor, row, "told", key, SET)


def _locked(actor: Actor, hold: Hold, key: str) -> Hold | None:
    """The hold as it is now, for one step at a time; None where this step was taken before."""
    if len(key) < SHORTEST_KEY:
        raise Incomplete(fields="key")
    row = Hold.objects.select_for_update().get(pk=hold.pk)
    before = _before(actor, key)
    if before is not None and before.pk != row.pk:
        raise KeyReused()
    return None if before else row


def _running(actor: Actor, hold: Hold, key: str) -> Hold | None:
    row = _locked(actor, hold, key)
    if row is not None and state(row, today()) in (LIFTED, OVER):
        raise Guarded("refusal.hold_over")
    return row


def _asked(actor: Actor, hold: Hold, key: str) -> Hold | None:
    row = _running(actor, hold, key)
    if row is not None and row.asked_by_id is None:
        raise Guarded("refusal.hold_not_asked")
    return row


def _before(actor: Actor, key: str) -> Hold | None:
    step = HoldStep.objects.filter(key=f"{actor.user_id}:{key}").select_related("hold").first()
    return step.hold if step else None


def _step(
    actor: Actor,
    hold: Hold,
    what: str,
    key: str,
    permission: str,
    why: str = "",
    until: dt.date | None = None,
) -> None:
    """Append one step, and its row of the audit."""
    seq = hold.steps.count() + 1
    why = why.strip()
    HoldStep.objects.create(
        hold=hold, seq=seq, key=f"{actor.user_id}:{key}", what=what, by_id=actor.user_id, at=now(), until_on=until,
        why_ct=crypto.encrypt(why, FIELD, f"{hold.pk}/{seq}") if why else None,
    )  # fmt: skip
    detail = {"needed_for": hold.kind, **({"until": until.isoformat()} if until else {})}
    recorded(actor, hold, "command", permission, f"hold_{what}", **detail)


def recorded(actor: Actor, hold: Hold, kind: str, permission: str, what: str, **detail: Any) -> None:
    """Write a row of the audit about a hold; it names the person only where the person is told."""
    audit.record(
        actor, kind, permission, object_type=what, object_id=str(hold.pk), region=hold.region, detail=detail,
        subject=whose(hold) if hold.told else None,
    )  # fmt: skip


def state(hold: Hold, day: dt.date) -> str:
    """Where a hold stands: running, asked to be lifted, lifted, or over."""
    if hold.lifted_at:
        return LIFTED
    if hold.until_on < day:
        return OVER
    return ASKED if hold.asked_by_id else RUNNING


def steps_of(hold: Hold) -> list[tuple[HoldStep, str]]:
    """Every step of a hold with what was said, in order."""
    rows = hold.steps.select_related("by").order_by("seq")
    return [
        (row, crypto.decrypt(row.why_ct, FIELD, f"{hold.pk}/{row.seq}") if row.why_ct else "") for row in rows
    ]


def of_person(keys: list[UUID], account: int | None) -> list[tuple[Hold, str]]:
    """Holds of which a person is told, on him or on a case of his, the newest first, with where they stand."""
    with scope.reading_as(JOB):
        cases = Case.objects.filter(Q(person_key__in=keys) | Q(applicant=account)).values("pk")
        rows = Hold.objects.filter(Q(person_key__in=keys) | Q(case__in=cases), told=True)
        return [(row, state(row, today())) for row in rows.order_by("-set_at", "pk")]
