"""Periods that are over, for figures that are counted once: whoever looked every day could tell one case from the difference."""

import datetime as dt

from renben.core.period import Period, of_kind
from renben.web.law import provision

KINDS = {1: "monthly", 3: "quarterly", 12: "annual"}
"""Months of a period -> kind of period. Only these have names of their own, so that two lengths never overlap by half."""


def kind_of(table: str, day: dt.date) -> str:
    """Kind of period for which a table's figures are counted: monthly, quarterly or annual.

    Args:
        table: whose provision is read, such as equal_treatment.
        day: on which it is asked.

    Raises:
        ValueError: the provision says another number of months.
    """
    law = provision(f"{table}.period_months", day)
    if law.value not in KINDS:
        raise ValueError(
            f"{law.name}: {law.value} months on {day} ({law.ref}); write one of {sorted(KINDS)} in the catalogue."
        )
    return KINDS[int(law.value)]


def running(table: str, day: dt.date) -> Period:
    """The period that a day lies in."""
    return of_kind(kind_of(table, day), day)


def over(table: str, day: dt.date) -> Period:
    """The last period that is over on a day."""
    return running(table, day).previous()


def since(table: str, newest: str, day: dt.date) -> list[Period]:
    """Periods that are over on a day and begin after another one ended, the oldest first.

    Args:
        table: whose provision is read.
        newest: the period counted last; empty where none was, which gives the last that is over.
        day: on which it is asked.
    """
    found = [over(table, day)]
    if not newest:
        return found
    end = Period(newest).end
    while found[0].start > end:
        found.insert(0, found[0].previous())
    return found[1:]
