"""Tokens for programs: narrowed, expiring, shown once, kept as a hash, and in the OpenAPI document."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from renben.core.workspace import Workspace
from renben.web.guard.models import ApiToken, AuditEvent, Grant, User
from renben.web.guard.policy import policy
from tests.web.conftest import set_day


@pytest.fixture
def lead(account: Callable[..., User]) -> User:
    return account("t-lead", "programme_officer", "140000")


def make(client: Client, *permissions: str, days: str = "30") -> str:
    """Make a token on the page and read it there."""
    answer = client.post("/account/tokens/", {"name": "示例程序", "permissions": permissions, "days": days})
    assert answer.status_code == 200
    return str(answer.context["secret"])


def call(secret: str, address: str = "/api/v1/tasks", method: str = "get", **more: Any) -> Any:
    """Call the API as a program does: a token and no cookie."""
    return getattr(Client(), method)(address, HTTP_AUTHORIZATION=f"Bearer {secret}", **more)


def test_a_token_opens_what_it_was_made_for_and_nothing_else(
    lead: User, browse: Callable[..., Client], ran: Workspace
) -> None:
    client = browse(lead)
    tasks, both = make(client, "task.read"), make(client, "task.read", "indicator.read")
    assert call(tasks).status_code == 200
    assert call(tasks, "/api/v1/indicators").status_code == 403
    assert call(both, "/api/v1/indicators").json()["count"] > 50
    assert (
        AuditEvent.objects.filter(kind="denied", permission="indicator.read", object_type="token").count()
        == 1
    )
    assert Client().get("/home/", HTTP_AUTHORIZATION=f"Bearer {both}").status_code == 302, "no page opens"


def test_the_token_is_shown_once_and_kept_as_a_hash(lead: User, browse: Callable[..., Client]) -> None:
    client = browse(lead)
    secret = make(client, "task.read")
    kept = ApiToken.objects.get()
    assert secret not in str([getattr(kept, one.attname) for one in ApiToken._meta.concrete_fields])
    assert secret not in client.get("/account/tokens/").content.decode()
    assert kept.start in client.get("/account/tokens/").content.decode()
    assert secret not in str(list(AuditEvent.objects.values()))


def test_a_token_ends_by_day_by_hand_with_the_account_and_with_the_grant(
    lead: User, browse: Callable[..., Client]
) -> None:
    client = browse(lead)
    by_hand, rest = make(client, "task.read"), make(client, "task.read", days="10")
    client.post(f"/account/tokens/{ApiToken.objects.order_by('pk')[0].pk}/")
    assert (call(by_hand).status_code, call(rest).status_code) == (401, 200)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert call(rest).status_code == 401
    User.objects.filter(pk=lead.pk).update(is_active=True)
    Grant.objects.filter(user=lead).update(taken_at=dt.datetime.now(dt.UTC))
    assert call(rest).status_code == 403, "the account no longer holds the permission"
    Grant.objects.filter(user=lead).update(taken_at=None)
    assert call(rest).status_code == 200
    set_day(dt.date(2026, 3, 20))
    assert call(rest).status_code == 401


@pytest.mark.parametrize("secret", ["", "rb_", "rb_wrong", "x" * 500, "§"])
def test_a_wrong_token_is_answered_with_how_to_go_on(
    secret: str, lead: User, browse: Callable[..., Client]
) -> None:
    make(browse(lead), "task.read")
    answer = call(secret)
    assert answer.status_code == 401 and answer.json()["next_step"]


def test_nobody_hands_on_what_he_does_not_hold(
    lead: User, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    ask = {"name": "x", "permissions": ["task.work"], "days": "30"}
    assert browse(lead).post("/account/tokens/", ask).status_code == 422
    assert browse(lead).post("/account/tokens/", {**ask, "permissions": ["task.close"]}).status_code == 422
    for days in ("0", "91", "x", "-1", "１"):
        assert (
            browse(lead)
            .post("/account/tokens/", {**ask, "permissions": ["task.read"], "days": days})
            .status_code
            == 422
        )
    other = account("t-other", "programme_officer", "140000")
    make(browse(lead), "task.read")
    assert browse(other).post(f"/account/tokens/{ApiToken.objects.get().pk}/").status_code == 404
    assert browse(account("t-res", "resident")).get("/account/tokens/").status_code == 403


def test_no_permission_that_shows_a_person_can_be_handed_to_a_program() -> None:
    assert policy().tokens and all(not policy().permissions[name].fields for name in policy().tokens)


def test_the_openapi_document_names_the_token() -> None:
    schemes = Client().get("/api/v1/openapi.json").json()["components"]["securitySchemes"]
    assert {"type": "http", "scheme": "bearer"} in schemes.values()
