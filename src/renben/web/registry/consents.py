"""Consents other than a person's own photo uses: per purpose and ground, given, confirmed, withdrawn; what stops then.

Carries out: Personal Information Protection Law arts. 13-17 (grounds, notice, withdrawal as easy as giving), 31 (a child
below fourteen: the guardian's consent, photos included). A guardian says it twice: what is agreed to first stands once it
is confirmed with the end of the child's document number. What rests on a statute is listed and cannot be withdrawn.
Consents on paper: `consents_paper`. Not modelled: two guardians who disagree.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from renben.web.clock import now, today
from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry import people, photo_ledger, photos, proxies
from renben.web.registry.models import Consent, Person, PhotoGrant, replace
from renben.web.registry.models.consents import PHOTO, word_of
from renben.web.registry.permit_rules import add_years
from renben.web.words import say_now

TAIL = 4


@dataclass(frozen=True)
class Purpose:
    """One thing that personal information is used for, and its ground."""

    name: str
    consent: bool
    ref: str

    @property
    def word(self) -> str:
        """Key of its name: a photo's use has a word of its own."""
        return word_of(self.name)


def guarded_until(birth: dt.date, day: dt.date) -> dt.date | None:
    """Day from which a person consents alone, None where that day has come."""
    age = int(provision("consent.guardian_below_age", day).value)
    until = add_years(birth, age)
    return until if until > day else None


def purposes(person: Person, day: dt.date) -> list[Purpose]:
    """Every purpose for a person; a child's photo has one more for each use that rests on consent."""
    child = guarded_until(person.birth, day) is not None
    written = provision("consent.purposes", day).value
    found = [
        Purpose(name, row["ground"] == "consent", row["ref"])
        for name, row in written.items()
        if row["of"] == "anyone" or child
    ]
    uses = [use for use in photo_ledger.uses(day) if use.consent] if child else []
    return [*found, *(Purpose(PHOTO + use.name, True, use.ref) for use in uses)]


def rows_of(key: UUID) -> list[Consent]:
    """Everything on the register about a person, the newest first."""
    with scope.reading_as("registry"):
        rows = Consent.objects.filter(person_key__in=people.all_keys(key))
        return list(rows.order_by("-given_at", "-pk"))


def stands(row: Consent, day: dt.date) -> bool:
    """Whether a consent counts on a day: confirmed, not withdrawn, and not outgrown."""
    over = row.ends_on is not None and row.ends_on <= day
    return row.withdrawn_at is None and row.confirmed_at is not None and not over


def standing(key: UUID, name: str, day: dt.date) -> bool:
    """Whether a person, or the guardian, agreed to a purpose that rests on consent."""
    return any(row.purpose == name and stands(row, day) for row in rows_of(key))


def photo_facts(case: Case, payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of photo cases ask for, with the guardian's consent for a child."""
    return {
        **photos.facts(case, payload, day),
        "child_consent_missing": child_photo_missing(case.person_key, day),
    }


def with_phone(step: Step, key: UUID, answers: Mapping[str, Any]) -> None:
    """Who registers himself, read the notice and gave a phone agreed to be reached by it; kept with that notice."""
    birth = dt.date.fromisoformat(answers["birth"])
    child = guarded_until(birth, step.day) is not None
    if child or answers.get("acting_as") != "self" or not answers.get("phone") or not answers.get("notice"):
        return
    ref = provision("consent.purposes", step.day).value["contact_phone"]["ref"]
    row = Consent(
        person_key=key, purpose="contact_phone", legal_basis=ref, notice=answers["notice"],
        language=answers.get("notice_language") or "", account=step.case.applicant, as_guardian=False,
        given_at=step.case.opened_at, confirmed_at=step.case.opened_at,
    )  # fmt: skip
    Consent.objects.bulk_create([row], ignore_conflicts=True)


def child_photo_missing(key: UUID | None, day: dt.date) -> bool:
    """Whether a photo is of a child whose guardian has not agreed to it (art. 31)."""
    person = people.person(key) if key else None
    if person is None or guarded_until(person.birth, day) is None:
        return False
    return not standing(person.key, "photo", day)


def subject(actor: Actor, ward: str) -> tuple[Person, bool]:
    """The person about whom an actor decides, and whether as a guardian.

    Raises:
        Guarded: nobody on record.
        NotAllowed: no mandate, or a child who does not decide alone.
    """
    key = proxies.acting_for(actor, ward) if ward else actor.person_key
    with scope.reading_as("registry"):
        person = people.person(key) if key else None
    if person is None:
        raise Guarded("refusal.not_registered")
    child = guarded_until(person.birth, today()) is not None
    if child != bool(ward):
        raise NotAllowed("refusal.consent_child" if child else "refusal.consent_own")
    return person, child


def give(actor: Actor, name: str, ward: str) -> Consent:
    """Agree to a purpose: at once for oneself; for a child it stands after the second confirmation.

    Raises:
        Unknown: no such purpose.
        NotAllowed: it rests on a statute, or it is not the actor's to decide.
        Incomplete: it was agreed to before.
    """
    day, (person, child) = today(), subject(actor, ward)
    purpose = next((one for one in purposes(person, day) if one.name == name), None)
    if purpose is None:
        raise Unknown()
    if not purpose.consent:
        raise NotAllowed("refusal.consent_statute", ref=purpose.ref)
    lapse(person.key, name, day)
    wait = dt.timedelta(days=int(provision("consent.confirm_days", day).value))
    row = Consent(
        person_key=person.key, purpose=name, legal_basis=purpose.ref, notice=say_now("consent.notice.version"),
        language=get_language() or "", account=actor.user_id, as_guardian=child, given_at=now(),
        confirm_until=day + wait if child else None, ends_on=guarded_until(person.birth, day),
    )  # fmt: skip
    row.confirmed_at = None if child else row.given_at
    try:
        with transaction.atomic(), scope.as_job("registry"):
            row.save(force_insert=True)
            _recorded(actor, row, "given")
    except IntegrityError as error:
        raise Incomplete("refusal.consent_there") from error
    return row


def lapse(key: UUID, name: str, day: dt.date) -> None:
    """End what was never confirmed in time, or outgrown, so that it can be given anew."""
    for row in rows_of(key):
        late = row.confirmed_at is None and row.confirm_until is not None and row.confirm_until < day
        outgrown = row.ends_on is not None and row.ends_on <= day
        if row.purpose == name and row.withdrawn_at is None and (late or outgrown):
            with transaction.atomic(), scope.as_job("registry"):
                Consent.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=now())


