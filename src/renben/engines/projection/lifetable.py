"""Life tables: abridged or complete, always closed in an open group.

For people: how long a newborn, or somebody aged 60, can expect to live under the death rates of one period.
Formulas: Preston, Heuveline and Guillot, Demography (2001), chapter 3. Not modelled: cohort tables, causes of death.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from renben.engines.projection.states import Array


class LifeTable(NamedTuple):
    """Columns of a life table by age group; radix 1. The last group is open."""

    age: Array
    width: Array  # the open group has width inf
    rate: Array  # m, deaths per person-year
    lived: Array  # a, years lived in the group by those who die in it
    death: Array  # q, probability of dying in the group
    alive: Array  # l, survivors at the start of the group
    years: Array  # L, person-years lived in the group
    beyond: Array  # T, person-years lived from the start of the group on
    expected: Array  # e, years of life still to come


def first_year_lived(rate: float, sex: str) -> float:
    """Years lived in the first year by those who die in it, from the infant death rate (per person-year).

    Source: Andreev and Kingkade (2015), piecewise lines by sex as used by the Human Mortality Database (protocol 6).
    """
    lines = {
        "male": ((0.02300, 0.14929, -1.99545), (0.08307, 0.02832, 3.26021), (np.inf, 0.29915, 0.0)),
        "female": ((0.01724, 0.14903, -2.05527), (0.06891, 0.04667, 3.88089), (np.inf, 0.31411, 0.0)),
    }
    if sex not in lines:
        raise ValueError(f"sex {sex!r} is neither 'male' nor 'female'")
    for limit, start, slope in lines[sex]:
        if rate < limit:
            return start + slope * rate
    raise ValueError(f"infant death rate {rate!r} is not a number")


def early_lived(rate: float, sex: str) -> tuple[float, float]:
    """Years lived by those who die at age 0 and at 1-4 (Coale and Demeny, West), from the infant death rate."""
    if sex not in ("male", "female"):
        raise ValueError(f"sex {sex!r} is neither 'male' nor 'female'")
    if rate >= 0.107:
        return (0.33, 1.352) if sex == "male" else (0.35, 1.361)
    if sex == "male":
        return 0.045 + 2.684 * rate, 1.651 - 2.816 * rate
    return 0.053 + 2.800 * rate, 1.522 - 1.518 * rate


def default_lived(age: Array, rate: Array, sex: str) -> Array:
    """Years lived by the dying: Coale-Demeny at 0 and 1-4, Andreev-Kingkade in complete tables, else the middle."""
    width = np.diff(age)
    lived = np.append(width / 2, 1 / rate[-1])
    if age[0] == 0 and width[0] == 1:
        infant, child = early_lived(float(rate[0]), sex)
        if len(width) > 1 and width[1] == 4:
            lived[0], lived[1] = infant, child
        else:
            lived[0] = first_year_lived(float(rate[0]), sex)
    return lived


def from_rates(
    age: ArrayLike, rate: ArrayLike, sex: str = "female", lived: ArrayLike | None = None
) -> LifeTable:
    """Build a life table from death rates (per person-year).

    Args:
        age: (n,) start of each group, years; the last is open.
        rate: (n,) death rates.
        sex: 'male' or 'female', for the years lived by infants who die.
        lived: (n,) years lived by the dying; by default Coale-Demeny below 5 and the middle of the group above.

    Raises:
        ValueError: ages do not rise, a rate is missing or negative, or the open group has no deaths.
    """
    ages, rates = np.asarray(age, float), np.asarray(rate, float)
    _check(ages, rates)
    width = np.append(np.diff(ages), np.inf)
    a = default_lived(ages, rates, sex) if lived is None else np.array(lived, float)
    a[-1] = 1 / rates[-1]
    inner = width[:-1]
    q = np.ones_like(rates)
    q[:-1] = np.minimum(1.0, inner * rates[:-1] / (1 + (inner - a[:-1]) * rates[:-1]))
    return _finish(ages, width, rates, a, q)


def from_deaths(age: ArrayLike, death: ArrayLike, lived: ArrayLike, open_expectancy: float) -> LifeTable:
    """Build a life table from probabilities of dying; ``open_expectancy`` (years) closes the last group."""
    ages, q, a = np.asarray(age, float), np.array(death, float), np.array(lived, float)
    q[-1], a[-1] = 1.0, open_expectancy
    width = np.append(np.diff(ages), np.inf)
    rate = np.empty_like(q)
    rate[:-1] = q[:-1] / (width[:-1] - (width[:-1] - a[:-1]) * q[:-1])
    rate[-1] = 1 / open_expectancy
    return _finish(ages, width, rate, a, q)


def _finish(age: Array, width: Array, rate: Array, lived: Array, q: Array) -> LifeTable:
    alive = np.cumprod(np.append(1.0, 1 - q[:-1]))
    dead = alive * q
    years = np.append(width[:-1] * alive[1:] + lived[:-1] * dead[:-1], alive[-1] * lived[-1])
    beyond = np.cumsum(years[::-1])[::-1]
    expected = np.divide(beyond, alive, out=np.zeros_like(beyond), where=alive > 0)
    return LifeTable(age, width, rate, lived, q, alive, years, beyond, expected)


def _check(ages: Array, rates: Array) -> None:
    if ages.shape != rates.shape or ages.ndim != 1 or len(ages) < 2:
        raise ValueError(f"ages {ages.shape} and death rates {rates.shape} must be two lists of equal length")
    if np.any(np.diff(ages) <= 0):
        raise ValueError(f"ages must rise; found {ages.tolist()}")
    if not np.all(np.isfinite(rates)) or np.any(rates < 0):
        raise ValueError(f"death rates must be numbers >= 0; found {rates.tolist()}")
    if rates[-1] <= 0:
        raise ValueError(
            f"the open group {ages[-1]:g}+ has no deaths, so it never ends; give a rate above zero"
        )


def survival_ratios(table: LifeTable) -> Array:
    """Share of a group alive one step later, by starting group; the last value is T(open)/T(group before).

    Closed as the UN does: people in the open group and in the one below share the last ratio. All groups must have
    one width (merge 0 and 1-4 of an abridged table first).
    """
    years, beyond = table.years, table.beyond
    ratios = np.empty_like(years)
    ratios[:-2] = years[1:-1] / years[:-2]
    ratios[-2:] = beyond[-1] / beyond[-2]
    return ratios


def merge_infants(table: LifeTable) -> Array:
    """Person-years L of an abridged table with ages 0 and 1-4 added up to 0-4 (radix 1)."""
    return np.append(table.years[0] + table.years[1], table.years[2:])


def extend_rates(age: ArrayLike, rate: ArrayLike, top: int = 130) -> tuple[Array, Array]:
    """Death rates at single ages 0..top from grouped ones: log-monotone between middles, Gompertz beyond.

    Source of the tail: the growth of log m between the last two closed groups continues, capped at rate 2.
    """
    ages, rates = np.asarray(age, float), np.asarray(rate, float)
    middle = np.append((ages[:-1] + ages[1:]) / 2, ages[-1] + 2.5)
    single = np.arange(top + 1)
    from_log = np.interp(single + 0.5, middle, np.log(rates))
    slope = (np.log(rates[-2]) - np.log(rates[-3])) / (middle[-2] - middle[-3])
    old = single + 0.5 > middle[-2]
    from_log[old] = np.log(rates[-2]) + slope * (single[old] + 0.5 - middle[-2])
    out = np.minimum(np.exp(from_log), 2.0)
    out[0] = rates[0]
    return single.astype(float), out
