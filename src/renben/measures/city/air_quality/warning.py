"""The warning of each day, what the emergency list would cut, and how good the warnings were."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import polars as pl

from renben.core.law import Law
from renben.core.table import History, Previous, Table, table
from renben.engines.statistics.steady import steady_sum
from renben.measures.city.air_quality.grades import LEVELS, Rules, action, grade, next_level, threshold

RULE = "air_quality.warning_grade"
ONE_DAY = dt.timedelta(days=1)
WARNING_COLUMNS = ("level", "level_reason", "grade", "action", "doubt", "forecast_id")


@table(grain=("region", "day"), basis=(RULE,))
def air_warning(aqi_day: History, air_forecast: Table, air_warning: Previous, law: Law) -> Table:
    """Recommended warning level of each day with a forecast; the government decides and issues.

    Where the day's own index is missing its episode counts as not running, which can only ask for less. Where
    the forecast is too short the level can rise but not fall. Both are marked as doubt.

    Args:
        aqi_day: Daily index (AQI) of this and earlier periods.
        air_forecast: Forecast index by region, day of issue and target day.
        air_warning: For the level at the end of the period before.
        law: For conditions by region, clear days and shortest forecast.
    """
    seen = _observed(aqi_day)
    before = dict(
        air_warning.sort("day").group_by("region").agg(pl.col("level").last()).collect().iter_rows()
    )
    issued = air_forecast.sort("region", "issued_on", "target_day").collect()
    rows: list[dict[str, Any]] = []
    for region, mine in groupby(issued.iter_rows(named=True), key=lambda row: str(row["region"])):
        rows += _ticks(region, list(mine), seen[region], before.get(region) or "none", law)
    schema = {"region": pl.String, "day": pl.Date, **dict.fromkeys(WARNING_COLUMNS, pl.String)}
    return pl.LazyFrame(rows, schema=schema)


def _observed(aqi_day: History) -> defaultdict[str, dict[dt.date, int | None]]:
    seen: defaultdict[str, dict[dt.date, int | None]] = defaultdict(dict)
    for region, day, aqi in aqi_day.select("region", "day", "aqi").collect().iter_rows():
        seen[region][day] = aqi
    return seen


def _ticks(
    region: str,
    forecasts: Sequence[Mapping[str, Any]],
    seen: Mapping[dt.date, int | None],
    level: str,
    law: Law,
) -> list[dict[str, Any]]:
    """One row per day of issue of one region."""
    if not law.has(RULE):
        return [_undecided(region, day) for day in sorted({row["issued_on"] for row in forecasts})]
    rules: Rules = law.value(RULE, region)
    clear, least = law.value("air_quality.warning_clear_days"), law.value("air_quality.forecast_days")
    limit, rows = threshold(rules), []
    for day, issued in groupby(forecasts, key=lambda row: row["issued_on"]):
        ahead = {row["target_day"]: row for row in issued if row["target_day"] > day}
        run = _unbroken(ahead, day)
        after, asked = next_level(level, _trailing(seen, day, limit), run, rules, int(clear))
        doubt = (
            "observation_missing" if seen.get(day) is None else "forecast_short" if len(run) < least else None
        )
        first = ahead.get(day + ONE_DAY)
        rows.append(
            {
                "region": region,
                "day": day,
                "level": after,
                "grade": asked,
                "action": action(level, after),
                "doubt": doubt,
                "forecast_id": first["forecast_id"] if first else None,
            }
        )
        level = after
    return rows


def _trailing(seen: Mapping[dt.date, int | None], day: dt.date, limit: int) -> list[int]:
    """Indices of the days up to and with a day that are above the limit without a break."""
    run: list[int] = []
    while (aqi := seen.get(day)) is not None and aqi > limit:
        run.append(aqi)
        day -= ONE_DAY
    return run[::-1]


def _unbroken(ahead: Mapping[dt.date, Mapping[str, Any]], day: dt.date) -> list[int]:
    """Forecast indices from the next day on, up to the first day without one."""
    run: list[int] = []
    while (found := ahead.get(day + (len(run) + 1) * ONE_DAY)) is not None:
        run.append(int(found["aqi"]))
    return run


def _undecided(region: str, day: dt.date) -> dict[str, Any]:
    return {"region": region, "day": day, "level_reason": "no_rule_in_force", "action": "none"}


@table(grain=("region", "start"), basis=(RULE,))
def air_warning_review(air_warning: Table, aqi_day: Table, law: Law) -> Table:
    """Polluted episodes and warnings compared: hit, late, miss or false alarm, with the lead in days.

    An episode is a run of observed days above the lowest threshold whose indices ask for a level; it is a hit
    when a warning was in force the day before it began. A false alarm is a run of warning days without one.

    Args:
        air_warning: Recommended level by region and day.
        aqi_day: Observed index (AQI) by region and day.
        law: For conditions by region.
    """
    days = aqi_day.select("region", "day", "aqi").join(
        air_warning.select("region", "day", "level"), on=["region", "day"], how="full", coalesce=True
    )
    rows: list[dict[str, Any]] = []
    ordered = days.sort("region", "day").collect()
    for region, mine in groupby(ordered.iter_rows(named=True), key=lambda row: str(row["region"])):
        if law.has(RULE):
            rows += _reviewed(region, list(mine), law.value(RULE, region))
    text = dict.fromkeys(("outcome", "observed", "warned"), pl.String)
    schema = {"region": pl.String, "start": pl.Date, "end": pl.Date, **text, "lead_days": pl.Int64}
    return pl.LazyFrame(rows, schema=schema)


def _reviewed(region: str, days: Sequence[Mapping[str, Any]], rules: Rules) -> list[dict[str, Any]]:
    limit = threshold(rules)
    level = _in_force(days)
    rows, covered = [], set()
    for span in _runs(row["day"] for row in days if row["aqi"] is not None and row["aqi"] > limit):
        aqi = {row["day"]: row["aqi"] for row in days}
        observed = grade([aqi[day] for day in span], rules)
        covered.update([span[0] - ONE_DAY, *span])
        if observed != "none":
            rows.append(_episode(region, span, observed, level))
    for span in _runs(day for day, name in level.items() if name != "none"):
        if not covered.intersection(span):
            rows.append(_row(region, span, "false_alarm", "none", _highest(span, level), None))
    return rows


def _in_force(days: Sequence[Mapping[str, Any]]) -> dict[dt.date, str]:
    """Level of each day: a warning stays in force on days without a forecast."""
    stated = {row["day"]: row["level"] for row in days if row["level"] is not None}
    level, day, last = "none", days[0]["day"], days[-1]["day"]
    found: dict[dt.date, str] = {}
    while day <= last:
        level = stated.get(day, level)
        found[day] = level
        day += ONE_DAY
    return found


def _episode(region: str, span: list[dt.date], observed: str, level: Mapping[dt.date, str]) -> dict[str, Any]:
    lead = 0
    while level.get(span[0] - (lead + 1) * ONE_DAY, "none") != "none":
        lead += 1
    warned = _highest([span[0] - ONE_DAY, *span], level)
    outcome = "hit" if lead else "late" if warned != "none" else "miss"
    return _row(region, span, outcome, observed, warned, lead if warned != "none" else None)


def _highest(span: Sequence[dt.date], level: Mapping[dt.date, str]) -> str:
    return LEVELS[max(LEVELS.index(level.get(day, "none")) for day in span)]


def _row(
    region: str, span: Sequence[dt.date], outcome: str, observed: str, warned: str, lead: int | None
) -> dict[str, Any]:
    return {
        "region": region,
        "start": span[0],
        "end": span[-1],
        "outcome": outcome,
        "observed": observed,
        "warned": warned,
        "lead_days": lead,
    }


def _runs(days: Iterable[dt.date]) -> list[list[dt.date]]:
    """Runs of consecutive days."""
    runs: list[list[dt.date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


@table(grain=("region", "pollutant", "level"), basis=("air_quality.emergency_cut",))
def emergency_cut(emission_unit: Table, emission_base: Table, law: Law) -> Table:
    """Emissions cut at each level (t/d) and their share of all emissions, beside what the level asks for.

    Args:
        emission_unit: Emission and cut at each level by region, unit and pollutant.
        emission_base: All emissions by region and pollutant.
        law: For the share that each level asks for.
    """
    targets = law.value("air_quality.emergency_cut")
    parts = [
        emission_unit.group_by("region", "pollutant").agg(
            level=pl.lit(level),
            cut=steady_sum(pl.col("emission") * pl.col(f"cut_{level}")),
            target=pl.lit(float(target)),
        )
        for level, target in targets.items()
    ]
    base = emission_base.rename({"emission": "base"})
    cells = pl.concat(parts).join(base, on=["region", "pollutant"], how="left")
    return cells.with_columns(share=pl.when(pl.col("base") > 0).then(pl.col("cut") / pl.col("base"))).select(
        "region",
        "pollutant",
        "level",
        "cut",
        "base",
        "share",
        "target",
        base_reason=pl.when(pl.col("base").is_null()).then(pl.lit("missing_late")),
        share_reason=pl.when(pl.col("share").is_null()).then(pl.lit("undefined_denominator")),
        met=pl.col("share") >= pl.col("target") - 1e-12,
    )
