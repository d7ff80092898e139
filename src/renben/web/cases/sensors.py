"""Readings of water levels come in by a program or a file; water that stands opens one city case, however it is told.

A reading is kept once for each sensor and moment. What cannot be true, comes too late or is of bad quality is set aside with
a reason and counted. Readings, the detector's memory, the ponding and its case are written together or not at all, so a
restart in the middle loses nothing and opens no second case.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import F

from renben.engines.sensing import Course, Event, Memory, Rules, feed
from renben.engines.sensing import Reading as Depth
from renben.web.append import append
from renben.web.cases.models import Reading, Sensor, SetAside
from renben.web.cases.pondings import Alarm, keep
from renben.web.clock import now, today
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.law import provision

PERMISSION = "city.reading"
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What a sensor may be called."""
GOOD = 2
"""Quality from which a reading counts: 0 bad, 1 doubtful, 2 good, 3 checked."""
MINUTE, DAY = 60_000, 86_400_000
MOST = 5_000
"""Readings in one call."""
REASONS = ("unknown", "ended", "quality", "impossible", "future", "old", "late", "differs", "stuck")
"""Why a reading is set aside."""
JOB = "flow"


@dataclass(frozen=True)
class Item:
    """A reading as it was sent."""

    sensor: str
    at: int
    """Milliseconds since 1970."""
    depth: float | None
    """Metres; nothing where the sensor had none."""
    quality: int


@dataclass(frozen=True)
class Aside:
    """A reading that does not count, and why."""

    sensor: str
    at: int
    reason: str


@dataclass
class Taken:
    """What became of readings: taken in, known already, set aside; and the alarms that they raised."""

    taken: int = 0
    known: int = 0
    aside: list[Aside] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)


def take(actor: Actor, items: Sequence[Item]) -> Taken:
    """Take readings in, in any order and however often; each sensor's in a transaction of its own.

    Args:
        actor: listens to the sensors of its regions only; others are unknown to it.
        items: readings.
    """
    done, by_sensor = Taken(), dict[str, list[Item]]()
    for one in items:
        by_sensor.setdefault(one.sensor, []).append(one)
    names = [name for name in by_sensor if NAME.fullmatch(name)]
    found = Sensor.objects.filter(pk__in=names).values_list("pk", "region")
    mine = {name for name, region in found if actor.may(PERMISSION, region)}
    for name, own in by_sensor.items():
        with transaction.atomic(), scope.as_job(JOB):
            if name in mine:
                _of_sensor(Sensor.objects.select_for_update().get(pk=name), own, done)
            else:
                _set_aside("", "", [Aside(name, one.at, "unknown") for one in own], done)
    return done


def rules(region: str) -> Rules:
    """Thresholds and waits in force in a region."""

    def value(name: str) -> float:
        return float(provision(f"city_case.{name}", today(), region).value)

    waits = ("ponding_rise", "ponding_fall", "sensor_gap", "sensor_stuck", "sensor_late")
    rise, fall, gap, stuck, late = (int(value(f"{name}_minutes") * MINUTE) for name in waits)
    return Rules(
        value("ponding_rise_m"),
        value("ponding_fall_m"),
        value("ponding_urgent_m"),
        rise,
        fall,
        gap,
        stuck,
        late,
    )


def _of_sensor(sensor: Sensor, items: Sequence[Item], done: Taken) -> None:
    """Readings of one sensor, which is locked."""
    limits, aside, fresh = _limits(sensor.region), list[Aside](), list[Item]()
    moments = [one.at for one in items]
    there = sensor.readings.filter(at__gte=min(moments), at__lte=max(moments))
    known = dict(there.values_list("at", "depth"))
    for one in items:
        why = _wrong(sensor, one, limits)
        if not why and one.at in known:
            why = "" if known[one.at] == one.depth else "differs"
            done.known += not why
        elif not why and sensor.upto is not None and one.at <= sensor.upto:
            why = "late"
        elif not why and one.depth is not None:
            known[one.at] = one.depth
            fresh.append(one)
        if why:
            aside.append(Aside(sensor.pk, one.at, why))
    if fresh:
        aside += _followed(sensor, sorted(fresh, key=lambda one: one.at), done)
        done.taken += len(fresh)
    _set_aside(sensor.pk, sensor.region, aside, done)


@dataclass(frozen=True)
class _Limits:
    """What a reading can be (metres, milliseconds)."""

    least: float
    most: float
    newest: float
    oldest: float


def _limits(region: str) -> _Limits:
    day, moment = today(), now().timestamp() * 1000
    least, most, ahead, days = (
        float(provision(f"city_case.sensor_{name}", day, region).value)
        for name in ("least_m", "most_m", "ahead_minutes", "oldest_days")
    )
    return _Limits(least, most, moment + ahead * MINUTE, moment - days * DAY)


def _wrong(sensor: Sensor, one: Item, limits: _Limits) -> str:
    """Why a reading does not count whatever came before it, empty where it does."""
    if sensor.ended_at is not None:
        return "ended"
    if one.quality < GOOD:
        return "quality"
    if one.depth is None or not math.isfinite(one.depth) or not limits.least <= one.depth <= limits.most:
        return "impossible"
    if one.at > limits.newest:
        return "future"
    return "old" if one.at < limits.oldest else ""


def _followed(sensor: Sensor, fresh: Sequence[Item], done: Taken) -> list[Aside]:
    """Keep new readings, follow the water, raise alarms; what the detector sets aside."""
    waiting = sensor.readings.filter(at__gt=sensor.upto) if sensor.upto is not None else sensor.readings.all()
    before = tuple(Depth(at, depth) for at, depth in waiting.order_by("at").values_list("at", "depth"))
    append(*(Reading(sensor=sensor, at=one.at, depth=one.depth, quality=one.quality) for one in fresh))
    memory = Memory(_course(sensor), before, sensor.upto)
    law = rules(sensor.region)
    fed = feed(memory, [Depth(one.at, one.depth) for one in fresh if one.depth is not None], law)
    sensor.heard = max(sensor.heard or 0, fresh[-1].at)
    sensor.upto, sensor.course = fed.memory.upto, asdict(fed.memory.course)
    sensor.save(update_fields=["heard", "upto", "course"])
    done.alarms += keep(sensor, fed, law)
    return [Aside(sensor.pk, at, why) for at, why in fed.aside]


def _course(sensor: Sensor) -> Course:
    if not sensor.course:
        return Course()
    event = sensor.course["event"]
    return Course(**{**sensor.course, "event": Event(**event) if event else None})


def _set_aside(name: str, region: str, found: Iterable[Aside], done: Taken) -> None:
    """Count what does not count."""
    rows = list(found)
    done.aside += rows
    for reason, number in Counter(one.reason for one in rows).items():
        line, _ = SetAside.objects.get_or_create(
            sensor=name, day=today(), reason=reason, defaults={"region": region}
        )
        SetAside.objects.filter(pk=line.pk).update(readings=F("readings") + number)
