"""The exchange beside the web service: findings of a new run land, and the registry is published once a day."""

import datetime as dt
import logging
import threading
from dataclasses import dataclass

from django.db import DatabaseError, connection

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


@dataclass
class Publishing:
    """The daily publishing beside the rounds: in a large registry it takes minutes, and timers and seals do not wait for it."""

    tried: dt.date | None = None
    """Day on which this process began it; what failed is tried again on the next day, or after a restart."""
    thread: threading.Thread | None = None

    def round(self) -> bool:
        """Begin it where the day has not been published; whether it runs."""
        if self.thread is not None and self.thread.is_alive():
            return True
        day = today()
        if self.tried == day or not _there() or _published() == day:
            return False
        self.tried = day
        self.thread = threading.Thread(
            target=_publish_of_its_own, args=(day,), name="publishing", daemon=True
        )
        self.thread.start()
        return True


SEEN, PUBLISHING = Seen(), Publishing()


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


def publish_day(day: dt.date) -> None:
    """Publish the registry's state and keep that this was done.

    Raises:
        RenbenError: the workspace refuses.
    """
    publish(str(day.year))
    Instance.objects.update_or_create(name=PUBLISHED_ON, defaults={"value": day.isoformat()})


def _there() -> bool:
    return door.is_there() and Task.objects.exists()


def _published() -> dt.date | None:
    kept = Instance.objects.filter(name=PUBLISHED_ON).values_list("value", flat=True).first()
    return dt.date.fromisoformat(kept) if kept else None


def _publish_of_its_own(day: dt.date) -> None:
    try:
        publish_day(day)
    except (RenbenError, DatabaseError) as error:
        log.warning("publishing of %s: %s", day, error)
    finally:
        connection.close()
