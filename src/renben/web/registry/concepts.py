"""The five population concepts of one registry: separated, intra-district, floating (two), resident, actual.

Carries out: census bulletin no. 7 (statistics) and the provincial order on floating population, arts. 2-3
(registration duty), as the specification states them. An unknown township makes an answer unknown, not false.
"""

import datetime as dt
from dataclasses import dataclass

from renben.catalogue import load
from renben.web.law import provision
from renben.web.registry.permit_rules import add_months

TOWNSHIP = 9


@dataclass(frozen=True)
class Life:
    """Where a person is registered and lives, and since when."""

    hukou: str
    """Code of the registered place, 6 or 9 digits; empty where undetermined."""
    here: str
    """Code of the place of residence, 6 or 9 digits."""
    since: dt.date
    """Arrival at the place of residence, taken as the day of leaving the registered place."""


@dataclass(frozen=True)
class Concepts:
    """Which concepts hold for a person on a day; None where a fact is missing."""

    separated: bool | None
    intra_district: bool | None
    floating: bool | None
    floating_by_order: bool | None
    resident: bool | None
    actual: bool


def concepts(life: Life, day: dt.date) -> Concepts:
    """The population concepts of one person on one day."""
    months = int(provision("population_concepts.half_year_months", day).value)
    half_year = add_months(life.since, months) <= day
    elsewhere = _differ(life.hukou, life.here)
    separated = False if not half_year else elsewhere
    inside = _same_urban_districts(life.hukou, life.here)
    intra = _and(separated, inside)
    return Concepts(
        separated=separated,
        intra_district=intra,
        floating=None if separated is None or intra is None else separated and not intra,
        floating_by_order=_moved_by_order(life, inside),
        resident=_resident(elsewhere, half_year),
        actual=life.since <= day,
    )


def _and(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _differ(one: str, other: str) -> bool | None:
    """Whether two places are different townships; unknown where a township is not told."""
    if not one or not other:
        return None
    if one[:6] != other[:6]:
        return True
    if len(one) < TOWNSHIP or len(other) < TOWNSHIP:
        return None
    return one[:TOWNSHIP] != other[:TOWNSHIP]


def _same_urban_districts(one: str, other: str) -> bool | None:
    """Whether both places are urban districts of one prefecture-level city."""
    if not one or not other:
        return None
    if one[:4] != other[:4]:
        return False
    kinds = [load().regions[code[:6]].type if code[:6] in load().regions else None for code in (one, other)]
    return None if None in kinds else all(kind == "district" for kind in kinds)


def _moved_by_order(life: Life, inside: bool | None) -> bool | None:
    if not life.hukou:
        return None
    across = life.hukou[:6] != life.here[:6]
    return _and(across, None if inside is None else not inside)


def _resident(elsewhere: bool | None, half_year: bool) -> bool | None:
    """Here for half a year, or registered here, or registered nowhere known."""
    if half_year or elsewhere is False:
        return True
    return None if elsewhere is None else False


def origin_class(hukou: str, region: str) -> str:
    """Where a settler came from: cross_province, in_province (another city) or in_city.

    >>> origin_class("991002", "990105")
    'in_province'
    """
    if hukou[:2] != region[:2]:
        return "cross_province"
    return "in_city" if hukou[:4] == region[:4] else "in_province"
