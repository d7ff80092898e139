"""The door: facts tables in, plain arrays out. The only module of the engine that knows how facts are written.

For people: any province given as these tables can be projected; nothing here is true of one place only.
Not modelled: vintages are never joined. Observations of one basis only are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from renben.engines.projection.states import Array, Ints

GROUPS = np.array([0, 1, *range(5, 90, 5)])
"""First ages of the census groups; the last is open."""
AWAY = ("share_away_same_county", "share_away_other_county_same_province", "share_away_other_province")
Facts = Mapping[str, pl.DataFrame]
"""Facts tables by name, all columns as text."""


class InputError(ValueError):
    """A facts table lacks what a projection needs."""


@dataclass(frozen=True)
class Regions:
    """Counties in the order of the engine: prefecture by prefecture."""

    province: str
    prefectures: tuple[str, ...]
    counties: tuple[str, ...]
    names: dict[str, str]
    prefecture: Ints  # (c,)
    lon: Array  # (c,) degrees
    lat: Array  # (c,)

    @property
    def first(self) -> Ints:
        """First county of each prefecture."""
        return np.searchsorted(self.prefecture, np.arange(len(self.prefectures)))

    @property
    def last(self) -> Ints:
        """One past the last county of each prefecture."""
        return np.searchsorted(self.prefecture, np.arange(len(self.prefectures)), side="right")


@dataclass(frozen=True)
class Census:
    """One census by county, persons."""

    residents: Array  # (c,)
    urban: Array  # (c,)
    men_per_100: Array  # (c,)
    ages: Array  # (c, g) both sexes
    province_ages: Array  # (x, g)
    away: Array  # (c, 3) hukou in another township of the county, elsewhere in the province, other provinces
    gone: Array | None = (
        None  # (c,) registered here, living in another county or outside the province, if counted
    )


@dataclass(frozen=True)
class Observed:
    """Yearly totals of one vintage, persons; NaN where nothing was published."""

    years: Ints  # (t,) year ends
    residents: Array  # (t,)
    urban: Array  # (t,)
    births: Array  # (t,)
    deaths: Array  # (t,)
    prefecture: Array  # (t, p)
    prefecture_urban: Array  # (t, p)
    hukou_rate: dict[int, float]
    decade_rate: dict[int, float]  # census urban shares, for the long-run drift


@dataclass(frozen=True)
class Vital:
    """National schedules: by period start, five-year periods."""

    ages: Array  # (n,) first ages of death-rate groups
    rates: dict[int, Array]  # period start -> (x, n)
    fertility_ages: Array
    fertility: dict[int, Array]  # period start -> (7,) shares
    tfr: dict[int, float]


@dataclass(frozen=True)
class Inputs:
    """All of it."""

    regions: Regions
    census: Census
    observed: Observed
    vital: Vital

    @property
    def base_year(self) -> int:
        """Year end of the base population."""
        return int(self.observed.years[0])


def read(facts: Facts) -> Inputs:
    """Read facts tables (regions, age_county, population_county, ..., vital).

    Raises:
        InputError: a table or a row is missing; names the file, the region and the value.
    """
    regions = read_regions(_table(facts, "regions"))
    return Inputs(
        regions,
        read_census(facts, regions),
        read_observed(facts, regions),
        read_vital(_table(facts, "vital")),
    )


def _table(facts: Facts, name: str) -> pl.DataFrame:
    if name not in facts:
        where = ", ".join(getattr(facts, "places", ("the tables given",)))
        raise InputError(
            f"{name}.csv: not found in {where}; a projection needs this table (see docs/projection.md, Inputs)"
        )
    return facts[name]


def read_regions(table: pl.DataFrame) -> Regions:
    """Counties sorted by prefecture from a table of code, name_zh, level, parent_code, seat_lon, seat_lat."""
    level = {name: table.filter(pl.col("level") == name) for name in ("province", "prefecture", "county")}
    if len(level["province"]) != 1:
        raise InputError(f"regions: exactly one province is needed; found {len(level['province'])}")
    prefectures = tuple(sorted(level["prefecture"]["code"].to_list()))
    rank = {code: i for i, code in enumerate(prefectures)}
    rows = sorted(level["county"].iter_rows(named=True), key=lambda r: (r["parent_code"], r["code"]))
    orphans = [r["code"] for r in rows if r["parent_code"] not in rank]
    if orphans:
        raise InputError(f"regions: counties {orphans} have no prefecture among the rows of level prefecture")
    return Regions(
        level["province"]["code"][0],
        prefectures,
        tuple(r["code"] for r in rows),
        dict(zip(table["code"].to_list(), table["name_zh"].to_list(), strict=True)),
        np.array([rank[r["parent_code"]] for r in rows], dtype=np.int64),
        np.array([float(r["seat_lon"]) for r in rows]),
        np.array([float(r["seat_lat"]) for r in rows]),
    )


def _column(table: pl.DataFrame, codes: tuple[str, ...], value: str, what: str) -> Array:
    found = dict(zip(table["code"].to_list(), table[value].to_list(), strict=True))
    missing = [c for c in codes if found.get(c) in (None, "")]
    if missing:
        raise InputError(f"{what}: no value for {missing[:5]} ({len(missing)} regions); fill the rows in")
    return np.array([float(found[c]) for c in codes])


def read_census(facts: Facts, regions: Regions) -> Census:
    """The census of the base year by county."""
    wide = _table(facts, "age_county").filter(pl.col("basis") == "gb117")
    shares = [c for c in wide.columns if c.startswith("share_")]
    if len(shares) != len(GROUPS):
        raise InputError(f"age_county: {len(shares)} age groups; the engine reads {len(GROUPS)}")
    codes = regions.counties
    long = _table(facts, "population_county").filter(
        pl.col("basis") == "gb117", pl.col("year") == wide["year"][0]
    )

    def of(indicator: str) -> Array:
        rows = long.filter(pl.col("indicator") == indicator)
        return _column(rows, codes, "value", f"population_county, {indicator}")

    residents = of("resident_pop")
    raw = np.stack([_column(wide, codes, s, f"age_county, {s}") for s in shares], axis=1)
    ages = raw / raw.sum(axis=1, keepdims=True) * residents[:, None]
    away = np.stack([of(name) for name in AWAY], axis=1) * residents[:, None]
    return Census(residents, of("urban_pop"), of("sex_ratio"), ages, _province_ages(facts, regions), away)


def _province_ages(facts: Facts, regions: Regions) -> Array:
    table = _table(facts, "age_sex_province").filter(pl.col("code") == regions.province)
    out = np.zeros((2, len(GROUPS)))
    for x, sex in enumerate(("male", "female")):
        rows = table.filter(pl.col("sex") == sex)
        found = {
            _first(label): float(v) for label, v in zip(rows["age_group"], rows["population"], strict=True)
        }
        missing = [int(g) for g in GROUPS if g not in found]
        if missing:
            raise InputError(f"age_sex_province, {sex}: no rows for ages from {missing}")
        out[x] = [found[int(g)] for g in GROUPS]
    return out


def _first(label: str) -> int:
    return int(label.replace("+", "").split("-")[0])


def census_year(facts: Facts) -> int:
    """Year of the census that the county ages were counted in."""
    return int(_table(facts, "age_county")["year"][0])


def read_observed(facts: Facts, regions: Regions) -> Observed:
    """Year-end totals of the vintage consistent with the base census; other vintages are left alone."""
    base = census_year(facts)
    basis = f"year-end, consistent with the {base} census"
    series = _table(facts, "province_series").filter(pl.col("code") == regions.province)
    now = series.filter(pl.col("basis") == basis)
    cities = _table(facts, "population_prefecture").filter(pl.col("basis") == basis)
    years = np.array(sorted({int(y) for y in now["year"] if int(y) >= base}), dtype=np.int64)
    census = series.filter(pl.col("basis") == "census", pl.col("indicator") == "urban_share")
    hukou = series.filter(pl.col("basis") == "hukou", pl.col("indicator") == "hukou_urban_share")
    return Observed(
        years,
        _series(now, "resident_pop", years),
        _series(now, "urban_pop", years),
        _series(now, "births", years),
        _series(now, "deaths", years),
        _cities(cities, "resident_pop", years, regions),
        _cities(cities, "urban_pop", years, regions),
        {int(y): float(v) for y, v in zip(hukou["year"], hukou["value"], strict=True)},
        {int(y): float(v) for y, v in zip(census["year"], census["value"], strict=True)},
    )


def _series(table: pl.DataFrame, indicator: str, years: Ints) -> Array:
    rows = table.filter(pl.col("indicator") == indicator)
    found = {int(y): float(v) for y, v in zip(rows["year"], rows["value"], strict=True)}
    return np.array([found.get(int(y), np.nan) for y in years])


def _cities(table: pl.DataFrame, indicator: str, years: Ints, regions: Regions) -> Array:
    by_code = [_series(table.filter(pl.col("code") == p), indicator, years) for p in regions.prefectures]
    return np.stack(by_code, axis=1)


def read_vital(table: pl.DataFrame) -> Vital:
    """Death rates by period, fertility patterns and total fertility of the nation (code of the first tfr row)."""
    rates: dict[int, Array] = {}
    mx = table.filter(pl.col("indicator") == "mx")
    if mx.is_empty():
        raise InputError("vital: no rows of indicator mx (death rates by age)")
    ages = np.array(sorted({_first(a) for a in mx["age"]}), dtype=float)
    for period in sorted(set(mx["year_or_period"])):
        rows = mx.filter(pl.col("year_or_period") == period)
        by_sex = []
        for sex in ("M", "F"):
            one = rows.filter(pl.col("sex") == sex)
            found = {_first(a): float(v) for a, v in zip(one["age"], one["value"], strict=True)}
            by_sex.append([found[int(a)] for a in ages])
        rates[int(period[:4])] = np.array(by_sex)
    pattern = table.filter(pl.col("indicator") == "asfr_pattern")
    first_ages = np.array(sorted({_first(a) for a in pattern["age"]}), dtype=float)
    fertility = {}
    for period in sorted(set(pattern["year_or_period"])):
        rows = pattern.filter(pl.col("year_or_period") == period)
        found = {_first(a): float(v) for a, v in zip(rows["age"], rows["value"], strict=True)}
        fertility[int(period[:4])] = np.array([found[int(a)] for a in first_ages])
    total = table.filter(pl.col("indicator") == "tfr")
    tfr = {int(y): float(v) for y, v in zip(total["year_or_period"], total["value"], strict=True)}
    return Vital(ages, rates, first_ages, fertility, tfr)
