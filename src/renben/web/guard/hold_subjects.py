"""Finds what a hold is about: a person by document number or a case by its number, in the officer's regions, covered.

Carries out: Personal Information Protection Law art. 6 (no more than needed). The look is recorded with the key of what
was found and without its person, since the person may not be told of the hold that follows; the auditor reads both.
"""

from dataclasses import dataclass
from uuid import UUID

from renben.web.flow.models import Case
from renben.web.flow.refusals import NotAllowed, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.models import Hold
from renben.web.guard.policy import Actor
from renben.web.registry import people
from renben.web.registry.models import Person

SET, LIFT, READ = "hold.set", "hold.lift", "hold.read"
JOB = "registry"
"""Finds a person or a case whose rows are not the actor's to see."""


@dataclass(frozen=True)
class Subject:
    """What a hold is about: a person or a case."""

    person: Person | None = None
    case: Case | None = None

    @property
    def region(self) -> str:
        """Region that decides who may hold it."""
        return str((self.person or self.case).region)  # type: ignore[union-attr]

    @property
    def whose(self) -> UUID | None:
        """Key of the person about whom it is, where there is one."""
        found = self.person.key if self.person else self.case and self.case.person_key
        return UUID(str(found)) if found else None


def find(actor: Actor, typed: str) -> Subject:
    """The case with a number, or else the person with a document number, in the actor's regions; the look is recorded.

    Raises:
        Unknown: neither is there.
        NotAllowed: what is kept of the actor himself.
    """
    with scope.reading_as(JOB):
        case = Case.objects.filter(number=typed.strip()).first() if typed.strip() else None
        person = None if case else people.at_counter(actor, SET, typed)
    found = _allowed(actor, Subject(person, case))
    what = "case" if case else "person"
    key = str(case.pk if case else person.key)  # type: ignore[union-attr]
    audit.record(actor, "search", SET, object_type=f"hold_{what}", object_id=key, region=found.region)
    return found


def by_key(actor: Actor, what: str, key: str) -> Subject:
    """A person or case that was found before, by key; see `find`."""
    try:
        wanted = UUID(key)
    except ValueError as error:
        raise Unknown("refusal.hold_nobody") from error
    with scope.reading_as(JOB):
        case = Case.objects.filter(pk=wanted).first() if what == "case" else None
        person = people.person(wanted) if what == "person" else None
    return _allowed(actor, Subject(person, case))


def _allowed(actor: Actor, found: Subject) -> Subject:
    if found == Subject() or not actor.may(SET, found.region):
        raise Unknown("refusal.hold_nobody")
    if own(actor, found.whose) or (found.case is not None and found.case.applicant == actor.user_id):
        raise NotAllowed("refusal.hold_own")
    return found


def own(actor: Actor, whose: UUID | None) -> bool:
    """Whether a key is the actor's own, under whichever record."""
    if whose is None or actor.person_key is None:
        return False
    with scope.reading_as(JOB):
        return people.kept_key(whose) == people.kept_key(actor.person_key)


def whose(hold: Hold) -> UUID | None:
    """Key of the person about whom a hold is, by itself or by its case."""
    if hold.person_key:
        return UUID(str(hold.person_key))
    with scope.reading_as(JOB):
        found = Case.objects.filter(pk=hold.case).values_list("person_key", flat=True).first()
    return found


def concerns(actor: Actor, hold: Hold) -> bool:
    """Whether a hold is on what is kept of the actor himself, or on a case that he opened."""
    with scope.reading_as(JOB):
        opened = Case.objects.filter(pk=hold.case, applicant=actor.user_id).exists() if hold.case else False
    return opened or own(actor, whose(hold))
