"""A forgotten password at the counter: the officer finds the account by the document that lies before him.

Only accounts of residents, and only persons whom the officer's regions register; how a slip is made and used is
`guard.recovery`. Not modelled: persons without a document number, whom no paper ties to an account.
"""

from typing import Any
from uuid import UUID

from django.http import QueryDict

from renben.web.flow.refusals import NotAllowed, Unknown
from renben.web.guard import audit, recovery, scope
from renben.web.guard.models import Recovery, User
from renben.web.guard.policy import Actor, within
from renben.web.guard.recovery import COUNTER, JOB
from renben.web.guard.recovery_pages import offered, recent, slip, stated
from renben.web.registry import people
from renben.web.registry.identifiers import normalised
from renben.web.registry.models import Person
from renben.web.registry.proxies import TAIL


def page(actor: Actor) -> dict[str, Any]:
    """Passwords that are being recovered in the officer's regions; the look at each person is recorded."""
    rows = recent(Recovery.objects.filter(within(actor, COUNTER), staff=False))
    found = {row.pk: people.person(row.person_key) for row in rows if row.person_key}
    audit.record_list(actor, COUNTER, "recovery", [row.person_key for row in rows])
    shown = [(row, recovery.state(row), *_written(found.get(row.pk))) for row in rows]
    return {"rows": shown, "staff": False, **offered(actor)}


def _written(person: Person | None) -> tuple[str, str]:
    return (person.name, person.number) if person else ("", "")


def ask(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """State that the owner of an account stands at the counter; the slip.

    Raises:
        Unknown: nobody with this number is registered in the officer's regions and has an account.
        NotAllowed: the officer himself.
    """
    typed = data.get("number", "")
    with scope.reading_as(JOB):
        person = people.at_counter(actor, COUNTER, typed)
    user = _account(person) if person else None
    if person is None or user is None:
        raise Unknown("refusal.recovery_nobody")
    if person.key == actor.person_key:
        raise NotAllowed("refusal.recovery_own")
    stated_ = stated(data, user, normalised(typed)[-TAIL:], region=person.region)
    return slip(*recovery.ask(actor, stated_, data.get("key", "")))


def _account(person: Person) -> User | None:
    return User.objects.filter(person_key__in=people.all_keys(person.key)).order_by("pk").first()


def own(actor: Actor, recovery_id: int) -> Recovery:
    """An open recovery in the officer's regions.

    Raises:
        Unknown: none such.
    """
    row = recovery.open_row(recovery_id, staff=False)
    if not actor.may(COUNTER, row.region):
        raise Unknown()
    return row


def second(actor: Actor, recovery_id: int, data: QueryDict) -> dict[str, Any]:
    """Agree to what a colleague asked for; the slip.

    Raises:
        Unknown: it waits no more, or its person is not on record.
    """
    row = own(actor, recovery_id)
    return slip(row, recovery.second(actor, row, _tail(row.person_key), data.get("word") == "on"))


def _tail(key: UUID | None) -> str:
    with scope.reading_as(JOB):
        person = people.person(key) if key else None
    if person is None or not person.number:
        raise Unknown("refusal.recovery_nobody")
    return person.number[-TAIL:]
