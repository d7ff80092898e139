"""The public doors hold back one account or one address that calls too often, and say when to go on."""

import os
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from renben.web.config import WebSettings
from renben.web.flow.models import Case
from renben.web.guard import doors, policy
from renben.web.guard.models import User
from renben.web.guard.policy import NOBODY, POLICY, Actor, Door, PolicyError

DOOR = Door("a test", "试", "test", seconds=60, account=3, address=2, routes=())
MIDDLE = 1_000_000_000 // 60 * 60 + 12.5
BEGIN = "/apply/residence_registration/begin/"


@pytest.fixture(autouse=True)
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits as the policy has them, and nobody has called yet."""
    written = WebSettings(door_factor=1)
    monkeypatch.setattr("renben.web.guard.doors.web_settings", lambda: written)
    monkeypatch.setattr("renben.web.guard.doors.KEY", os.urandom(16))


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the door of some routes a small limit."""

    def limit(*routes: str, account: int = 2, address: int = 2) -> None:
        door = Door("narrow", "窄门", "The narrow door", 60, account, address, routes)
        monkeypatch.setattr("renben.web.guard.doors._by_route", lambda: dict.fromkeys(routes, door))
        monkeypatch.setattr("renben.web.guard.doors.time.time", lambda: MIDDLE)

    return limit


def knocks(who: Actor, address: str, times: int, moment: float = MIDDLE) -> list[int]:
    return [doors.knock(DOOR, who, address, moment) for _ in range(times)]


def test_an_account_is_counted_wherever_it_calls_from_and_waits_for_the_end_of_the_window() -> None:
    account = Actor(7)
    assert knocks(account, "192.0.2.1", 3) == [0, 0, 0]
    assert knocks(account, "192.0.2.2", 2) == [48, 48], "of 60 seconds 12.5 have passed"
    assert doors.knock(DOOR, account, "192.0.2.1", MIDDLE + 48) == 0, "a new window"


def test_an_address_without_an_account_is_counted_and_the_next_address_is_not_held_up() -> None:
    assert knocks(NOBODY, "192.0.2.1", 3) == [0, 0, 48]
    assert knocks(NOBODY, "192.0.2.9", 1) == [0]
    assert knocks(Actor(8), "192.0.2.1", 1) == [0], "who is signed in there may go on"


def test_the_wait_is_a_whole_second_at_least() -> None:
    late = MIDDLE // 60 * 60 + 59.999
    assert knocks(NOBODY, "192.0.2.1", 3, late)[-1] == 1


def test_callers_without_number_neither_fill_the_memory_nor_hold_each_other_up() -> None:
    assert not any(doors.knock(DOOR, NOBODY, f"x{n}", MIDDLE) for n in range(2 * doors.PLACES))
    assert knocks(NOBODY, "192.0.2.1", 3)[-1] == 48, "and who calls too often is still found"


def test_the_factor_of_the_settings_multiplies_every_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renben.web.guard.doors.web_settings", lambda: WebSettings(door_factor=2))
    assert [n > 0 for n in knocks(NOBODY, "192.0.2.1", 5)] == [False] * 4 + [True]
    with pytest.raises(ValueError, match="door_factor"):
        WebSettings(door_factor=0)


def test_processes_made_after_the_start_count_together() -> None:
    child = os.fork()
    if not child:
        knocks(NOBODY, "192.0.2.1", 2)
        os._exit(0)
    os.waitpid(child, 0)
    assert knocks(NOBODY, "192.0.2.1", 1) == [48]


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [("en", "Too many attempts", "The narrow door: too many requests"), ("zh-hans", "操作太频繁", "“窄门”在短时间内请求过多")],
)  # fmt: skip
def test_one_application_too_many_gets_a_page_with_the_next_step_and_opens_no_case(
    language: str, title: str, said: str, people: dict[str, Actor], browse: Callable[..., Client],
    narrow: Callable[..., None],
) -> None:  # fmt: skip
    narrow("begin")
    client = browse(User.objects.get(pk=people["resident"].user_id), language)
    assert [client.post(BEGIN, {"key": f"key-{n}-long"}).status_code for n in range(2)] == [302, 302]
    answer = client.post(BEGIN, {"key": "key-9-long"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "48")
    text = answer.content.decode()
    assert title in text and said in text and "48" in text and 'href="/"' in text
    assert Case.objects.filter(applicant=people["resident"].user_id).count() == 2
    assert client.get("/my/cases/").status_code == 200, "what is no door stays open"
    other = browse(User.objects.get(pk=people["stranger"].user_id))
    assert other.post(BEGIN, {"key": "key-1-long"}).status_code == 302


def test_signing_in_is_counted_by_address_behind_the_operators_own_proxies(
    narrow: Callable[..., None], settings_proxies: None
) -> None:
    narrow("account_login")
    client = Client()

    def ask(claimed: str) -> int:
        return client.get("/account/login/", headers={"X-Forwarded-For": claimed}).status_code

    assert [ask("192.0.2.1"), ask("192.0.2.1"), ask("192.0.2.1")] == [200, 200, 429]
    assert ask("192.0.2.2") == 200, "another visitor behind the same proxy"
    assert ask("192.0.2.7, 192.0.2.1") == 429, "an address made up in front of the proxy's does not count"


@pytest.fixture
def settings_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings  # noqa: PLC0415

    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 1)


def test_an_address_is_not_believed_without_a_proxy_of_ours(narrow: Callable[..., None]) -> None:
    narrow("account_login")
    client = Client()
    answers = [client.get("/account/login/", headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]


def test_the_api_answers_with_a_problem_document(narrow: Callable[..., None]) -> None:
    narrow("api_tasks")
    answers = [Client().get("/api/v1/tasks", headers={"Accept-Language": "en"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [401, 401, 429]
    problem = answers[-1].json()
    assert answers[-1]["Content-Type"] == "application/problem+json" and answers[-1]["Retry-After"] == "48"
    assert problem["status"] == 429 and "Retry-After" in problem["next_step"]


def test_the_doors_are_the_routes_that_strangers_reach() -> None:
    routes = {str(one.name) for one in get_resolver().url_patterns if isinstance(one, URLPattern)}
    known = {route for door in policy.policy().doors for route in door.routes}
    assert known <= routes, "a door without its route"
    wanted = {name for name in routes if name.startswith("api_")}
    wanted |= {"account_login", "account_signup", "mfa_authenticate", "begin", "question", "check", "confirm"}
    assert wanted <= known, f"add {sorted(wanted - known)} to doors in {POLICY.name}"


def test_a_limit_below_one_is_refused() -> None:
    row = {"zh": "试", "en": "test", "seconds": 60, "account": 0, "address": 5, "routes": ["x"]}
    with pytest.raises(PolicyError, match="doors: shut"):
        policy._door("shut", row)
