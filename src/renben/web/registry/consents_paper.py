"""Consents and withdrawals on paper: an officer at the counter records what somebody signed, with the scan.

Carries out: Personal Information Protection Law arts. 14-15 (a withdrawal is as easy as a consent, also for who cannot go
online), 31 (for a child the guardian signs, whose papers the officer has seen). The scan is sealed under a key of its own
and goes with the record of the consent. What is recorded counts from that moment; the day of the signature stands beside
it. Not modelled: which of two guardians signed.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from renben.web.clock import now, today
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Unknown
from renben.web.guard import audit, crypto, scope, vault
from renben.web.guard.policy import Actor
from renben.web.registry import consents, documents, people
from renben.web.registry.consents import Purpose, guarded_until, purposes
from renben.web.registry.models import Consent, ConsentPaper, Person
from renben.web.registry.models.consents import PHOTO

PERMISSION = "consent.paper"
VAULT = "consent_paper"
GIVEN, WITHDRAWN = WHAT = ("given", "withdrawn")
SHORTEST_KEY = 8


@dataclass(frozen=True)
class Said:
    """What stands on a paper, and the officer's word that the signature is the person's."""

    purpose: str
    what: str
    notice: str
    signed_on: dt.date | None
    word: bool
    scan: UploadedFile | None


def person_at(actor: Actor, number: str) -> Person:
    """The person whose document lies at the counter.

    Raises:
        Unknown: nobody with this number is registered in the officer's regions.
        NotAllowed: the officer himself.
    """
    with scope.reading_as("registry"):
        person = people.at_counter(actor, PERMISSION, number)
    return _allowed(actor, person)


def person_of(actor: Actor, key: UUID) -> Person:
    """A person in the officer's regions, by key; see `person_at`."""
    with scope.reading_as("registry"):
        person = people.person(key)
    return _allowed(actor, person if person and actor.may(PERMISSION, person.region) else None)


def _allowed(actor: Actor, person: Person | None) -> Person:
    if person is None:
        raise Unknown("refusal.consent_nobody")
    if person.key == actor.person_key:
        raise NotAllowed("refusal.consent_officer")
    return person


def record(actor: Actor, person: Person, said: Said, key: str) -> Consent:
    """Write a consent or withdrawal down, once per key; a withdrawal stops at once what rests on the consent.

    Raises:
        Incomplete: something that the record needs is missing, or the scan is no picture and no PDF.
        Unknown: no such purpose.
        NotAllowed: the purpose rests on a statute.
        Guarded: there is nothing to withdraw, or it was agreed to before.
    """
    purpose = _complete(person, said, key)
    try:
        with transaction.atomic(), scope.as_job("registry"):
            before = (
                ConsentPaper.objects.filter(key=f"{actor.user_id}:{key}").select_related("consent").first()
            )
            if before is not None:
                return before.consent
            row = (_given if said.what == GIVEN else _withdrawn)(person, purpose, said)
            _keep(actor, person, row, said, key)
            return row
    except IntegrityError as error:
        raise Guarded("refusal.consent_there") from error


def _complete(person: Person, said: Said, key: str) -> Purpose:
    if said.what not in WHAT or not said.notice or not said.word or len(key) < SHORTEST_KEY:
        raise Incomplete("refusal.consent_paper")
    if said.signed_on is None or not person.birth <= said.signed_on <= today():
        raise Incomplete("refusal.consent_signed")
    if said.scan is None:
        raise Incomplete("refusal.consent_scan")
    if word := documents.problem(said.scan):
        raise Incomplete(word)
    purpose = next((one for one in purposes(person, today()) if one.name == said.purpose), None)
    if purpose is None:
        raise Unknown()
    if not purpose.consent:
        raise NotAllowed("refusal.consent_statute", ref=purpose.ref)
    return purpose


def _given(person: Person, purpose: Purpose, said: Said) -> Consent:
    day, moment = today(), now()
    consents.lapse(person.key, purpose.name, day)
    row = Consent(
        person_key=person.key, purpose=purpose.name, legal_basis=purpose.ref, notice=said.notice,
        language=get_language() or "", account=None, as_guardian=guarded_until(person.birth, day) is not None,
        given_at=moment, confirmed_at=moment, ends_on=guarded_until(person.birth, day),
    )  # fmt: skip
    with transaction.atomic():
        row.save(force_insert=True)
    if purpose.name.startswith(PHOTO):
        consents.grant_photo(person, purpose.name.removeprefix(PHOTO))
    return row


def _withdrawn(person: Person, purpose: Purpose, _said: Said) -> Consent:
    keys = people.all_keys(person.key)
    row = Consent.objects.filter(person_key__in=keys, purpose=purpose.name, withdrawn_at=None).first()
    if row is None:
        raise Guarded("refusal.consent_none")
    consents.stop(person, row)
    return row


def _keep(actor: Actor, person: Person, row: Consent, said: Said, key: str) -> None:
    """The scan, sealed, with who recorded it; and the row of the audit."""
    if said.scan is None:
        raise Incomplete("refusal.consent_scan")
    media = documents.media_of(said.scan.read(16)) or ""
    said.scan.seek(0)
    content = documents.stripped(said.scan.read(), media)
    paper = uuid4()
    ConsentPaper.objects.create(
        id=paper, key=f"{actor.user_id}:{key}", consent=row, what=said.what, notice=said.notice,
        signed_on=said.signed_on, officer=actor.user_id, at=now(), region=person.region, media=media,
        hash=hmac.new(crypto.index_key("document"), content, hashlib.sha256).hexdigest(),
        content_ct=vault.seal(content, VAULT, paper),
    )  # fmt: skip
    detail = {"purpose": row.purpose, said.what: True, "on_paper": str(paper), "notice": said.notice}
    audit.record(
        actor, "command", PERMISSION, object_type="consent", object_id=str(row.pk), subject=person.key,
        region=person.region, detail=detail,
    )  # fmt: skip


def scan_of(actor: Actor, paper_id: UUID) -> tuple[ConsentPaper, bytes]:
    """A scan as an officer of the region sees it; the look is recorded.

    Raises:
        Unknown: none such in the officer's regions.
    """
    row = ConsentPaper.objects.filter(pk=paper_id).select_related("consent").first()
    if row is None or not actor.may(PERMISSION, row.region):
        raise Unknown()
    audit.record(
        actor, "read", PERMISSION, object_type="consent_paper", object_id=str(row.pk),
        subject=row.consent.person_key, region=row.region,
    )  # fmt: skip
    return row, vault.unseal(row.content_ct, VAULT, row.pk)


def papers_of(keys: list[UUID]) -> list[ConsentPaper]:
    """Papers about a person, the newest first."""
    rows = ConsentPaper.objects.filter(consent__person_key__in=keys).select_related("consent")
    return list(rows.defer("content_ct").order_by("-at", "pk"))


def page(actor: Actor, person: Person) -> dict[str, Any]:
    """The register of one person at the counter; the look is recorded."""
    audit.record(actor, "read", PERMISSION, object_type="consent", subject=person.key, region=person.region)
    day = today()
    with scope.reading_as("registry"):
        rows = {row.purpose: row for row in consents.rows_of(person.key) if row.withdrawn_at is None}
        papers = papers_of(people.all_keys(person.key))
    entries = [
        (one, row := rows.get(one.name), row is not None and consents.stands(row, day))
        for one in purposes(person, day)
        if one.consent
    ]
    child = guarded_until(person.birth, day) is not None
    return {
        "person": person,
        "entries": entries,
        "papers": papers,
        "child": child,
        "today": day,
        "whats": WHAT,
    }
