"""Water that a sensor saw becomes one city case of ponding, urgent where it is deep; the case takes its own course."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from renben.engines.sensing import Event, Fed, Rules
from renben.web.cases.classes import ORDINARY, URGENT
from renben.web.cases.models import CityCase, Ponding, Sensor
from renben.web.cases.reporting import RECEIVER, Told, report
from renben.web.clock import ZONE
from renben.web.flow.models import Case
from renben.web.words import say

SUBCLASS, CHANNEL, FIRST_STAGE = "ponding", "sensor", "reported"


@dataclass(frozen=True)
class Alarm:
    """A case that was opened because water stands at a sensor."""

    sensor: str
    case: str
    number: str | None


def keep(sensor: Sensor, fed: Fed, rules: Rules) -> list[Alarm]:
    """Bring the sensor's pondings up to what all its readings say; the cases that were opened.

    One event may begin elsewhere once a late reading is in: whatever overlaps a ponding that is known is that ponding.

    Args:
        sensor: locked by the caller.
        fed: what its readings came to.
        rules: for the depth that is urgent.
    """
    first = min((event.start for event in fed.ahead), default=sensor.heard)
    recent = Ponding.objects.filter(Q(end=None) | Q(end__gte=first), sensor=sensor)
    known, opened, seen = list(recent.order_by("start")), list[Alarm](), set[int]()
    for event in fed.ahead:
        row = next((one for one in known if _overlap(one, event)), None)
        if row is None:
            row, alarm = _opened(sensor, event, rules)
            known.append(row)
            opened.append(alarm)
        else:
            _changed(row, event, rules)
        seen.add(row.pk)
    for row in known:
        if row.end is None and row.pk not in seen and not fed.open:
            row.end = sensor.heard
            row.save(update_fields=["end"])
    return opened


def _overlap(row: Ponding, event: Event) -> bool:
    return (event.end is None or row.start <= event.end) and (row.end is None or event.start <= row.end)


def _opened(sensor: Sensor, event: Event, rules: Rules) -> tuple[Ponding, Alarm]:
    urgent = event.peak >= rules.urgent
    began = dt.datetime.fromtimestamp(event.start / 1000, ZONE)
    words = say(
        "zh", "city.sensor.words", sensor=sensor.pk, at=f"{began:%Y-%m-%d %H:%M}", depth=f"{event.peak:.2f}"
    )
    told = Told(
        SUBCLASS, sensor.region, words, sensor.place, lon=sensor.lon, lat=sensor.lat, channel=CHANNEL,
        severity=URGENT if urgent else ORDINARY, synthetic=sensor.synthetic,
    )  # fmt: skip
    result = report(RECEIVER, told, f"sensor/{sensor.pk}/{event.start}").result
    row = Ponding.objects.create(
        sensor=sensor, start=event.start, alarm=event.alarm, end=event.end, peak=event.peak, urgent=urgent,
        case=Case.objects.get(pk=result.case),
    )  # fmt: skip
    return row, Alarm(sensor.pk, result.case, result.number)


def _changed(row: Ponding, event: Event, rules: Rules) -> None:
    """A ponding goes on; one that becomes deep before anybody filed its case makes the case urgent."""
    row.end, row.peak = event.end, max(row.peak, event.peak)
    if row.peak >= rules.urgent and not row.urgent:
        row.urgent = True
        CityCase.objects.filter(case=row.case_id, case__stage=FIRST_STAGE).update(severity=URGENT)
    row.save(update_fields=["end", "peak", "urgent"])
