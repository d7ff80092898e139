"""What may be shown of answers and cases that are counted by group: one set of limits, written once for each table."""

import datetime as dt
from dataclasses import dataclass

from renben.web.law import provision


@dataclass(frozen=True)
class Limits:
    """What may be shown, and how sure an interval is."""

    group: int
    """Members below which a group is withheld."""
    count: int
    """Members below which a count that is not zero is withheld."""
    confidence: float


def limits(table: str, day: dt.date) -> Limits:
    """The limits of a table that are in force on a day.

    Args:
        table: whose provisions are read, such as equal_treatment.
        day: of the count.
    """
    group, count, confidence = (
        provision(f"{table}.{name}", day).value for name in ("smallest_group", "smallest_count", "confidence")
    )
    return Limits(int(group), int(count), float(confidence))
