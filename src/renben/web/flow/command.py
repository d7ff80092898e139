"""The one command by which a case moves: idempotency, lock, checks, effects, event and outbox in one go.

Everything happens in one transaction or not at all. A repeated key answers with the stored result; the
same key with another content is refused; a case that moved on answers 409.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from renben.web.append import append, rewrite
from renben.web.clock import now, today
from renben.web.flow import checks, deadlines
from renben.web.flow.bindings import Step, bindings
from renben.web.flow.collecting import both_ends
from renben.web.flow.definition import SAME, Flow, Transition, flow_of, newest
from renben.web.flow.effects import COMMON
from renben.web.flow.models import Case, CaseEvent, CommandKey, Outbox
from renben.web.flow.refusals import Incomplete, KeyReused, NotAllowed, Refusal, Stale, Unknown
from renben.web.guard import audit, crypto, scope
from renben.web.guard.policy import Actor, policy
from renben.web.law import provision
from renben.web.prepared import Prepared

SHORTEST_KEY = 8
LOCKED = Prepared(lambda key: Case.objects.select_for_update().filter(id=key))
"""A case for the transaction that changes it."""


@dataclass(frozen=True)
class Command:
    """Who wants which step of which case, on which version of it, under which one-time key."""

    case: UUID
    action: str
    actor: Actor
    key: str
    expected: int | None
    """Version the actor saw; None for the system's timers and for saving one's own draft (last word wins)."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Result:
    """What a command did; `repeated` when this key had been carried out before."""

    case: str
    version: int
    stage: str
    number: str | None
    repeated: bool = False


def act(command: Command) -> Result:
    """Carry out one step of one case, exactly once per key.

    Raises:
        Refusal: not carried out; the subclass says why and nothing was written.
    """
    content = [str(command.case), command.action, command.expected, command.payload, command.note]
    return once(command.actor, command.key, content, lambda: stepped(command))


def open_case(kind: str, actor: Actor, key: str, region: str = "", **columns: Any) -> Result:
    """Open a case of a kind under its newest flow version, exactly once per key.

    Args:
        kind: name of the flow.
        actor: becomes the applicant unless `applicant` is given.
        key: one-time key.
        region: region of the case where it is known already.
        columns: further columns of the case, such as person_key, wait_on and result.

    Raises:
        NotAllowed: the actor lacks the flow's permission to apply.
    """
    return once(actor, key, ["open", kind, region, columns], lambda: opened(kind, actor, region, columns))


def once(
    actor: Actor,
    key: str,
    content: list[Any],
    work: Callable[[], Result],
    stranger: bool = False,
    longer: int = 0,
) -> Result:
    """Run work in a transaction under a key; the row of a repeated key holds the first result.

    Args:
        actor: whose key it is.
        key: one-time key.
        content: what is asked for; the same key with another content is refused.
        work: carried out the first time; it may take commands of its own under keys of its own.
        stranger: a job acts for somebody without an account, whose key is forgotten like any person's.
        longer: days beyond the usual for which the key is known again, since a device may still send it (days).

    Raises:
        Refusal: not carried out, and nothing was written.
    """
    if len(key) < SHORTEST_KEY:
        raise Incomplete(fields="key")
    stored = hashlib.sha256(f"{actor.name}|{key}".encode()).hexdigest()
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    digest = crypto.blind_index(text, "command")
    with transaction.atomic():
        mine = CommandKey(
            key=stored,
            digest=digest,
            nonce=secrets.token_hex(16),
            at=now(),
            keep_until=_keep_until(actor, stranger, longer),
        )
        if not append(mine, skip_known=True):
            return _repeated(stored, digest)
        result = work()
        mine.result = asdict(result)
        rewrite(mine, "result")
    return result


def _keep_until(actor: Actor, stranger: bool, longer: int) -> dt.date | None:
    """Last day of a person's one-time key; the system's own keys are kept for good."""
    if actor.job and not stranger:
        return None
    day = today()
    return day + dt.timedelta(days=int(provision("retention.command_key_days", day).value) + longer)


def _repeated(stored: str, digest: str) -> Result:
    row = CommandKey.objects.get(key=stored)
    if row.digest != digest:
        raise KeyReused()
    return Result(**{**row.result, "repeated": True})


