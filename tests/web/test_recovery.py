"""A forgotten password: identified in person, one slip, one use, and nobody lets himself or a friend in."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client

from renben.web.clock import ZONE
from renben.web.guard import recovery, retention
from renben.web.guard.models import ApiToken, AuditEvent, Deletion, Grant, Recovery, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from tests.web.cases import acting, again, registered
from tests.web.conftest import COUNTY, answers

NUMBER = "149901198501010014"
OLD, NEW = "Correct-horse-7", "Battery-staple-8"
COUNTER, STAFF, OWN = "/office/recovery/", "/accounts/recovery/", "/account/recover/"
FORM = {"number": NUMBER, "seen": "id_card", "reason": "forgotten", "word": "on"}
People = dict[str, Actor]
Browse = Callable[..., Client]


@pytest.fixture
def owner(people: People, address: Address) -> User:
    """A registered resident with a password."""
    registered(people, answers(address))
    user = User.objects.get(pk=people["resident"].user_id)
    user.set_password(OLD)
    user.save()
    return user


@pytest.fixture
def counter(people: People, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people["officer"].user_id))


@pytest.fixture
def colleague(people: People, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people["colleague"].user_id))


@pytest.fixture
def admins(account: Callable[..., User]) -> tuple[User, User]:
    return account("t-sec-1", "security_admin"), account("t-sec-2", "security_admin")


def code_in(answer: Any) -> str:
    """The code that a slip shows."""
    found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", answer.content.decode())
    assert found is not None, answer.content.decode()[-1500:]
    return found.group()


def ask(client: Client, key: str = "recovery-key-1", **changes: str) -> Any:
    return client.post(COUNTER, {**FORM, "key": key, **changes})


def use(code: str, known: str = "0014", password: str = NEW, repeat: str = "") -> Any:
    """Set a password as whoever holds the slip, without an account."""
    given = {"code": code, "known": known, "password1": password, "password2": repeat or password}
    return Client().post(OWN, given)


def signed_in(name: str, password: str) -> Client | None:
    client = Client()
    answer = client.post("/account/login/", {"login": name, "password": password})
    return client if answer.status_code == 302 else None


def told(what: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(object_type=f"recovery_{what}"))


def test_a_slip_from_the_counter_sets_a_new_password_and_ends_every_sign_in(
    owner: User, counter: Client, people: People
) -> None:
    here = signed_in(owner.username, OLD)
    assert here is not None and here.get("/my/data/").status_code == 200
    code = code_in(ask(counter))
    assert here.get("/my/data/").status_code == 200, "a slip alone ends nothing"
    answer = use(code.lower())
    assert answer.status_code == 302 and answer["Location"] == "/account/login/"
    assert here.get("/my/data/").status_code == 302, "the sign-in from before is over"
    assert signed_in(owner.username, OLD) is None
    back = signed_in(owner.username, NEW)
    assert (
        back is not None
        and "Recoveries of your password" in back.get("/my/data/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    )
    used = told("used")[0]
    assert (used.actor, str(used.subject), used.region) == (None, str(owner.person_key), COUNTY)
    assert used.detail["sessions"] == 1 and used.detail["factors"] == 0
    asked = told("asked")[0]
    assert asked.actor == people["officer"].user_id and asked.detail["reason"] == "forgotten"
    assert code not in str(list(AuditEvent.objects.values())) + str(list(Recovery.objects.values()))


def test_a_slip_is_good_once(owner: User, counter: Client) -> None:
    code = code_in(ask(counter))
    assert use(code).status_code == 302
    assert use(code, password="Another-horse-9").status_code == 422
    assert signed_in(owner.username, "Another-horse-9") is None and len(told("used")) == 1


def test_a_slip_runs_out(owner: User, counter: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    code = code_in(ask(counter))
    row, later = Recovery.objects.get(), recovery.now() + dt.timedelta(minutes=31)
    assert row.expires_at < later, "thirty minutes"
    monkeypatch.setattr(recovery, "now", lambda: later)
    assert use(code).status_code == 422 and recovery.state(row) == "over"
    monkeypatch.undo()
    assert use(code).status_code == 302


def test_wrong_knowledge_voids_the_slip_and_a_wrong_code_says_no_more(owner: User, counter: Client) -> None:
    code = code_in(ask(counter))
    text = use("AAAA-AAAA-AAAA").content.decode()
    for tail in ("0000", "1111", "2222", "3333", "0015"):
        answer = use(code, tail)
        assert answer.status_code == 422
        assert re.sub(r'value="[^"]*"', "", answer.content.decode()) == re.sub(r'value="[^"]*"', "", text)
    assert use(code).status_code == 422, "five wrong answers"
    failed = AuditEvent.objects.filter(kind="login_failed", object_type="recovery")
    assert failed.filter(object_id="unknown").count() == 2
    assert failed.filter(object_id=str(Recovery.objects.get().pk)).count() == 5
    assert signed_in(owner.username, OLD) is not None


def test_an_unfit_password_leaves_the_slip_good(owner: User, counter: Client) -> None:
    code = code_in(ask(counter))
    assert use(code, password="short").status_code == 422
    assert use(code, password=NEW, repeat="Other-staple-8").status_code == 422
    assert use(code, password=OLD).status_code == 422, "the profile lets no password come back"
    assert Recovery.objects.get().tries == 0 and use(code).status_code == 302


def test_the_same_form_twice_prints_one_slip_and_shows_its_code_once(owner: User, counter: Client) -> None:
    code = code_in(ask(counter))
    again_ = ask(counter)
    assert again_.status_code == 200 and code not in again_.content.decode()
    assert Recovery.objects.count() == 1 and use(code).status_code == 302


def test_a_new_slip_ends_the_one_before_and_a_day_has_a_limit(owner: User, counter: Client) -> None:
    first, second = code_in(ask(counter)), code_in(ask(counter, "recovery-key-2"))
    assert use(first).status_code == 422
    third = code_in(ask(counter, "recovery-key-3"))
    assert ask(counter, "recovery-key-4").status_code == 422
    assert use(second).status_code == 422 and use(third).status_code == 302


def test_lost_factors_need_a_second_officer_and_go_with_the_use(
    owner: User, counter: Client, colleague: Client, people: People
) -> None:
    Authenticator.objects.create(user=owner, type="totp", data={})
    asked = ask(counter, factors_lost="on")
    assert "A colleague" in asked.content.decode() and not re.search(
        r"[A-Z2-9]{4}-[A-Z2-9]{4}-", asked.content.decode()
    )
    row = Recovery.objects.get()
    second = f"{COUNTER}{row.pk}/second/"
    assert counter.post(second, {"word": "on"}).status_code == 403, "maker is not checker"
    assert colleague.post(second, {}).status_code == 422, "not without the word"
    page = colleague.get(COUNTER).content.decode()
    assert "149901********0014" in page and NUMBER not in page
    code = code_in(colleague.post(second, {"word": "on"}))
    assert colleague.post(second, {"word": "on"}).status_code == 404, "agreed to once"
    assert Authenticator.objects.filter(user=owner).exists(), "not before it is used"
    assert use(code).status_code == 302 and not Authenticator.objects.filter(user=owner).exists()
    assert Recovery.objects.get().seconded_by_id == people["colleague"].user_id
    assert told("used")[0].detail["factors"] == 1 and len(told("seconded")) == 1


def test_factors_stay_where_the_slip_does_not_name_them(owner: User, counter: Client) -> None:
    Authenticator.objects.create(user=owner, type="totp", data={})
    assert use(code_in(ask(counter))).status_code == 302
    assert Authenticator.objects.filter(user=owner).count() == 1


def test_the_counter_lets_no_staff_no_stranger_and_not_oneself_in(
    owner: User, counter: Client, people: People, browse: Browse
) -> None:
    elsewhere = browse(User.objects.get(pk=people["elsewhere"].user_id))
    assert ask(elsewhere).status_code == 404, "not in this officer's regions"
    assert ask(counter, number="149901199002280038").status_code == 404
    assert ask(counter, word="").status_code == 422 and ask(counter, seen="nothing").status_code == 422
    assert ask(counter, key="short").status_code == 422
    granted = Grant.objects.create(user=owner, role="police_officer", region=COUNTY)
    assert ask(counter).status_code == 422, "an account of staff"
    assert ask(browse(User.objects.get(pk=owner.pk))).status_code == 403, "the officer himself"
    Grant.objects.filter(pk=granted.pk).delete()
    assert ask(browse(owner)).status_code == 403, "a resident"
    assert not Recovery.objects.exists()


def test_an_account_that_is_off_gets_no_slip_and_a_slip_does_not_open_it(
    owner: User, counter: Client
) -> None:
    code = code_in(ask(counter))
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert use(code).status_code == 422
    assert ask(counter, "recovery-key-2").status_code == 422


def test_a_lock_out_after_wrong_passwords_runs_on(owner: User, counter: Client) -> None:
    for _ in range(6):
        assert signed_in(owner.username, "Wrong-horse-77") is None
    assert use(code_in(ask(counter))).status_code == 302
    assert signed_in(owner.username, NEW) is None, "the lock-out is not lifted by a slip"


def test_what_was_asked_for_can_be_turned_down_and_taken_back(
    owner: User, counter: Client, colleague: Client
) -> None:
    ask(counter, factors_lost="on")
    row = Recovery.objects.get()
    assert colleague.post(f"{COUNTER}{row.pk}/end/").status_code == 302
    assert colleague.post(f"{COUNTER}{row.pk}/second/", {"word": "on"}).status_code == 404
    code = code_in(ask(counter, "recovery-key-2"))
    assert counter.post(f"{COUNTER}{Recovery.objects.latest('pk').pk}/end/").status_code == 302
    assert use(code).status_code == 422 and len(told("ended")) == 2


def test_an_account_of_staff_needs_two_administrators(
    people: People, admins: tuple[User, User], browse: Browse
) -> None:
    officer, (one, two) = User.objects.get(pk=people["officer"].user_id), admins
    ApiToken.objects.create(
        user=officer, name="x", hash="h", start="rb_", permissions=[], made_at=recovery.now(),
        expires_at=recovery.now() + dt.timedelta(days=3),
    )  # fmt: skip
    form = {
        "username": officer.username,
        "seen": "staff_card",
        "reason": "exposed",
        "word": "on",
        "key": "staff-key-1",
    }
    assert "another administrator" not in browse(one).post(STAFF, form).content.decode()
    row = Recovery.objects.get()
    assert (row.staff, row.code_hash, row.region) == (True, None, "")
    assert browse(one).post(f"{STAFF}{row.pk}/second/", {"word": "on"}).status_code == 403
    assert browse(officer).post(f"{STAFF}{row.pk}/second/", {"word": "on"}).status_code == 403
    assert browse(officer).post(f"{COUNTER}{row.pk}/second/", {"word": "on"}).status_code == 404
    assert officer.username in browse(two).get(STAFF).content.decode()
    code = code_in(browse(two).post(f"{STAFF}{row.pk}/second/", {"word": "on"}))
    assert use(code, "somebody").status_code == 422
    assert use(code, officer.username, "Staff-battery-9").status_code == 302
    assert signed_in(officer.username, "Staff-battery-9") is not None
    assert ApiToken.objects.filter(user=officer, revoked_at=None).count() == 0
    mine = browse(User.objects.get(pk=officer.pk)).get("/account/factor/").content.decode()
    assert "Recoveries of your password" in mine


def test_an_administrator_recovers_no_resident_and_not_himself(
    owner: User, admins: tuple[User, User], browse: Browse
) -> None:
    form = {"seen": "id_card", "reason": "forgotten", "word": "on", "key": "staff-key-1"}
    client = browse(admins[0])
    assert client.post(STAFF, {**form, "username": owner.username}).status_code == 422
    assert client.post(STAFF, {**form, "username": admins[0].username}).status_code == 403
    assert client.post(STAFF, {**form, "username": "nobody-here"}).status_code == 404


def test_the_database_itself_keeps_maker_checker_and_owner_apart(owner: User, people: People) -> None:
    base = {"user": owner, "staff": False, "seen": "id_card", "reason": "forgotten", "factors_lost": True,
            "asked_at": recovery.now(), "expires_at": recovery.now()}  # fmt: skip
    officer = people["officer"].user_id
    wrong: tuple[dict[str, Any], ...] = (
        {"key": "a", "asked_by_id": officer, "seconded_by_id": officer},
        {"key": "b", "asked_by_id": owner.pk},
        {"key": "c", "asked_by_id": officer, "seconded_by_id": owner.pk},
    )
    for row in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Recovery.objects.create(**base, **row)
    Recovery.objects.create(**base, key="d", asked_by_id=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.create(**base, key="e", asked_by_id=officer)


def test_the_page_explains_both_ways_and_the_sign_in_leads_there(browse: Browse) -> None:
    for language, words in (
        ("en", ("counter", "security administrator")),
        ("zh-hans", ("窗口", "安全管理员")),
    ):
        client = browse(None, language)
        assert OWN in client.get("/account/login/").content.decode()
        text = client.get(OWN).content.decode()
        assert all(one in text for one in words)


def test_the_record_goes_in_time_and_the_audit_stays(owner: User, counter: Client) -> None:
    use(code_in(ask(counter)))
    day = Recovery.objects.get().asked_at.astimezone(ZONE).date()
    assert retention.retain(day + dt.timedelta(days=365))["recoveries"] == 0
    assert retention.retain(day + dt.timedelta(days=366))["recoveries"] == 1
    assert Deletion.objects.filter(what="recovery").count() == 1 and not Recovery.objects.exists()
    assert len(told("used")) == 1


def test_the_owner_finds_it_in_the_file_of_his_data(
    owner: User, counter: Client, people: People, browse: Browse
) -> None:
    use(code_in(ask(counter)))
    held = browse(User.objects.get(pk=owner.pk)).get("/my/data/file/").json()["recovered_passwords"]
    assert [(one["reason"], one["region"]) for one in held] == [("forgotten", COUNTY)] and held[0]["used"]
    with acting(again(people["stranger"])):
        assert recovery.of_account(people["stranger"].user_id) == []
