"""Sends messages: written down with the step that causes them, signed and delivered by the background process.

A message keeps its id and content; each attempt is signed anew with its own moment, so that it is fresh. Where an
answer was lost on the way, the next attempt gets the receipt of the first.
"""

import datetime as dt
import importlib
import json
import logging
import urllib.error
import urllib.request
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from renben.web.clock import now
from renben.web.config import web_settings
from renben.web.exchange import log, parties
from renben.web.exchange.envelope import Content, canonical, digest, fits, parsed
from renben.web.exchange.models import Delivery, Message
from renben.web.exchange.parties import PartyError
from renben.web.exchange.receiving import EXCHANGE, JOB, Rejected
from renben.web.guard import scope
from renben.web.guard.policy import Actor

ATTEMPTS = 10
SECONDS = 20
BATCH = 50
reporter = logging.getLogger("renben.web.exchange")


def send(
    actor: Actor, permission: str, to: str, kind: str, purpose: str, region: str, body: dict[str, Any],
    person: UUID | None = None, answers: str = "",
) -> Message:  # fmt: skip
    """Write a message down that will be delivered to a partner.

    Raises:
        Rejected: we have no name towards others, or no agreement with the partner lets it out.
        Malformed: the body cannot be signed.
    """
    if not web_settings().party:
        raise Rejected(503, "closed")
    agreement = parties.agreed(to, "out", kind, purpose, region)
    if agreement is None or agreement.partner.closed_at is not None:
        raise Rejected(403, "not_agreed", party=to, kind=kind, purpose=purpose, region=region)
    content = Content(str(uuid4()), parties.own(), to, kind, purpose, agreement.basis, region, body, answers)
    canonical(body)
    with transaction.atomic(), scope.as_job(JOB):
        message = log.keep("out", to, content, person)
        Delivery.objects.create(message=message, next_try=now())
        log.tell(actor, message, permission=permission)
    return message


def waiting() -> tuple[int, list[dict[str, Any]]]:
    """How many messages wait for their delivery, and those that are given up with their last error (without contents)."""
    with scope.reading_as("setup"):
        open_ = Delivery.objects.filter(done_at=None)
        given_up = open_.filter(attempts__gte=ATTEMPTS).select_related("message").order_by("pk")[:BATCH]
        rows = [
            {"message": str(one.message.message), "party": one.message.party, "error": one.error}
            for one in given_up
        ]
        return open_.filter(attempts__lt=ATTEMPTS).count(), rows


def try_again() -> int:
    """Let the messages that were given up be tried anew, those that still have a content; how many (messages)."""
    with transaction.atomic(), scope.as_job(JOB):
        given_up = Delivery.objects.filter(
            done_at=None, attempts__gte=ATTEMPTS, message__content_ct__isnull=False
        )
        return given_up.update(attempts=0, next_try=now())


def deliver() -> int:
    """Deliver what is due and return how many messages got their receipt (messages)."""
    with transaction.atomic(), scope.as_job(JOB):
        due = Delivery.objects.filter(done_at=None, attempts__lt=ATTEMPTS, next_try__lte=now())
        keys = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(_deliver(pk) for pk in keys)


def _deliver(pk: int) -> int:
    """One message: the attempt is counted first, then the partner is called outside of any transaction."""
    message = _claimed(pk)
    if message is None:
        return 0
    try:
        document = _sent(message)
    except (OSError, PartyError, ValueError) as error:
        _failed(pk, error)
        reporter.warning("message %s to %s not delivered", message.message, message.party)
        return 0
    with transaction.atomic(), scope.as_job(JOB):
        if not Delivery.objects.filter(pk=pk, done_at=None).update(done_at=now(), error=""):
            return 0
        log.keep_receipt(message, document)
        log.tell(EXCHANGE, message, digest(document), document["outcome"])
    return 1


def _claimed(pk: int) -> Message | None:
    """The message of a delivery that is still due; the next attempt waits twice as long as this one did."""
    with transaction.atomic(), scope.as_job(JOB):
        found = Delivery.objects.filter(pk=pk, done_at=None, next_try__lte=now())
        one = found.select_for_update(skip_locked=connection.vendor == "postgresql").first()
        if one is None:
            return None
        one.attempts += 1
        one.next_try = now() + dt.timedelta(minutes=2**one.attempts)
        one.save()
        return one.message


def _failed(pk: int, error: Exception) -> None:
    with transaction.atomic(), scope.as_job(JOB):
        Delivery.objects.filter(pk=pk).update(error=str(error)[:300])


def _sent(message: Message) -> dict[str, Any]:
    """Hand a message over and return the receipt, checked.

    Raises:
        PartyError: the partner is closed or has no address, or its receipt is not its own or not for this message.
        OSError: the partner could not be reached, or refused the message.
    """
    party = parties.partner(message.party)
    if not party.address:
        raise PartyError(f"partner {party.code}: no address; give it with renben exchange partner --address")
    content = log.content_of(message, parties.own())
    document = parsed(_posted(party.address, canonical(content.signed(parties.signing_key(), now()))))
    key = parties.keys_at(party.code, str(document.get("key")), now())
    if key is None or not fits("receipt", document, bytes.fromhex(key.public)):
        raise PartyError(f"partner {party.code}: its receipt is not signed with a key of its own")
    if document.get("message") != content.id or document.get("digest") != content.digest:
        raise PartyError(f"partner {party.code}: its receipt is for another message")
    if document.get("outcome") not in ("accepted", "refused"):
        raise PartyError(f"partner {party.code}: outcome {document.get('outcome')!r} is not known")
    return document


class Straight(urllib.request.HTTPRedirectHandler):
    """A door that sends us elsewhere is not the door that was agreed on."""

    def redirect_request(self, *_given: Any) -> None:
        """Follow nowhere."""


def _posted(address: str, raw: bytes) -> bytes:
    if address == parties.HERE:
        return bytes(importlib.import_module("renben.web.demo.partner").answer(raw))
    request = urllib.request.Request(address, raw, {"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(Straight).open(request, timeout=SECONDS) as answer:
            return bytes(answer.read(1 << 20))
    except urllib.error.HTTPError as error:
        raise OSError(f"{address}: {error.code} {_detail(error)}") from error


def _detail(error: urllib.error.HTTPError) -> str:
    """What a problem document says."""
    try:
        return str(json.loads(error.read(65536))["detail"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
