"""Which industry could lead a county: evidence in six parts, a rank, and how far it depends on weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.randomness import stream
from renben.core.table import History, Maybe, Table, table
from renben.engines.statistics.concentration import location_quotient
from renben.engines.statistics.regional import relatedness_density, shift_share

PARTS = ("quotient", "shift", "intensity", "linkage", "density", "sme")
BASIS = ("industry_clusters.leading_weight", "industry_clusters.leading_band", "industry_clusters.gate")
LEADERS = 2
Floats = npt.NDArray[np.float64]


class WeightsError(ValueError):
    """An operator's weights or bands do not name the six parts of the score."""


@table(grain=("region", "industry"), basis=BASIS)
def leading_industry(
    county_industry: History, industry_linkage: Maybe, cat: Catalogue, law: Law, seed: int
) -> Table:
    """Industries of each county ranked by a score (0-1) from six parts of evidence, beside its province.

    Parts: location quotient, regional shift over jobs at the start, jobs per output relative to the province,
    backward linkage, relatedness density, share of SME jobs; each from 0 to 1 within a fixed band. A part that is
    unknown and carries weight leaves the score unknown. Only counties count; the reference is their sum by province.

    Args:
        county_industry: Jobs, output (yuan), firms and SME jobs by region, industry and period.
        industry_linkage: Backward linkage by industry.
        cat: For counties and their provinces.
        law: For gate, weights, bands and draws.
        seed: Root of the random weights.
    """
    cells = _with_province(county_industry, cat)
    parts = pl.concat(
        [_evidence(group) for _, group in cells.collect().group_by("province", maintain_order=True)]
        or [_evidence(cells.collect())]
    )
    gate, restricted = law.value("industry_clusters.gate"), law.value("industry_clusters.restricted")
    large = (pl.col("jobs") >= gate["jobs"]) & (pl.col("firms") >= gate["firms"])
    allowed = ~pl.col("industry").is_in(list(restricted)) if restricted else pl.lit(True)
    frame = (
        parts.join(
            industry_linkage.select("industry", linkage="backward").collect(), on="industry", how="left"
        )
        .with_columns(gate=large & allowed)
        .sort("region", "industry")
    )
    scored = _scored(frame, law, seed)
    reasons = [
        pl.when(pl.col(name).is_null()).then(pl.lit(f"no_{name}")).alias(f"{name}_reason") for name in PARTS
    ]
    return scored.with_columns(reasons).drop("jobs", "firms").lazy()


def _with_province(county_industry: History, cat: Catalogue) -> Table:
    """Rows of counties with their province and years before the newest period."""
    provinces = [
        (code, _province(code, cat)) for code, region in cat.regions.items() if region.level == "county"
    ]
    known = pl.LazyFrame(provinces, schema={"region": pl.String, "province": pl.String}, orient="row")
    year = pl.col("period").str.slice(0, 4).cast(pl.Int64)
    return (
        county_industry.join(known, on="region")
        .with_columns(lag=year.max().over(pl.lit(1)) - year)
        .filter(pl.col("lag") <= 1)
        .sort("province", "region", "industry")
    )


def _province(code: str, cat: Catalogue) -> str:
    region = cat.regions[code]
    while region.level != "province" and region.parent in cat.regions:
        region = cat.regions[region.parent]
    return str(region.code)


def _evidence(rows: pl.DataFrame) -> pl.DataFrame:
    """Five parts of evidence for the counties of one province; the sixth comes from an input-output table."""
    now, before = rows.filter(pl.col("lag") == 0), rows.filter(pl.col("lag") == 1)
    regions = sorted(now["region"].unique().to_list())
    industries = sorted(now["industry"].unique().to_list())
    jobs = _matrix(now, "jobs", regions, industries)
    quotient = location_quotient(jobs) if regions else jobs
    # An industry never found together with another has no related industry anywhere: its density is 0, not unknown.
    density = np.nan_to_num(relatedness_density(np.nan_to_num(quotient) >= 1)) if regions else jobs
    shift = _shift(
        _matrix(before, "jobs", regions, industries), jobs, set(before["region"].to_list()), regions
    )
    place = {key: i for i, key in enumerate(regions)}, {key: i for i, key in enumerate(industries)}
    at = [(place[0][r], place[1][i]) for r, i in now.select("region", "industry").iter_rows()]
    per_output = pl.col("jobs").sum() / pl.col("output").cast(pl.Float64).sum()
    mean = now.select(per_output).item() if now.height else None
    output = pl.when(pl.col("output") > 0).then(pl.col("output").cast(pl.Float64))
    return now.select(
        "region",
        "industry",
        "jobs",
        "firms",
        quotient=_picked(quotient, at),
        shift=_picked(shift, at),
        intensity=pl.col("jobs") / output / pl.lit(mean, dtype=pl.Float64),
        density=_picked(density, at),
        sme=pl.when(pl.col("jobs") > 0).then(pl.col("sme_jobs") / pl.col("jobs")),
    )


