"""From assumptions and national schedules to the fixed rates of a model.

For people: every rate here is either printed, or a prior with a name in the assumption sheet.
Source of formulas: the engine's specification 2.4 (age patterns, stock-flow link), 2.6 (mortality), 2.7 (fertility).
"""

from typing import NamedTuple

import numpy as np

from renben.engines.projection import gravity
from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.base import AGES, Base, build
from renben.engines.projection.brass import (
    solve_alpha,
    standard_from_rates,
    survival_tables,
    survivors,
    years_lived,
)
from renben.engines.projection.inputs import Inputs, Vital
from renben.engines.projection.schedules import RogersCastro, fertility_from_groups
from renben.engines.projection.states import DURATIONS, Array, Fixed, Ints

SERVICE = ((0, 3), (3, 6), (6, 12), (12, 15), (15, 18), (18, 23), (23, 60), (60, 65), (65, 80), (80, 101))
"""Service bands by age at year end (first, one past the last)."""
SCHOOL = ((3, 6), (6, 12), (12, 15), (15, 18))
"""School stages by age on 31 August."""
MONTHS_BEFORE, MONTHS_AFTER = 8, 4
"""Months from January to August and from September to December: weights of two neighbouring single ages."""
LEVELS = np.arange(60.0, 95.01, 0.1)


class Mortality(NamedTuple):
    """Survival tables by life expectancy and the stationary table of the base."""

    survival: Array  # (v, x, a)
    infant: Array  # (v, x)
    stationary: Array  # (x, a) person-years by single age, the last is T


def mortality(vital: Vital, e0: Array, year: int) -> Mortality:
    """Tables for e0 60..95 by 0.1 year on the latest national standard at ``year``; ``e0`` (x,) of the base, years."""
    start = max(p for p in vital.rates if p <= year)
    tables, infants, stationary = [], [], []
    for x, sex in enumerate(("male", "female")):
        standard = standard_from_rates(vital.ages, vital.rates[start][x], sex)
        ratio, infant = survival_tables(standard, LEVELS)
        years = years_lived(survivors(solve_alpha(standard, e0[x]), standard), 0.1)[0]
        tables.append(ratio)
        infants.append(infant)
        stationary.append(np.append(years[: AGES - 1], years[AGES - 1 :].sum()))
    return Mortality(np.stack(tables, axis=1), np.stack(infants, axis=1), np.stack(stationary))


def service_weights() -> tuple[Array, Ints]:
    """Weights (b, a) of the ten service bands, then of four school stages on 31 August, and their limits."""
    weights = np.zeros((len(SERVICE) + len(SCHOOL), AGES))
    for b, (lo, hi) in enumerate(SERVICE):
        weights[b, lo:hi] = 1.0
    for b, (lo, hi) in enumerate(SCHOOL, start=len(SERVICE)):
        weights[b, lo:hi] += MONTHS_BEFORE / 12
        weights[b, lo + 1 : hi + 1] += MONTHS_AFTER / 12
    limits = [(int(np.flatnonzero(w)[0]), int(np.flatnonzero(w)[-1]) + 1) for w in weights]
    return weights, np.array(limits, dtype=np.int64)


def fertility_patterns(vital: Vital, years: Array) -> Array:
    """Single-age fertility (t, a), sums to one, straight between the middles of five-year periods."""
    periods = sorted(vital.fertility)
    shapes = np.stack(
        [fertility_from_groups(vital.fertility_ages, vital.fertility[p], AGES) for p in periods]
    )
    middles = np.array(periods) + 2.5
    out = np.stack([np.interp(years, middles, shapes[:, a]) for a in range(AGES)], axis=1)
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def _profiles(base: Base, assume: Assumptions) -> Array:
    """Age patterns of the five moves, scaled so that the people exposed have mean one."""
    ages = np.arange(AGES) + 0.5
    work = RogersCastro(*assume.row("work_schedule")).rates(ages)
    home = RogersCastro(*assume.row("return_schedule")).rates(ages)
    people = base.stock.people
    locals_, away = people[:, :, :, :2].sum(axis=(0, 2, 3)), people[:, :, :, 2:].sum(axis=(0, 2, 3))
    shapes = ((work, locals_), (home, away), (work, locals_), (work, locals_), (home, locals_))
    out = np.empty((5, 2, AGES))
    for k, (shape, exposed) in enumerate(shapes):
        out[k] = shape / (float((exposed * shape).sum()) / float(exposed.sum()))
    return out


