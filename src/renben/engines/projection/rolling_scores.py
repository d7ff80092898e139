"""Scores of rolling origins: accuracy beside a random walk with drift (B1), sharpness, and honesty of the bands.

For people: a forecast is worth its trouble if it beats the line through the last years and its bands hold what they say.
Urban shares are scored on the logit, on which B1 is defined (2.10 of the specification), residents on the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, ndtri

from renben.core.randomness import stream
from renben.engines.projection import scores
from renben.engines.projection.states import Array

CRPS_RATIO = 0.9
"""CRPS beside that of B1, at most (2.12)."""
HITS_80 = (38, 50, 55)
"""Of 55 truths, so many may lie in bands of 80 % (2.12)."""
LEVELS = (0.8, 0.95)
PIT_BINS = 5
FEWEST_STEPS = 2


@dataclass(frozen=True)
class Origin:
    """Forecast of one origin at horizons 1..h: the urban share of the province (logit), residents of p cities (log)."""

    year: int
    draws: Array  # (n, h, 1 + p)
    walk_mean: Array  # (h, 1 + p) B1
    walk_sd: Array  # (h, 1 + p)
    truth: Array  # (h, 1 + p)


def random_walk(history: Array, ahead: int) -> tuple[Array, Array]:
    """B1 of each column: mean and standard deviation (h, k) after 1..``ahead`` years, drift of the years without a gap.

    Not a number where fewer than three years are known: a spread cannot be told from one step.

    Args:
        history: (t, k) on the scale of the walk.
        ahead: years.
    """
    steps = np.diff(without_gap(history), axis=0)
    if len(steps) < FEWEST_STEPS:
        nothing = np.full((ahead, history.shape[1]), np.nan)
        return nothing, nothing
    drift, sd = steps.mean(axis=0), steps.std(axis=0, ddof=1)
    h = np.arange(1, ahead + 1)[:, None]
    return history[-1] + drift * h, sd * np.sqrt(h + h**2 / len(steps))


def without_gap(history: Array) -> Array:
    """The last rows (years) of a table that are known without a gap."""
    known = np.isfinite(history).all(axis=1)
    gaps = np.flatnonzero(~known)
    return history[gaps[-1] + 1 :] if len(gaps) else history


def summary(origins: Sequence[Origin]) -> dict[str, Any]:
    """All scores and gates.

    ``urban`` and ``residents``: CRPS and interval scores beside B1, coverage, PIT; ``urban_mae`` in points;
    ``energy``: both together, each on its scale.
    """
    urban, residents = _scores(origins, slice(0, 1)), _scores(origins, slice(1, None))
    low, high, of = HITS_80
    hits = of * residents["coverage80"]
    missed = [
        np.abs(expit(np.median(o.draws[..., 0], axis=0)) - expit(o.truth[:, 0])).mean() for o in origins
    ]
    return {
        "urban": urban,
        "residents": residents,
        "urban_mae": 100 * float(np.mean(missed)),
        "energy": _energy(origins),
        "gates": {
            f"urban share: crps at most {CRPS_RATIO} x B1": _better(urban),
            f"residents of cities: crps at most {CRPS_RATIO} x B1": _better(residents),
            f"80 % bands hold {low} to {high} of {of}": low <= hits <= high,
        },
    }


def _better(found: dict[str, Any]) -> bool | None:
    """Whether the gate is met; None where B1 cannot be made."""
    return None if found["crps_ratio"] is None else found["crps_ratio"] <= CRPS_RATIO


def _known(value: Any) -> float | None:
    """A number, or None where it cannot be made: missing is not a number."""
    return float(value) if np.isfinite(value) else None


def _scores(origins: Sequence[Origin], part: slice) -> dict[str, Any]:
    """Scores of some columns, the origins with equal weight for means of scores, every truth for shares."""
    engine = np.mean([scores.crps_draws(o.draws[..., part], o.truth[:, part]).mean() for o in origins])
    walk = np.mean([_walk_crps(o, part).mean() for o in origins])
    found: dict[str, Any] = {
        "crps": float(engine),
        "crps_b1": _known(walk),
        "crps_ratio": _known(engine / walk),
        "count": sum(o.truth[:, part].size for o in origins),
    }
    for level in LEVELS:
        found |= _bands(origins, part, level)
    places = np.concatenate([scores.pit(o.draws[..., part], o.truth[:, part]).ravel() for o in origins])
    found["pit"] = (np.histogram(places, PIT_BINS, (0, 1))[0] / len(places)).tolist()
    return found


def _walk_crps(o: Origin, part: slice) -> Array:
    return scores.crps_normal(o.walk_mean[:, part], o.walk_sd[:, part], o.truth[:, part])


def _bands(origins: Sequence[Origin], part: slice, level: float) -> dict[str, float | None]:
    """Interval score of the engine and of B1, and share of truths inside the engine's bands."""
    z = float(ndtri((1 + level) / 2))
    ours, walks, hits, count = [], [], 0, 0
    for o in origins:
        truth, mean, sd = o.truth[:, part], o.walk_mean[:, part], o.walk_sd[:, part]
        low, high = np.quantile(o.draws[..., part], [(1 - level) / 2, (1 + level) / 2], axis=0)
        ours.append(scores.interval_score(low, high, truth, level).mean())
        walks.append(scores.interval_score(mean - z * sd, mean + z * sd, truth, level).mean())
        hits, count = hits + scores.coverage(low, high, truth), count + truth.size
    name = f"{100 * level:.0f}"
    return {
        f"interval{name}": float(np.mean(ours)),
        f"interval{name}_b1": _known(np.mean(walks)),
        f"coverage{name}": hits / count,
    }


def _energy(origins: Sequence[Origin]) -> dict[str, float | None]:
    """Energy score of the vector of all columns at each horizon, and of as many draws of B1 (columns independent)."""
    ours, walks = [], []
    for o in origins:
        noise = stream(o.year, "walk").standard_normal(o.draws.shape)
        walk = o.walk_mean + o.walk_sd * noise
        for h, truth in enumerate(o.truth):
            ours.append(scores.energy_score(o.draws[:, h], truth))
            walks.append(scores.energy_score(walk[:, h], truth))
    engine, b1 = float(np.mean(ours)), float(np.mean(walks))
    return {"engine": engine, "b1": _known(b1), "ratio": _known(engine / b1)}
