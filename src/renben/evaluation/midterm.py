"""The mid-term evaluation: pace against time for each target, and what named groups of counties gained.

The verdict is one of three words (达到、基本达到、滞后), or none with the reason. The group effect compares two years
only; estimators for longer panels (staggered starts, synthetic controls) need yearly county series.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.randomness import stream
from renben.core.table import Table, table

RANDOM_GROUPS = 2000
EFFECT = ("effect", "detectable", "p_value")
Floats = npt.NDArray[np.float64]


@table(grain=("region", "indicator"), basis=("evaluation.midterm",))
def midterm_verdict(target_status: Table, law: Law) -> Table:
    """Verdict on each indicator: its value where the target is met, else its pace (ratio) against time.

    Args:
        target_status: Status rows of the period.
        law: For the least pace of each verdict (ratio) and the year.
    """
    value, target, pace = pl.col("value"), pl.col("target"), pl.col("pace_ratio")
    met = pl.when(pl.col("comparison") == "at_most").then(value <= target).otherwise(value >= target)
    by = (
        pl.when(pl.col("status") == "grey")
        .then(pl.lit("none"))
        .when(met.fill_null(False))
        .then(pl.lit("value"))
        .when(pace.is_not_null())
        .then(pl.lit("pace"))
        .otherwise(pl.lit("class"))
    )
    reached = law.value("evaluation.midterm.reached")
    nearly = law.value("evaluation.midterm.nearly")
    by_pace = pl.when(pace >= reached).then(pl.lit("reached")).when(pace >= nearly).then(pl.lit("nearly"))
    by_class = (
        pl.when(pl.col("status") == "green")
        .then(pl.lit("reached"))
        .when(pl.col("status") == "yellow")
        .then(pl.lit("nearly"))
    )
    verdict = (
        pl.when(pl.col("by") == "none")
        .then(pl.lit("unjudged"))
        .when(pl.col("by") == "value")
        .then(pl.lit("reached"))
        .when(pl.col("by") == "pace")
        .then(by_pace.otherwise(pl.lit("behind")))
        .otherwise(by_class.otherwise(pl.lit("behind")))
    )
    return target_status.with_columns(by=by).select(
        "region",
        "indicator",
        verdict=verdict,
        by="by",
        reason=pl.when(pl.col("by") == "none").then("reason"),
        pace_ratio="pace_ratio",
        synthetic="synthetic",
    )


@table(grain=("group", "indicator"), basis=("evaluation.midterm",))
def group_effect(indicator_history: Table, cat: Catalogue, law: Law, seed: int) -> Table:
    """Change of each group of counties beyond that of the others (indicator's unit), and what could be detected.

    Two-period difference in differences of county means, from the last year before the plan to the period. The
    smallest detectable difference is a multiple of the standard deviation over random groups of the same size.

    Args:
        indicator_history: Values by region, indicator and year.
        cat: For groups of counties, plans and indicators.
        law: For the least number of counties, the multiple, and the year.
        seed: Of the random groups.
    """
    start = min((plan.first_year for plan in cat.plans.values()), default=law.on.year)
    counties = [r.code for r in cat.regions.values() if r.level == "county"]
    groups = {name: g.members for name, g in cat.groups.items() if set(g.members) <= set(counties)}
    wanted = sorted({i.id for i in cat.indicators.values() if "H" in i.measures and "county" in i.levels})
    changes = _changes(indicator_history, counties, start, law.on.year).collect()
    rows = [
        {"group": name, "indicator": one, **_effect(changes.filter(indicator=one), members, law, seed, name)}
        for one in wanted
        for name, members in groups.items()
    ]
    text = dict.fromkeys(("group", "indicator", *(f"{name}_reason" for name in EFFECT)), pl.String)
    counts = dict.fromkeys(("first_year", "last_year", "members", "members_known", "others_known"), pl.Int64)
    return pl.LazyFrame(
        rows,
        schema_overrides={**text, **counts, **dict.fromkeys(EFFECT, pl.Float64), "synthetic": pl.Boolean},
    )


def _changes(history: pl.LazyFrame, counties: list[str], start: int, end: int) -> pl.LazyFrame:
    """Last value before the plan and newest value of each county, of one series; the change between them."""
    known = history.filter(pl.col("value").is_not_null(), pl.col("region").is_in(counties)).sort("year")
    keys = ["region", "indicator"]
    columns = ("value", "year", "series", "synthetic")
    parts = []
    for name, inside in (("first", pl.col("year") < start), ("last", pl.col("year").is_between(start, end))):
        last = known.filter(inside).group_by(keys).last()
        parts.append(last.select(*keys, *(pl.col(c).alias(f"{c}_{name}") for c in columns)))
    both = parts[0].join(parts[1], on=keys)
    same = pl.col("series_first").eq_missing(pl.col("series_last"))
    return both.filter(same).select(
        *keys,
        change=pl.col("value_last") - pl.col("value_first"),
        first_year="year_first",
        last_year="year_last",
        synthetic=pl.col("synthetic_first") | pl.col("synthetic_last"),
    )


def _effect(
    changes: pl.DataFrame, members: tuple[str, ...], law: Law, seed: int, name: str
) -> dict[str, object]:
    inside = changes.filter(pl.col("region").is_in(members))
    outside = changes.filter(~pl.col("region").is_in(members))
    enough = inside.height >= law.value("evaluation.midterm.members") and outside.height >= law.value(
        "evaluation.midterm.others"
    )
    found: dict[str, object] = {
        "first_year": inside["first_year"].min(),
        "last_year": inside["last_year"].max(),
        "members": len(members),
        "members_known": inside.height,
        "others_known": outside.height,
        "synthetic": bool(changes["synthetic"].any()),
    }
    if not enough:
        return found | {n: None for n in EFFECT} | {f"{n}_reason": "too_few_counties" for n in EFFECT}
    others = outside.sort("region")["change"].to_numpy()
    effect = float(inside["change"].to_numpy().mean() - others.mean())
    drawn = _placebo(others, inside.height, stream(seed, "group_effect", name))
    spread = float(drawn.std(ddof=1))
    as_large = float((np.abs(drawn) >= abs(effect) - 1e-12).mean())
    values = (effect, law.value("evaluation.midterm.power") * spread, as_large)
    return found | dict(zip(EFFECT, values, strict=True)) | {f"{n}_reason": None for n in EFFECT}


def _placebo(others: Floats, size: int, rng: np.random.Generator) -> Floats:
    """Differences that random groups of other counties show beside the rest of them."""
    order = rng.permuted(np.tile(np.arange(len(others)), (RANDOM_GROUPS, 1)), axis=1)
    size = min(size, len(others) - 1)
    inside, outside = others[order[:, :size]], others[order[:, size:]]
    differences: Floats = inside.mean(axis=1) - outside.mean(axis=1)
    return differences
