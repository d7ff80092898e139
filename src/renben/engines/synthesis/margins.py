"""Turns published census shares into whole numbers of persons per county that agree with each other.

Reads the facts of the catalogue: residents, age, sex, urban, women of 15-49 and people away from their hukou
township by county; households and age-sex of the province; households of two prefectures and two counties.
A share of the population keeps the same structure. Zones are inside their counties (basis gb117).

Not modelled: the printed age-sex table of the counties, which the facts do not hold.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.catalogue import FACTS, CatalogueError
from renben.engines.synthesis.fitting import Floats, Ints, apportion_parts, round_to_total
from renben.engines.synthesis.priors import AGE_GROUPS

AWAY = ("same_county", "other_county", "other_province")
_AWAY_FACTS = ("share_away_same_county", "share_away_other_county_same_province", "share_away_other_province")
_REPRODUCTIVE = slice(AGE_GROUPS.index("15-19"), AGE_GROUPS.index("45-49") + 1)
_ROUNDS = 400
_CENSUS_YEAR = "2020"
_PERIOD = "2015-2020"


@dataclass
class Margins:
    """What is published and the whole numbers of persons that the population is made from.

    Axes: county, age group (19), sex (0 male, 1 female), class of being away (3: same county, other county,
    other province). `published` holds the margins as published times the share, for the report. `fertility` is the
    share of births by five-year age of the mother from 15-19 on (percent), `old_survival` the yearly survival at 85-89.
    """

    share: float
    codes: list[str]
    parents: list[str]
    districts: npt.NDArray[np.bool_]
    seats: Floats
    residents: Ints
    age_sex: Ints
    women_15_49: Ints
    urban: Ints
    away: Ints
    province: dict[str, float]
    households: dict[str, dict[str, float]]
    income: tuple[float, float]
    fertility: Floats
    old_survival: float
    published: dict[str, Floats] = field(default_factory=dict)
    residual: float = 0.0


def read_margins(share: float = 1.0, facts: Path = FACTS) -> Margins:
    """Return the margins of every county (persons), fitted to each other and rounded.

    Args:
        share: Share of the population to make, above 0 and at most 1.
        facts: Folder of the facts.

    Raises:
        CatalogueError: If a county lacks a figure.
    """
    wide = _county_table(facts)
    ages = _csv(facts / "age_county.csv").filter(pl.col("basis") == "gb117").sort("code")
    if ages["code"].to_list() != wide["code"].to_list():
        raise CatalogueError(
            f"{facts}: age_county.csv and population_county.csv name different counties; align them."
        )
    persons = wide["resident_pop"].to_numpy().round().astype(np.int64)
    published = _published(wide, ages, persons, facts)
    province = _province(facts, share)
    nothing = np.zeros(0, dtype=np.int64)
    margins = Margins(
        share=share,
        codes=wide["code"].to_list(),
        parents=wide["parent_code"].to_list(),
        districts=(wide["type"] == "district").to_numpy(),
        seats=wide.select(pl.col("seat_lon", "seat_lat").cast(pl.Float64)).to_numpy(),
        residents=apportion_parts(persons, share),
        age_sex=nothing,
        women_15_49=nothing,
        urban=nothing,
        away=nothing,
        province=province,
        households=_households(facts, share),
        income=_income(facts),
        fertility=_vital(facts, "asfr_pattern", None),
        old_survival=float(np.exp(-_vital(facts, "mx", "85-89").mean())),
        published={key: value * share for key, value in published.items()},
    )
    _fit_age_sex(margins)
    margins.urban = round_to_total(
        margins.published["urban"], round(margins.province["urban_pop"]), margins.residents
    )
    margins.away = np.stack(
        [round_to_total_like(margins.published["away"][:, k]) for k in range(len(AWAY))], axis=1
    )
    return margins


def _csv(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def _county_table(facts: Path) -> pl.DataFrame:
    rows = _csv(facts / "population_county.csv").filter(
        (pl.col("basis") == "gb117") & (pl.col("year") == _CENSUS_YEAR)
    )
    wide = rows.with_columns(pl.col("value").cast(pl.Float64)).pivot(
        on="indicator", index="code", values="value"
    )
    holes = [c for c in wide.columns if wide[c].null_count()]
    if holes:
        raise CatalogueError(
            f"{facts / 'population_county.csv'}: {holes} missing for some county; complete the rows."
        )
    regions = _csv(facts / "regions.csv").filter(pl.col("level") == "county")
    return wide.join(regions, on="code", how="inner", validate="1:1").sort("code")


def _published(wide: pl.DataFrame, ages: pl.DataFrame, persons: Ints, facts: Path) -> dict[str, Floats]:
    """The margins as published, in persons."""
    shares = ages.select(pl.col("^share_.*$").cast(pl.Float64)).to_numpy()
    ratio = wide["sex_ratio"].to_numpy()
    male = persons * ratio / (100 + ratio)
    by_sex = _csv(facts / "age_sex_province.csv").filter(pl.col("sex") != "both")
    table = by_sex.with_columns(pl.col("population").cast(pl.Float64)).pivot(
        on="sex", index="age_group", values="population"
    )
    order = pl.DataFrame({"age_group": list(AGE_GROUPS)})
    return {
        "residents": persons.astype(np.float64),
        "age": shares / shares.sum(axis=1, keepdims=True) * persons[:, None],
        "sex": np.stack([male, persons - male], axis=1),
        "women_15_49": wide["share_women_15_49"].to_numpy() * persons,
        "urban": wide["urban_pop"].to_numpy(),
        "away": np.stack([wide[name].to_numpy() * persons for name in _AWAY_FACTS], axis=1),
        "province_age_sex": order.join(table, on="age_group", how="left").select("male", "female").to_numpy(),
    }


def _province(facts: Path, share: float) -> dict[str, float]:
    """Provincial figures of the census by indicator; persons and households times the share."""
    rows = _csv(facts / "province_series.csv").filter(
        (pl.col("year") == _CENSUS_YEAR) & pl.col("basis").is_in(["census", "hukou"])
    )
    counts = ("person", "household")
    averages = ("avg_household_size",)
    return {
        name: float(value) * (share if unit in counts and name not in averages else 1.0)
        for name, value, unit in rows.select("indicator", "value", "unit").iter_rows()
    }


def _households(facts: Path, share: float) -> dict[str, dict[str, float]]:
    """Published household figures of prefectures and counties: code -> indicator -> value times the share."""
    wanted = ["family_households", "collective_households", "family_household_pop"]
    found: dict[str, dict[str, float]] = {}
    for name in ("population_prefecture.csv", "population_county.csv"):
        rows = _csv(facts / name).filter(pl.col("indicator").is_in(wanted) & (pl.col("year") == _CENSUS_YEAR))
        for code, indicator, value in rows.select("code", "indicator", "value").iter_rows():
            found.setdefault(code, {})[indicator] = float(value) * share
    return found


def _income(facts: Path) -> tuple[float, float]:
    """Newest published income per head, urban and rural (yuan a year)."""
    rows = _csv(facts / "economy_services.csv").sort("year")
    newest = {}
    for name in ("income_urban", "income_rural"):
        found = rows.filter(pl.col("indicator") == name)
        if found.is_empty():
            raise CatalogueError(f"{facts / 'economy_services.csv'}: no {name}; add the published figure.")
        newest[name] = float(found["value"][-1])
    return newest["income_urban"], newest["income_rural"]


def _vital(facts: Path, indicator: str, age: str | None) -> Floats:
    """Values of the period that covers the census, in file order: fertility by five-year age, or a mortality rate."""
    rows = _csv(facts / "vital.csv").filter(
        (pl.col("indicator") == indicator) & (pl.col("year_or_period") == _PERIOD)
    )
    found = rows if age is None else rows.filter(pl.col("age") == age)
    if found.is_empty():
        raise CatalogueError(f"{facts / 'vital.csv'}: no {indicator} of {_PERIOD}; add the published rows.")
    return found["value"].cast(pl.Float64).to_numpy()


def _fit_age_sex(margins: Margins) -> None:
    """Whole persons by county, age and sex: county age, county sex and women of 15-49 exact, province near."""
    published, residents = margins.published, margins.residents
    age = np.stack([round_to_total(row, n) for row, n in zip(published["age"], residents, strict=True)])
    female = round_to_total(published["sex"][:, 1], round(margins.province["female_pop"]), caps=residents)
    inside = np.minimum(round_to_total_like(published["women_15_49"]), female)
    blocks = np.zeros((len(AGE_GROUPS), 2), dtype=np.int64)
    blocks[:, 1] = 1
    blocks[_REPRODUCTIVE, 1] = 2
    goals = np.stack([residents - female, female - inside, inside], axis=1).astype(np.float64)
    national = (
        published["province_age_sex"] * (age.sum(axis=0) / published["province_age_sex"].sum(axis=1))[:, None]
    )
    table = age[:, :, None] * (national / national.sum(axis=1, keepdims=True))[None]
    for _ in range(_ROUNDS):
        table *= (national / table.sum(axis=0))[None]
        table *= (age / np.maximum(table.sum(axis=2), 1e-12))[:, :, None]
        sums = np.stack([table[:, blocks == b].sum(axis=1) for b in range(3)], axis=1)
        table *= (goals / np.maximum(sums, 1e-12))[:, blocks]
    margins.residual = float(np.abs(table.sum(axis=2) - age).max() / age.sum())
    women = np.zeros_like(age)
    for c in range(len(residents)):
        for rows, total in ((blocks[:, 1] == 2, inside[c]), (blocks[:, 1] == 1, female[c] - inside[c])):
            women[c, rows] = round_to_total(table[c, rows, 1], int(total), caps=age[c, rows])
    margins.age_sex = np.stack([age - women, women], axis=2)
    margins.women_15_49 = inside


def round_to_total_like(values: Floats) -> Ints:
    """Return whole numbers near the values whose sum is the rounded sum (same unit)."""
    return round_to_total(values, round(float(values.sum())))
