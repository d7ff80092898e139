"""The base population: what the census printed, made into single ages, places and hukou states.

For people: printed county totals are met to the person; every step that had to be assumed says so and keeps its
residual. Steps: sex by age (fitted), urban by age (fitted), single ages (graduated), hukou states (fitted to the
people away), durations (prior), hukou address (solved to the published rate), students (estimated).
Not modelled: the two months between census and year end (the calibration to year ends covers them).
"""

from dataclasses import dataclass, field

import numpy as np

from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.graduation import graduate
from renben.engines.projection.inputs import GROUPS, Inputs
from renben.engines.projection.ipf import fit
from renben.engines.projection.states import DURATIONS, Array, Mask, Stock

AGES = 101


@dataclass
class Base:
    """The stock at the start, the students held out, and what was estimated how well."""

    stock: Stock
    students: Array  # (c, x, u, a)
    students_hukou: Array  # (c, h)
    push: Array = field(default_factory=lambda: np.ones(0))  # (c,) see push_factor
    steps: list[dict[str, object]] = field(default_factory=list)
    """step, estimated (bool), residual (persons or share), note."""

    def note(self, step: str, estimated: bool, residual: float, text: str) -> None:
        """Add one row to the record."""
        self.steps.append({"step": step, "estimated": estimated, "residual": residual, "note": text})


def build(inputs: Inputs, assume: Assumptions, stationary: Array, lifetime: Array, kinds: int) -> Base:
    """Build the base stock.

    Args:
        inputs: facts.
        assume: assumptions.
        stationary: (x, a) person-years L of the base life table, to split the open group.
        lifetime: (c, c) shares of where the people away from county o live (rows sum to one), by gravity.
        kinds: 1 pooled or 3 origin classes.
    """
    empty = Stock(*(np.zeros(0) for _ in Stock._fields))
    base = Base(empty, np.zeros(0), np.zeros(0))
    by_place = place_ages(inputs, base)  # c x u g
    single = single_ages(by_place, stationary, base)  # c x u a
    students = hold_students(inputs, single, assume, base)
    resident = single - students
    locals_, away = registered(
        inputs, resident, assume, base
    )  # (c x u a), (c 2 x u a): province, other provinces
    base.students = students
    hukou = assume.number("student_origin_urban")
    total = students.sum(axis=(1, 2, 3))
    base.students_hukou = np.stack([hukou * total, (1 - hukou) * total], axis=1)
    base.stock = _stock(inputs, assume, locals_, away, lifetime, kinds, base)
    return base


def place_ages(inputs: Inputs, base: Base) -> Array:
    """County x sex x place x census group, persons: fitted to county ages, sexes, urban totals, province ages."""
    census = inputs.census
    men = census.men_per_100 / (100 + census.men_per_100)
    by_sex = census.residents[:, None] * np.stack([men, 1 - men], axis=1)
    province = census.province_ages * (census.residents.sum() / census.province_ages.sum())
    ages = census.ages
    by_sex = by_sex * (ages.sum() / by_sex.sum())
    province_sex = by_sex.sum(axis=0)
    province = fit(province, [((0,), province_sex), ((1,), ages.sum(axis=0))]).table
    seed = ages[:, None, :] * (province / province.sum(axis=0))[None]
    fitted = fit(seed, [((0, 2), ages), ((1, 2), province), ((0, 1), by_sex)], 1e-9, 3000)
    base.note(
        "sex by age", True, fitted.error, "fitted to county ages, county sex ratios and the province's ages"
    )
    odds = urban_odds(inputs)
    share = (census.urban / census.residents)[:, None]
    tilt = share * odds / (share * odds + 1 - share)
    tilt = np.where(share >= 1, 1.0, tilt)
    seed = fitted.table[:, :, None, :] * np.stack([tilt, 1 - tilt], axis=1)[:, None]
    places = np.stack([census.urban, census.residents - census.urban], axis=1)
    placed = fit(seed, [((0, 1, 3), fitted.table), ((0, 2), places)], 1e-9, 3000)
    base.note(
        "urban by age", True, placed.error, "age odds from county regression; county urban totals are met"
    )
    return placed.table


def urban_odds(inputs: Inputs) -> Array:
    """Urban odds by age group against the mean, from the regression of county age shares on the urban share."""
    census = inputs.census
    share = census.urban / census.residents
    ages = census.ages / census.residents[:, None]
    weight = np.sqrt(census.residents)
    design = np.stack([np.ones_like(share), share], axis=1) * weight[:, None]
    line, *_ = np.linalg.lstsq(design, ages * weight[:, None], rcond=None)
    rural, urban = np.maximum(line[0], 1e-4), np.maximum(line[0] + line[1], 1e-4)
    return np.asarray((urban / urban.sum()) / (rural / rural.sum()))


