"""Deletes what was offered to people who left, batch by batch, each row with a line in the deletion register.

Carries out: Personal Information Protection Law arts. 19 and 47. What somebody who lives here declined is kept: it is his
word. Where two records were merged nothing is deleted, since the residence may stand under the other key.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from renben.web.claims.models import Offer
from renben.web.guard import retention, scope
from renben.web.law import provision
from renben.web.registry.models import Residence, SamePerson


def offers(day: dt.date) -> int:
    """Delete a batch of offers of people whose last residence here ended long enough ago (rows)."""
    law = provision("retention.offer_days", day)
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        spells = Residence.objects.current().filter(person_key=OuterRef("person_key"))
        here = spells.filter(Q(valid_to=None) | Q(valid_to__gte=last))
        merged = SamePerson.objects.filter(undone_at=None).values("kept")
        rows = Offer.objects.filter(~Exists(here)).exclude(person_key__in=merged)
        return retention.delete_batch(rows, "offer", law.name)


PARTS: dict[str, Callable[[dt.date], int]] = {"offers": offers}
