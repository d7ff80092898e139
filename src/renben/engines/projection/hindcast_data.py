"""Tables of the hindcast: the earlier census as inputs, the later one as the answer.

For people: the test data belong to the operator (a reference folder); they are read here and never shipped.
Counties whose borders changed between the censuses are joined by prefecture, so that city totals close.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from renben.engines.projection.inputs import (
    GROUPS,
    Census,
    InputError,
    Inputs,
    Observed,
    Regions,
    Vital,
    read_regions,
    read_vital,
)
from renben.engines.projection.states import Array

REVISED = "year_end_revised_nbs"
MATCHED = "demography/shanxi_county_backtest_2010_2020_matched.csv"


@dataclass(frozen=True)
class Truth:
    """What the later census counted, for the same units."""

    residents: Array  # (c,)
    urban: Array  # (c,)
    matched: Array  # (c,) False for joined remainders


@dataclass(frozen=True)
class Hindcast:
    """Inputs at the earlier census and the truth at the later one."""

    inputs: Inputs
    truth: Truth
    before: int
    after: int
    away_after: float  # people away from their hukou county inside the province, later census, province total
    earlier: Array  # province's urban share by year, one vintage, up to the earlier census


def load(reference: Path, facts: Path, before: int = 2010, after: int = 2020) -> Hindcast:
    """Read the reference folder.

    Raises:
        InputError: the folder or a table is missing; says which.
    """
    if not (reference / MATCHED).is_file():
        raise InputError(
            f"{reference / MATCHED}: not found; a back-test reads the operator's reference tables "
            "(--reference FOLDER); they are not shipped"
        )
    tables = _Tables(reference, before, after)
    all_regions = read_regions(pl.read_csv(facts / "regions.csv", infer_schema_length=0))
    units = _units(tables, all_regions, before)
    regions = _regions(all_regions, units)
    census = _census(units)
    observed = _observed(tables, regions, before, after, census)
    vital = _vital(facts)
    truth = Truth(
        np.array([u["pop_after"] for u in units]),
        np.array([u["urban_after"] for u in units]),
        np.array([u["matched"] for u in units], bool),
    )
    away_after = _away_after(reference, regions.province, after)
    earlier = _earlier(tables, regions.province, before)
    return Hindcast(Inputs(regions, census, observed, vital), truth, before, after, away_after, earlier)


def _earlier(tables: "_Tables", province: str, before: int) -> Array:
    """Urban shares of the years that end with the earlier census, without a gap, from the revised series."""
    rows = tables.prefecture.filter(pl.col("code") == province, pl.col("basis") == REVISED)
    found = {
        y: _pivot(rows.filter(pl.col("year") == str(y))).get(province, {})
        for y in range(before - 10, before + 1)
    }
    known = {
        y: v["urban_pop"] / v["resident_pop"]
        for y, v in found.items()
        if {"urban_pop", "resident_pop"} <= set(v)
    }
    first = next(y for y in range(before, before - 12, -1) if y - 1 not in known)
    return np.array([known[y] for y in range(first, before + 1)])


def _away_after(reference: Path, province: str, after: int) -> float:
    moved = pl.read_csv(reference / "migration.csv", infer_schema_length=0)
    one = moved.filter(
        pl.col("code") == province,
        pl.col("year") == str(after),
        pl.col("indicator") == "hukou_elsewhere_same_province",
    )
    return float(one["value"][0])


class _Tables:
    """The reference tables, read once."""

    def __init__(self, reference: Path, before: int, after: int) -> None:
        self.matched = pl.read_csv(reference / MATCHED)
        self.ages = pl.read_csv(reference / "age_sex.csv", infer_schema_length=0).filter(
            pl.col("year") == str(before)
        )
        self.county = pl.read_csv(reference / "population_county.csv", infer_schema_length=0)
        self.prefecture = pl.read_csv(reference / "population_prefecture.csv", infer_schema_length=0)
        self.moved = pl.read_csv(reference / "migration.csv", infer_schema_length=0).filter(
            pl.col("year") == str(before)
        )
        later = self.county.filter(pl.col("year") == str(after), pl.col("basis") == "gb117")
        self.later = _pivot(later)
        self.census = {
            year: _pivot(self.prefecture.filter(pl.col("year") == str(year), pl.col("basis") == "census"))
            for year in (before, after)
        }

    def age_table(self, code: str) -> Array:
        """Persons (x, g) of a region."""
        rows = self.ages.filter(pl.col("code") == code)
        out = np.zeros((2, len(GROUPS)))
        for sex, label, value in zip(rows["sex"], rows["age_group"], rows["population"], strict=True):
            at = int(np.searchsorted(GROUPS, int(label.replace("+", "").split("-")[0])))
            out[0 if sex == "M" else 1, at] += float(value)
        return out


def _pivot(table: pl.DataFrame) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for code, indicator, value in zip(table["code"], table["indicator"], table["value"], strict=True):
        out.setdefault(code, {})[indicator] = float(value)
    return out


def _units(tables: _Tables, regions: Regions, before: int) -> list[dict[str, Any]]:
    """Matched counties, and for each prefecture with borders that changed its remainder."""
    place = dict(zip(regions.counties, regions.prefecture, strict=True))
    units: list[dict[str, Any]] = []
    for row in tables.matched.iter_rows(named=True):
        code, old = f"{int(row['code'])}", f"{int(row['code10'])}"
        later = tables.later[code]
        units.append(
            {
                "code": code,
                "prefecture": int(place[code]),
                "pop": row["pop10"],
                "urban": row["urb10"],
                "away": (row["in_same10"], row["in_prov10"], row["in_out10"]),
                "ages": tables.age_table(old),
                "pop_after": later["resident_pop"],
                "urban_after": later["urban_pop"],
                "matched": True,
            }
        )
    for p, code in enumerate(regions.prefectures):
        rest = _remainder(tables, units, p, code, regions, before)
        if rest is not None:
            units.append(rest)
    return sorted(units, key=lambda u: (u["prefecture"], u["code"]))


def _remainder(
    tables: _Tables, units: list[dict[str, Any]], p: int, code: str, regions: Regions, before: int
) -> dict[str, Any] | None:
    mine = [u for u in units if u["prefecture"] == p]
    whole, later = tables.census[before][code], _later(tables, code)
    people = whole["resident_pop"] - sum(float(u["pop"]) for u in mine)
    if people < 1000:
        return None
    names = {u["code"] for u in mine}
    left = [
        c for c, at in zip(regions.counties, regions.prefecture, strict=True) if at == p and c not in names
    ]
    ages = tables.age_table(code) - np.sum([u["ages"] for u in mine], axis=0)
    moved = _pivot(tables.moved.filter(pl.col("code") == code))[code]
    names_in = ("hukou_elsewhere_same_county", "hukou_elsewhere_same_province", "hukou_other_province")
    away = tuple(max(0.0, moved[n] - sum(float(u["away"][i]) for u in mine)) for i, n in enumerate(names_in))
    return {
        "code": left[0],
        "prefecture": p,
        "pop": people,
        "urban": whole["urban_pop"] - sum(float(u["urban"]) for u in mine),
        "away": away,
        "ages": np.maximum(ages, 0.0),
        "pop_after": later["resident_pop"] - sum(float(u["pop_after"]) for u in mine),
        "urban_after": later["urban_pop"] - sum(float(u["urban_after"]) for u in mine),
        "matched": False,
    }


def _later(tables: _Tables, code: str) -> dict[str, float]:
    return tables.census[max(tables.census)][code]


def _regions(regions: Regions, units: list[dict[str, Any]]) -> Regions:
    at = [regions.counties.index(str(u["code"])) for u in units]
    return Regions(
        regions.province,
        regions.prefectures,
        tuple(str(u["code"]) for u in units),
        regions.names,
        regions.prefecture[at],
        regions.lon[at],
        regions.lat[at],
    )


def _census(units: list[dict[str, Any]]) -> Census:
    def column(name: str) -> Array:
        return np.array([float(u[name]) for u in units])

    ages = np.stack([np.asarray(u["ages"]) for u in units])  # c x g
    people = column("pop")
    ages = ages * (people / ages.sum(axis=(1, 2)))[:, None, None]
    men = ages[:, 0].sum(axis=1) / ages[:, 1].sum(axis=1) * 100
    away = np.array([u["away"] for u in units], float)
    urban = np.minimum(column("urban"), people)
    return Census(people, urban, men, ages.sum(axis=1), ages.sum(axis=0), away)


def _observed(tables: _Tables, regions: Regions, before: int, after: int, census: Census) -> Observed:
    nbs = tables.prefecture.filter(pl.col("code") == regions.province, pl.col("basis") == REVISED)
    by_year = {
        y: _pivot(nbs.filter(pl.col("year") == str(y)))[regions.province] for y in range(before, after + 1)
    }
    years = np.arange(before, after + 1, dtype=np.int64)
    end = tables.census[after][regions.province]
    people = np.array([by_year[int(y)]["resident_pop"] for y in years])
    urban = np.array([by_year[int(y)]["urban_pop"] for y in years])
    people[0], urban[0] = census.residents.sum(), census.urban.sum()
    people[-1], urban[-1] = end["resident_pop"], end["urban_pop"]
    nothing = np.full(len(years), np.nan)
    cities = np.full((len(years), len(regions.prefectures)), np.nan)
    whole = tables.census[before][regions.province]
    rate = {before: whole["nonagri_hukou_share"] / 100}
    shares = {before: float(urban[0] / people[0])}
    return Observed(years, people, urban, nothing, nothing.copy(), cities, cities.copy(), rate, shares)


def _vital(facts: Path) -> Vital:
    """National schedules: the shipped ones."""
    return read_vital(pl.read_csv(facts / "vital.csv", infer_schema_length=0))
