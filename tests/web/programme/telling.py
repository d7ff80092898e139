"""One telling of the programme on whatever database the settings name; prints its ledger as JSON.

Run in a process of its own, so that the same telling can be told on SQLite and, as the application role that
row policies hold, on PostgreSQL.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from renben.catalogue import load  # noqa: E402
from renben.core.workspace import Workspace  # noqa: E402
from renben.web.exchange.publish import publish  # noqa: E402
from renben.web.flow.command import Command, act  # noqa: E402
from renben.web.flow.models import Case, CaseEvent  # noqa: E402
from renben.web.flow.refusals import Refusal  # noqa: E402
from renben.web.guard import scope  # noqa: E402
from renben.web.guard.accounts import actor_of  # noqa: E402
from renben.web.guard.models import Grant, User  # noqa: E402
from renben.web.guard.policy import Actor  # noqa: E402
from renben.web.programme.intake import take_in  # noqa: E402
from renben.web.programme.models import Seat, Task, TaskFinding  # noqa: E402
from renben.web.programme.opening import open_tasks  # noqa: E402
from renben.web.programme.publishing import publish_findings  # noqa: E402
from tests.web.workspaces import write_findings  # noqa: E402

HIDDEN = "Unknown:refusal.unknown"
"""What the service says of a task that is not there, and row policies do of one that is not theirs to see."""
FINDING = ("reward_not_paid", "140100", "error", "finance", "合成", "synthetic")


def account(name: str, role: str, region: str, office: str = "") -> User:
    user = User.objects.create(username=name, demo=True)
    Grant.objects.create(user=user, role=role, region=region)
    if office:
        Seat.objects.create(user=user, office=office)
    return user


def step(user: User, task: Any, action: str, note: str = "", **payload: Any) -> str:
    try:
        with transaction.atomic():
            actor = actor_of(user)
            scope.enter(actor)
            version = Case.objects.values_list("version", flat=True).get(pk=task)
            return act(
                Command(task, action, actor, f"telling-{user.pk}-{action}", version, payload, note)
            ).stage
    except Case.DoesNotExist:
        return HIDDEN
    except Refusal as refusal:
        return f"{type(refusal).__name__}:{refusal}"


def tell(space: Workspace) -> dict[str, Any]:
    whole = next(iter(load().plans.values()))
    key, first = next(iter(whole.actions.items()))
    plan = whole.model_copy(update={"actions": {key: first}, "safeguards": {}})
    lead, lead2 = (account(name, "programme_officer", "140000") for name in ("lead", "lead2"))
    owner = account("owner", "task_owner", "140000", "finance")
    abroad = account("abroad", "programme_officer", "130000")
    account("police", "police_officer", "140100")
    opened, again = (open_tasks(plan, Actor(None, job="setup")) for _ in range(2))
    write_findings(space, [FINDING])
    first_in, second_in = take_in("2025"), take_in("2025")
    finding = TaskFinding.objects.get()
    task = finding.task_id
    steps = [
        step(owner, task, "accept"),
        step(abroad, task, "reopen", "x"),
        step(owner, task, "report", "合成", progress="100", evidence="示例"),
        step(lead, task, "acknowledge"),
        step(owner, task, "propose_close", "合成"),
        step(owner, task, "answer", "已更正", finding=finding.pk),
        step(owner, task, "propose_close", "合成"),
        step(lead2, task, "close"),
    ]
    published = [(one.dataset, one.rows) for one in (*publish("2025"), *publish_findings("2025"))]
    with transaction.atomic(), scope.as_job("flow"):
        events = list(
            CaseEvent.objects.filter(case=task).order_by("seq").values_list("seq", "action", "to_stage")
        )
    return {
        "opened": opened, "again": again, "landed": [first_in.landed, second_in.landed, second_in.known],
        "steps": steps, "events": events, "published": sorted(published), "pages": pages(lead, abroad, task),
        "tasks": Task.objects.count(),
    }  # fmt: skip


def pages(lead: User, abroad: User, task: Any) -> list[tuple[str, int, int]]:
    setup_test_environment()
    found = []
    for name, user in (("lead", lead), ("abroad", abroad)):
        client = Client()
        client.force_login(user, backend="renben.web.guard.sessions.Accounts")
        for address in (
            "/programme/",
            "/programme/tasks/?view=closed",
            f"/programme/tasks/{task}/",
            "/api/v1/tasks",
        ):
            answer = client.get(address)
            found.append(
                (
                    f"{name} {address.replace(str(task), 'TASK')}",
                    answer.status_code,
                    answer.content.count(b"<tr"),
                )
            )
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(tell(Workspace(Path(sys.argv[1])))))
