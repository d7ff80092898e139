"""The number of database queries of a page does not grow with the number of tasks or findings it lists."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renben.catalogue import Plan
from renben.core.workspace import Workspace
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.programme.intake import take_in
from renben.web.programme.models import Task, TaskFinding
from tests.web.workspaces import write_findings


def queries(client: Client, address: str) -> int:
    client.get(address)  # the session notes its first visit
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.fixture
def lead(account: Callable[..., User], browse: Callable[..., Client]) -> Client:
    return browse(account("q-lead", "programme_officer", "140000"))


@pytest.mark.parametrize(
    ("address", "most"), [("/programme/", 24), ("/programme/tasks/", 24), ("/api/v1/tasks?limit=200", 12)]
)
def test_lists_take_the_same_queries_for_one_task_and_for_many(
    address: str, most: int, opened: Plan, lead: Client
) -> None:
    many = queries(lead, address)
    keep = Task.objects.order_by("order").first()
    Task.objects.exclude(pk=keep.pk).delete()
    assert queries(lead, address) == many <= most


def test_a_task_takes_the_same_queries_for_one_finding_and_for_many(
    opened: Plan, cast: dict[str, Actor], lead: Client, workspace: Workspace
) -> None:
    row = ("k", "140100", "error", "finance", "合成", "synthetic")
    write_findings(workspace, [row])
    take_in("2025")
    address = f"/programme/tasks/{TaskFinding.objects.get().task_id}/"
    one = queries(lead, address)
    rows = [(row[0], f"1401{n:02}", *row[2:]) for n in range(60)]
    write_findings(workspace, rows, day=dt.date(2026, 3, 2))
    assert take_in("2025").landed == 59
    assert queries(lead, address) == one <= 24
