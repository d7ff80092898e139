"""Questions to a model: which lever moves what, which counties carry the change, and what is not identified.

For people: before money is spent, how much does one more tenth of each lever bring, with the same luck?
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from renben.engines.projection import kernel
from renben.engines.projection.levers import LEVERS
from renben.engines.projection.model import Model, prepare
from renben.engines.projection.run import Draws, run
from renben.engines.projection.scenario import Scenario, with_levers
from renben.engines.projection.states import Array, hukou_rate, resident_rate

METRICS = ("resident", "hukou", "gap")


@dataclass(frozen=True)
class Effect:
    """Effect of one lever in one year, by central differences of deterministic runs."""

    lever: str
    step: float  # change of the lever that the effect is for
    resident: float  # percentage points
    hukou: float
    gap: float
    persons: float  # additional urban residents
    registered: float  # additional people with an urban hukou


def central(model: Model, levers: Mapping[str, float], since: int | None = None) -> dict[str, Array]:
    """Deterministic run of a scenario: both rates (t+1,), urban residents and urban registered people (persons)."""
    changed, path = with_levers(model, Scenario(levers, since=since))
    _, result = kernel.project(changed.start, changed.fixed, path)
    resident, hukou = resident_rate(result.residents), hukou_rate(result.registered)
    return {
        "resident": resident,
        "hukou": hukou,
        "gap": resident - hukou,
        "urban": result.residents[:, :, 0].sum(axis=(1, 2)),
        "registered": result.registered[:, :, 0].sum(axis=1),
    }


def effect(model: Model, lever: str, year: int, step: float = 0.1, since: int | None = None) -> Effect:
    """What a tenth more of a lever brings (central difference of a tenth up and a tenth down)."""
    at = int(np.flatnonzero(model.years == year)[0])
    plain = lever.split("@", 1)[0]
    if plain in LEVERS and LEVERS[plain].kind == "value":
        now = float(getattr(model.path, plain)[0])
        low, high = {}, {lever: min(1.0, now + step)}
        scale = 1.0
    else:
        low, high = {lever: 1 - step}, {lever: 1 + step}
        scale = 0.5
    down, up = central(model, low, since), central(model, high, since)
    change = {k: scale * float(up[k][at] - down[k][at]) for k in up}
    return Effect(
        lever,
        step,
        100 * change["resident"],
        100 * change["hukou"],
        100 * change["gap"],
        change["urban"],
        change["registered"],
    )


def elasticities(model: Model, levers: Sequence[str], year: int) -> pl.DataFrame:
    """Effects of ten percent of each lever: percentage points of both rates and persons, in one year."""
    return pl.DataFrame([effect(model, lever, year).__dict__ for lever in levers])


def paired(model: Model, levers: Mapping[str, float], year: int, draws: int, seed: int) -> dict[str, float]:
    """Change of P(resident rate) statistics by a lever with common random numbers: mean and standard error, points."""
    changed, path = with_levers(model, Scenario(levers))
    base, other = run(model, draws, seed), run(changed, draws, seed, path)
    at = int(np.flatnonzero(model.years == year)[0])
    difference = 100 * (other.resident[:, at] - base.resident[:, at])
    return {"mean": float(difference.mean()), "error": float(difference.std(ddof=1) / np.sqrt(draws))}


def carriers(draws: Draws, model: Model, year: int) -> pl.DataFrame:
    """Which counties carry the change of the province's resident rate up to a year.

    within: own urban share rises at mean weight; between: the county's weight changes at its mean share; both in
    percentage points of the province, and they add up to its change. Flows are means over draws, persons.
    """
    at = int(np.flatnonzero(draws.years == year)[0])
    people = draws.residents.mean(axis=0, dtype=np.float64).sum(axis=3)  # t c u
    start, end = people[0], people[at]
    share0, share1 = start[:, 0] / start.sum(axis=1), end[:, 0] / end.sum(axis=1)
    weight0, weight1 = start.sum(axis=1) / start.sum(), end.sum(axis=1) / end.sum()
    flows = draws.county_flows[:at].sum(axis=0)
    regions = model.inputs.regions
    table = pl.DataFrame(
        {
            "region": list(regions.counties),
            "name": [regions.names[c] for c in regions.counties],
            "within": 100 * (share1 - share0) * (weight0 + weight1) / 2,
            "between": 100
            * (weight1 - weight0)
            * ((share0 + share1) / 2 - _mean_share(share0, share1, weight0, weight1)),
            "share_start": 100 * share0,
            "share_end": 100 * share1,
            "urban_gain": end[:, 0] - start[:, 0],
            "to_urban": flows[:, 4],
            "reclassified": flows[:, 5],
            "net_arrived": flows[:, 2] - flows[:, 3] + flows[:, 7],
            "natural": flows[:, 0] - flows[:, 1],
        }
    )
    return table.with_columns(total=pl.col("within") + pl.col("between")).sort("total", descending=True)


def _mean_share(share0: Array, share1: Array, weight0: Array, weight1: Array) -> float:
    return float(((share0 * weight0).sum() + (share1 * weight1).sum()) / 2)


def both_ends(
    until: int, year: int, kinds: int = 1, ends: Sequence[float] = (0.25, 0.9), **options: Any
) -> pl.DataFrame:
    """What cannot be identified from totals: the part of the urban gain that is moves, at both ends.

    The resident rate is calibrated to the same observations at either end; the hukou rate (registrations follow
    reclassified addresses) and what a lever on moves brings are not the same.
    """
    rows = []
    for part in ends:
        model = prepare(until, kinds, moves_share=part, **options)
        plain, more = central(model, {}), effect(model, "to_urban", year)
        at = int(np.flatnonzero(model.years == year)[0])
        flows = model.central.flows[:at].sum(axis=(0, 1))
        rows.append(
            {
                "moves_share": part,
                "resident": 100 * float(plain["resident"][at]),
                "hukou": 100 * float(plain["hukou"][at]),
                "moved_net": float(flows[4]),
                "reclassified": float(flows[5]),
                "lever_to_urban_10_percent": more.resident,
            }
        )
    return pl.DataFrame(rows)
