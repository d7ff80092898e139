"""The table functions of the evaluation: history, values, forecasts and status of the indicators.

The whole history is computed anew in every period from the newest vintage of every year, so that a revision
reaches the past and an as-of run sees what was known then. Only annual periods are read.
"""

import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.table import History, Maybe, Table, table
from renben.evaluation.forecast import Settings, fit, forecasts, pool
from renben.evaluation.indicators import Limits, evaluate
from renben.evaluation.panel import Frame, frame
from renben.evaluation.sources import by_year, elements_of, not_published, projected, with_made
from renben.evaluation.status import Rules, Steps, definitions, judge
from renben.evaluation.targets import governing, regional_targets
from renben.evaluation.warnings import WarningRules, warn


@table(grain=("region", "element"))
def mechanism_elements(
    air_year_data: Maybe,
    city_case_data: Maybe,
    cluster_data: Maybe,
    citizenization_fund_data: Maybe,
    core_reach_data: Maybe,
    entitlement_data: Maybe,
    flooding_data: Maybe,
    population_ledger: Maybe,
    cat: Catalogue,
) -> Table:
    """Data elements that mechanisms have made for the period (each in its element's unit)."""
    return pl.concat(
        [
            elements_of("air_year_data", air_year_data, cat),
            elements_of("city_case_data", city_case_data, cat),
            elements_of("cluster_data", cluster_data, cat),
            elements_of("citizenization_fund_data", citizenization_fund_data, cat),
            elements_of("core_reach_data", core_reach_data, cat),
            elements_of("entitlement_data", entitlement_data, cat),
            elements_of("flooding_data", flooding_data, cat),
            elements_of("population_ledger", population_ledger, cat),
        ]
    )


@table(grain=("region", "indicator", "year"), basis=("evaluation.publish_coverage",))
def indicator_history(
    elements: History, mechanism_elements: History, indicator_published: History, cat: Catalogue, law: Law
) -> Table:
    """Every indicator (in its unit) for every region and year up to the period, or the reason for none."""
    rates = by_year(indicator_published)
    made = not_published(by_year(mechanism_elements), rates, cat)
    rows = with_made(by_year(elements), made)
    first = pl.concat([rows["year"], rates["year"]]).min()
    start = law.on.year if first is None else int(first)  # type: ignore[arg-type]
    base = frame(cat, range(start, law.on.year + 1))
    limits = Limits(law.value("evaluation.publish_coverage"), law.value("evaluation.small_count"), law.on)
    return evaluate(rows, rates, cat, base, limits).lazy()


@table(grain=("region", "indicator"))
def indicator_values(indicator_history: Table, law: Law) -> Table:
    """Every indicator of the period (in its unit), with the year before where the two may be compared."""
    year, keys, kept = law.on.year, ["region", "indicator"], ["value", "series", "numerator", "denominator"]
    before = indicator_history.filter(pl.col("year") == year - 1).select(
        *keys, *(pl.col(name).alias(f"previous_{name}") for name in kept)
    )
    joined = indicator_history.filter(pl.col("year") == year).join(before, on=keys, how="left")
    same = pl.col("series").eq_missing(pl.col("previous_series"))
    compared = joined.with_columns(
        pl.when(same).then(f"previous_{name}").alias(f"previous_{name}") for name in kept
    )
    by_numerator, by_denominator = _contributions()
    return compared.with_columns(
        change=pl.col("value") - pl.col("previous_value"),
        change_numerator=by_numerator,
        change_denominator=by_denominator,
    ).drop("year", "previous_series", "previous_numerator", "previous_denominator")


def _contributions() -> tuple[pl.Expr, pl.Expr]:
    """Exact parts of a ratio's change: each factor's change at the mean of the other (two-factor Shapley)."""
    top, bottom = pl.col("numerator"), pl.col("denominator")
    top0, bottom0 = pl.col("previous_numerator"), pl.col("previous_denominator")
    known = (top != 0) & (bottom != 0) & (bottom0 != 0)
    factor = pl.col("value") * bottom / top
    numerator = factor * (top - top0) * (1 / bottom + 1 / bottom0) / 2
    denominator = factor * (top + top0) / 2 * (1 / bottom - 1 / bottom0)
    return pl.when(known).then(numerator), pl.when(known).then(denominator)


