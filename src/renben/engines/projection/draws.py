"""Uncertainty: one vector of scrambled Sobol numbers for each draw, turned into the draw's path.

For people: a forecast without its spread is a guess. The same draw number means the same luck in every scenario
(common random numbers), so two scenarios differ by the lever alone.
Sources of the spreads: the assumption sheet. Not modelled: a break of the survey series after the last year.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import beta as beta_law
from scipy.stats import qmc
from scipy.stats import t as student

from renben.core.randomness import splitting
from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.course import BACK, LEAVE, OUT, SETTLE, TO_RURAL, TO_URBAN, copy
from renben.engines.projection.drift import logit, share, un_path
from renben.engines.projection.model import Model
from renben.engines.projection.states import Array, Path, Stock, resident_rate

LOWEST, HIGHEST = 0.02, 8.0
"""Limits of the multiplier of the urban gain: it never turns negative."""


class Theta(NamedTuple):
    """Standard normal numbers of all draws (n, ...), except ``split`` which is uniform."""

    drift: Array  # (n, 2) province, nation
    innovation: Array  # (n, t, 2)
    fertility: Array  # (n,) national path
    life: Array  # (n,) national path
    split: Array  # (n,) uniform
    settle: Array  # (n,)
    exit: Array  # (n,)
    mobility: Array  # (n, t)
    factor: Array  # (n, t) provincial fertility
    local_life: Array  # (n, t)
    prefecture: Array  # (n, p)
    county: Array  # (n, c)
    attraction: Array  # (n, c)
    base_county: Array  # (n, c)
    base_age: Array  # (n, 20)
    mobility_level: Array  # (n,)


def theta(model: Model, draws: int, seed: int) -> Theta:
    """Scrambled Sobol numbers for ``draws`` draws; the first k rows are the same for any larger number.

    The most important directions take the first, best-spread dimensions.
    """
    years, prefectures, counties = len(model.path.tfr), len(model.fixed.first), model.counties
    shapes = [(2,), (years, 2), (), (), (), (), (), (years,), (years,), (years,), (prefectures,)]
    shapes += [(counties,), (counties,), (counties,), (20,), ()]
    sizes = [int(np.prod(s)) for s in shapes]
    sobol = qmc.Sobol(sum(sizes), scramble=True, rng=splitting(seed))
    uniform = sobol.random_base2(max(1, int(np.ceil(np.log2(draws)))))[:draws]
    uniform = np.clip(uniform, 1e-9, 1 - 1e-9)
    normal = ndtri(uniform)
    parts, at = [], 0
    for i, (shape, size) in enumerate(zip(shapes, sizes, strict=True)):
        source = uniform if Theta._fields[i] == "split" else normal
        parts.append(source[:, at : at + size].reshape(draws, *shape))
        at += size
    return Theta(*parts)


@dataclass(frozen=True)
class Spread:
    """Scales of the draws, read once from the assumption sheet and the central run."""

    drift_error: float
    innovation: float
    freedom: float
    correlation: float
    tfr_sd: Array  # (t,)
    life_sd: Array  # (t, x)
    factor: Array  # ar, sd, floor
    local: Array  # ar, sd
    mobility_sd: float
    mobility_ar: float
    mobility_level: float  # standard error of the mean of the observed years, persons a year
    leavers: Array  # (t,) persons leaving the province in the central run at multiplier one
    settle_sd: float
    exit_sd: float
    inflow_share: float  # part of the inflow that scales with the exit hazard
    split: Array  # beta parameters
    prefecture_sd: float  # per year
    county_sd: float
    attraction_sd: float
    base_error: Array  # county, age
    slope: Array  # (t,) logit increment of the province for a gain of 100 %
    county_slope: Array  # (t, c)
    rural: Array  # (t,) rural share of residents in the central run
    to_rural: float  # hazard of moving to a rural place, per year
    national: Array  # (t,) central logit increments of the nation
    national_start: float


def spread(model: Model) -> Spread:
    """Collect the scales of a model."""
    assume, years = model.assume, model.years[1:]
    low, high = assume.row("tfr_band_2030")
    ahead = years - model.years[0]
    horizon = np.sqrt(ahead / (2030 - model.years[0]))
    life = assume.row("e0_band_2030")
    life_sd = np.array([life[1] - life[0], life[3] - life[2]]) / (2 * ndtri(0.9))
    exit_rate, growth = assume.number("exit_hazard"), assume.number("away_growth")
    start, recent = nation_at(assume, int(model.years[0]))
    path = un_path(start, recent, assume.row("un_norm"), assume.row("un_weights"), len(years))
    slope, county_slope = slopes(model)
    return Spread(
        model.drift.error,
        model.drift.innovation,
        assume.number("drift_freedom"),
        assume.number("national_correlation"),
        (high - low) / (2 * ndtri(0.9)) * horizon,
        life_sd * horizon[:, None],
        assume.row("tfr_factor_ar"),
        assume.row("e0_local"),
        assume.number("net_migration_sd"),
        assume.number("net_migration_ar"),
        level_error(
            assume.number("net_migration_sd"), assume.number("net_migration_ar"), len(model.calibrated.years)
        ),
        leavers(model),
        assume.number("settle_sd"),
        assume.number("exit_sd"),
        exit_rate / (exit_rate + growth),
        assume.row("reclassified_share"),
        assume.number("prefecture_decade_sd") / 10,
        assume.number("county_decade_sd") / 10,
        assume.number("attraction_sd"),
        assume.row("base_error"),
        slope,
        county_slope,
        1 - resident_rate(model.central.residents)[:-1],
        assume.number("to_rural_hazard"),
        path,
        start,
    )


def nation_at(assume: Assumptions, year: int) -> tuple[float, float]:
    """The nation's logit urban share at the end of ``year`` and its yearly pace, from the shares known by then.

    A year without a share is reached at that pace; one share alone has the pace of the UN's norm.
    """
    written = {int(k): float(v) for k, v in assume.value("national_urban_share").items()}
    known = {y: v for y, v in written.items() if y <= year} or {min(written): written[min(written)]}
    first, last = min(known), max(known)
    norm = assume.row("un_norm")
    if first == last:
        pace = float(norm[0] + norm[1] * known[last])
    else:
        pace = float(logit(known[last]) - logit(known[first])) / (last - first + 1 / 6)
    return float(logit(known[last])) + pace * (year - last), pace


def level_error(sd: float, ar: float, years: int) -> float:
    """Standard error of a mean of autocorrelated years: sd / sqrt(n) times sqrt((1 + ar) / (1 - ar))."""
    return float(sd / np.sqrt(years) * np.sqrt((1 + ar) / (1 - ar)))


def slopes(model: Model) -> tuple[Array, Array]:
    """Logit increment of province (t,) and counties (t, c) that the central urban gain contributes in a year.

    Rural people moving in and places reclassified, over N u (1 - u).
    """
    residents = model.central.residents[:-1].sum(axis=3)  # t c u
    rural = residents[:, :, 1]
    gain = model.path.reclassified * rural + _moved(model, rural)
    total = residents.sum(axis=2)
    share_c = residents[:, :, 0] / np.maximum(total, 1.0)
    county = gain / np.maximum(total * share_c * (1 - share_c), 1.0)
    u = residents[:, :, 0].sum(axis=1) / total.sum(axis=1)
    return gain.sum(axis=1) / (total.sum(axis=1) * u * (1 - u)), np.clip(county, 0.005, None)


def _moved(model: Model, rural: Array) -> Array:
    """Gross movers from rural to urban places, persons (t, c), at the mean hazard."""
    level = model.fixed.level[3, :, 1, 0]
    return np.asarray(rural * (1 - np.exp(-level * model.path.moves[:, TO_URBAN])))


def leavers(model: Model) -> Array:
    """People of the province who leave it in a year of the central run (t,), persons."""
    people = model.central.residents[:-1].sum(axis=(1, 2))  # t 3
    level = model.fixed.level[2, :, :, :2].mean(axis=(0, 1))
    hazard = level[0] * people[:, 0] + level[1] * people[:, 1]
    return np.asarray(hazard * model.path.moves[:, LEAVE].mean(axis=1))


def autoregressive(noise: Array, rho: float, sd: float) -> Array:
    """AR(1) deviations along the last axis from standard normal noise, starting at zero."""
    out = np.zeros_like(noise)
    last = np.zeros(noise.shape[:-1])
    for t in range(noise.shape[-1]):
        last = rho * last + sd * noise[..., t]
        out[..., t] = last
    return out


def increments(scale: Spread, luck: Theta) -> tuple[Array, Array]:
    """Logit increments (n, t) of the province, as deviations from the central course, and of the nation."""
    rho = scale.correlation
    other = np.sqrt(1 - rho**2)
    drift = student.ppf(_uniform(luck.drift), scale.freedom) * scale.drift_error
    province = drift[:, :1] + scale.innovation * luck.innovation[:, :, 0]
    nation = rho * drift[:, :1] + other * drift[:, 1:]
    nation = nation + scale.innovation * (rho * luck.innovation[:, :, 0] + other * luck.innovation[:, :, 1])
    return province, nation + scale.national


def _uniform(normal: Array) -> Array:
    return np.asarray(np.clip(ndtr(normal), 1e-9, 1 - 1e-9))


def national_shares(scale: Spread, luck: Theta) -> Array:
    """Urban share of the nation (n, t+1), drawn jointly with the province."""
    _, nation = increments(scale, luck)
    logits = scale.national_start + np.cumsum(nation, axis=1)
    return share(np.concatenate([np.full((len(logits), 1), scale.national_start), logits], axis=1))


def draw_path(model: Model, scale: Spread, luck: Theta, d: int, base: Path | None = None) -> Path:
    """The path of draw ``d``: the central course (or a scenario's) times the draw's multipliers."""
    path = copy(base or model.path)
    _urban(path, model, scale, luck, d)
    _mobility(path, scale, luck, d)
    _vital(path, scale, luck, d)
    return path


def _urban(path: Path, model: Model, scale: Spread, luck: Theta, d: int) -> None:
    province, _ = increments(scale, Theta(*(part[d : d + 1] for part in luck)))
    wanted = 1 + province[0] / scale.slope
    common = np.clip(wanted, LOWEST, HIGHEST)
    short = (
        np.clip(LOWEST - wanted, 0.0, None) * scale.slope
    )  # logit that no lower gain can give: moves to rural places
    path.moves[:, TO_RURAL] += (short * scale.rural / scale.to_rural)[:, None]
    local = (
        scale.prefecture_sd * luck.prefecture[d][model.fixed.prefecture] + scale.county_sd * luck.county[d]
    )
    sd = np.hypot(scale.prefecture_sd, scale.county_sd) / scale.county_slope
    own = np.exp(np.clip(local / scale.county_slope, -2.5, 2.5) - 0.5 * np.minimum(sd, 1.0) ** 2)
    gain = np.clip(common[:, None] * own, LOWEST, HIGHEST)
    moves = float(beta_law.ppf(luck.split[d], *scale.split))
    path.moves[:, TO_URBAN] *= gain * (moves / model.moves_share)
    path.reclassified[...] = np.clip(
        path.reclassified * gain * ((1 - moves) / (1 - model.moves_share)), 0.0, 0.95
    )


def _mobility(path: Path, scale: Spread, luck: Theta, d: int) -> None:
    net = autoregressive(luck.mobility[d], scale.mobility_ar, scale.mobility_sd)
    net = net + scale.mobility_level * luck.mobility_level[d]
    path.moves[:, LEAVE] *= np.clip(1 - net / scale.leavers, 0.05, 5.0)[:, None]
    factor = np.exp(scale.exit_sd * luck.exit[d] - 0.5 * scale.exit_sd**2)
    path.moves[:, BACK] *= factor
    path.moves[:, OUT] *= scale.inflow_share * factor + 1 - scale.inflow_share
    path.moves[:, SETTLE] *= np.exp(scale.settle_sd * luck.settle[d] - 0.5 * scale.settle_sd**2)
    pull = scale.attraction_sd * luck.attraction[d] - 0.5 * scale.attraction_sd**2
    path.attraction[...] *= np.repeat(np.exp(pull), 2)


def _vital(path: Path, scale: Spread, luck: Theta, d: int) -> None:
    rho, sd, floor = scale.factor
    national = 1 + scale.tfr_sd * luck.fertility[d] / np.maximum(path.tfr, 0.3)
    local = 1 + autoregressive(luck.factor[d], rho, sd)
    path.tfr[...] *= np.clip(national, floor, 2.0) * np.clip(local, floor, 2.0)
    own = autoregressive(luck.local_life[d], float(scale.local[0]), float(scale.local[1]))
    path.e0[...] += scale.life_sd * luck.life[d] + own[:, None]


def draw_stock(model: Model, scale: Spread, luck: Theta, d: int, out: Stock) -> None:
    """Write the start of draw ``d`` into ``out``: locals off by a county error, all by an error of five-year ages.

    The age error scales residents and ledger alike and the county error locals only, so the ledger still closes.
    """
    county, age = scale.base_error
    start = model.start
    ages = start.people.shape[-1]
    by_age = np.repeat(1 + age * luck.base_age[d], 5)
    by_age = np.append(by_age, np.full(max(0, ages - len(by_age)), by_age[-1]))[:ages]
    for source, target in zip(start, out, strict=True):
        np.multiply(source, by_age, out=target)
    out.people[:, :, :, :2] *= (1 + county * luck.base_county[d])[:, None, None, None, None]
