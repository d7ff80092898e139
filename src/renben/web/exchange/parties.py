"""Who may exchange what with us: partners, their keys, agreements; our own signing key. Default deny.

Own keys: the secret parts stand in the key file (config.Keys.signing), the public parts beside the partners' in the
database, so that a receipt of years ago is still checked. A key that is left signs no more and what it signed still
fits; a broken one fits nothing.
"""

import base64
import datetime as dt
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import transaction

from renben.catalogue import load
from renben.web.clock import now
from renben.web.config import web_settings
from renben.web.exchange.envelope import CODE, key_id
from renben.web.exchange.models import Agreement, Partner, PartnerKey
from renben.web.guard import audit
from renben.web.guard.policy import Actor, covers, policy
from renben.web.prepared import Prepared

OPERATOR = Actor(None, job="setup")
CLOSED = "RENBEN_WEB_PARTY is not set: this service has no name towards other systems. Set it, then: renben exchange rotate"


HERE = "demo:"
"""Address of the demo's made-up partner, which answers in this process; outside demo mode no address at all."""


class PartyError(ValueError):
    """Something about a partner, key or agreement is wrong; the message says what to do."""

    shown_to_users = True


def own() -> str:
    """Our name towards other systems.

    Raises:
        PartyError: none is set.
    """
    if not web_settings().party:
        raise PartyError(CLOSED)
    return web_settings().party


@lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret))


@lru_cache(maxsize=4)
def _newest(_changed_at: int) -> str:
    """The secret part of the key that signs, as long as the key file stays as it is."""
    keys = web_settings().keys().signing
    return keys[max(keys)] if keys else ""


def signing_key() -> Ed25519PrivateKey:
    """The key that signs.

    Raises:
        PartyError: the key file has none.
    """
    path = web_settings().key_path
    secret = _newest(path.stat().st_mtime_ns)
    if not secret:
        raise PartyError(f"{path}: no signing key in it. Make one: renben exchange rotate")
    return _private(secret)


