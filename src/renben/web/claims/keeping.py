"""Says what was offered to people who left and is due.

Carries out: Personal Information Protection Law arts. 19 and 47. What somebody who lives here declined is kept: it is his
word. Where two records were merged nothing is deleted, since the residence may stand under the other key.
"""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from renben.web.claims.models import Offer
from renben.web.guard import retention
from renben.web.guard.erasing import Due
from renben.web.registry.models import Residence, SamePerson


def offers(day: dt.date) -> Iterator[Due]:
    """Offers of people whose last residence here ended long enough ago."""
    rule, last = retention.days("offer_days", day)
    spells = Residence.objects.current().filter(person_key=OuterRef("person_key"))
    here = spells.filter(Q(valid_to=None) | Q(valid_to__gte=last))
    merged = SamePerson.objects.filter(undone_at=None).values("kept")
    yield Due(Offer.objects.filter(~Exists(here)).exclude(person_key__in=merged), "offer", rule)


PARTS: dict[str, retention.Part] = {"offers": offers}