def _levels(base: Base, assume: Assumptions, kinds: int) -> Array:
    """Hazard levels (5, c, u, L) per year, from stocks and exit hazards."""
    people = base.stock.people
    counties = len(people)
    level = np.zeros((5, counties, 2, 2 + kinds))
    exit_rate, (back, onward, leave) = assume.number("exit_hazard"), assume.row("exit_parts")
    away = float(people[:, :, :, 2:].sum() - base.stock.guests.sum())
    outside = float(base.stock.outside.sum())
    locals_ = people[:, :, :, :2].sum(axis=(1, 4))  # c u h
    weight = np.array([[assume.number("urban_mobility")], [1.0]]) * base.push[:, None, None]  # c u 1
    exposed = float((locals_ * weight).sum())
    inflow = away * (exit_rate * (1 - onward) + assume.number("away_growth"))
    outflow = outside * (assume.number("outside_exit") + assume.number("outside_growth"))
    level[0, :, :, :2] = inflow / exposed * weight
    level[2, :, :, :2] = max(0.0, outflow - away * exit_rate * leave) / exposed * weight
    level[0, :, :, 2:] = exit_rate * onward
    level[1, :, :, 2:] = exit_rate * back
    level[2, :, :, 2:] = exit_rate * leave
    if kinds == 3:
        level[1, :, :, 4] = assume.number("guest_exit")
        level[2, :, :, 4] = 0.0
    level[3, :, 1, :] = 0.012  # first guess, solved by the calibration
    level[4, :, 0, :] = assume.number("to_rural_hazard")
    rural = people[:, :, 1].sum(axis=(1, 2, 3)) > 0
    level[4] *= rural[:, None, None]
    return level


def _settle(assume: Assumptions, counties: int, kinds: int) -> Array:
    by_years, by_class = assume.row("settle_by_years"), assume.row("settle_by_class")
    classes = by_class if kinds == 3 else np.array([by_class[:2].mean()])
    out = np.zeros((counties, 2 + kinds, DURATIONS))
    out[:, 1, 0] = assume.number("settle_local")
    out[:, 2:] = classes[:, None] * by_years
    return out * 0.02  # first guess, solved by the calibration


def _fertility(assume: Assumptions, counties: int, kinds: int) -> Array:
    rural, migrant = assume.number("tfr_rural_ratio"), assume.number("tfr_migrant_ratio")
    out = np.ones((counties, 2, 2 + kinds))
    out[:, 1] *= rural
    out[:, :, 2:] *= migrant
    return out


def _arrivals(base: Base, level: Array, profile: Array) -> tuple[Array, Array]:
    """Movers by origin (c, u, a) and the stock away by place (c, u, a), which stands for arrivals."""
    people = base.stock.people
    movers = np.einsum("cxusa,cus,xa->cua", people[:, :, :, :2], level[0][:, :, :2], profile[0])
    return movers, people[:, :, :, 2:].sum(axis=(1, 3))


def assemble(inputs: Inputs, assume: Assumptions, kinds: int) -> tuple[Base, Fixed]:
    """Base population and fixed rates of a model."""
    regions = inputs.regions
    e0 = assume.by_year("e0_china", np.array([float(inputs.base_year)]))[0]
    tables = mortality(inputs.vital, e0, inputs.base_year)
    lifetime = gravity.lifetime(regions, assume, inputs.census.away[:, 1])
    base = build(inputs, assume, tables.stationary, lifetime, kinds)
    counties = len(regions.counties)
    profile, level = _profiles(base, assume), _levels(base, assume, kinds)
    bands = np.append(np.asarray(assume.value("bands"), dtype=np.int64), AGES)
    movers, arrivals = _arrivals(base, level, profile)
    friction = gravity.pattern(regions, assume)
    gap = assume.number("e0_rural_gap")
    urban = inputs.census.urban.sum() / inputs.census.residents.sum()
    by_place = e0 + gap * np.array([1 - urban, -urban])[:, None]  # u x
    guests = base.stock.guests
    places = base.stock.people[:, :, :, 2:].sum(axis=(1, 3, 4)) if kinds == 1 else _guest_places(base)
    weights, limits = service_weights()
    return base, Fixed(
        regions.prefecture,
        regions.first,
        regions.last,
        regions.prefecture,
        bands,
        profile,
        level,
        _settle(assume, counties, kinds),
        friction[None],
        gravity.pulls(friction, movers, arrivals, bands),
        tables.survival,
        tables.infant,
        np.tile(by_place, (counties, 1, 1)),
        e0,
        np.array([LEVELS[0], LEVELS[1] - LEVELS[0]]),
        _fertility(assume, counties, kinds),
        assume.number("tfr_migrant_ratio"),
        guests * profile[0] / float((guests * profile[0]).sum()),
        places / places.sum(),
        _back_urban(inputs, assume),
        base.students,
        base.students_hukou,
        weights,
        limits,
    )


def _guest_places(base: Base) -> Array:
    return np.asarray(base.stock.people[:, :, :, -DURATIONS:].sum(axis=(1, 3, 4)))


def _back_urban(inputs: Inputs, assume: Assumptions) -> Array:
    share = inputs.census.urban / inputs.census.residents
    return np.where(share >= 1.0, 1.0, np.maximum(assume.number("back_urban"), 0.0))
