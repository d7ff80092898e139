"""Deletes what city cases need no longer: readings of sensors, and what reporters wrote once their case has been over.

Carries out: Personal Information Protection Law arts. 19 and 47. That there was a report, when and how it came stays, and its
code still tells where the case stands. What an officer wrote about the case is nobody's personal data and is kept, and so is
the ponding that readings showed; nothing personal is in a reading.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import F, Q

from renben.web.cases.models import Reading, Report
from renben.web.clock import start_of
from renben.web.guard import retention, scope
from renben.web.law import provision
from renben.web.registry.models import Document

BATCH = 5_000
EMPTY = {"words_ct": None, "place_ct": None, "phone_ct": None, "lon": None, "lat": None, "photo": None}
HELD = (
    Q(words_ct__isnull=False) | Q(place_ct__isnull=False) | Q(phone_ct__isnull=False) | Q(lon__isnull=False)
    | Q(photo__isnull=False)
)  # fmt: skip


def reports(day: dt.date) -> int:
    """Delete what a batch of reports says whose cases were over long enough ago (reports)."""
    law = provision("retention.city_report_days", day)
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past = Report.objects.filter(HELD, city__case__closed_on__lt=last).order_by("pk")
        rows = dict(past.values_list("pk", "photo")[: retention.BATCH])
        photos = {key for key in rows.values() if key is not None}
        Report.objects.filter(pk__in=rows).update(**EMPTY)
        Document.objects.filter(pk__in=photos - _elsewhere(photos)).delete()
        for key in rows:
            retention.register("city.report", str(key), law.name)
    return len(rows)


def _elsewhere(photos: set[object]) -> set[object]:
    """Photos that another report still has, since two may have sent the same picture."""
    return set(Report.objects.filter(photo__in=photos).values_list("photo", flat=True))


def readings(day: dt.date) -> int:
    """Delete a batch of settled readings that are past their days (rows)."""
    first = start_of(day - dt.timedelta(days=int(provision("city_case.sensor_keep_days", day).value)))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past = Reading.objects.filter(at__lt=int(first.timestamp() * 1000), at__lte=F("sensor__upto"))
        keys = list(past.values_list("pk", flat=True)[:BATCH])
        return Reading.objects.filter(pk__in=keys).delete()[0]


PARTS: dict[str, Callable[[dt.date], int]] = {"readings": readings, "city_reports": reports}
