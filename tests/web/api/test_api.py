"""The API answers what the pages show, under the same permissions, and its errors say how to go on."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from renben.catalogue import load
from renben.core.workspace import Workspace
from renben.web.guard import crypto
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor, policy
from renben.web.programme.models import Seat, Task
from renben.web.programme.opening import open_tasks
from renben.web.registry.models import Person
from tests.web.planted import Planted
from tests.web.programme.conftest import cast, plan  # noqa: F401

STEP = {"version": 1, "note": ""}


@pytest.fixture
def tasks(plan: Any, cast: Any) -> Any:  # noqa: F811
    open_tasks(plan, cast["lead"])
    return cast


@pytest.fixture
def lead(browse: Callable[..., Client], account: Callable[..., User]) -> Client:
    return browse(account("api-lead", "programme_officer", "140000"))


@pytest.fixture
def finance(browse: Callable[..., Client], account: Callable[..., User]) -> Client:
    user = account("api-finance", "task_owner", "140000")
    Seat.objects.create(user=user, office="finance")
    return browse(user)


def post(client: Client, task: Task, action: str, body: Any, key: str = "api-key-1") -> Any:
    address = f"/api/v1/tasks/{task.pk}/steps/{action}"
    return client.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})


def a_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json", (
        answer.content
    )
    found = answer.json()
    assert found["status"] == status and found["title"] and found["detail"] and found["next_step"]
    return found


def test_the_document_stands_at_a_fixed_address_and_names_every_operation(
    browse: Callable[..., Client],
) -> None:
    found = browse().get("/api/v1/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert set(found["paths"]) == {
        "/api/v1/indicators", "/api/v1/indicators/{indicator}/series", "/api/v1/tasks", "/api/v1/tasks/{case_id}",
        "/api/v1/tasks/{case_id}/steps/{action}", "/api/v1/findings", "/api/v1/persons/find", "/api/v1/addresses",
        "/api/v1/declarations", "/api/v1/readings", "/api/v1/exchange/messages",
    }  # fmt: skip


def test_every_error_is_a_problem_document_with_a_next_step(
    browse: Callable[..., Client], account: Callable[..., User], lead: Client, workspace: Workspace
) -> None:
    a_problem(browse().get("/api/v1/tasks"), 401)
    a_problem(browse(account("api-auditor", "auditor", "140000")).get("/api/v1/tasks"), 403)
    a_problem(lead.get("/api/v1/tasks/00000000-0000-4000-8000-000000000000"), 404)
    a_problem(lead.get("/api/v1/nothing"), 404)
    a_problem(lead.delete("/api/v1/tasks"), 405)
    assert "limit" in a_problem(lead.get("/api/v1/tasks?limit=0"), 422)["detail"]
    assert str(workspace.root) in a_problem(lead.get("/api/v1/indicators"), 503)["detail"]
    a_problem(post(lead, Task(pk="00000000-0000-4000-8000-000000000000"), "accept", "{"), 400)


def test_a_list_is_paged_and_counts_what_the_actor_may_see(tasks: Any, lead: Client, finance: Client) -> None:
    whole = lead.get("/api/v1/tasks?limit=5&offset=5").json()
    assert whole["count"] == Task.objects.count() and len(whole["items"]) == 5
    mine = finance.get("/api/v1/tasks?limit=200").json()
    assert {one["owner"] for one in mine["items"]} == {"finance"} and mine["count"] < whole["count"]
    other = Task.objects.exclude(owner="finance").first()
    a_problem(finance.get(f"/api/v1/tasks/{other.pk}"), 404)


def test_a_step_is_taken_once_per_key(tasks: Any, finance: Client) -> None:
    task = Task.objects.filter(owner="finance").first()
    first, again = post(finance, task, "accept", STEP), post(finance, task, "accept", STEP)
    assert (
        first.json()["stage"] == "in_progress" and not first.json()["repeated"] and again.json()["repeated"]
    )
    a_problem(post(finance, task, "report", {**STEP, "progress": 5, "note": "x"}, "api-key-2"), 409)
    a_problem(post(finance, task, "report", {"version": 2, "progress": 101, "note": "x"}, "api-key-3"), 422)
    a_problem(post(finance, task, "close", {"version": 2}, "api-key-4"), 409)
    a_problem(post(finance, task, "report", {"version": 2, "progress": 5, "note": "x"}, "short"), 422)
    done = post(finance, task, "report", {"version": 2, "progress": 5, "note": "x"}, "api-key-5")
    assert done.json() == {"task": str(task.pk), "stage": "reported", "version": 3, "repeated": False}


def test_a_post_without_the_forgery_token_is_refused(tasks: Any, account: Callable[..., User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("api-forged", "task_owner", "140000"))
    task = Task.objects.filter(owner="finance").first()
    assert post(client, task, "accept", STEP).status_code in (401, 403)
    assert Task.objects.get(pk=task.pk).case.version == 1


def test_indicators_say_value_status_and_probability_or_the_reason(lead: Client, ran: Workspace) -> None:
    found = lead.get("/api/v1/indicators?limit=200").json()
    assert found["count"] == len(load().indicators)
    rows = {one["id"]: one for one in found["items"]}
    head = rows["urban_rate_resident"]
    assert (
        head["value"] == pytest.approx(66.32, abs=0.01)
        and 0 < head["probability"] < 1
        and not head["synthetic"]
    )
    assert all(one["reason"] for one in found["items"] if one["value"] is None)
    years = lead.get("/api/v1/indicators/urban_rate_resident/series?limit=200").json()["items"]
    assert [one["year"] for one in years] == sorted({one["year"] for one in years}) and years[-1][
        "year"
    ] == 2024
    a_problem(lead.get("/api/v1/indicators/nothing/series"), 404)
    a_problem(lead.get("/api/v1/indicators?region=999999"), 404)


def test_findings_are_those_of_the_tasks_one_may_see(
    tasks: Any, lead: Client, finance: Client, workspace: Workspace
) -> None:
    from renben.web.programme.intake import take_in  # noqa: PLC0415
    from tests.web.workspaces import write_findings  # noqa: PLC0415

    rows = [
        ("k", "140100", "error", owner, "合成", "synthetic") for owner in ("finance", "hrss", "statistics")
    ]
    write_findings(workspace, [(kind + owner, at, s, owner, zh, en) for kind, at, s, owner, zh, en in rows])
    take_in("2025")
    assert lead.get("/api/v1/findings?period=2025&open=true").json()["count"] == 3
    assert {one["owner"] for one in finance.get("/api/v1/findings").json()["items"]} == {"finance"}
    assert json.loads(finance.get("/api/v1/findings?period=2024").content)["count"] == 0


FIND = "/api/v1/persons/find"


def test_persons_are_found_as_on_the_page_with_the_number_covered_and_every_look_recorded(
    planted: Planted, people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    officer, elsewhere = (browse(User.objects.get(pk=people[n].user_id)) for n in ("officer", "elsewhere"))
    key, ask = planted.done.person_key, {"content_type": "application/json"}
    number = Person.objects.current().get(key=key).number
    AuditEvent.objects.all().delete()
    for body in ({"number": number}, {"name": Person.objects.current().get(key=key).name}):
        items = {one["key"]: one for one in officer.post(FIND, body, **ask).json()["items"]}
        one = items[str(key)]
        assert one["number"] == crypto.masked_number(number) != number
        seen = AuditEvent.objects.filter(subject=key, kind="list", permission="person.search")
        assert seen.filter(actor=people["officer"].user_id, purpose="residence_registration").count() == 1
        assert AuditEvent.objects.filter(kind="search").count() == 1
        AuditEvent.objects.all().delete()
    assert elsewhere.post(FIND, {"number": number}, **ask).json() == {"items": [], "elsewhere": 1}
    assert not AuditEvent.objects.filter(subject=key).exists(), "nobody was shown"


def test_persons_are_not_found_by_whoever_may_not_search_nor_by_an_address(
    people: dict[str, Actor], browse: Callable[..., Client], lead: Client
) -> None:
    resident = browse(User.objects.get(pk=people["resident"].user_id))
    for client in (resident, lead):
        a_problem(client.post(FIND, {"number": "1"}, content_type="application/json"), 403)
    a_problem(browse().post(FIND, {"number": "1"}, content_type="application/json"), 401)
    a_problem(browse(User.objects.get(pk=people["officer"].user_id)).get(f"{FIND}?number=1"), 405)
    assert "person.search" not in policy().tokens, "and a program's token never carries it"
