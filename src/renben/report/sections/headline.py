"""The headline rate: its series with the fan of each forecast, and what moved it since the year before."""

import math
import re
from typing import Any

import polars as pl

from renben.catalogue.indicator import Indicator
from renben.report import figures
from renben.report.document import Cell, Figure, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import unit_name
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

BAND = ("median", "p10", "p90")
RATIO = re.compile(r"(?:100\*)?([a-z]\w*)/([a-z]\w*)")


def headline(e: Evidence, t: Tongue) -> list[Part]:
    """Fan chart and decomposition of the first goal's indicator that has a forecast."""
    found = next((g.indicator for g in e.plan.goals.values() if g.indicator and e.forecast(g.indicator).height), None)
    if found is None:
        return []
    indicator = e.catalogue.indicators[found]
    return [*_fan(e, t, indicator), *_decomposed(e, t, indicator)]


def _fan(e: Evidence, t: Tongue, indicator: Indicator) -> list[Part]:
    observed = comparable(e, indicator.id).select("year", "value")
    start = observed.tail(1).select("year", *(pl.col("value").alias(name) for name in BAND))
    fans = {t("趋势外推（80%区间）", "Drift (80 % interval)"): e.forecast(indicator.id)}
    projected = e.projected(indicator.id)
    if projected.height:
        fans[t("队列要素人口模型（80%区间）", "Cohort-component projection (80 % interval)")] = projected
    forecasts = {
        name: pl.concat([start, _ahead(e, frame).select(start.columns)], how="vertical_relaxed")
        for name, frame in fans.items()
    }
    titles = {"year": t("年份", "Year"), "observed": t("实际值", "Observed"), "target": t("目标", "Target")}
    target = e.own[indicator.id]["target"]
    picture = figures.fan_chart(observed, forecasts, target, titles, unit_name(e, indicator.unit, t))
    name = t(indicator.name_zh, indicator.name_en)
    caption = t(f"{name}：实际值、预测与目标", f"{name}: observed, forecast and target")
    first = observed["year"][0]
    note = t(
        f"只使用{first}年以来同一口径的序列；普查修订前后的数不可比，不参与外推。虚线为预测中位数，色带为80%区间。",
        f"Only the series from {first} on is used: values before and after a census revision are not comparable. The dashed line is the median, the band the 80 % interval.",
    )
    figure = Figure("fan", caption, picture.svg, picture.png, _alt(t, caption, observed, forecasts, indicator))
    return [figure, Paragraph(note, note=True)]


def _ahead(e: Evidence, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter((pl.col("year") > e.period.year) & (pl.col("year") <= e.plan.last_year))


def comparable(e: Evidence, indicator: str) -> pl.DataFrame:
    """The newest series of an indicator, without values of other definitions."""
    series = e.series(indicator)
    newest = series["series"][-1]
    return series.filter(pl.col("series").eq_missing(newest)) if newest else series


def _alt(
    t: Tongue, caption: str, observed: pl.DataFrame, forecasts: dict[str, pl.DataFrame], indicator: Indicator
) -> str:
    seen = t.join(f"{y} {t.number(v, indicator.unit)}" for y, v in observed.rows())
    ends = t.join(
        f"{name} {frame['year'][-1]} {t.number(frame['median'][-1], indicator.unit)}"
        for name, frame in forecasts.items()
    )
    return t(f"{caption}。{seen}；{ends}。", f"{caption}. {seen}; {ends}.")


def _decomposed(e: Evidence, t: Tongue, indicator: Indicator) -> list[Part]:
    """What the numerator and the denominator each did to the rate; the two parts add up exactly.

    A rate r = N/D changes by L·ln(N1/N0) - L·ln(D1/D0), where L is the logarithmic mean of the two rates.
    """
    names = RATIO.fullmatch(indicator.formula)
    series = comparable(e, indicator.id).filter(pl.col("year").is_in([e.period.year - 1, e.period.year]))
    if names is None or series.height != 2 or series["numerator"].null_count() + series["denominator"].null_count():
        return []
    before, now = series.to_dicts()
    parts = _parts(before, now)
    if parts is None:
        return []
    top, bottom = (e.catalogue.elements[names[k]] for k in (1, 2))
    rows = [
        _move(e, t, t(top.name_zh, top.name_en), before["numerator"], now["numerator"], top.unit, parts[0]),
        _move(e, t, t(bottom.name_zh, bottom.name_en), before["denominator"], now["denominator"], bottom.unit, parts[1]),
        _move(e, t, t(indicator.name_zh, indicator.name_en), before["value"], now["value"], indicator.unit, sum(parts)),
    ]
    columns = (
        Col(t("项目", "Item"), 3.0),
        Col(str(e.period.year - 1), 1.7, "right"),
        Col(str(e.period.year), 1.7, "right"),
        Col(t("变化", "Change"), 1.5, "right"),
        Col(t("对变化的贡献", "Contribution"), 1.6, "right"),
    )
    caption = t(f"{indicator.name_zh}变化的分子、分母贡献", f"What moved the {indicator.name_en}")
    return [Paragraph(_said(t, rows)), *table(caption, columns, rows, t("变化分解", "Decomposition"))]


def _parts(before: dict[str, Any], now: dict[str, Any]) -> tuple[float, float] | None:
    numbers = [row[c] for row in (before, now) for c in ("value", "numerator", "denominator")]
    if any(n is None or n <= 0 for n in numbers):
        return None
    growth = math.log(now["value"] / before["value"])
    mean = (now["value"] - before["value"]) / growth if growth else now["value"]
    return (
        mean * math.log(now["numerator"] / before["numerator"]),
        -mean * math.log(now["denominator"] / before["denominator"]),
    )


def _move(
    e: Evidence, t: Tongue, name: str, before: float, now: float, unit: str, part: float
) -> tuple[Cell, ...]:
    shown = unit_name(e, unit, t)
    digits = None if unit == "%" else 0
    label = name + (t(f"（{shown}）", f" ({shown})") if shown else "")
    return (
        Cell(label),
        Cell(t.number(before, unit, digits), number=before),
        Cell(t.number(now, unit, digits), number=now),
        Cell(t.signed(now - before, unit, digits), number=now - before),
        Cell(t.signed(part, "pp"), "strong", part),
    )


def _said(t: Tongue, rows: list[tuple[Cell, ...]]) -> str:
    top, bottom, rate = ((row[0].text, row[3].text, row[4].text) for row in rows)
    return t(
        f"变化来自两个方面：{top[0]}变化{top[1]}，贡献{top[2]}个百分点；{bottom[0]}变化{bottom[1]}，贡献{bottom[2]}个百分点；合计{rate[2]}个百分点。",
        f"Two things moved the rate: {top[0]} changed by {top[1]} and contributed {top[2]} points; {bottom[0]} changed by {bottom[1]} and contributed {bottom[2]} points; together {rate[2]} points.",
    ) if DASH not in (top[1], bottom[1]) else ""
