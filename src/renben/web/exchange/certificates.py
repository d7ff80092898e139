"""Certificates of residence: what a city knows of a person's spells and permits, signed, for another city.

A certificate stands by itself: whoever brings it, the issuer's own signature covers every day in it. What counts of
it is not written there; that is for the city that takes it in.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from renben.web.clock import today
from renben.web.exchange import parties
from renben.web.exchange.envelope import ID, REGION, fits, sign
from renben.web.exchange.models import PartnerKey
from renben.web.exchange.years import Held, Lived, Record
from renben.web.flow.refusals import Refusal
from renben.web.law import provision
from renben.web.registry import people, permit_rules
from renben.web.registry.models import Endorsement, Permit, Person, Residence

FIELDS = {
    "version",
    "serial",
    "issuer",
    "issued_on",
    "expires_on",
    "subject",
    "lived",
    "held",
    "key",
    "signature",
}
SUBJECT = ("document_kind", "number", "name", "birth")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
MOST = 200
"""Spells or permits in one certificate."""


class BadCertificate(Refusal):
    """A certificate that is not taken in."""

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(f"refusal.certificate.{reason}", **values)


def record_of(key: UUID, day: dt.date) -> Record:
    """What this service itself knows of a person's spells and permits."""
    keys = people.all_keys(key)
    spells = list(Residence.objects.current().filter(person_key__in=keys).order_by("valid_from", "pk"))
    permits = Permit.objects.current().filter(person_key__in=keys).order_by("issued", "pk")
    lived = tuple(Lived(one.region, one.valid_from, one.valid_to) for one in spells)
    return Record(lived, tuple(_held(one, spells, day) for one in permits))


def _held(one: Permit, spells: list[Residence], day: dt.date) -> Held:
    registered = max((s.registered_on for s in spells if s.registered_on <= one.issued), default=one.issued)
    since = permit_rules.anchor_day(registered, one.issued, one.region)
    until = one.valid_to if one.state == "closed" else None
    late = Endorsement.objects.filter(permit=one.key, late=True).order_by("due")
    lapses: list[tuple[dt.date, dt.date | None]] = [(each.due, each.done) for each in late]
    if one.next_due < (until or day) and one.next_due < one.expires:
        lapses.append((one.next_due, None))
    return Held(one.region, one.number, since, until, tuple(lapses))


def issued(person: Person) -> dict[str, Any]:
    """A certificate about a person, signed.

    Raises:
        BadCertificate: the person has no spell here.
    """
    day = today()
    known = record_of(person.key, day)
    if not known.lived:
        raise BadCertificate("nothing")
    days = int(provision("exchange.certificate_days", day, person.region).value)
    document = {
        "version": 1, "serial": str(uuid4()), "issuer": parties.own(), "issued_on": day.isoformat(),
        "expires_on": (day + dt.timedelta(days=days)).isoformat(), "subject": subject_of(person),
        "lived": [{"region": one.region, "since": _text(one.since), "until": _text(one.until)} for one in known.lived],
        "held": [{"region": one.region, "number": one.number, "since": _text(one.since), "until": _text(one.until),
                  "lapses": [{"since": _text(a), "until": _text(b)} for a, b in one.lapses]} for one in known.held],
    }  # fmt: skip
    return sign("certificate", document, parties.signing_key())


def subject_of(person: Person) -> dict[str, str]:
    """By what the other side recognises a person."""
    return {"document_kind": person.document_kind, "number": person.number, "name": person.name,
            "birth": person.birth.isoformat()}  # fmt: skip


def _text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def found(subject: Any) -> Person:
    """The person here whom another city means: number, name and day of birth fit.

    Raises:
        BadCertificate: nobody, or somebody else.
    """
    if not (isinstance(subject, Mapping) and set(subject) == set(SUBJECT)
            and all(isinstance(subject[name], str) for name in SUBJECT)):  # fmt: skip
        raise BadCertificate("form", where="subject")
    person = people.find(subject["document_kind"], subject["number"])
    if person is None:
        raise BadCertificate("nobody")
    kept = people.person(person.key) or person
    same = {(one.name.replace(" ", ""), one.birth.isoformat()) for one in (person, kept)}
    if (subject["name"].replace(" ", ""), subject["birth"]) not in same:
        raise BadCertificate("somebody_else")
    return kept


def checked(document: Mapping[str, Any], day: dt.date) -> Record:
    """What a certificate says, once its form, signature and time are found good.

    Raises:
        BadCertificate: out of form, forged, not yet issued or expired.
    """
    if set(document) != FIELDS or document["version"] != 1 or not ID.match(str(document["serial"])):
        raise BadCertificate("form", where="certificate")
    key = PartnerKey.objects.filter(
        party=str(document["issuer"]), key=str(document["key"]), broken_at=None
    ).first()
    if key is None or not fits("certificate", dict(document), bytes.fromhex(key.public)):
        raise BadCertificate("forged", issuer=document["issuer"])
    begin, end = _day(document["issued_on"], "issued_on"), _day(document["expires_on"], "expires_on")
    if begin > day or end < begin:
        raise BadCertificate("form", where="issued_on")
    if key.until_at is not None and key.until_at.date() < begin:
        raise BadCertificate("forged", issuer=document["issuer"])
    if end < day:
        raise BadCertificate("expired", day=end.isoformat())
    return record_in(document)


def record_in(document: Mapping[str, Any]) -> Record:
    """The spells and permits that a certificate states.

    Raises:
        BadCertificate: days that cannot be, or in no order.
    """
    lived, held = (_rows(document[name], name) for name in ("lived", "held"))
    try:
        return Record(
            tuple(Lived(_region(one), *_span(one, "lived")) for one in lived),
            tuple(
                Held(_region(one), str(one["number"])[:32], *_span(one, "held"), _lapses(one)) for one in held
            ),
            str(document["issuer"]),
        )
    except KeyError as error:
        raise BadCertificate("form", where=str(error)) from error


def _rows(value: Any, where: str) -> list[Mapping[str, Any]]:
    if not (
        isinstance(value, list) and len(value) <= MOST and all(isinstance(one, Mapping) for one in value)
    ):
        raise BadCertificate("form", where=where)
    return value


def _region(one: Mapping[str, Any]) -> str:
    if not REGION.match(str(one["region"])):
        raise BadCertificate("form", where="region")
    return str(one["region"])


def _span(one: Mapping[str, Any], where: str) -> tuple[dt.date, dt.date | None]:
    since = _day(one["since"], where)
    until = None if one["until"] is None else _day(one["until"], where)
    if until is not None and until < since:
        raise BadCertificate("form", where=where)
    return since, until


def _lapses(one: Mapping[str, Any]) -> tuple[tuple[dt.date, dt.date | None], ...]:
    found_, reached = [], _day(one["since"], "held")
    for lapse in _rows(one["lapses"], "lapses"):
        since, until = _span(lapse, "lapses")
        if since < reached:
            raise BadCertificate("form", where="lapses")
        reached = until or dt.date.max
        found_.append((since, until))
    return tuple(found_)


def _day(value: Any, where: str) -> dt.date:
    try:
        if not DAY.match(value):
            raise ValueError
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadCertificate("form", where=where) from error
