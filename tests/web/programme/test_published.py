"""Tasks are published with where they stand, once, and again only where something changed."""

from renben.catalogue import Plan
from renben.core.workspace import Workspace
from renben.web.guard.policy import Actor
from renben.web.programme.models import Task
from renben.web.programme.publishing import publish_tasks
from tests.web.cases import do
from tests.web.conftest import DAY

YEAR = str(DAY.year)


def test_every_task_is_published_with_its_stage_and_deadline(opened: Plan, workspace: Workspace) -> None:
    (done,) = publish_tasks(YEAR)
    rows = workspace.read("programme_tasks", YEAR)
    assert done.fresh and rows.height == Task.objects.filter(line=False).count() > 0
    assert set(rows["stage"]) == {"assigned"} and rows["deadline"].null_count() == 0
    assert rows["progress"].is_null().all(), "nothing was reported: missing, not zero"


def test_a_step_makes_a_new_vintage_and_none_makes_none(
    opened: Plan, cast: dict[str, Actor], workspace: Workspace
) -> None:
    publish_tasks(YEAR)
    assert not publish_tasks(YEAR)[0].fresh
    task = Task.objects.filter(owner="finance").first()
    assert task is not None
    do(task.pk, "accept", cast["finance"])
    assert publish_tasks(YEAR)[0].fresh
    mine = workspace.read("programme_tasks", YEAR).filter(commitment=task.commitment, owner="finance")
    assert mine["stage"].item() == "in_progress"


def test_without_tasks_nothing_is_published(workspace: Workspace) -> None:
    assert publish_tasks(YEAR) == []
