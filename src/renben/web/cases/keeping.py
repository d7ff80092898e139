"""Says what city cases need no longer: readings of sensors, and what reporters wrote once their case has been over.

Carries out: Personal Information Protection Law arts. 19 and 47. That there was a report, when and how it came stays, and its
code still tells where the case stands. What an officer wrote about the case is nobody's personal data and is kept, and so is
the ponding that readings showed; nothing personal is in a reading.
"""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Q

from renben.web.cases.models import Reading, Report
from renben.web.clock import start_of
from renben.web.guard import retention
from renben.web.guard.erasing import Due
from renben.web.law import provision

BATCH = 5_000
EMPTY = {"words_ct": None, "place_ct": None, "phone_ct": None, "lon": None, "lat": None, "photo": None}
HELD = (
    Q(words_ct__isnull=False) | Q(place_ct__isnull=False) | Q(phone_ct__isnull=False) | Q(lon__isnull=False)
    | Q(photo__isnull=False)
)  # fmt: skip


def reports(day: dt.date) -> Iterator[Due]:
    """What reports say whose cases were over long enough ago; a photo that two sent goes with the last of them."""
    rule, last = retention.days("city_report_days", day)
    past = Report.objects.filter(HELD, city__case__closed_on__lt=last)
    yield Due(past, "city.report", rule, empty=EMPTY, file="photo")


def readings(day: dt.date) -> Iterator[Due]:
    """Settled readings that are past their days."""
    law = provision("city_case.sensor_keep_days", day)
    first = start_of(day - dt.timedelta(days=int(law.value)))
    past = Reading.objects.filter(at__lt=int(first.timestamp() * 1000), at__lte=F("sensor__upto"))
    yield Due(past, "", law.name, most=BATCH)


PARTS: dict[str, retention.Part] = {"readings": readings, "city_reports": reports}