def _matrix(rows: pl.DataFrame, value: str, regions: list[str], industries: list[str]) -> Floats:
    matrix = np.zeros((len(regions), len(industries)))
    row, column = {r: i for i, r in enumerate(regions)}, {c: i for i, c in enumerate(industries)}
    for region, industry, number in rows.select("region", "industry", value).iter_rows():
        if region in row and industry in column:
            matrix[row[region], column[industry]] = number
    return matrix


def _shift(before: Floats, jobs: Floats, seen: set[str], regions: list[str]) -> Floats:
    """Regional shift over jobs at the start; NaN where a county has no earlier year or had no jobs."""
    result = np.full(jobs.shape, np.nan)
    old = np.array([region in seen for region in regions], dtype=bool)
    if not old.any():
        return result
    for i in np.flatnonzero(old):
        regional = shift_share(before[i], jobs[i], before[old].sum(axis=0), jobs[old].sum(axis=0)).regional
        np.divide(regional, before[i], out=result[i], where=before[i] > 0)
    return result


def _picked(matrix: Floats, at: list[tuple[int, int]]) -> pl.Series:
    values = [None if np.isnan(matrix[i, j]) else float(matrix[i, j]) for i, j in at]
    return pl.Series(values, dtype=pl.Float64)


def _scored(frame: pl.DataFrame, law: Law, seed: int) -> pl.DataFrame:
    """Score, rank and share of random weights under which an industry is among the first two."""
    weights = _six(law.value("industry_clusters.leading_weight"), "leading_weight")
    bands = _six(law.value("industry_clusters.leading_band"), "leading_band")
    unit = {
        name: ((pl.col(name) - low) / (high - low)).clip(0, 1).alias(name)
        for name, (low, high) in ((name, bands[name]) for name in PARTS)
    }
    values = frame.select(unit.values())
    parts = values.fill_null(0.0).to_numpy()
    weight = np.array([float(weights[name]) for name in PARTS])
    known = values.select(
        pl.all_horizontal(pl.col(name).is_not_null() for name in PARTS if weights[name] > 0)
    ).to_series()
    draws = stream(seed, "leading_industry").dirichlet(
        np.ones(len(PARTS)), int(law.value("industry_clusters.weight_draws"))
    )
    rated = frame.with_columns(
        score=pl.Series(parts @ weight / weight.sum()), known=known, at=pl.int_range(pl.len())
    )
    candidates = rated.filter(pl.col("gate") & pl.col("known")).with_columns(
        rank=pl.col("score").rank("ordinal", descending=True).over("region").cast(pl.Int64)
    )
    shares = candidates.select("at", "rank", top_two=_top_two(candidates, parts @ draws.T))
    reason = pl.when(~pl.col("known")).then(pl.lit("part_unknown"))
    return (
        rated.join(shares, on="at", how="left")
        .with_columns(score=pl.when("known").then(pl.col("score")), score_reason=reason)
        .drop("known", "at")
        .sort("region", "industry")
    )


def _top_two(candidates: pl.DataFrame, drawn: Floats) -> pl.Series:
    """Share of draws in which each candidate is among the first two of its county."""
    result = np.zeros(candidates.height)
    places = candidates.with_row_index("row").group_by("region").agg("row", "at")
    for _, rows, at in places.iter_rows():
        scores = drawn[at]
        ahead = (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
        result[rows] = (ahead < LEADERS).mean(axis=1)
    return pl.Series(result)


def _six(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or set(value) != set(PARTS):
        raise WeightsError(
            f"industry_clusters.{name} is {value!r}: write one entry for each of {', '.join(PARTS)}."
        )
    return value


@table(grain=("region", "industry"), basis=BASIS)
def named_direction(leading_industry: Table, named_industry: Table) -> Table:
    """Whether a county's evidence confirms an industry that a plan names; the plan stands, this shows evidence.

    Confirmed: among the first two. Contradicted: below the gate, or a location quotient below 1 while jobs shift
    away. Weak: anything between. A named code covers its finer codes; the best of them counts.

    Args:
        leading_industry: Evidence and rank by region and industry.
        named_industry: Industries that a plan names, by region.
    """
    named = named_industry.rename({"industry": "named"})
    pairs = named.join(leading_industry, on="region", how="left").with_columns(
        inside=pl.col("industry").is_not_null() & pl.col("industry").str.starts_with(pl.col("named"))
    )
    leads = pl.col("rank").fill_null(LEADERS + 1) <= LEADERS
    away = (pl.col("quotient") < 1) & (pl.col("shift").fill_null(0.0) < 0)
    flag = (
        pl.when(~pl.col("inside")).then(3)
        .when(leads).then(0)
        .when(~pl.col("gate") | away).then(2)
        .otherwise(1)
    )  # fmt: skip
    names = pl.lit(pl.Series([["confirmed", "weak", "contradicted", "no_data"]]))
    return (
        pairs.with_columns(flag=flag)
        .group_by("region", "named")
        .agg(
            flag=pl.col("flag").min(),
            rank=pl.col("rank").filter("inside").min(),
            top_two=pl.col("top_two").filter("inside").max(),
            source=pl.col("source").first(),
        )
        .select(
            "region",
            industry="named",
            flag=names.list.get(pl.col("flag")),
            rank="rank",
            top_two="top_two",
            source="source",
        )
    )
