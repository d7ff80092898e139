"""The sensors of an operation centre: registered by a form or a file, listed with what they said, and ended."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from renben.catalogue import load
from renben.web.cases.models import Ponding, Sensor, SetAside
from renben.web.cases.reporting import LAT, LON
from renben.web.cases.sensors import NAME
from renben.web.clock import ZONE, now, today
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor, covers, within
from renben.web.registry import places

PERMISSION = "city.sensor"
LONGEST_PLACE = 120
SHOWN_DAYS = 7
"""Days of readings set aside that the page counts."""
FIELDS = ("id", "region", "place", "lon", "lat")


@dataclass(frozen=True)
class Row:
    """A sensor as the page shows it."""

    sensor: Sensor
    heard: dt.datetime | None
    wet: Ponding | None
    aside: list[tuple[str, int]]
    """Reason and number of the readings set aside in the last days."""

    @property
    def depth(self) -> str:
        """Greatest depth of the water that stands (m), in centimetres' steps."""
        return f"{self.wet.peak:.2f}" if self.wet else ""


def page(actor: Actor) -> dict[str, Any]:
    """Sensors of the actor's regions with their newest reading, the water that stands, and what was set aside."""
    sensors = list(Sensor.objects.filter(within(actor, PERMISSION)).order_by("region", "pk"))
    wet = {
        one.sensor_id: one
        for one in Ponding.objects.filter(sensor__in=sensors, end=None).select_related("case")
    }
    since = today() - dt.timedelta(days=SHOWN_DAYS)
    counted = SetAside.objects.filter(within(actor, PERMISSION), day__gt=since).values_list(
        "sensor", "reason"
    )
    aside: dict[str, list[tuple[str, int]]] = {}
    for name, reason, number in counted.annotate(n=Sum("readings")).order_by("sensor", "reason"):
        aside.setdefault(name, []).append((reason, number))
    return {
        "rows": [Row(one, _moment(one.heard), wet.get(one.pk), aside.get(one.pk, [])) for one in sensors],
        "counties": _counties(actor),
        "days": SHOWN_DAYS,
    }


def _moment(at: int | None) -> dt.datetime | None:
    return None if at is None else dt.datetime.fromtimestamp(at / 1000, ZONE)


def _counties(actor: Actor) -> list[Any]:
    """Counties of the actor's regions, grouped by city."""
    granted = actor.regions(PERMISSION)
    first, *groups = places.counties()
    mine = [(city, [one for one in rows if any(covers(g, one[0]) for g in granted)]) for city, rows in groups]
    return [first, *((city, rows) for city, rows in mine if rows)]


def register(actor: Actor, given: Mapping[str, Any]) -> bool:
    """Register a sensor; whether it is new. The same again changes nothing.

    Raises:
        Incomplete: names what is missing or wrong.
        Guarded: the name stands for another place.
    """
    row = _checked(actor, given)
    with transaction.atomic(), scope.as_job("flow"):
        known = Sensor.objects.select_for_update().filter(pk=row.pk).first()
        if known is not None:
            if _facts(known) != _facts(row):
                raise Guarded("refusal.sensor_known", sensor=row.pk)
            return False
        row.save(force_insert=True)
    audit.record(actor, "command", PERMISSION, object_type="sensor", object_id=row.pk, region=row.region)
    return True


def register_all(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> int:
    """Register the sensors of a file, all of them or none; how many are new (sensors).

    Raises:
        Incomplete, Guarded: as for one.
    """
    with transaction.atomic():
        return sum(register(actor, row) for row in rows)


def _facts(one: Sensor) -> tuple[object, ...]:
    return one.region, one.place, one.lon, one.lat


def _checked(actor: Actor, given: Mapping[str, Any]) -> Sensor:
    text = {name: str(given.get(name, "") or "").strip() for name in FIELDS}
    lon, lat = _degrees(text["lon"], LON), _degrees(text["lat"], LAT)
    region = load().regions.get(text["region"])
    wrong = ["sensor"] * (NAME.fullmatch(text["id"]) is None)
    wrong += ["sensor_region"] * (
        region is None or region.level != "county" or not actor.may(PERMISSION, text["region"])
    )
    wrong += ["sensor_place"] * (not 0 < len(text["place"]) <= LONGEST_PLACE)
    wrong += ["sensor_point"] * (lon is None or lat is None)
    if wrong or lon is None or lat is None:
        raise Incomplete(fields=", ".join(wrong))
    return Sensor(
        id=text["id"], region=text["region"], place=text["place"], lon=lon, lat=lat, made_by=actor.user_id,
        made_at=now(), synthetic=settings.DEMO,
    )  # fmt: skip


def _degrees(text: str, span: tuple[float, float]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if span[0] <= value <= span[1] else None


def end(actor: Actor, name: str) -> None:
    """Listen to a sensor no longer; what it said stays.

    Raises:
        Unknown: no such sensor in the actor's regions, or ended before.
    """
    found = Sensor.objects.filter(within(actor, PERMISSION), pk=name, ended_at=None)
    if not found.update(ended_at=now()):
        raise Unknown()
    audit.record(actor, "command", PERMISSION, object_type="sensor", object_id=name, detail={"ended": True})
