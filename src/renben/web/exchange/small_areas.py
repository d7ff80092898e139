"""The table of small areas as it leaves the registry: population concepts by town, without counts that are too small.

Carries out: 个人信息保护法 art. 73 (4) asks that what is published cannot be traced to a person; 统计法 forbids to
publish what identifies one. Which counts are too small is a provision.

Not modelled: comparing the tables of two days of one year; whoever holds both may see that somebody arrived.
"""

import datetime as dt
from dataclasses import dataclass

import polars as pl
from django.db import transaction

from renben.core.period import Period
from renben.engines.statistics.disclosure import Linked, Protection, exposed, protect, rounded
from renben.web.clock import today
from renben.web.exchange.door import ExchangeError, workspace
from renben.web.exchange.publish import JOB, Published, store
from renben.web.guard import scope
from renben.web.law import provision
from renben.web.registry.population_counts import NAMES
from renben.web.registry.small_area_counts import County, counties

NAME = "registry_small_areas"
SHOWN, WITHHELD = "shown", "withheld"
COLUMNS = {
    "region": pl.String, "area": pl.String, "concept": pl.String, "dimension": pl.String, "group": pl.String,
    "state": pl.String, "persons": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What may be shown."""

    smallest: int
    """Smallest count (persons) that is shown, but for zero."""
    width: int
    """Persons that lie between the lowest and the highest possible value of a small count."""
    base: int
    """Counts are rounded to multiples of it; 0 for counts as they are."""


def limits(day: dt.date) -> Limits:
    """The limits in force on a day."""
    names = ("smallest_count", "interval_width", "rounding_base")
    return Limits(*(int(provision(f"small_areas.{name}", day).value) for name in names))


def publish(period: str) -> list[Published]:
    """Publish the small areas of a year; nothing where nobody is registered.

    The database is only held while persons are counted: what to withhold is worked out afterwards, county by county.

    Args:
        period: a year.

    Raises:
        ExchangeError: there is no workspace, or a withheld count could be worked out.
    """
    space, day = workspace(), min(today(), dt.date(int(period), 12, 31))
    with scope.reading_as("registry"):
        known = counties(JOB, day)
    frame = table(known, limits(day))
    with transaction.atomic(), scope.as_job("registry"):
        return [store(space, NAME, Period(period), frame)] if known else []


def table(known: list[County], bounds: Limits) -> pl.DataFrame:
    """Every count of some counties, those that are withheld without a number (persons)."""
    return pl.DataFrame([row for county in known for row in _rows(county, bounds)], COLUMNS, orient="row")


def _rows(county: County, bounds: Limits) -> list[tuple[object, ...]]:
    tables = county.linked
    withheld = _protected(county.region, tables, bounds).withheld
    counts = rounded(tables, bounds.base) if bounds.base else tables.counts
    found = []
    for at, (area, concept, dimension, group) in enumerate(county.names):
        if concept in NAMES:
            known = (WITHHELD, None) if at in withheld else (SHOWN, counts[at])
            found.append((county.region, area or county.region, concept, dimension, group, *known))
    return found


def _protected(region: str, tables: Linked, bounds: Limits) -> Protection:
    """What is withheld, proven once more by bounds before it leaves.

    Raises:
        ExchangeError: a withheld count could be worked out; nothing is published.
    """
    done = protect(tables, bounds.smallest, bounds.width)
    if open_ := exposed(tables, done, bounds.smallest):
        raise ExchangeError(
            f"{NAME}: {region}: {len(open_)} withheld counts follow from those that are shown; nothing was published. "
            "Raise small_areas.interval_width, or report this as a mistake of renben."
        )
    return done
