"""The exchange beside the web service: findings of a new run land, and the registry is published once a day."""

import datetime as dt
import logging
from dataclasses import dataclass

from renben.core.errors import RenbenError
from renben.web.clock import Instance, today
from renben.web.exchange import door
from renben.web.exchange.findings import newest_period
from renben.web.exchange.publish import publish
from renben.web.programme.intake import take_in
from renben.web.programme.models import Task

log = logging.getLogger("renben.web.programme")


PUBLISHED_ON = "published_on"
"""The installation's fact that holds the day of the last publishing."""


@dataclass
class Seen:
    """What this process saw last; a restart looks again, which changes nothing."""

    stamp: tuple[int, ...] = ()


SEEN = Seen()


def exchange_round(seen: Seen = SEEN) -> int:
    """Take in a new run; returns how many findings landed (findings).

    A workspace that refuses is written to the log and looked at again when it has changed.
    """
    if not _there():
        return 0
    landed = 0
    try:
        stamp = door.stamp()
        if stamp != seen.stamp:
            seen.stamp = stamp
            period = newest_period()
            landed = take_in(period).landed if period else 0
    except RenbenError as error:
        log.warning("exchange: %s", error)
    return landed


def publish_once() -> bool:
    """Publish the registry's state unless that was done today, and keep that it was; whether it was done now.

    Raises:
        RenbenError: the workspace refuses.
    """
    day = today()
    if not _there() or _published() == day:
        return False
    publish(str(day.year))
    Instance.objects.update_or_create(name=PUBLISHED_ON, defaults={"value": day.isoformat()})
    return True


def _there() -> bool:
    return door.is_there() and Task.objects.exists()


def _published() -> dt.date | None:
    kept = Instance.objects.filter(name=PUBLISHED_ON).values_list("value", flat=True).first()
    return dt.date.fromisoformat(kept) if kept else None
