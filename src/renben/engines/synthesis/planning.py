"""Prepares everything a county needs before its persons are made: margins, strata, tables, chances, incomes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from renben.catalogue import FACTS
from renben.engines.synthesis.attributes import Tables, county_tables, relative_income
from renben.engines.synthesis.census import read_census
from renben.engines.synthesis.fitting import FitError, Floats
from renben.engines.synthesis.margins import Margins, read_margins
from renben.engines.synthesis.priors import AGES, Priors
from renben.engines.synthesis.residence import Origins, origins
from renben.engines.synthesis.strata import PLACES, Stratum, strata

_MOTHER_FROM = 15


@dataclass(frozen=True)
class Plan:
    """All that is fixed before persons are drawn; the same for every thread.

    births: share of mothers by single age at birth; income_scale: yuan a year, urban and rural.
    """

    margins: Margins
    priors: Priors
    census: dict[str, dict[str, Floats]]
    strata: list[list[Stratum]]
    tables: list[list[Tables]]
    origins: list[Origins]
    births: Floats
    income_scale: tuple[float, float]


def make_plan(
    share: float = 1.0, facts: Path = FACTS, overlay: Path | None = None, census: Path | None = None
) -> Plan:
    """Return the plan of a synthetic population (persons, households, yuan a year).

    Args:
        share: Share of the population, above 0 and at most 1.
        facts: Folder of the facts.
        overlay: An operator's catalogue folder; its assumptions replace ours.
        census: An operator's census table by county, for richer margins.

    Raises:
        FitError: If the share is outside (0, 1] or margins cannot be met.
    """
    if not 0 < share <= 1:
        raise FitError(
            f"share {share}: must be above 0 and at most 1; --share 0.01 makes one person in a hundred"
        )
    priors = Priors.read(overlay)
    margins = read_margins(share, facts)
    richer = read_census(census, set(margins.codes), overlay) if census else {}
    split = strata(margins, priors, richer)
    tables = [county_tables(county, priors) for county in split]
    return Plan(
        margins=margins,
        priors=priors,
        census=richer,
        strata=split,
        tables=tables,
        origins=origins(margins, priors),
        births=_births(margins.fertility, priors),
        income_scale=_income_scale(margins, split, tables, priors),
    )


def _births(five_year: Floats, priors: Priors) -> Floats:
    """Share of first children in the household by single age of the mother at birth, 0..100."""
    ages = _MOTHER_FROM + 2.5 + 5 * np.arange(len(five_year)) + priors.number("schedule_shift")
    pattern = np.interp(AGES, ages, five_year, left=0.0, right=0.0)
    births: Floats = pattern / pattern.sum()
    return births


def _income_scale(
    margins: Margins, split: list[list[Stratum]], tables: list[list[Tables]], priors: Priors
) -> tuple[float, float]:
    """Yuan a year for a relative income of 1, so that the published income per head comes out."""
    scale = []
    for place in range(PLACES):
        persons = sum(int((county[place].family + county[place].collective).sum()) for county in split)
        relative = sum(relative_income(county[place], place, priors) for county in tables)
        scale.append(margins.income[place] * persons / relative if relative else 0.0)
    return scale[0], scale[1]
