"""The exchange beside the web service: findings of a new run land, and the registry is published once a day."""

import datetime as dt
import logging
from dataclasses import dataclass

from renben.core.errors import RenbenError
from renben.web.clock import today
from renben.web.exchange import door
from renben.web.exchange.findings import newest_period
from renben.web.exchange.publish import publish
from renben.web.programme.intake import take_in
from renben.web.programme.models import Task

log = logging.getLogger("renben.web.programme")


@dataclass
class Seen:
    """What this process saw last; a restart looks again, which changes nothing."""

    stamp: tuple[int, ...] = ()
    published: dt.date | None = None


SEEN = Seen()


def exchange_round(seen: Seen = SEEN) -> int:
    """Take in a new run and publish once a day; returns how many findings landed (findings).

    A workspace that refuses is written to the log and looked at again when it has changed.
    """
    if not door.is_there() or not Task.objects.exists():
        return 0
    landed = 0
    try:
        if seen.published != today():
            seen.published = today()
            publish(str(today().year))
        stamp = door.stamp()
        if stamp != seen.stamp:
            seen.stamp = stamp
            period = newest_period()
            landed = take_in(period).landed if period else 0
    except RenbenError as error:
        log.warning("exchange: %s", error)
    return landed
