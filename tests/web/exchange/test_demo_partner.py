"""The demo's made-up partner: signs with a key of its own, answers in this process, and is nowhere outside demo mode."""

import stat
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from renben.web.config import DEMO_PARTY, web_settings
from renben.web.demo import partner
from renben.web.exchange import log, parties, sending
from renben.web.exchange.models import Agreement, Certificate, Message, MessageReceipt, Partner
from renben.web.flow.models import Case
from renben.web.guard import crypto
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from tests.web.cases import acting, do, registered
from tests.web.conftest import answers

People = dict[str, Actor]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service as `renben serve --demo` starts it."""
    monkeypatch.setenv("RENBEN_WEB_PARTY", DEMO_PARTY)
    crypto.forget_keys()
    path = web_settings().key_path
    before = path.read_bytes()
    assert partner.set_up()
    yield
    path.write_bytes(before)
    (web_settings().folder / partner.FILE).unlink()
    monkeypatch.undo()
    crypto.forget_keys()


@pytest.fixture
def resident(people: People, address: Address, browse: Callable[..., Client]) -> Client:
    registered(people, answers(address))
    return browse(User.objects.get(pk=people["resident"].user_id))


def test_a_request_is_answered_with_a_certificate_that_officers_decide(
    demo: None, resident: Client, people: People, browse: Callable[..., Client]
) -> None:
    assert "synthetic" in resident.get("/my/years/").content.decode(), "the partner is offered and marked"
    assert resident.post("/my/years/", {"way": "ask", "partner": "demo-there"}).status_code == 302
    assert sending.deliver() == 1 and sending.deliver() == 0
    case = Case.objects.get(kind="residence_transfer")
    assert Certificate.objects.get(case=case.pk).issuer == "demo-there"
    receipt = MessageReceipt.objects.get(message__way="out").document
    assert receipt["outcome"] == "accepted" and receipt["told"]["answered_by"]
    officer = browse(User.objects.get(pk=people["officer"].user_id))
    assert "synthetic" in officer.get("/office/transfers/").content.decode()
    do(case.pk, "propose", people["officer"], "合成")
    with acting(people["issuer"]):
        do(case.pk, "count", people["issuer"], "合成")
    assert Case.objects.get(pk=case.pk).stage == "counted"
    assert list(log.problems(DEMO_PARTY)) == [], "contents, receipts and audit fit each other"


def test_our_own_certificate_gets_a_receipt_of_the_partners_key(demo: None, resident: Client) -> None:
    assert resident.post("/my/years/", {"way": "give", "partner": "demo-there"}).status_code == 302
    assert sending.deliver() == 1
    document = MessageReceipt.objects.get().document
    assert document["key"] != parties.own_key().key and document["told"] == {}


def test_a_lost_answer_opens_no_second_case(demo: None, resident: Client) -> None:
    resident.post("/my/years/", {"way": "ask", "partner": "demo-there"})
    assert sending.deliver() == 1
    message = Message.objects.get(way="out")
    again = log.content_of(message, parties.own()).signed(parties.signing_key(), sending.now())
    partner.answer(sending.canonical(again))
    assert Case.objects.filter(kind="residence_transfer").count() == 1


def test_it_takes_nothing_that_is_not_signed_with_our_key(demo: None, resident: Client) -> None:
    resident.post("/my/years/", {"way": "ask", "partner": "demo-there"})
    content = log.content_of(Message.objects.get(way="out"), parties.own())
    forged = content.signed(parties._private(web_settings().keys().index), sending.now())
    with pytest.raises(parties.PartyError, match="not signed"):
        partner.answer(sending.canonical(forged))


def test_setting_up_twice_changes_nothing_and_the_key_is_its_owners_alone(demo: None) -> None:
    counts = (Partner.objects.count(), Agreement.objects.count(), web_settings().keys().signing)
    assert partner.set_up()
    assert (Partner.objects.count(), Agreement.objects.count(), web_settings().keys().signing) == counts
    mode = (web_settings().folder / partner.FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_name_of_ones_own_keeps_the_partner_away(own: str) -> None:
    assert not partner.set_up() and not Partner.objects.filter(pk="demo-there").exists()


def test_outside_demo_mode_there_is_no_such_address(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    earnest = web_settings().model_copy(update={"demo": False})
    monkeypatch.setattr(partner, "web_settings", lambda: earnest)
    monkeypatch.setattr(parties, "web_settings", lambda: earnest)
    with pytest.raises(parties.PartyError, match="demo mode"):
        partner.answer(b"{}")
    with pytest.raises(parties.PartyError, match="https"):
        parties.add_partner("other", "甲", "A", parties.public_of(partner._secret()), parties.HERE)
    assert not partner.set_up()
