"""Goals of the plan and the four actions: where they stand, the forecast, and the probability."""

from collections import Counter
from typing import Any

import polars as pl

from renben.catalogue.indicator import Indicator
from renben.report import figures
from renben.report.document import Figure, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import CLASSES, unit_text, why
from renben.report.tongue import STATUS, Tongue


def goals(e: Evidence, t: Tongue) -> list[Part]:
    """Each goal of the plan: where it stands, the forecast and the probability; the headline series as a fan."""
    parts: list[Part] = []
    for goal in e.plan.goals.values():
        if goal.indicator is None or goal.indicator not in e.own:
            continue
        parts.append(Paragraph(_goal_text(e, t, goal)))
    parts += _fan(e, t)
    return parts


def _goal_text(e: Evidence, t: Tongue, goal: Any) -> str:
    status, indicator = e.own[goal.indicator], e.catalogue.indicators[goal.indicator]
    name, unit = t(indicator.name_zh, indicator.name_en), unit_text(indicator.unit, t)
    if status["value"] is None:
        return t(
            f"{goal.zh}：{e.period}年{name}没有数据（{why(e, t, status)}）。",
            f"{goal.en}: no value of {name} for {e.period} ({why(e, t, status)}).",
        )
    now = t.number(status["value"], indicator.unit)
    first = t(
        f"{goal.zh}。{e.period}年{name}为{now}{unit}{_change(e, t, indicator)}。",
        f"{goal.en}. {name} was {now}{unit} in {e.period}{_change(e, t, indicator)}.",
    )
    if status["probability"] is None:
        return first + t(
            f"目前无法给出达标概率：{why(e, t, status)}。",
            f" No probability can be given: {why(e, t, status)}.",
        )
    year, low, high = status["target_year"], status["forecast_p10"], status["forecast_p90"]
    median = t.number(status["forecast_median"], indicator.unit)
    span = f"{t.number(low, indicator.unit)}—{t.number(high, indicator.unit)}"
    target = t.number(status["target"], indicator.unit)
    by = _by(status["forecast_by"], t)
    side = t("不低于", "at least") if status["comparison"] == "at_least" else t("不高于", "at most")
    word = t(*STATUS[status["status"]])
    return first + t(
        f"{by}预测{year}年中位数为{median}{unit}（80%区间{span}），{side}{target}{unit}的概率为{t.share(status['probability'])}，状态：{word}。",
        f" By {by} the median for {year} is {median}{unit} (80 % interval {span}); the probability of {side} {target}{unit} is {t.share(status['probability'])}: {word}.",
    )


def _change(e: Evidence, t: Tongue, indicator: Indicator) -> str:
    change = e.values.get(indicator.id, {}).get("change")
    if change is None:
        return ""
    word = t("上升", "up") if change > 0 else t("下降", "down")
    size = t.number(abs(change), indicator.unit)
    unit = t("个百分点", " points") if indicator.unit in ("%", "pp") else unit_text(indicator.unit, t)
    return t(f"，比上年{word}{size}{unit}", f" ({word} {size}{unit} on the year before)")


def _by(code: str | None, t: Tongue) -> str:
    return (
        t("按队列要素人口模型", "the cohort-component projection")
        if code == "projection"
        else t("按趋势外推", "drift")
    )


def _fan(e: Evidence, t: Tongue) -> list[Part]:
    headline = next(
        (g.indicator for g in e.plan.goals.values() if g.indicator and e.forecast(g.indicator).height), None
    )
    if headline is None:
        return []
    indicator, status = e.catalogue.indicators[headline], e.own[headline]
    series = e.series(headline)
    newest = series["series"][-1]
    same = series.filter(pl.col("series").eq_missing(newest)) if newest else series
    observed = same.select("year", "value")
    start = pl.DataFrame(
        {
            "year": observed["year"][-1:],
            "median": observed["value"][-1:],
            "p10": observed["value"][-1:],
            "p90": observed["value"][-1:],
        }
    )
    drift = e.forecast(headline).filter(pl.col("year") <= e.plan.last_year)
    fans = {t("趋势外推（80%区间）", "Drift (80 % interval)"): drift}
    projected = _projected(e)
    if projected.height:
        fans[t("队列要素人口模型（80%区间）", "Cohort-component projection (80 % interval)")] = projected
    forecasts = {
        name: pl.concat([start, frame.select(start.columns)], how="vertical_relaxed")
        for name, frame in fans.items()
    }
    titles = {"year": t("年份", "Year"), "observed": t("实际值", "Observed"), "target": t("目标", "Target")}
    picture = figures.fan_chart(observed, forecasts, status["target"], titles, indicator.unit)
    name = t(indicator.name_zh, indicator.name_en)
    caption = t(f"{name}：实际值、预测与目标", f"{name}: observed, forecast and target")
    note = t(
        f"只使用{observed['year'][0]}年以来与2020年人口普查衔接的序列；普查修订前后的数不可比，不参与外推。"
        if observed["year"][0] == 2020
        else f"只使用{observed['year'][0]}年以来同一口径的序列。",
        f"Only the series from {observed['year'][0]} on is used; values before and after a census revision are not comparable.",
    )
    return [Figure("fan", caption, picture.svg, picture.png, caption), Paragraph(note, note=True)]


def _projected(e: Evidence) -> pl.DataFrame:
    """Resident urbanization rate of the region from the projection, where it has been made."""
    frame = e.table("projection_rates")
    if not frame.height:
        return frame
    mine = (pl.col("region") == e.region) & (pl.col("rate") == "resident") & (pl.col("year") > e.period.year)
    return frame.filter(mine).sort("year")


def actions_overview(e: Evidence, t: Tongue) -> list[Part]:
    """How many indicators of each action have which status, as text and figure."""
    names = {key: t(a.zh, a.en) for key, a in e.plan.actions.items()}
    rows = [
        {"group": names[action], "status": row["status"]}
        for id_, row in e.own.items()
        for action in {e.plan.action_of(n) for n in e.catalogue.indicators[id_].measure_numbers}
    ]
    counts = Counter(row["status"] for row in e.own.values())
    judged = sum(counts[c] for c in CLASSES[:-1])
    said = t.join([f"{t(*STATUS[c])}{t('', ' ')}{counts[c]}" for c in CLASSES])
    text = t(
        f"{len(e.own)}项指标中，{judged}项可以判定，{counts['grey']}项因缺数据、无目标或按规则不评色而无法判定（{said}）。无法判定不等于没有进展，原因逐项列于附件。",
        f"Of {len(e.own)} indicators {judged} can be judged and {counts['grey']} cannot, for want of data or target or by rule ({said}). The annex gives the reason for each.",
    )
    frame = pl.DataFrame(rows).group_by("group", "status").len("n")
    words = {c: t(*STATUS[c]) for c in CLASSES}
    picture = figures.status_bars(frame, list(names.values()), words, t("指标数", "Indicators"))
    caption = t("四大行动指标状态分布", "Status of indicators by action")
    return [Paragraph(text), Figure("actions", caption, picture.svg, picture.png, f"{caption}: {said}")]
