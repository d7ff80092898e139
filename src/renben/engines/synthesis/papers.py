"""Says what papers and means persons have: residence permits, insurance place and months, where they lived before, assets.

A permit is for people registered in another county; it is issued after half a year of registered residence and
endorsed once a year (to the day within one); a household gets its permits together. Somebody away either came from the place of the hukou or lived in another county before. Every share is an
assumption of the catalogue.

Not modelled: suspended permits, more than one earlier place, debts, houses as assets (tenure and floor area stand in
the household table).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renben.engines.synthesis.arrow import DAYS_A_YEAR
from renben.engines.synthesis.attributes import EMPLOYEE_PENSION, Attributes
from renben.engines.synthesis.fitting import Floats
from renben.engines.synthesis.margins import AWAY
from renben.engines.synthesis.matching import People
from renben.engines.synthesis.priors import Priors
from renben.engines.synthesis.residence import HERE, Mask, Origins, Residence

_HALF_YEAR = 184
"""Days after which half a year has passed whatever the months (1 March to 1 September)."""
_MONTHS_A_YEAR = 12
_YUAN = 1000
"""Assets are known to the thousand yuan."""
_MOST = 2_000_000_000
"""Yuan that the column can hold."""


@dataclass
class Papers:
    """One value per person in household order; days back from the reference day, -1 for none.

    issued, endorsed: days since the permit was issued, and until when it is endorsed (negative: ahead). before_region:
    county of the earlier residence, 0 for none; before_years: years between arriving there and here.
    """

    has_permit: Mask
    issued: npt.NDArray[np.int32]
    endorsed: npt.NDArray[np.int32]
    before_region: npt.NDArray[np.int32]
    before_years: npt.NDArray[np.float32]
    insured_here: Mask
    pension_months: npt.NDArray[np.int16]
    assets: npt.NDArray[np.int32]


def papers(
    people: People,
    home: Residence,
    given: Attributes,
    origin: Origins,
    rng: np.random.Generator,
    priors: Priors,
) -> Papers:
    """Return the papers and means of every person of a stratum (days, months, yuan).

    Args:
        people: Persons in household order.
        home: Their residence.
        given: Their work, insurance and income.
        origin: Where people away have their hukou; earlier places follow the same chances.
        rng: Source of randomness of this stratum.
        priors: Assumptions.
    """
    has, issued, endorsed = _permits(people, home, rng, priors)
    region, years = _before(people, home, origin, rng, priors)
    away = home.away != HERE
    employee = (given.insurance & EMPLOYEE_PENSION) > 0
    draw = rng.random(len(away), dtype=np.float32)
    share = np.where(employee, priors.number("insured_here_employee"), priors.number("insured_here_resident"))
    return Papers(
        has_permit=has,
        issued=issued,
        endorsed=endorsed,
        before_region=region,
        before_years=years,
        insured_here=~away | (draw < share),
        pension_months=_months(people, employee, rng, priors),
        assets=_assets(people, given, rng, priors),
    )


def _permits(
    people: People, home: Residence, rng: np.random.Generator, priors: Priors
) -> tuple[Mask, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Who holds a permit, how many days ago it was issued, and how many days ago its endorsement ended."""
    homes = len(people.size)
    takes = (rng.random(homes) < priors.number("permit_share"))[people.household]
    wait = rng.integers(0, int(priors.number("permit_delay")) + 1, homes)[people.household]
    lapsed = (rng.random(homes) < priors.number("permit_lapsed_share"))[people.household]
    days_here = np.where(np.isinf(home.years_here), 0, home.years_here * DAYS_A_YEAR).astype(np.int32)
    days_here = np.minimum(days_here, (people.age * DAYS_A_YEAR).astype(np.int32))
    issued = days_here - home.registered_delay - _HALF_YEAR - wait.astype(np.int32)
    far = home.away > AWAY.index("same_county") + 1
    has = home.registered & far & takes & (issued >= 0)
    full_years = np.floor(issued / DAYS_A_YEAR)
    endorsed_years = np.where(lapsed & (full_years >= 1), full_years, full_years + 1)
    last = np.floor(issued - endorsed_years * DAYS_A_YEAR).astype(np.int32)
    none = np.int32(-1)
    return has, np.where(has, issued, none).astype(np.int32), np.where(has, last, 0).astype(np.int32)


def _before(
    people: People, home: Residence, origin: Origins, rng: np.random.Generator, priors: Priors
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """County in which a household away lived before, and for how many years; 0 where it came from its hukou."""
    homes = len(people.size)
    moved = rng.random(homes) < priors.number("earlier_place_share")
    place = rng.choice(origin.codes, size=homes, p=origin.inside)
    years = (rng.standard_exponential(homes) * priors.number("earlier_place_years")).astype(np.float32)
    region = place[people.household]
    age_on_arrival = people.age - home.years_here
    here = np.isinf(home.years_here)
    known = moved[people.household] & ~here & (region != home.hukou_region) & (age_on_arrival > 1)
    spell = np.minimum(years[people.household], np.where(known, age_on_arrival, 1.0)).astype(np.float32)
    return np.where(known, region, 0).astype(np.int32), spell


def _months(
    people: People, employee: Mask, rng: np.random.Generator, priors: Priors
) -> npt.NDArray[np.int16]:
    """Months paid into the employee pension; -1 where somebody is not in it."""
    working = np.maximum(
        np.minimum(people.age, priors.number("contribution_until")) - priors.number("contribution_from"), 0
    )
    density = 1 - (1 - priors.number("contribution_density")) * 2 * rng.random(len(working), dtype=np.float32)
    months = np.floor(working * _MONTHS_A_YEAR * np.clip(density, 0, 1))
    return np.where(employee, months, -1).astype(np.int16)


def _assets(
    people: People, given: Attributes, rng: np.random.Generator, priors: Priors
) -> npt.NDArray[np.int32]:
    """Savings in yuan, to the thousand: years of income, more with age, spread as a lognormal."""
    median, sigma, by_age = priors.array("assets_income_years")
    noise: Floats = np.exp(sigma * rng.standard_normal(len(people.age), dtype=np.float32))
    grown = np.maximum(people.age - priors.number("adult_from"), 0) * by_age
    saved = np.rint(given.income * (median + grown) * noise / _YUAN) * _YUAN
    assets: npt.NDArray[np.int32] = np.minimum(saved, _MOST).astype(np.int32)
    return assets
