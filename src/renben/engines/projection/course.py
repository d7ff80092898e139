"""The central course of rates: one path that all draws and levers start from.

For people: what would happen if nothing but the assumed trends changed.
"""

import numpy as np

from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.inputs import Inputs
from renben.engines.projection.rates import fertility_patterns
from renben.engines.projection.states import Array, Path, Stock

OUT, BACK, LEAVE, TO_URBAN, TO_RURAL, SETTLE = range(6)
FIRST_GUESS = 0.02
"""Share of rural people who become urban in a year, by move or by reclassification, before calibration."""
LEVEL_TO_URBAN = 0.012
"""The hazard level that ``rates`` starts from; multipliers below are relative to it."""


def neutral(inputs: Inputs, assume: Assumptions, stock: Stock, years: Array) -> Path:
    """National trends and neutral multipliers for the given year ends (the first is one after the stock)."""
    t, c = len(years), len(inputs.regions.counties)
    e0 = assume.by_year("e0_china", np.append(float(inputs.base_year), years))
    guests = float(stock.guests.sum()) * (assume.number("guest_exit") + assume.number("guest_growth"))
    growth = (1 + assume.number("guest_growth")) ** np.arange(t, dtype=float)
    return Path(
        np.ones((t, 6, c)),
        np.zeros((t, c)),
        np.ones((t, 2 * c)),
        national_tfr(inputs, assume, years) * assume.number("tfr_factor"),
        fertility_patterns(inputs.vital, years),
        assume.by_year("sex_ratio_at_birth", years) / 100,
        e0[1:] - e0[0],
        guests * growth,
        np.full(t, assume.number("outside_exit")),
        np.full(t, assume.number("newborn_here")),
        np.zeros(t),
        np.full(t, assume.number("hukou_by_address")),
    )


def national_tfr(inputs: Inputs, assume: Assumptions, years: Array) -> Array:
    """Total fertility of the nation by year: observed while there is an observation, then the assumed path."""
    seen = inputs.vital.tfr
    written = {float(k): float(v) for k, v in assume.value("tfr_china").items()}
    last = max(seen)
    ahead = assume.by_year("tfr_china", years)
    between = np.interp(years, [last, min(written)], [seen[last], written[min(written)]])
    later = np.where(years < min(written), between, ahead)
    return np.array([seen.get(int(y), value) for y, value in zip(years, later, strict=True)])


def lean(path: Path, t: int, stock: Stock) -> None:
    """Let the urban gain of year ``t`` lean on the county's urban share, so that the same intensity adds the same logit.

    A rural person becomes urban in proportion to how much town there is: the urban-rural growth difference is then
    the same in every county, as the UN's method and the hierarchical drift assume. Mean one over rural people.
    """
    places = stock.people.sum(axis=(1, 3, 4))  # c u
    share = places[:, 0] / np.maximum(places.sum(axis=1), 1.0)
    path.moves[t, TO_URBAN] = share * places[:, 1].sum() / float((share * places[:, 1]).sum())


def urban_gain(path: Path, t: int, gain: Array | float, moves_share: Array | float) -> None:
    """Set the year's urban gain: intensity ``gain`` (per rural person and year) by the year's leaning, part of it by moves."""
    total = gain * path.moves[t, TO_URBAN]
    path.moves[t, TO_URBAN] = total * moves_share / LEVEL_TO_URBAN
    path.reclassified[t] = np.clip(total * (1 - np.asarray(moves_share, float)), 0.0, 0.95)


def one_year(path: Path, t: int) -> Path:
    """The path of a single year, as a copy."""
    return Path(*(np.array(part[t : t + 1]) for part in path))


def repeat(path: Path, times: int) -> Path:
    """The last year of a path repeated."""
    return Path(*(np.repeat(part[-1:], times, axis=0) for part in path))


def join(first: Path, second: Path) -> Path:
    """Two paths, one after the other."""
    return Path(*(np.concatenate([a, b]) for a, b in zip(first, second, strict=True)))


def copy(path: Path) -> Path:
    """A path whose arrays may be changed."""
    return Path(*(np.array(part) for part in path))
