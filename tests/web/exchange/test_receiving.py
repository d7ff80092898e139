"""The door: only agreed messages of registered partners come in, each once, each with a signed receipt."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from renben.web.clock import now
from renben.web.exchange import log, parties, receiving
from renben.web.exchange.envelope import canonical, digest, fits
from renben.web.exchange.kinds import KINDS, kind_of
from renben.web.exchange.models import Agreement, Message, MessageReceipt, Partner, PartnerKey
from renben.web.exchange.parties import PartyError
from renben.web.exchange.receiving import Rejected, receive
from renben.web.guard import sealing
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import policy
from tests.web.exchange.conftest import HERE, PURPOSE, Other

DOOR = "/api/v1/exchange/messages"
MINUTE = dt.timedelta(minutes=1)


def refused(raw: bytes, word: str, status: int) -> None:
    with pytest.raises(Rejected) as found:
        receive(raw)
    assert (found.value.word, found.value.status) == (f"refusal.exchange.{word}", status)


def test_a_good_message_gets_a_receipt_that_anybody_can_check(linfen: Other) -> None:
    content = linfen.content()
    receipt = linfen.sends(content)
    assert receipt["outcome"] == "accepted" and receipt["message"] == content.id
    assert receipt["digest"] == content.digest and receipt["told"] == {"request": "GX-1"}
    assert fits("receipt", receipt, bytes.fromhex(parties.own_key().public))
    assert not fits("receipt", {**receipt, "outcome": "refused"}, bytes.fromhex(parties.own_key().public))


def test_the_same_message_again_gets_the_same_receipt_also_when_it_is_old(
    linfen: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = linfen.content()
    raw = linfen.says(content)
    first = receive(raw)
    assert receive(raw) == first == linfen.sends(content)  # also where it is signed anew
    later = now() + 600 * MINUTE
    monkeypatch.setattr(receiving, "now", lambda: later)
    assert receive(raw) == first
    assert Message.objects.count() == MessageReceipt.objects.count() == 1


def test_another_content_under_the_same_id_is_refused(linfen: Other) -> None:
    content = linfen.content()
    linfen.sends(content)
    refused(linfen.says(linfen.content(id=content.id, body={"request": "GX-2"})), "id_used", 409)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("minutes", "word"), [(-16, "stale"), (-14, ""), (1, ""), (3, "early")])
def test_a_message_is_fresh_for_a_time(linfen: Other, minutes: int, word: str) -> None:
    raw = linfen.says(linfen.content(), minutes * MINUTE)
    if word:
        refused(raw, word, 422)
    else:
        assert receive(raw)["outcome"] == "accepted"


def test_a_stranger_and_a_closed_partner_are_refused(linfen: Other) -> None:
    refused(Other("datong").says(Other("datong").content()), "stranger", 403)
    parties.close_partner("linfen")
    refused(linfen.says(linfen.content()), "stranger", 403)


def test_nobody_can_speak_in_our_own_name(linfen: Other) -> None:
    mine = parties.signing_key()
    raw = canonical(Other("taiyuan").content().signed(mine, now()))
    refused(raw, "stranger", 403)


def test_a_message_for_somebody_else_is_refused(linfen: Other) -> None:
    refused(linfen.says(linfen.content(receiver="datong")), "not_for_us", 422)


def test_a_changed_message_and_a_foreign_key_are_refused(linfen: Other) -> None:
    raw = linfen.says(linfen.content())
    refused(raw.replace(b"GX-1", b"GX-9"), "signature", 403)
    refused(Other("linfen").says(linfen.content()), "key", 403)
    refused(b"{}", "malformed", 400)


def test_half_a_character_pair_is_a_refusal_and_no_error(linfen: Other) -> None:
    raw = linfen.says(linfen.content()).replace(b"GX-1", b"\\ud800")
    refused(raw, "malformed", 400)


@pytest.mark.parametrize(
    ("changes", "word", "status"),
    [
        ({"purpose": "programme"}, "not_agreed", 403),
        ({"region": HERE}, "not_agreed", 403),
        ({"kind": "unknown.kind"}, "kind", 422),
        ({"basis": "另一依据"}, "basis", 403),
    ],
)
def test_what_was_not_agreed_is_denied(
    linfen: Other, changes: dict[str, Any], word: str, status: int
) -> None:
    refused(linfen.says(linfen.content(**changes)), word, status)
    assert not Message.objects.exists()


def test_without_an_agreement_nothing_passes(own: str) -> None:
    other = Other()
    parties.add_partner(other.name, "临汾", "Linfen", other.public)
    for kind in KINDS:
        for purpose in policy().purposes:
            refused(other.says(other.content(kind=kind, purpose=purpose)), "not_agreed", 403)
    parties.agree(other.name, "out", "sharing.answer", PURPOSE)
    refused(other.says(other.content()), "not_agreed", 403)  # out is not in
    parties.agree(other.name, "in", "sharing.answer", PURPOSE)
    assert other.sends(other.content())["outcome"] == "accepted"
    parties.end_agreement(Agreement.objects.get(way="in").pk)
    refused(other.says(other.content()), "not_agreed", 403)


def test_without_a_name_of_our_own_the_door_is_closed(planted: Any) -> None:
    refused(Other().says(Other().content()), "closed", 503)


def test_a_refusal_leaves_an_audit_row_and_says_why(linfen: Other) -> None:
    refused(linfen.says(linfen.content(region=HERE)), "not_agreed", 403)
    row = AuditEvent.objects.filter(kind="denied", object_type="message_in").get()
    assert (
        row.detail["reason"] == "not_agreed"
        and row.detail["sender"] == "linfen"
        and len(row.detail["sha256"]) == 64
    )


def test_a_partner_rotates_and_the_old_key_ends(linfen: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Other(secret=Other().secret)
    parties.add_key("linfen", fresh.public, days=7)
    assert linfen.sends(linfen.content())["outcome"] == fresh.sends(fresh.content())["outcome"] == "accepted"
    week = now() + dt.timedelta(days=7, minutes=1)
    for module in ("renben.web.exchange.receiving.now", "tests.web.exchange.conftest.now"):
        monkeypatch.setattr(module, lambda: week)
    refused(linfen.says(linfen.content()), "key", 403)
    assert fresh.sends(fresh.content())["outcome"] == "accepted"


def test_a_broken_key_opens_nothing(linfen: Other) -> None:
    parties.break_key(PartnerKey.objects.get(party="linfen").key)
    refused(linfen.says(linfen.content()), "key", 403)


def test_we_rotate_and_receipts_of_before_can_still_be_checked(linfen: Other) -> None:
    before = linfen.sends(linfen.content())
    public = parties.rotate()
    after = linfen.sends(linfen.content())
    assert after["key"] != before["key"] and fits("receipt", after, bytes.fromhex(public))
    kept = PartnerKey.objects.get(party="taiyuan", key=before["key"])
    assert kept.until_at is not None and fits("receipt", before, bytes.fromhex(kept.public))
    assert list(log.problems("taiyuan")) == []


def test_every_message_is_in_the_log_and_under_the_one_seal(linfen: Other) -> None:
    content = linfen.content()
    receipt = linfen.sends(content)
    rows = list(AuditEvent.objects.filter(object_type="message_in", object_id=content.id))
    assert [row.detail["digest"] for row in rows] == [content.digest]
    assert rows[0].detail["receipt"] == digest(receipt) and rows[0].purpose == PURPOSE
    sealing.seal()
    assert sealing.verify().problems == () and list(log.problems("taiyuan")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: Message.objects.update(digest="0" * 64), "content was altered"),
        (lambda: Message.objects.update(region=HERE), "content was altered"),
        (lambda: MessageReceipt.objects.update(document={"key": "x"}), "signature of a known key"),
        (lambda: AuditEvent.objects.filter(object_type="message_in").delete(), "sealed audit"),
    ],
)
def test_what_is_altered_afterwards_is_found(linfen: Other, change: Callable[[], Any], said: str) -> None:
    linfen.sends(linfen.content())
    if connection.vendor == "postgresql":  # the application role may only add to these tables
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
        return
    change()
    assert any(said in line for line in log.problems("taiyuan"))


def test_the_door_answers_over_http_with_receipts_and_problem_documents(
    linfen: Other, browse: Callable[..., Client]
) -> None:
    client, content = browse(), linfen.content()
    answer = client.post(DOOR, linfen.says(content), "application/json")
    assert answer.status_code == 200 and answer.json()["digest"] == content.digest
    again = client.post(DOOR, linfen.says(content), "application/json")
    assert again.content == answer.content
    wrong = client.post(DOOR, linfen.says(linfen.content(region=HERE)), "application/json")
    assert wrong.status_code == 403 and wrong["Content-Type"] == "application/problem+json"
    assert "not agreed is denied" in wrong.json()["detail"] and wrong.json()["next_step"]
    assert client.get(DOOR).status_code == 405


def test_the_door_is_described(browse: Callable[..., Client]) -> None:
    document = json.loads(browse().get("/api/v1/openapi.json").content)
    found = document["paths"][DOOR]["post"]
    assert "security" not in found or not found["security"]
    assert {"200", "400", "403", "409", "422", "429", "503"} <= set(found["responses"])


def test_kinds_are_written_as_they_are() -> None:
    assert [type(kind_of(name)).__name__ for name in KINDS] == ["Kind"] * len(KINDS)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: parties.add_partner("Linfen!", "x", "x", "00"), "small letters"),
        (lambda: parties.add_partner("datong", "x", "x", "00"), "no public key"),
        (lambda: parties.add_partner("linfen", "x", "x", "00" * 32), "registered already"),
        (lambda: parties.add_partner("datong", "x", "x", "00" * 32, "ftp://x"), "https:// is needed"),
        (lambda: parties.add_partner("datong", "x", "x", "00" * 32, "", "nobody"), "not in the catalogue"),
        (lambda: parties.agree("linfen", "up", "x", "y"), "way in or out"),
        (lambda: parties.agree("nobody", "in", "sharing.answer", PURPOSE), "not registered"),
        (lambda: parties.end_agreement(999_999), "not there"),
        (lambda: parties.break_key("00"), "not known"),
    ],
)
def test_what_an_operator_gets_wrong_is_said(linfen: Other, call: Callable[[], Any], said: str) -> None:
    before = Partner.objects.count()
    with pytest.raises(PartyError, match=said):
        call()
    assert Partner.objects.count() == before


def test_a_key_belongs_to_one_party(linfen: Other) -> None:
    with pytest.raises(PartyError, match="keys of its own"):
        parties.add_partner("datong", "大同", "Datong", linfen.public)
