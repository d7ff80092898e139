"""Deletes the registry's own rows that are past their period, batch by batch, each with a line in the deletion register.

Carries out: Personal Information Protection Law arts. 19 and 47. Called by the daily round of `guard.retention`.
"""

import datetime as dt
import uuid

from django.db import transaction

from renben.web.guard import retention, scope
from renben.web.law import provision
from renben.web.registry.models import Stay


def stays(day: dt.date) -> int:
    """Delete a batch of stays that ended long enough ago, with everything that was ever stated of them (stays)."""
    law = provision("retention.stay_days", day)
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past: list[uuid.UUID] = []
        for kind, days in law.value.items():
            last = day - dt.timedelta(days=int(days))
            found = Stay.objects.current().filter(kind=kind, valid_to__lt=last).order_by("valid_to", "pk")
            past += list(found.values_list("key", flat=True)[: retention.BATCH - len(past)])
        Stay.objects.filter(key__in=past).delete()
        for key in past:
            retention.register("stay", str(key), law.name)
    return len(past)


PARTS = {"stays": stays}