def single_ages(by_place: Array, stationary: Array, base: Base) -> Array:
    """Single ages from census groups, (c, x, u, a) persons."""
    out = np.zeros((*by_place.shape[:3], AGES))
    for index in np.ndindex(*by_place.shape[:3]):
        if by_place[index].sum() > 0:
            out[index] = graduate(GROUPS, by_place[index], stationary[index[1]], AGES)
    residual = float(np.abs(out.sum(axis=-1) - by_place.sum(axis=-1)).max())
    base.note(
        "single ages",
        True,
        residual,
        "monotone cumulative curve; 0 and 1-4 kept; 85+ by the stationary table",
    )
    return out


def hold_students(inputs: Inputs, single: Array, assume: Assumptions, base: Base) -> Array:
    """Students held out of ageing: the excess at 18-22 over what the county's 25-29 would suggest."""
    ages = inputs.census.ages
    at = {int(g): i for i, g in enumerate(GROUPS)}
    ratio = ages[:, at[20]] / ages[:, at[25]]
    usual = float(np.median(ratio))
    limit = usual * assume.number("student_threshold")
    excess = np.where(ratio > limit, ages[:, at[20]] - usual * ages[:, at[25]], 0.0)
    students = np.zeros_like(single)
    window = single[:, :, 0, 18:23]
    share = np.minimum(0.8, excess / np.maximum(window.sum(axis=(1, 2)), 1.0))
    students[:, :, 0, 18:23] = window * share[:, None, None]
    held = float(students.sum())
    base.note("students", True, held, f"{int((excess > 0).sum())} counties; persons held out of ageing")
    return students


def registered(inputs: Inputs, resident: Array, assume: Assumptions, base: Base) -> tuple[Array, Array]:
    """Split residents by where they are registered: locals (c x u a), and away (c, 2, x, u, a)."""
    away = inputs.census.away[:, 1:]  # c 2
    total = resident.sum(axis=(1, 2, 3))
    guests = np.minimum(away, 0.95 * total[:, None] * away / np.maximum(away.sum(axis=1, keepdims=True), 1.0))
    weights = assume.value("away_age")
    age_weight = np.zeros(AGES)
    for start in sorted(int(k) for k in weights):
        age_weight[start:] = weights[start]
    odds = np.array([assume.number("away_urban_odds"), 1.0])
    pull = odds[:, None] * age_weight  # u a
    kinds = np.stack([np.ones_like(resident), resident * 0 + pull, resident * 0 + pull], axis=1)
    kinds[:, 1:] *= (guests / np.maximum(total[:, None], 1.0))[:, :, None, None, None]
    seed = kinds * resident[:, None]
    wanted = np.concatenate([(total - guests.sum(axis=1))[:, None], guests], axis=1)
    fitted = fit(seed, [((0, 2, 3, 4), resident), ((0, 1), wanted)], 1e-8, 3000)
    base.note(
        "where registered", True, fitted.error, "county counts of people away are met; age and place assumed"
    )
    return fitted.table[:, 0], fitted.table[:, 1:]


def _stock(
    inputs: Inputs, assume: Assumptions, locals_: Array, away: Array, lifetime: Array, kinds: int, base: Base
) -> Stock:
    counties = len(locals_)
    regions = inputs.regions
    people = np.zeros((counties, 2, 2, 2 + DURATIONS * kinds, AGES))
    inside = np.asarray(regions.prefecture)[:, None] == np.asarray(regions.prefecture)[None, :]
    weight = leaving_weight(locals_, assume.number("urban_mobility"))
    base.push = push_factor(inputs, weight)
    flows = away_matrix(weight * base.push, away[:, 0], lifetime)
    near_share = (flows * inside).sum(axis=0) / np.maximum(flows.sum(axis=0), 1e-9)
    durations = assume.row("durations")
    durations = durations / durations.sum()
    classes = [away[:, 0] + away[:, 1]]
    if kinds == 3:
        split = near_share[:, None, None, None]
        classes = [away[:, 0] * split, away[:, 0] * (1 - split), away[:, 1]]
    for o, persons in enumerate(classes):
        for k in range(DURATIONS):
            people[:, :, :, 2 + DURATIONS * o + k] = persons * durations[k]
    near, far, outside = _ledger(inputs, assume, flows, inside, classes, away, kinds)
    guests = away[:, 1].sum(axis=(0, 2))
    _addresses(inputs, assume, people, locals_, (near, far, outside), base)
    base.note("durations", True, 0.0, "prior shares by completed years, the same everywhere")
    return Stock(people, near, far, outside, guests)


