"""May this actor take this step now? Role, region, assignment, maker and checker, needs, decision table."""

from renben.web.flow.bindings import Step, bindings
from renben.web.flow.conditions import decide
from renben.web.flow.definition import Flow, Transition, flow_of
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Guarded, Incomplete, NoSuchStep, NotAllowed
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.programme.seats import office_of

REVOKES = "reconsideration.decide"


def visible(case: Case, actor: Actor) -> bool:
    """Whether an actor may know of a case: its applicant, a job, or an officer of its region and office.

    Whoever revokes a refusal sends the case back whatever office refused it.
    """
    if actor.job or (actor.user_id is not None and case.applicant == actor.user_id):
        return True
    if not actor.may(flow_of(case.kind, case.flow_version).read, case.region):
        return False
    return not case.office or office_of(actor) == case.office or actor.may(REVOKES, case.region)


def allowed(case: Case, flow: Flow, action: str, actor: Actor) -> Transition:
    """The transition, if the actor may take it.

    Raises:
        NoSuchStep: the stage has no such action.
        NotAllowed: role, region, assignment, or the actor made what he would check.
    """
    move = flow.find(case.stage, action)
    if move is None:
        raise NoSuchStep()
    if not _entitled(case, move, actor):
        raise NotAllowed()
    if move.assigned and case.holder != actor.user_id:
        raise NotAllowed("refusal.not_assigned")
    if _made_it(case, flow, action, actor):
        raise NotAllowed("refusal.maker_is_checker")
    return move


def _entitled(case: Case, move: Transition, actor: Actor) -> bool:
    if move.counter and (move.counter == "only") is not case.taken_down:
        return False
    if move.by == "system":
        return bool(actor.job)
    if move.by == "applicant":
        return case.applicant == actor.user_id and not actor.job and actor.may(move.permission)
    return not actor.job and case.applicant != actor.user_id and actor.may(move.permission, case.region)


def _made_it(case: Case, flow: Flow, action: str, actor: Actor) -> bool:
    """Whether the actor took a step that somebody else must check."""
    made = [maker for maker, checker in flow.separations if checker == action]
    if not made or actor.user_id is None:
        return False
    return CaseEvent.objects.filter(case=case, action__in=made, account=actor.user_id).exists()


def needs(step: Step) -> None:
    """Everything the step asks for was given.

    Raises:
        Incomplete: names what is missing.
    """
    missing = [
        name for name in step.move.needs if not (step.note if name == "note" else step.payload.get(name))
    ]
    if missing:
        raise Incomplete(fields=", ".join(missing))


def guard(step: Step) -> None:
    """The step's decision table allows it.

    Raises:
        Guarded: refused, with the reason; or a fact is missing, with its name.
    """
    if not step.move.guard:
        return
    with scope.as_job("flow"):  # the service asks its rules, also about somebody the actor only acts for
        facts = bindings(step.case.kind).facts(step.case, step.payload, step.day)
    answer = decide(step.flow.guards[step.move.guard], facts)
    if answer.then == "need_info":
        raise Guarded("refusal.need_info", facts=", ".join(answer.missing))
    if answer.then != "allow":
        raise Guarded(answer.say, ref=answer.ref)