def public_of(key: Ed25519PrivateKey) -> str:
    """The public part of a key, 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def rotate() -> str:
    """Make another signing key, from now on the only one that signs, and return its public part."""
    name, settings = own(), web_settings()
    keys = settings.keys().with_signing_key()
    public = public_of(_private(keys.signing[max(keys.signing)]))
    with transaction.atomic():
        party, _ = Partner.objects.get_or_create(
            code=name, defaults={"name_zh": name, "name_en": name, "added_at": now()}
        )
        PartnerKey.objects.filter(party=party, until_at=None).update(until_at=now())
        _add_key(party, public)
        _told("signing_key", name, key=key_id(bytes.fromhex(public)))
        keys.replace(settings.key_path)
    return public


def own_key() -> PartnerKey:
    """The public part of the key that signs, as partners have to know it.

    Raises:
        PartyError: none, or one that was never written down.
    """
    public = public_of(signing_key())
    found = PartnerKey.objects.filter(party_id=own(), public=public).first()
    if found is None:
        raise PartyError(
            f"key {key_id(bytes.fromhex(public))}: not among the keys of {own()}. Run: renben exchange rotate"
        )
    return found


def add_partner(code: str, zh: str, en: str, public: str, address: str = "", office: str = "") -> Partner:
    """Register a partner with its first key; nothing may be exchanged yet.

    Raises:
        PartyError: an unfit code, our own one, a known one, an address without TLS, no office, or no key.
    """
    if not CODE.match(code) or code == web_settings().party:
        raise PartyError(
            f"partner {code!r}: 2 to 40 small letters, digits and hyphens, and not our own name."
        )
    if Partner.objects.filter(pk=code).exists():
        raise PartyError(
            f"partner {code}: registered already. For another key: renben exchange key {code} PUBLIC"
        )
    if address and not address.startswith(
        ("https://", "http://", HERE) if web_settings().demo else "https://"
    ):
        raise PartyError(
            f"partner {code}: address {address}: https:// is needed (http:// in demo mode only)."
        )
    if office and office not in load().offices:
        raise PartyError(
            f"partner {code}: office {office!r} is not in the catalogue; write its key, such as housing."
        )
    with transaction.atomic():
        party = Partner.objects.create(
            code=code, name_zh=zh, name_en=en, address=address, office=office, added_at=now()
        )
        key = _add_key(party, public)
        _told("partner", code, key=key.key)
    return party


def partner(code: str) -> Partner:
    """A registered partner that is open.

    Raises:
        PartyError: none of that code.
    """
    found = open_party(code)
    if found is None:
        raise PartyError(f"partner {code!r}: not registered, or closed. See: renben exchange partners")
    return found


def close_partner(code: str) -> None:
    """Take nothing from a partner any more and send nothing to it; what was exchanged stays."""
    with transaction.atomic():
        Partner.objects.filter(pk=partner(code).pk).update(closed_at=now())
        _told("partner_closed", code)


def add_key(code: str, public: str, days: int = 0) -> PartnerKey:
    """Another key of a partner; with days, the keys before are good for so long, else until they are ended."""
    with transaction.atomic():
        party = partner(code)
        if days:
            until = now() + dt.timedelta(days=days)
            PartnerKey.objects.filter(party=party, until_at=None).update(until_at=until)
        found = _add_key(party, public)
        _told("partner_key", code, key=found.key)
    return found


def break_key(key: str) -> None:
    """Somebody else may have a key: nothing that it signed is taken any more.

    Raises:
        PartyError: no such key.
    """
    with transaction.atomic():
        if not PartnerKey.objects.filter(key=key, broken_at=None).update(broken_at=now()):
            raise PartyError(f"key {key!r}: not known, or broken already. See: renben exchange partners")
        _told("key_broken", "", key=key)


def _add_key(party: Partner, public: str) -> PartnerKey:
    try:
        raw = bytes.fromhex(public)
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise PartyError(
            f"{party.code}: {public[:20]!r}... is no public key; 64 hexadecimal digits are needed."
        ) from error
    if PartnerKey.objects.filter(key=key_id(raw)).exists():
        raise PartyError(
            f"{party.code}: key {key_id(raw)} is known already; every party has keys of its own."
        )
    return PartnerKey.objects.create(party=party, key=key_id(raw), public=raw.hex(), from_at=now())


def agree(code: str, way: str, kind: str, purpose: str, region: str = "", basis: str = "") -> Agreement:
    """Allow a kind of message with a partner for a purpose over a range of regions.

    Args:
        code: the partner.
        way: in (we take it) or out (we send it).
        kind: of message.
        purpose: of the policy.
        region: six digits of the range, empty for everywhere.
        basis: article of law; the purpose's own where it is empty.

    Raises:
        PartyError: an unknown partner, way, kind or purpose.
    """
    from renben.web.exchange.kinds import KINDS  # noqa: PLC0415

    if way not in ("in", "out") or kind not in KINDS or purpose not in policy().purposes:
        raise PartyError(f"agreement {way} {kind} {purpose}: way in or out; kinds {', '.join(KINDS)}; purposes "
                         f"{', '.join(policy().purposes)}.")  # fmt: skip
    with transaction.atomic():
        one = {"partner": partner(code), "way": way, "kind": kind, "purpose": purpose, "region": region}
        Agreement.objects.filter(**one, ended_at=None).update(ended_at=now())
        made = Agreement.objects.create(
            **one, basis=basis or policy().purposes[purpose]["basis"], added_at=now()
        )
        _told("agreement", code, way=way, kind=kind, purpose=purpose, region=region)
    return made


def end_agreement(number: int) -> None:
    """End an agreement; what was exchanged stays."""
    with transaction.atomic():
        if not Agreement.objects.filter(pk=number, ended_at=None).update(ended_at=now()):
            raise PartyError(
                f"agreement {number}: not there, or ended already. See: renben exchange partners"
            )
        _told("agreement_ended", str(number))


AGREED = Prepared(
    lambda code, way, kind, purpose: Agreement.objects.filter(
        partner=code, way=way, kind=kind, purpose=purpose, ended_at=None
    ).select_related("partner")
)
KEYED = Prepared(lambda code, key: PartnerKey.objects.filter(party=code, key=key, broken_at=None))
OPEN = Prepared(lambda code: Partner.objects.filter(code=code, closed_at=None))


def agreed(code: str, way: str, kind: str, purpose: str, region: str) -> Agreement | None:
    """The agreement under which a message passes, None where it is not allowed."""
    found: list[Agreement] = AGREED(code, way, kind, purpose)
    return next((one for one in found if covers(one.region, region)), None)


def keys_at(code: str, key: str, moment: dt.datetime) -> PartnerKey | None:
    """A party's key that was good at a moment."""
    found: PartnerKey | None = KEYED.first(code, key)
    return found if found is not None and (found.until_at is None or moment <= found.until_at) else None


def open_party(code: str) -> Partner | None:
    """A registered partner that is open, None where there is none; our own party is no partner."""
    found: Partner | None = None if code == web_settings().party else OPEN.first(code)
    return found


def register() -> list[dict[str, Any]]:
    """Every party with its keys and open agreements, one row each."""
    rows: list[dict[str, Any]] = []
    for one in Partner.objects.order_by("pk").prefetch_related("keys", "agreements"):
        what = "own" if one.code == web_settings().party else "closed" if one.closed_at else "open"
        for key in one.keys.all():
            state = (
                "broken" if key.broken_at else f"until {key.until_at:%Y-%m-%d}" if key.until_at else "in use"
            )
            rows.append(
                {"party": one.code, "is": what, "what": f"key {key.key} {state}", "detail": key.public}
            )
        for two in one.agreements.filter(ended_at=None):
            where = two.region or "everywhere"
            rows.append({"party": one.code, "is": what, "what": f"agreement {two.pk} {two.way} {two.kind}",
                         "detail": f"{two.purpose} in {where}; {two.basis}"})  # fmt: skip
    return rows


def _told(what: str, about: str, **detail: Any) -> None:
    audit.record(OPERATOR, "exchange", object_type=what, object_id=about, detail=detail)