@table(grain=("region", "indicator", "year"))
def indicator_forecasts(indicator_history: Table, cat: Catalogue, law: Law) -> Table:
    """Drift forecasts (in the indicator's unit) with their bands, up to the last year of any plan or target."""
    fits = _fits(indicator_history.collect(), cat, law)
    return forecasts(fits, _last_year(cat, law.on.year)).lazy()


@table(grain=("region", "indicator"), basis=("evaluation.trajectory.green", "evaluation.schedule.green"))
def target_status(
    indicator_history: Table,
    indicator_forecasts: Table,
    indicator_targets: Maybe,
    projection_rates: Maybe,
    cat: Catalogue,
    law: Law,
) -> Table:
    """Status of every indicator in every region: class, probability (share), pace, trend and warning level."""
    history, year = indicator_history.collect(), law.on.year
    targets = regional_targets(cat, frame(cat, (year,)), indicator_targets.collect())
    rules, upto = _rules(law), _last_year(cat, year)
    defined = definitions(cat)
    now = judge(
        history,
        governing(targets, year),
        _fits(history, cat, law),
        indicator_forecasts.collect(),
        defined,
        rules,
        year,
        better=projected(projection_rates),
    )
    past = []
    for back in (1, 2):
        known = history.filter(pl.col("year") <= year - back)
        fits = _fits(known, cat, law)
        fan = forecasts(fits, upto)
        status = judge(known, governing(targets, year - back), fits, fan, defined, rules, year - back)
        past.append((fan, status))
    (expected, one), (_, two) = past
    warned = warn(now, history, expected, (one, two), _warning_rules(law), year)
    return warned.select(*STATUS_COLUMNS).lazy()


STATUS_COLUMNS = (
    "region",
    "indicator",
    "rule",
    "value",
    "target",
    "target_stated",
    "target_year",
    "comparison",
    "target_text",
    "target_kind",
    "target_source",
    "target_trust",
    "reference_only",
    "status",
    "reason",
    "probability",
    "forecast_median",
    "forecast_p10",
    "forecast_p90",
    "forecast_by",
    "drift_median",
    "drift_probability",
    "pace_ratio",
    "pace_needed",
    "pace_recent",
    "trend",
    "trend_t",
    "improving",
    "warning",
    "alarm",
    "system_thresholds",
    "points",
    "synthetic",
)


def _fits(history: pl.DataFrame, cat: Catalogue, law: Law) -> pl.DataFrame:
    settings = Settings(
        points=law.value("evaluation.forecast.points"),
        siblings=law.value("evaluation.forecast.siblings"),
        edge=law.value("evaluation.forecast.edge"),
    )
    scales = definitions(cat).select("indicator", "scale", "per")
    return pool(fit(history, scales, settings), _counties(frame(cat, (law.on.year,))), settings)


def _counties(base: Frame) -> pl.DataFrame:
    rows = [
        (code, base.regions[parent])
        for code, level, parent in zip(base.regions, base.levels, base.parent, strict=True)
        if level == "county" and parent >= 0
    ]
    return pl.DataFrame(rows, schema={"region": pl.String, "parent": pl.String}, orient="row")


def _last_year(cat: Catalogue, year: int) -> int:
    """Last year that any plan or target speaks of, at least the next."""
    ends = [plan.last_year for plan in cat.plans.values()]
    due = [target.year for target in cat.targets.values() if target.year is not None]
    return max([year + 1, *ends, *due])


def _steps(law: Law, topic: str) -> Steps:
    return Steps(*(float(law.value(f"evaluation.{topic}.{name}")) for name in ("green", "yellow", "orange")))


def _rules(law: Law) -> Rules:
    return Rules(
        trajectory=_steps(law, "trajectory"),
        schedule=_steps(law, "schedule"),
        trend_t=law.value("evaluation.trend.t"),
        edge=law.value("evaluation.forecast.edge"),
    )


def _warning_rules(law: Law) -> WarningRules:
    return WarningRules(
        quantile=law.value("evaluation.warning.quantile"),
        classes=law.value("evaluation.warning.classes"),
        false_share=law.value("evaluation.warning.false_share"),
        edge=law.value("evaluation.forecast.edge"),
    )