def opened(kind: str, actor: Actor, region: str, columns: Mapping[str, Any], permission: str = "") -> Result:
    """A new case, in the transaction of the key that is being carried out (see `once`); see `open_case`.

    An officer who opens a case for somebody else does so under a permission of his own, over the region.
    """
    flow = newest(kind)
    if not actor.job and not (actor.may(permission, region) if permission else actor.may(flow.apply)):
        raise NotAllowed()
    day = today()
    values = {"id": uuid4(), "applicant": actor.user_id, "result": {}, **columns}
    case = Case(
        kind=kind, flow_version=flow.version, stage=flow.start, region=region,
        opened_at=now(), stage_since=day, visit=0, **values,
    )  # fmt: skip
    opening = Transition(
        action="open", zh="", en="", from_=(), to=flow.start, by="applicant", permission=permission
    )
    with scope.as_job("flow"):
        deadlines.enter_stage(case, flow, day)
        append(case)
        deadlines.set_timers(case, flow, day)
        write_event(Step(case, flow, opening, actor, {}, day), "", 1)
    return result_of(case)


def stepped(command: Command) -> Result:
    """One step, in the transaction of the key that is being carried out (see `once`); see `act`."""
    case: Case | None = LOCKED.first(UUID(str(command.case)))
    if case is None or not checks.visible(case, command.actor):
        raise Unknown()
    if command.expected is not None and command.expected != case.version:
        raise Stale()
    flow, day = flow_of(case.kind, case.flow_version), today()
    move = checks.allowed(case, flow, command.action, command.actor)
    step = Step(case, flow, move, command.actor, command.payload, day, command.note)
    checks.needs(step)
    checks.guard(step)
    before, visit = case.stage, case.visit
    with scope.as_job("flow"):
        _carry_out(step)
        case.version += 1
        rewrite(case)
        if case.stage != before or "extend_deadline" in move.effects:
            deadlines.set_timers(case, flow, day, new_visit=case.visit != visit)
        write_event(step, before, case.version)
    return result_of(case)


def _carry_out(step: Step) -> None:
    """Effects in order, then the new stage with its clocks."""
    own = bindings(step.case.kind).effects
    for name in step.move.effects:
        (COMMON.get(name) or own[name])(step)
    if step.move.to != SAME:
        step.case.stage = step.move.to
        deadlines.enter_stage(step.case, step.flow, step.day)
    elif "extend_deadline" in step.move.effects:
        deadlines.extend(step.case, step.flow)


def write_event(step: Step, before: str, seq: int) -> None:
    """Append the event, its audit row and its messages."""
    case, moment = step.case, now()
    event = CaseEvent(
        case=case, seq=seq, action=step.move.action, from_stage=before, to_stage=case.stage,
        actor=step.actor.name, account=step.actor.user_id, role=",".join(step.actor.roles)[:80],
        at=moment, day=step.day, detail=step.detail,
    )  # fmt: skip
    if step.note:
        event.note_ct = crypto.encrypt(step.note, "event.note", f"{case.id}/{seq}")
    append(event)
    audit.record(
        step.actor, "command", step.move.permission or step.flow.apply,
        object_type=case.kind, object_id=str(case.id), subject=case.person_key, region=case.region,
        detail={"action": step.move.action, "seq": seq, **both_ends(case, step.detail)},
    )  # fmt: skip
    append(
        *(
            Outbox(topic=topic, case=case, seq=seq, body=step.detail, next_try=moment)
            for topic in step.messages
        )
    )


def result_of(case: Case) -> Result:
    return Result(str(case.id), case.version, case.stage, case.number)


def version_in(form: Mapping[str, Any]) -> int:
    """The version of a case that a form was drawn with.

    Raises:
        Stale: none, or not a number.
    """
    text = str(form.get("version", ""))
    if not text.isascii() or not text.isdigit():
        raise Stale()
    return int(text)


def offered(case: Case, actor: Actor) -> tuple[Transition, ...]:
    """Steps that an actor may take now, as buttons; guards are asked only when the step is taken."""
    flow: Flow = flow_of(case.kind, case.flow_version)
    found = []
    for move in flow.actions(case.stage):
        try:
            checks.allowed(case, flow, move.action, actor)
        except Refusal:
            continue
        if "claim" not in move.effects or case.holder != actor.user_id:  # whoever holds it need not take it
            found.append(move)
    return tuple(found)


def desks_of(flow: Flow, stage: str) -> list[str]:
    """Roles that can take a case on from a stage, in the order of the policy."""
    moves = [move for move in flow.transitions if move.by == "office" and stage in flow.sources(move)]
    onward = [move for move in moves if move.to != SAME] or moves
    holding = {role for move in onward for role in policy().permissions[move.permission].roles}
    return [role for role in policy().roles if role in holding]


def elapsed(case: Case, day: dt.date) -> tuple[int, int]:
    """Days since the deadline began: (all, legal without the stopped time), in calendar days."""
    if case.started_on is None:
        return 0, 0
    end = case.closed_on or day
    standing = (end - case.paused_since).days if case.paused_since else 0
    total = (end - case.started_on).days
    return total, total - case.paused_days - standing