def _own(actor: Actor, consent_id: int) -> tuple[Consent, Person]:
    """An open consent that is the actor's to confirm or to withdraw.

    Raises:
        Unknown: none such.
    """
    with scope.reading_as("registry"):
        row = Consent.objects.filter(pk=consent_id, withdrawn_at=None).first()
        person = people.person(row.person_key) if row else None
    mine = {str(ward.person.key) for ward in proxies.wards(actor) if ward.kind == "guardian"}
    keys = {str(key) for key in people.all_keys(actor.person_key)} if actor.person_key else set()
    if row is None or person is None or str(row.person_key) not in keys | mine:
        raise Unknown()
    return row, person


def confirm(actor: Actor, consent_id: int, tail: str) -> None:
    """The guardian's second word; from now on it stands.

    Raises:
        Unknown: nothing of the actor's waits.
        Guarded: the time is over, or the end of the number is another.
    """
    row, person = _own(actor, consent_id)
    if row.confirmed_at is not None or row.confirm_until is None:
        raise Unknown()
    if row.confirm_until < today():
        raise Guarded("refusal.consent_late")
    wanted = person.number[-TAIL:] if person.number else person.birth.strftime("%m%d")
    if tail.strip().upper() != wanted:
        raise Guarded("refusal.consent_tail")
    with transaction.atomic(), scope.as_job("registry"):
        Consent.objects.filter(pk=row.pk).update(confirmed_at=now())
        if row.purpose.startswith(PHOTO):
            grant_photo(person, row.purpose.removeprefix(PHOTO))
        _recorded(actor, row, "confirmed")


def grant_photo(person: Person, use: str) -> None:
    """A use of the child's photo: granted where there is a photo fit for it.

    Raises:
        Guarded: no photo, too old, or it does not hold the picture.
    """
    day, found = today(), photo_ledger.use_named(use, today())
    photo = photos.in_use(person.key)
    if word := photo_ledger.problem(photo, found, day):
        raise Guarded(word)
    photo_ledger.grant(photo, found, day)


def withdraw(actor: Actor, consent_id: int) -> str:
    """Take a consent back, and stop what rests on it; the name of the purpose is returned.

    Raises:
        Unknown: not an open consent of the actor's.
    """
    row, person = _own(actor, consent_id)
    with transaction.atomic(), scope.as_job("registry"):
        stop(person, row)
        _recorded(actor, row, "withdrawn")
    return row.purpose


def stop(person: Person, row: Consent) -> None:
    """A consent counts no more, and what rests on it stops."""
    Consent.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=now())
    STOPS.get(row.purpose.split("-")[0], _nothing)(person, row)


def _recorded(actor: Actor, row: Consent, what: str) -> None:
    audit.record(
        actor, "command", "my.read", object_type="consent", object_id=str(row.pk), subject=row.person_key,
        detail={"purpose": row.purpose, what: True},
    )  # fmt: skip


def _nothing(_person: Person, _row: Consent) -> None:
    """Nothing is under way: whoever asks the register from now on is told no."""


def _forget_phone(person: Person, row: Consent) -> None:
    """The phone is on the record no more; what was known before stays in the history that the law asks for."""
    if person.phone:
        replace(person, f"consent:{row.pk}", phone_ct=None, phone_index="")


def _stop_photo(person: Person, row: Consent) -> None:
    """Codes for a child's photo stop: all that rest on consent, or those of one use. The permit's picture stays."""
    held = PhotoGrant.objects.filter(
        photo__person_key__in=people.all_keys(person.key), consent=True, revoked_at=None
    )
    if row.purpose != "photo":
        held = held.filter(use=row.purpose.removeprefix(PHOTO))
    held.update(revoked_at=now())
    if row.purpose == "photo":
        uses = Consent.objects.filter(person_key=row.person_key, purpose__startswith=PHOTO, withdrawn_at=None)
        uses.update(withdrawn_at=now())


STOPS: dict[str, Callable[[Person, Consent], None]] = {"contact_phone": _forget_phone, "photo": _stop_photo}
"""Purpose -> what stops at once when its consent is withdrawn."""
