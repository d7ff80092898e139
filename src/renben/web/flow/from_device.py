"""That something was written down on a device before it was sent: what the device says of it, and what follows.

The device's clock is a claim and nothing counts from it: a case is opened and its limits begin when the service takes
it in. The one-time key is kept for longer, since a device whose answer was lost may ask again for as long as it keeps
the draft.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime

from renben.web.clock import now, today
from renben.web.law import provision

BEGUN = "begun_on_device"
"""Entry of a case's result: the moment at which the device says that the draft was begun."""
DAYS = "offline.draft_days"


@dataclass(frozen=True)
class FromDevice:
    """A draft that waited on a device."""

    begun: str = ""
    """Moment at which the device says that it was begun (ISO, to the minute); empty where it says nothing usable."""
    days: int = 0
    """Days for which the device may go on asking what became of it."""

    @property
    def result(self) -> dict[str, Any]:
        """What the case notes of it."""
        return {BEGUN: self.begun} if self.begun else {}


def from_device(claimed: str) -> FromDevice:
    """What is kept of a device's claim; a moment that is none, or not from the life of a draft, is left out."""
    days = int(provision(DAYS, today()).value)
    try:
        begun = parse_datetime(claimed[:40])
    except ValueError:
        begun = None
    if begun is None or begun.tzinfo is None:
        return FromDevice("", days)
    begun = begun.replace(second=0, microsecond=0)
    if not now() - dt.timedelta(days=days + 1) <= begun <= now() + dt.timedelta(days=1):
        return FromDevice("", days)
    return FromDevice(begun.isoformat(), days)
