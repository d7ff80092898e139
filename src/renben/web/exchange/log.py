"""The log of messages: every one in and out with its receipt, its digests in the sealed audit.

There is one seal for everything: each message writes an audit row that carries the digest of its content and of its
receipt, and the audit's Merkle seals cover it. A content or receipt that was altered afterwards no longer fits.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from renben.web.append import append
from renben.web.clock import now
from renben.web.exchange.envelope import Content, digest, fits
from renben.web.exchange.models import Message, MessageReceipt, PartnerKey
from renben.web.guard import audit, crypto, scope
from renben.web.guard.models import AuditEvent, Deletion
from renben.web.guard.policy import Actor

FIELD = "exchange.content"
CONTENT = "message.content"
"""How the deletion register names a content that is gone."""
ROWS = 200


def keep(way: str, party: str, content: Content, person: UUID | None) -> Message:
    """Write a message down."""
    return Message.objects.create(
        way=way, party=party, message=content.id, kind=content.kind, purpose=content.purpose, basis=content.basis,
        region=content.region, answers=content.answers or None, person_key=person, digest=content.digest, at=now(),
        content_ct=crypto.encrypt_json(content.body, FIELD, f"{way}/{party}/{content.id}"),
    )  # fmt: skip


def content_of(message: Message, own: str) -> Content:
    """What a message said.

    Raises:
        SealBroken: its content was altered or moved.
    """
    owner = f"{message.way}/{message.party}/{message.message}"
    sender, receiver = (message.party, own) if message.way == "in" else (own, message.party)
    return Content(
        id=str(message.message), sender=sender, receiver=receiver, kind=message.kind, purpose=message.purpose,
        basis=message.basis, region=message.region, body=crypto.decrypt_json(message.content_ct, FIELD, owner),
        answers=str(message.answers or ""),
    )  # fmt: skip


def keep_receipt(message: Message, document: dict[str, Any]) -> None:
    """Write a receipt down."""
    append(MessageReceipt(message=message, outcome=document["outcome"], document=document,
                          digest=digest(document), at=now()))  # fmt: skip


def tell(actor: Actor, message: Message, receipt: str = "", outcome: str = "", permission: str = "") -> None:
    """Write a message's digests into the audit, which is sealed."""
    detail = {"party": message.party, "kind": message.kind, "digest": message.digest}
    detail |= {"receipt": receipt, "outcome": outcome} if receipt else {}
    row = audit.event(
        actor, "export" if message.way == "out" and not receipt else "exchange", permission,
        object_type=f"message_{message.way}", object_id=str(message.message), subject=message.person_key,
        region=message.region, detail=detail,
    )  # fmt: skip
    row.purpose = message.purpose
    append(row)


def listed(count: int = ROWS) -> list[dict[str, Any]]:
    """The newest messages, without their contents."""
    with scope.reading_as("setup"):
        found = Message.objects.select_related("receipt", "delivery").order_by("-pk")[:count]
        return [_line(one) for one in found]


def _line(one: Message) -> dict[str, Any]:
    receipt, delivery = getattr(one, "receipt", None), getattr(one, "delivery", None)
    state = receipt.outcome if receipt else "waiting" if delivery else "taken in"
    return {
        "at": one.at.isoformat(timespec="seconds"), "way": one.way, "party": one.party, "kind": one.kind,
        "message": str(one.message), "region": one.region, "state": state,
        "attempts": delivery.attempts if delivery else 0, "error": delivery.error if delivery else "",
    }  # fmt: skip


def problems(own: str) -> Iterator[str]:
    """Messages and receipts that no longer fit their digests, signatures or audit rows."""
    with scope.reading_as("setup"):
        publics = dict(PartnerKey.objects.values_list("key", "public"))
        for one in Message.objects.select_related("receipt").order_by("pk").iterator(ROWS):
            yield from (
                f"message {one.way} {one.party} {one.message}: {text}" for text in _wrong(one, own, publics)
            )


def _digest(one: Message, own: str) -> str:
    try:
        return content_of(one, own).digest
    except crypto.SealBroken:
        return ""


def _wrong(one: Message, own: str, publics: dict[str, str]) -> Iterator[str]:
    if one.content_ct is None:
        if not Deletion.objects.filter(what=CONTENT, object_id=str(one.pk)).exists():
            yield "its content is gone, and the deletion register does not say why"
    elif _digest(one, own) != one.digest:
        yield "its content was altered"
    rows = AuditEvent.objects.filter(object_type=f"message_{one.way}", object_id=str(one.message))
    told = [row for row in rows if row.detail.get("party") == one.party and "digest" in row.detail]
    if not told or any(row.detail["digest"] != one.digest for row in told):
        yield "the sealed audit knows it otherwise, or not at all"
    receipt = getattr(one, "receipt", None)
    if receipt is None:
        return
    public = publics.get(str(receipt.document.get("key")), "")
    if not public or not fits("receipt", receipt.document, bytes.fromhex(public)):
        yield "its receipt does not carry a signature of a known key"
    if digest(receipt.document) not in {row.detail.get("receipt") for row in told}:
        yield "its receipt is not the one in the sealed audit"
