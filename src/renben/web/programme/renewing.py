"""Old tasks of collectives: taken to the newer version of the flow by the lead commission, then split.

A collective's task that was opened before collectives could be split keeps its version until somebody says otherwise.
Renewing is a step of its own, with a reason, written into the task's course; it can be taken back until the next step.
"""

from collections.abc import Mapping
from uuid import UUID

from renben.web.flow import renewal
from renben.web.flow.command import version_in
from renben.web.flow.definition import flow_of
from renben.web.flow.refusals import NoSuchStep, NotAllowed
from renben.web.flow.renewal import Renewal
from renben.web.guard.policy import Actor
from renben.web.programme.models import Task
from renben.web.programme.opening import KIND, split
from renben.web.programme.pages import task_of

SUPERVISE = "task.supervise"


def ways(task: Task, actor: Actor) -> tuple[str, ...]:
    """What the lead commission may do about a task's flow version: renew, undo, split."""
    if not actor.may(SUPERVISE, task.case.region) or not task.line:
        return ()
    found = []
    if renewal.may_renew(task.case):
        found.append("renew")
    if renewal.last_renewal(task.case):
        found.append("undo")
    if flow_of(KIND, task.case.flow_version).find(task.case.stage, "split"):
        found.append("split")
    return tuple(found)


def take(actor: Actor, case_id: UUID, way: str, data: Mapping[str, str]) -> None:
    """Renew a task's flow, take that back, or split the task among its members.

    Raises:
        Refusal: not the actor's to do, not possible in the task's stage, or no reason given.
    """
    task = task_of(actor, case_id)
    if not actor.may(SUPERVISE, task.case.region):
        raise NotAllowed()
    if way not in ("renew", "undo", "split") or not task.line:
        raise NoSuchStep()
    if way == "split":
        split(task)
        return
    step = renewal.renew if way == "renew" else renewal.undo
    step(
        Renewal(
            task.pk, actor, data.get("key", ""), version_in(data), SUPERVISE, data.get("note", "").strip()
        )
    )
