"""Deletes readings of sensors that are past their days; the ponding that they showed stays. Nothing personal is in them."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from renben.web.cases.models import Reading
from renben.web.clock import start_of
from renben.web.guard import retention, scope
from renben.web.law import provision

BATCH = 5_000


def readings(day: dt.date) -> int:
    """Delete a batch of settled readings that are past their days (rows)."""
    first = start_of(day - dt.timedelta(days=int(provision("city_case.sensor_keep_days", day).value)))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past = Reading.objects.filter(at__lt=int(first.timestamp() * 1000), at__lte=F("sensor__upto"))
        keys = list(past.values_list("pk", flat=True)[:BATCH])
        return Reading.objects.filter(pk__in=keys).delete()[0]


PARTS: dict[str, Callable[[dt.date], int]] = {"readings": readings}
