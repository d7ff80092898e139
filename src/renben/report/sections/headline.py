"""The headline rate: its series with the fan of each forecast, and what moved it since the year before."""

import math
import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from renben.catalogue.indicator import Indicator
from renben.report import figures
from renben.report.document import Cell, Figure, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import unit_name, unit_text
from renben.report.tables import Col, table
from renben.report.tongue import Tongue

COLUMNS = ("numerator", "denominator", "value")
BAND = ("median", "p10", "p90")
RATIO = re.compile(r"(?:100\*)?([a-z]\w*)/([a-z]\w*)")


@dataclass(frozen=True)
class Move:
    """A quantity in two years and what its change did to the rate (points)."""

    name: str
    unit: str
    before: float
    now: float
    part: float

    @property
    def change(self) -> float:
        """Now minus before."""
        return self.now - self.before


def _indicator(e: Evidence) -> Indicator | None:
    """The first goal's indicator that has a forecast."""
    found = (g.indicator for g in e.plan.goals.values() if g.indicator and e.forecast(g.indicator).height)
    return e.catalogue.indicators.get(next(found, ""))


def fan(e: Evidence, t: Tongue) -> list[Part]:
    """Fan chart of the headline rate: observed, each forecast with its band, and the target."""
    indicator = _indicator(e)
    if indicator is None:
        return []
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
    words = _alt(t, caption, observed, forecasts, indicator)
    return [Figure("fan", caption, picture.svg, picture.png, words, note=note)]


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


def decomposed(e: Evidence, t: Tongue) -> list[Part]:
    """What the numerator and the denominator each did to the headline rate; the two parts add up exactly.

    A rate r = N/D changes by L·ln(N1/N0) - L·ln(D1/D0), where L is the logarithmic mean of the two rates.
    """
    indicator = _indicator(e)
    names = ratio(indicator)
    if indicator is None or names is None:
        return []
    series = comparable(e, indicator.id).filter(pl.col("year").is_in([e.period.year - 1, e.period.year]))
    if series.height != 2:
        return []
    before, now = series.to_dicts()
    parts = _parts(before, now)
    if parts is None:
        return []
    entries = [e.catalogue.elements[name] for name in names] + [indicator]
    moves = [
        Move(t(entry.name_zh, entry.name_en), entry.unit, before[column], now[column], part)
        for entry, column, part in zip(entries, COLUMNS, (*parts, sum(parts)), strict=True)
    ]
    years = [Col(str(year), 1.7, "right") for year in (e.period.year - 1, e.period.year)]
    moved = [Col(t("变化", "Change"), 1.5, "right"), Col(t("对变化的贡献", "Contribution"), 1.6, "right")]
    columns = (Col(t("项目", "Item"), 3.0), *years, *moved)
    caption = t(f"{indicator.name_zh}变化的分子、分母贡献", f"What moved the {indicator.name_en}")
    rows = [_row(e, t, move) for move in moves]
    return [Paragraph(_said(e, t, moves)), *table(caption, columns, rows, t("变化分解", "Decomposition"))]


def ratio(indicator: Indicator | None) -> tuple[str, str] | None:
    """Elements above and below the line of an indicator that is a plain ratio of two, else None."""
    found = RATIO.fullmatch(indicator.formula) if indicator else None
    return (found[1], found[2]) if found else None


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


def _row(e: Evidence, t: Tongue, move: Move) -> tuple[Cell, ...]:
    shown = unit_name(e, move.unit, t)
    digits = None if move.unit == "%" else 0
    return (
        Cell(move.name + (t(f"（{shown}）", f" ({shown})") if shown else "")),
        Cell(t.number(move.before, move.unit, digits), number=move.before),
        Cell(t.number(move.now, move.unit, digits), number=move.now),
        Cell(t.signed(move.change, move.unit, digits), number=move.change),
        Cell(t.signed(move.part, "pp"), "strong", move.part),
    )


def _said(e: Evidence, t: Tongue, moves: list[Move]) -> str:
    top, bottom, rate = (_phrase(e, t, move) for move in moves)
    return (
        t(
            f"变化来自两个方面：{top}；{bottom}。两者合计{t.signed(moves[2].part, 'pp')}个百分点。",
            f"Two things moved the rate: {top}; {bottom}. Together {t.signed(moves[2].part, 'pp')} points.",
        )
        if rate
        else ""
    )


def _phrase(e: Evidence, t: Tongue, move: Move) -> str:
    size, unit = t.number(abs(move.change), "", 0), unit_text(e, move.unit, t)
    unit = t(unit, f"{unit}s" if unit == " person" else unit)
    way = t("增加", "rose") if move.change > 0 else t("减少", "fell")
    part = t.signed(move.part, "pp")
    return t(
        f"{move.name}{way}{size}{unit}，贡献{part}个百分点",
        f"the {move.name[:1].lower()}{move.name[1:]} {way} by {size}{unit}, which adds {part} points",
    )
