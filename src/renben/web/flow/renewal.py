"""Takes a running case to a newer version of its flow, and back while nothing has happened since.

A case keeps the version it was opened under: nobody's rights change while a matter runs. Where a newer version has a
step that the older lacks, an officer may renew a case, with a reason. The stage must be the same matter in both:
same holder, same deadline with the same provision, same wait. Only then do clocks and timers stay what they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from renben.web.append import rewrite
from renben.web.clock import today
from renben.web.flow import checks
from renben.web.flow.bindings import Step
from renben.web.flow.command import LOCKED, Result, once, result_of, write_event
from renben.web.flow.definition import SAME, Flow, Transition, flow_of, flows, newest
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Incomplete, NoSuchStep, NotAllowed, Refusal, Stale, Unknown
from renben.web.guard import scope
from renben.web.guard.policy import Actor

RENEW, UNDO = "renew", "renew_undo"
SPOKEN = {
    RENEW: ("改用新版流程", "Taken to a newer version of the flow"),
    UNDO: ("恢复原版流程", "Taken back to the version before"),
}
"""Steps that no table holds, since they change the table: Chinese, English."""


class Unlike(Refusal):
    """The case's stage is not the same matter in the other version."""

    word = "refusal.renew_unlike"


@dataclass(frozen=True)
class Renewal:
    """Who wants a case under another version of its flow, why, and which version of the case was seen."""

    case: UUID
    actor: Actor
    key: str
    expected: int
    permission: str
    note: str = ""
    to: int | None = None
    """Flow version; the newest where none is given."""


def differences(old: Flow, new: Flow, stage: str) -> tuple[str, ...]:
    """What keeps a case in a stage from going from one flow version to another, empty where nothing does."""
    return tuple(_differences(old, new, stage))


def _differences(old: Flow, new: Flow, stage: str) -> Iterator[str]:
    was, will = old.stages[stage], new.stages.get(stage)
    if was.final:
        yield "final"
    if will is None:
        yield "stage"
        return
    for name in ("holder", "final", "clock", "wait", "deadline"):
        if getattr(was, name) != getattr(will, name):
            yield name
    if was.deadline and old.deadlines[was.deadline] != new.deadlines.get(was.deadline):
        yield "deadline"
    if (old.find(stage, "escalate") is None) != (new.find(stage, "escalate") is None):
        yield "escalate"


def may_renew(case: Case) -> bool:
    """Whether a newer version of the flow takes this case as it stands."""
    new = newest(case.kind)
    return new.version > case.flow_version and not differences(
        flow_of(case.kind, case.flow_version), new, case.stage
    )


def last_renewal(case: Case) -> CaseEvent | None:
    """The renewal that was the case's last step, which can still be undone."""
    last = CaseEvent.objects.filter(case=case).order_by("-seq").first()
    return last if last is not None and last.action == RENEW else None


def renew(wanted: Renewal) -> Result:
    """Take a case to a newer version of its flow, exactly once per key.

    Raises:
        Incomplete: no reason was given.
        NoSuchStep: there is no such newer version.
        Unlike: the stage is missing there, or is another matter; names what differs.
        Refusal: as with every command: unknown, moved on, not allowed.
    """
    return _done(RENEW, wanted)


def undo(wanted: Renewal) -> Result:
    """Take a case back to the version before, while the renewal is its last step.

    Raises:
        NoSuchStep: the last step was something else.
        Refusal: as with every command.
    """
    return _done(UNDO, wanted)


def _done(action: str, wanted: Renewal) -> Result:
    content = [action, str(wanted.case), wanted.expected, wanted.to, wanted.note]
    return once(wanted.actor, wanted.key, content, lambda: _change(action, wanted))


def _change(action: str, wanted: Renewal) -> Result:
    case: Case | None = LOCKED.first(UUID(str(wanted.case)))
    if case is None or not checks.visible(case, wanted.actor):
        raise Unknown()
    if wanted.expected != case.version:
        raise Stale()
    if wanted.actor.job or not wanted.actor.may(wanted.permission, case.region):
        raise NotAllowed()
    if not wanted.note:
        raise Incomplete(fields="note")
    before, after = case.flow_version, _target(action, case, wanted)
    case.flow_version = after
    step = _step(action, case, wanted, {"from": before, "to": after})
    with scope.as_job("flow"):
        case.version += 1
        rewrite(case)
        write_event(step, case.stage, case.version)
    return result_of(case)


def _target(action: str, case: Case, wanted: Renewal) -> int:
    """The version to go to, after every check."""
    old = flow_of(case.kind, case.flow_version)
    if action == UNDO:
        last = last_renewal(case)
        if last is None:
            raise NoSuchStep("refusal.renew_no_undo")
        return int(last.detail["from"])
    version = wanted.to or newest(case.kind).version
    if version <= case.flow_version or (case.kind, version) not in flows():
        raise NoSuchStep("refusal.renew_no_newer")
    if unlike := differences(old, flow_of(case.kind, version), case.stage):
        raise Unlike(what=", ".join(unlike), version=version)
    return version


def _step(action: str, case: Case, wanted: Renewal, detail: dict[str, Any]) -> Step:
    zh, en = SPOKEN[action]
    move = Transition(
        action=action, zh=zh, en=en, from_=(case.stage,), to=SAME, by="office", permission=wanted.permission
    )
    flow = flow_of(case.kind, case.flow_version)
    return Step(case, flow, move, wanted.actor, {}, today(), wanted.note, detail)


def spoken(event: CaseEvent, flow: Flow) -> Any:
    """What an event is called: its transition, or the renewal that it was; None for the opening."""
    if event.action in SPOKEN:
        zh, en = SPOKEN[event.action]
        return {"zh": zh, "en": en}
    return flow.find(event.from_stage, event.action) if event.from_stage else None