def away_matrix(weight: Array, away: Array, lifetime: Array) -> Array:
    """People away by hukou county and county of residence (persons), fitted to the counted people away."""
    into = away.sum(axis=(1, 2, 3))
    out = weight * lifetime.sum(axis=1)
    out = out * into.sum() / out.sum()
    return fit(lifetime * out[:, None], [((0,), out), ((1,), into)], 1e-8, 5000).table


def leaving_weight(locals_: Array, urban: float) -> Array:
    """People who may leave (c,): rural places count in full, urban ones by the share ``urban`` (persons)."""
    return np.asarray(locals_[:, :, 1].sum(axis=(1, 2)) + urban * locals_[:, :, 0].sum(axis=(1, 2)))


def push_factor(inputs: Inputs, weight: Array) -> Array:
    """How much more a county sends away than its people suggest (mean one); ones where nobody counted them."""
    gone = inputs.census.gone
    if gone is None:
        return np.ones(len(weight))
    ratio = gone / weight
    return np.asarray(ratio / (gone.sum() / weight.sum()))


def _ledger(
    inputs: Inputs,
    assume: Assumptions,
    flows: Array,
    inside: Mask,
    classes: list[Array],
    away: Array,
    kinds: int,
) -> tuple[Array, Array, Array]:
    rural = assume.number("away_rural_share")
    hukou = np.array([1 - rural, rural])
    near, far = np.zeros((2, len(flows), 2, 2, AGES))
    if kinds == 3:
        regions = inputs.regions
        origin = (flows * inside).sum(axis=1)
        for lo, hi in zip(regions.first, regions.last, strict=True):
            share = origin[lo:hi] / max(origin[lo:hi].sum(), 1e-9)
            pool = classes[0][lo:hi].sum(axis=(0, 2))  # x a
            near[lo:hi] = share[:, None, None, None] * hukou[:, None, None] * pool
        origin = (flows * ~inside).sum(axis=1)
        pool = classes[1].sum(axis=(0, 2))
    else:
        origin = flows.sum(axis=1)
        pool = away[:, 0].sum(axis=(0, 2))
    far = (origin / origin.sum())[:, None, None, None] * hukou[:, None, None] * pool
    total = away[:, 0].sum(axis=(0, 2))
    local = classes[0].sum() * 0 + inputs.census.residents.sum()
    registered_total = assume.number("hukou_registered")
    outside_total = max(0.0, registered_total - (local - away[:, 1].sum()))
    everyone = flows.sum(axis=1)
    share = (everyone / everyone.sum())[:, None, None, None]
    outside = share * hukou[:, None, None] * (total / total.sum() * outside_total)
    return near, far, outside


def _addresses(
    inputs: Inputs, assume: Assumptions, people: Array, locals_: Array, pools: tuple[Array, ...], base: Base
) -> None:
    """Split locals by address so that the province meets the published hukou rate of the base year."""
    rate = inputs.observed.hukou_rate
    year = max(y for y in rate if y <= inputs.base_year)
    urban_away = sum(float(p[:, 0].sum()) for p in pools) + float(base.students_hukou[:, 0].sum())
    everyone = float(locals_.sum()) + sum(float(p.sum()) for p in pools) + float(base.students_hukou.sum())
    wanted = rate[year] * everyone - urban_away
    in_rural = assume.number("local_rural_urban_registered")
    urban, rural = locals_[:, :, 0], locals_[:, :, 1]
    movers = np.minimum(inputs.census.away[:, 0], 0.9 * urban.sum(axis=(1, 2)))
    not_urban = float(urban.sum()) + in_rural * float(rural.sum()) - wanted
    part = not_urban / float(movers.sum())
    share = np.minimum(0.95, part * movers / np.maximum(urban.sum(axis=(1, 2)), 1.0))[:, None, None]
    people[:, :, 0, 0], people[:, :, 0, 1] = urban * (1 - share), urban * share
    people[:, :, 1, 0], people[:, :, 1, 1] = rural * in_rural, rural * (1 - in_rural)
    got = float(people[:, :, :, 0].sum()) + urban_away
    base.note(
        "hukou address",
        True,
        got / everyone - rate[year],
        f"rural registrants in towns = {part:.2f} x in-county movers, to meet the hukou rate of {year}",
    )
