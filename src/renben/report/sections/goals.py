"""Goals of the plan: where they stand, the forecast, and the probability."""

from typing import Any

from renben.catalogue import Goal
from renben.catalogue.indicator import Indicator
from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import mark, office_name, unit_text, why
from renben.report.tables import Col, table
from renben.report.tongue import DASH, STATUS, Tongue


def _measured(e: Evidence) -> list[Goal]:
    return [g for g in e.plan.goals.values() if g.indicator in e.own]


def goals_said(e: Evidence, t: Tongue) -> list[Part]:
    """Each goal that has a value in words, and how many have none."""
    measured = _measured(e)
    known = [g for g in measured if e.own[g.indicator or ""]["value"] is not None]
    rest = len(measured) - len(known)
    parts: list[Part] = [Paragraph(_goal_text(e, t, g)) for g in known]
    if rest:
        parts.append(
            Paragraph(
                t(
                    f"其余{rest}项总体目标{e.period}年没有数据，暂不能判定，原因见总体目标进展表。",
                    f"For the other {rest} goals there is no value for {e.period}; the table of goals says why.",
                )
            )
        )
    return parts


def goals(e: Evidence, t: Tongue) -> list[Part]:
    """All goals of the plan in one table."""
    columns = (
        Col(t("总体目标", "Goal"), 2.6),
        Col(t("衡量指标", "Measured by"), 2.5),
        Col(t("本年", "Now"), 1.1, "right"),
        Col(t("目标", "Target"), 1.7, "right"),
        Col(t("预测（80%区间）", "Forecast (80 %)"), 2.0, "right"),
        Col(t("概率", "Chance"), 0.9, "right"),
        Col(t("状态或原因", "Status, or why none"), 2.0),
    )
    rows = [_goal_row(e, t, g) for g in _measured(e)]
    return list(table(t("总体目标进展", "Goals of the plan"), columns, rows, t("总体目标", "Goals")))


def _goal_row(e: Evidence, t: Tongue, goal: Goal) -> tuple[Cell, ...]:
    status, indicator = e.own[goal.indicator or ""], e.catalogue.indicators[goal.indicator or ""]
    unit = indicator.unit
    median = status["forecast_median"]
    span = f"{t.number(status['forecast_p10'], unit)}–{t.number(status['forecast_p90'], unit)}"
    fan = (
        DASH
        if median is None
        else t(f"{t.number(median, unit)}（{span}）", f"{t.number(median, unit)} ({span})")
    )
    judged = (
        t.status(status["status"], synthetic=e.made_up(status))
        if status["status"] != "grey"
        else Cell(why(e, t, status), "grey")
    )
    value = e.values.get(indicator.id, {})
    return (
        Cell(t(goal.zh, goal.en)),
        Cell(t(indicator.name_zh, indicator.name_en)),
        Cell(t.number(status["value"], unit) + mark(value, t), "strong", status["value"])
        if status["value"] is not None
        else Cell(DASH),
        Cell(target_text(t, status)),
        Cell(fan, number=median if median is None else None),
        Cell(t.share(status["probability"]), number=status["probability"]),
        judged,
    )


def target_text(t: Tongue, status: dict[str, Any]) -> str:
    """A target with its side and year, or a dash."""
    if status["target"] is None:
        return DASH
    mark_ = f"{'≥' if status['comparison'] == 'at_least' else '≤'}{t.number(status['target'])}"
    year, note = status["target_year"], t("，仅参考", ", reference") if status["reference_only"] else ""
    return (t(f"{year}年{mark_}", f"{mark_} by {year}") if year else mark_) + note


def _goal_text(e: Evidence, t: Tongue, goal: Goal) -> str:
    status, indicator = e.own[goal.indicator or ""], e.catalogue.indicators[goal.indicator or ""]
    name, unit = t(indicator.name_zh, indicator.name_en), unit_text(e, indicator.unit, t)
    now = t.number(status["value"], indicator.unit) + unit + mark(e.values.get(indicator.id, {}), t)
    first = t(
        f"{goal.zh}。{e.period}年{name}为{now}{_change(e, t, indicator)}。",
        f"{goal.en}. In {e.period} the {_lower(name)} was {now}{_change(e, t, indicator)}.",
    )
    if status["probability"] is None:
        return first + t(
            f"目前无法给出达标概率：{why(e, t, status)}。",
            f" No probability can be given: {_lower(why(e, t, status))}.",
        )
    return first + _forecast_text(e, t, status, indicator.unit)


def _forecast_text(e: Evidence, t: Tongue, status: dict[str, Any], unit: str) -> str:
    name, year = unit_text(e, unit, t), status["target_year"]
    median, target = t.number(status["forecast_median"], unit), t.number(status["target"])
    span = f"{t.number(status['forecast_p10'], unit)}–{t.number(status['forecast_p90'], unit)}"
    side = t("不低于", "at least") if status["comparison"] == "at_least" else t("不高于", "at most")
    chance, word = t.share(status["probability"]), t(*STATUS[status["status"]])
    said = t(
        f"{_by(status['forecast_by'], t)}，{year}年预测中位数为{median}{name}（80%区间为{span}），{side}{target}{name}的概率为{chance}，状态为“{word}”。",
        f" {_by(status['forecast_by'], t)} puts the median for {year} at {median}{name} (80 % interval {span}); the probability of {side} {target}{name} is {chance}. Status: {word}.",
    )
    if status["forecast_by"] == "projection" and status["drift_probability"] is not None:
        drift = t.share(status["drift_probability"])
        said += t(f"按趋势外推，该概率为{drift}。", f" By drift alone the probability is {drift}.")
    by_model = e.chance(status["target"], year) if e.projected(status["indicator"]).height else None
    if status["forecast_by"] == "drift" and by_model is not None:
        model = t.share(by_model)
        said += t(
            f"按队列要素人口模型，该概率为{model}。", f" By the cohort-component projection it is {model}."
        )
    return said


def _change(e: Evidence, t: Tongue, indicator: Indicator) -> str:
    change = e.values.get(indicator.id, {}).get("change")
    if change is None:
        return ""
    word = t("上升", "up") if change > 0 else t("下降", "down")
    size = t.number(abs(change), indicator.unit)
    unit = unit_text(e, "pp" if indicator.unit in ("%", "pp") else indicator.unit, t)
    return t(f"，比上年{word}{size}{unit}", f", {word} {size}{unit} on the year before")


def _by(code: str | None, t: Tongue) -> str:
    if code == "projection":
        return t("按队列要素人口模型", "The cohort-component projection")
    return t("按趋势外推", "The drift of the series")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def lead(e: Evidence, t: Tongue) -> str:
    """Who leads the plan's monitoring: the owner of its headline indicator."""
    headline = next((g.indicator for g in e.plan.goals.values() if g.indicator), None)
    return office_name(e, e.catalogue.indicators[headline].owner, t) if headline else ""
