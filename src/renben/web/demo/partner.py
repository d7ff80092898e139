"""A made-up partner city of the demo, in this process: signed messages can be tried, and nothing goes out to any network.

It has a key of its own, made at set-up in the demo's folder. It answers every message with a signed receipt, and a
request for residence years with a certificate whose days are written in catalogue/demo/web.yaml: the same for
everybody, synthetic, and about nobody who exists. Only demo mode knows it. Not modelled: a partner that refuses.
"""

import base64
import datetime as dt
import json
import os
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from renben.web.clock import now, today
from renben.web.config import DEMO_PARTY, web_settings
from renben.web.demo.people import DAY, written
from renben.web.exchange import parties
from renben.web.exchange.envelope import Content, canonical, fits, opened, parsed, sign
from renben.web.exchange.models import Agreement, Partner, PartnerKey
from renben.web.exchange.parties import HERE, PartyError
from renben.web.exchange.receiving import receipt, receive

FILE = "demo-partner.json"
AGREED = (
    ("out", "residence.request"),
    ("out", "residence.certificate"),
    ("in", "residence.certificate"),
    ("in", "residence.request"),
)
PURPOSE = "residence_permit"


def set_up() -> bool:
    """Give the demo a name, a signing key and the partner, where they are missing; False under a name of one's own."""
    settings, partner = web_settings(), written()["partner"]
    if not settings.demo or settings.party != DEMO_PARTY:
        return False
    if not settings.keys().signing:
        parties.rotate()
    public = parties.public_of(_secret())
    if not Partner.objects.filter(pk=partner["code"]).exists():
        parties.add_partner(partner["code"], partner["zh"], partner["en"], public, HERE)
    elif not PartnerKey.objects.filter(party=partner["code"], public=public).exists():
        parties.add_key(partner["code"], public)  # the folder is new, the database is not
    for way, kind in AGREED:
        one = {"partner": partner["code"], "way": way, "kind": kind, "purpose": PURPOSE}
        if not Agreement.objects.filter(**one).exists():
            parties.agree(partner["code"], way, kind, PURPOSE)
    return True


def _secret() -> Ed25519PrivateKey:
    """The partner's signing key, made once in the demo's folder."""
    path = web_settings().folder / FILE
    if not path.exists():
        made = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"synthetic": True, "key": made}, out)
    kept = json.loads(path.read_text(encoding="utf-8"))["key"]
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept))


def answer(raw: bytes) -> bytes:
    """The partner's signed receipt for a message of ours; a request is answered with a certificate first.

    Raises:
        PartyError: this is no demo, or the message is not signed with our key.
    """
    if not web_settings().demo:
        raise PartyError(f"address {HERE}: only demo mode has a partner there; give it an https:// address.")
    envelope, secret = parsed(raw), _secret()
    content, _ = opened(envelope)
    key = parties.keys_at(content.sender, envelope["key"], now())
    if key is None or not fits("envelope", envelope, bytes.fromhex(key.public)):
        raise PartyError(f"message {content.id}: not signed with a key of {content.sender}.")
    told: dict[str, Any] = {}
    if content.kind == "residence.request":
        reply = _certified(content, secret)
        receive(canonical(reply.signed(secret, now())))
        told = {"answered_by": reply.id}
    return canonical(receipt(content, "accepted", told, secret))


def _certified(content: Content, secret: Ed25519PrivateKey) -> Content:
    """The message that brings the certificate; its id follows from the request, so that a repeated one opens no second case."""
    named = f"renben-demo/{content.id}"
    body = {
        "certificate": _certificate(content.body["subject"], str(uuid5(NAMESPACE_URL, f"{named}/s")), secret)
    }
    return Content(
        str(uuid5(NAMESPACE_URL, named)), content.receiver, content.sender, "residence.certificate", PURPOSE,
        content.basis, written()["partner"]["region"], body, content.id,
    )  # fmt: skip


def _certificate(subject: dict[str, str], serial: str, secret: Ed25519PrivateKey) -> dict[str, Any]:
    partner, day = written()["partner"], today()
    lived, held, left = ((day - partner[name] * DAY).isoformat() for name in ("lived", "held", "left"))
    document = {
        "version": 1, "serial": serial, "issuer": partner["code"], "issued_on": day.isoformat(),
        "expires_on": (day + dt.timedelta(days=partner["good"])).isoformat(), "subject": subject,
        "lived": [{"region": partner["region"], "since": lived, "until": left}],
        "held": [{"region": partner["region"], "number": partner["number"], "since": held, "until": left, "lapses": []}],
    }  # fmt: skip
    return sign("certificate", document, secret)
