"""Takes a signed message in: checked from the outside inwards, carried out once, answered with a signed receipt.

A message from nobody we know, with a wrong signature, out of its time or without an agreement is refused and written
into the audit; it leaves no message behind. What passes is kept with its receipt, also where its kind refuses it. The
same message again gets the same receipt, whenever it comes; another content under its id is refused.
"""

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from renben.web.clock import now, today
from renben.web.config import web_settings
from renben.web.exchange import log, parties
from renben.web.exchange.envelope import Content, Malformed, digest, fits, opened, parsed, sign, written
from renben.web.exchange.kinds import KINDS, kind_of
from renben.web.exchange.models import MessageReceipt
from renben.web.flow.refusals import Refusal
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.prepared import Prepared
from renben.web.words import pair

EXCHANGE = Actor(None, job="exchange")
JOB = "registry"
"""The job whose rows a message may reach while it is taken in."""


CAME = Prepared(
    lambda party, message: (
        MessageReceipt.objects.filter(message__way="in", message__party=party, message__message=message)
        .order_by("pk")
        .values_list("document", "message__digest")
    )
)
"""Receipt of a message that came before, and the digest of its content."""


class Rejected(Refusal):
    """A message that does not come in."""

    def __init__(self, status: int, reason: str, **values: Any) -> None:
        super().__init__(f"refusal.exchange.{reason}", **values)
        self.status = status


def receive(raw: bytes) -> dict[str, Any]:
    """Take a message in and return its signed receipt.

    Raises:
        Rejected: not from a partner, not signed by it, out of its time, not agreed on, or its id was used before.
    """
    try:
        envelope = parsed(raw)
        content, sent = opened(envelope)
    except Malformed as error:
        raise _told(Rejected(400, "malformed", why=str(error)), raw) from error
    try:
        _genuine(envelope, content)
        known = _repeated(content)
        if known is not None:
            return known
        _in_time(sent)
        _allowed(content)
    except Rejected as refusal:
        raise _told(refusal, raw, content.sender, content.id) from None
    return _once(content)


def _told(refusal: Rejected, raw: bytes, sender: str = "", message: str = "") -> Rejected:
    """Write into the audit that something was turned away, and why."""
    reason = refusal.word.rpartition(".")[2]
    detail = {"reason": reason, "sender": sender, "sha256": hashlib.sha256(raw).hexdigest()}
    audit.record(EXCHANGE, "denied", object_type="message_in", object_id=message, detail=detail)
    return refusal


def _genuine(envelope: dict[str, Any], content: Content) -> None:
    """For us, from a partner, signed with a key of its own that is in use."""
    mine = web_settings().party
    if not mine:
        raise Rejected(503, "closed")
    if content.receiver != mine:
        raise Rejected(422, "not_for_us", receiver=content.receiver, own=mine)
    if parties.open_party(content.sender) is None:
        raise Rejected(403, "stranger", sender=content.sender)
    key = parties.keys_at(content.sender, envelope["key"], now())
    if key is None:
        raise Rejected(403, "key", sender=content.sender, key=envelope["key"])
    if not fits("envelope", envelope, bytes.fromhex(key.public)):
        raise Rejected(403, "signature", sender=content.sender, key=envelope["key"])


def _in_time(sent: dt.datetime) -> None:
    """Fresh, so that what was recorded on its way is not sent again much later."""
    fresh = provision("exchange.freshness_minutes", today())
    ahead = provision("exchange.ahead_minutes", today())
    age = now() - sent
    if age > dt.timedelta(minutes=int(fresh.value)):
        raise Rejected(422, "stale", sent=written(sent), now=written(now()), minutes=fresh.value)
    if -age > dt.timedelta(minutes=int(ahead.value)):
        raise Rejected(422, "early", sent=written(sent), now=written(now()), minutes=ahead.value)


def _allowed(content: Content) -> None:
    """Agreed on: this kind, for this purpose, on this basis, about this region. Everything else is denied."""
    if content.kind not in KINDS:
        raise Rejected(422, "kind", kind=content.kind, known=", ".join(KINDS))
    found = parties.agreed(content.sender, "in", content.kind, content.purpose, content.region)
    if found is None:
        raise Rejected(403, "not_agreed", party=content.sender, kind=content.kind, purpose=content.purpose,
                       region=content.region)  # fmt: skip
    if found.basis != content.basis:
        raise Rejected(403, "basis", given=content.basis, agreed=found.basis)


def _repeated(content: Content) -> dict[str, Any] | None:
    """The receipt of a message that came before, None where it is new.

    Raises:
        Rejected: its id came before with another content.
    """
    with scope.reading_as(JOB):
        known = CAME.first(content.sender, UUID(content.id))
    if known is None:
        return None
    if known[1] != content.digest:
        raise Rejected(409, "id_used", id=content.id, sender=content.sender)
    return dict(known[0])


def _once(content: Content) -> dict[str, Any]:
    try:
        with transaction.atomic(), scope.as_job(JOB):
            return _carried_out(content)
    except IntegrityError:  # the same message is being taken in by another request
        known = _repeated(content)
        if known is None:
            raise
        return known


def _carried_out(content: Content) -> dict[str, Any]:
    """Keep the message, do what it asks for, and keep the receipt: all of it or nothing."""
    refusal, person = None, None
    kind = kind_of(content.kind)
    try:
        person = kind.whom(content)
    except Refusal as found:
        refusal = found
    message = log.keep("in", content.sender, content, person)
    told: dict[str, Any] = {}
    if refusal is None:
        try:
            with transaction.atomic():
                told = kind.take(content, message)
        except Refusal as found:
            refusal = found
    document = receipt(
        content, "accepted" if refusal is None else "refused", told if refusal is None else why(refusal)
    )
    log.keep_receipt(message, document)
    log.tell(EXCHANGE, message, digest(document), str(document["outcome"]))
    return document


def why(refusal: Refusal) -> dict[str, Any]:
    """A refusal as a receipt says it, in both languages."""
    zh, en = pair(refusal.word)
    said = {name: str(value) for name, value in refusal.values.items()}
    return {"reason": refusal.word, "zh": zh.format(**said), "en": en.format(**said)}


def receipt(
    content: Content, outcome: str, told: dict[str, Any], key: Ed25519PrivateKey | None = None
) -> dict[str, Any]:
    """The signed word that a message came in, and what became of it; under our own key where none is given."""
    document = {
        "version": 1, "message": content.id, "sender": content.sender, "receiver": content.receiver,
        "kind": content.kind, "digest": content.digest, "outcome": outcome, "told": told, "received_at": written(now()),
    }  # fmt: skip
    return sign("receipt", document, key or parties.signing_key())
