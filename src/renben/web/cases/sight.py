"""Which city cases an officer sees: whoever sends out or looks sees the region, a unit only what was sent to it."""

from dataclasses import dataclass

from django.db.models import Q

from renben.web.cases.models import CityCase
from renben.web.cases.units import HANDLE
from renben.web.flow.refusals import Unknown
from renben.web.guard.policy import Actor, inside, ranges
from renben.web.programme.seats import office_of

READ, DISPATCH, VERIFY = "city.read", "city.dispatch", "city.verify"
Ranges = list[tuple[str, str]]


@dataclass(frozen=True)
class Sight:
    """Ranges of codes that are seen whole, and those in which the cases of one office are seen."""

    wide: Ranges
    narrow: Ranges
    own: list[str]
    """The office for which the account works; empty where none is written."""


def sight(actor: Actor) -> Sight:
    """What an actor sees."""
    wide = list(dict.fromkeys([*ranges(actor, DISPATCH), *ranges(actor, VERIFY)]))
    narrow = ranges(actor, HANDLE)
    own = [office] if narrow and (office := office_of(actor)) else []
    return Sight(wide, narrow if own else [], own)


def seen(wide: Ranges, narrow: Ranges, own: list[str]) -> Q:
    """The predicate of what is seen, over city cases."""
    return inside(wide) | inside(narrow) & Q(unit__in=own)


def seen_by(actor: Actor) -> Q:
    """The predicate of what an actor sees, over city cases."""
    found = sight(actor)
    return seen(found.wide, found.narrow, found.own)


def city_for(actor: Actor, case_id: object) -> CityCase:
    """A city case that an actor sees, with its case.

    Raises:
        Unknown: none, or none of his.
    """
    city = CityCase.objects.filter(seen_by(actor), pk=case_id).select_related("case").first()
    if city is None:
        raise Unknown()
    return city
