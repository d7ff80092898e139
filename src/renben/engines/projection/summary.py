"""From draws to numbers people read: quantiles by region and year, and the probability of the target.

For people: both rates, their gap, how sure; never one number alone.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.inputs import Regions
from renben.engines.projection.run import Draws
from renben.engines.projection.states import Array, Ints

QUANTILES = MappingProxyType({"median": 0.5, "p5": 0.05, "p10": 0.10, "p90": 0.90, "p95": 0.95})
RATES = ("resident", "hukou", "gap")


def members(regions: Regions, code: str) -> Ints:
    """Counties (indices) of a province, prefecture or county code.

    Raises:
        ValueError: the code is none of them.
    """
    if code == regions.province:
        return np.arange(len(regions.counties), dtype=np.int64)
    if code in regions.prefectures:
        return np.flatnonzero(regions.prefecture == regions.prefectures.index(code))
    if code in regions.counties:
        return np.array([regions.counties.index(code)], dtype=np.int64)
    raise ValueError(f"region {code!r} is not in the regions table (province, prefectures and counties)")


def rates_of(draws: Draws, at: Ints) -> dict[str, Array]:
    """The two rates of a set of counties and their gap, (n, t+1); percentage points come at the door."""
    residents = draws.residents[:, :, at].sum(axis=(2, 4), dtype=np.float64)  # n t u
    registered = draws.registered[:, :, at].sum(axis=2, dtype=np.float64)
    resident = residents[:, :, 0] / residents.sum(axis=2)
    hukou = registered[:, :, 0] / registered.sum(axis=2)
    return {"resident": resident, "hukou": hukou, "gap": resident - hukou}


def quantiles(values: Array) -> dict[str, Array]:
    """Median and bands over draws (first axis), in percent, by year."""
    return {name: 100 * np.quantile(values, q, axis=0) for name, q in QUANTILES.items()}


def rate_table(draws: Draws, regions: Regions, codes: Sequence[str]) -> pl.DataFrame:
    """Rates by region, rate and year: median, p5, p10, p90, p95 (percent; gap in percentage points)."""
    rows: list[dict[str, Any]] = []
    for code in codes:
        for rate, values in rates_of(draws, members(regions, code)).items():
            bands = quantiles(values)
            for t, year in enumerate(draws.years):
                row = {name: float(band[t]) for name, band in bands.items()}
                rows.append({"region": code, "rate": rate, "year": int(year), **row})
    return pl.DataFrame(rows)


def reach(draws: Draws, shares: Sequence[float], year: int) -> dict[str, float]:
    """Probability that the province's resident rate reaches each share (percent), and the nation's, in a year.

    Raises:
        ValueError: the year is not projected.
    """
    at = year_index(draws, year)
    resident = draws.resident[:, at]
    out = {f"{s:g}": float(np.mean(resident >= s / 100)) for s in shares}
    out["national"] = float(np.mean(resident >= draws.national[:, at]))
    return out


def year_index(draws: Draws, year: int) -> int:
    """Position of a year on the time axis."""
    found = np.flatnonzero(draws.years == year)
    if len(found) == 0:
        raise ValueError(
            f"year {year} is not projected; the run covers {draws.years[0]:g} to {draws.years[-1]:g}"
        )
    return int(found[0])


def curve(draws: Draws, year: int, step: float = 0.25) -> pl.DataFrame:
    """The whole curve of P(resident rate >= share): share (percent), probability, Monte Carlo error."""
    resident = 100 * draws.resident[:, year_index(draws, year)]
    low, high = np.floor(resident.min()), np.ceil(resident.max())
    shares = np.arange(low, high + step / 2, step)
    p = np.array([np.mean(resident >= s) for s in shares])
    return pl.DataFrame({"share": shares, "probability": p, "error": np.sqrt(p * (1 - p) / len(resident))})


def report(draws: Draws, regions: Regions, codes: Sequence[str], assume: Assumptions) -> dict[str, Any]:
    """The result as JSON: resident_rate, hukou_rate, gap by region and year; p_target; assumptions."""
    shares, year = assume.value("target_shares"), int(assume.value("target_year"))
    table = rate_table(draws, regions, codes)
    keys = {"resident": "resident_rate", "hukou": "hukou_rate", "gap": "gap"}
    out: dict[str, Any] = {key: {} for key in keys.values()}
    for row in table.iter_rows(named=True):
        by_region = out[keys[row["rate"]]].setdefault(row["region"], {})
        by_region[str(row["year"])] = {name: round(row[name], 4) for name in QUANTILES}
    covered = draws.years[0] <= year <= draws.years[-1]
    out["p_target"] = reach(draws, shares, year) if covered else {}
    out["p_target_year"] = year
    out["draws"] = draws.count
    out["p_error"] = {
        k: round(float(np.sqrt(p * (1 - p) / draws.count)), 4) for k, p in out["p_target"].items()
    }
    out["assumptions"] = assume.sheet()
    return out
