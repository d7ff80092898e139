"""This service as the party `taiyuan`, and a partner `linfen` with a key of its own."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from renben.web.clock import now, today
from renben.web.config import web_settings
from renben.web.exchange import parties
from renben.web.exchange.envelope import Content, canonical, sign
from renben.web.exchange.receiving import receive
from renben.web.guard import crypto

PURPOSE = "residence_permit"
BASIS = "国务院令第663号第九、十条"
HERE, THERE = "140105", "141002"


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This service has a name and a signing key."""
    monkeypatch.setenv("RENBEN_WEB_PARTY", "taiyuan")
    crypto.forget_keys()
    path = web_settings().key_path
    before = path.read_bytes()
    parties.rotate()
    yield "taiyuan"
    path.write_bytes(before)
    monkeypatch.undo()
    crypto.forget_keys()


@dataclass
class Other:
    """A partner's system, as far as it signs."""

    name: str = "linfen"
    secret: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> str:
        return parties.public_of(self.secret)

    def content(self, **changes: Any) -> Content:
        """What it says: by default, an answer about sharing, which is only taken down."""
        known = {"id": str(uuid4()), "sender": self.name, "receiver": "taiyuan", "kind": "sharing.answer",
                 "purpose": PURPOSE, "basis": BASIS, "region": THERE, "body": {"request": "GX-1"}}  # fmt: skip
        return Content(**{**known, **changes})

    def says(self, content: Content, later: dt.timedelta = dt.timedelta()) -> bytes:
        """A message signed now, or some time before or after."""
        return canonical(content.signed(self.secret, now() + later))

    def sends(self, content: Content) -> dict[str, Any]:
        """A message signed and taken in here; the receipt."""
        return receive(self.says(content))

    def certificate(self, subject: dict[str, str], **changes: Any) -> dict[str, Any]:
        """A signed certificate: three years of residence, two under a permit with one lapse."""
        known = {
            "version": 1, "serial": str(uuid4()), "issuer": self.name, "issued_on": today().isoformat(),
            "expires_on": (today() + dt.timedelta(days=90)).isoformat(), "subject": subject,
            "lived": [{"region": THERE, "since": "2023-01-05", "until": "2026-02-20"}],
            "held": [{"region": THERE, "number": "JZZ-1410-2023-000001", "since": "2023-09-01", "until": "2026-02-20",
                      "lapses": [{"since": "2024-09-01", "until": "2024-10-01"}]}],
        }  # fmt: skip
        return sign("certificate", {**known, **changes}, self.secret)

    def certifies(self, subject: dict[str, str], **changes: Any) -> Content:
        """The message that brings a certificate."""
        body = {"certificate": self.certificate(subject, **changes)}
        return self.content(kind="residence.certificate", body=body)


@pytest.fixture
def linfen(own: str) -> Other:
    """A partner with which certificates and answers were agreed on, both ways."""
    other = Other()
    parties.add_partner(other.name, "临汾", "Linfen", other.public, "http://127.0.0.1:9/")
    for way in ("in", "out"):
        for kind in ("residence.certificate", "residence.request", "sharing.answer"):
            parties.agree(other.name, way, kind, PURPOSE, "141000" if way == "in" else "140000")
    return other
