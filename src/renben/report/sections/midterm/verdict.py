"""Whether the plan keeps pace: a word for each indicator that can be judged, and the numbers behind it."""

from collections import Counter
from typing import Any

from renben.catalogue.indicator import Indicator
from renben.engines.wording import labels
from renben.report.document import Cell, Paragraph, Part, Tone
from renben.report.evidence import Evidence
from renben.report.sections.goals import goals, goals_said, target_text
from renben.report.sections.wording import named, reason, value_cell
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

VERDICTS = ("reached", "nearly", "behind", "unjudged")
TONES: dict[str, Tone] = {"reached": "green", "nearly": "yellow", "behind": "red", "unjudged": "grey"}
BASES = {
    "value": ("现值", "value"),
    "pace": ("进度比", "pace"),
    "class": ("状态", "status"),
    "none": ("", ""),
}


def verdicts(e: Evidence) -> dict[str, dict[str, Any]]:
    """Verdict rows of the report's region by indicator."""
    rows = e.table("midterm_verdict").filter(region=e.region).to_dicts()
    return {row["indicator"]: row for row in rows}


def word(e: Evidence, t: Tongue, verdict_: str) -> str:
    """A verdict in words."""
    said = labels(e.catalogue, "midterm_verdict", "verdict")[verdict_]
    return t(said.zh, said.en)


def verdict(e: Evidence, t: Tongue) -> list[Part]:
    """How many indicators are reached, nearly reached or behind, those of synthetic data apart; then the goals."""
    rows = verdicts(e)
    apart = {i for i, row in rows.items() if row["verdict"] != "unjudged" and e.made_up(e.own[i])}
    binding = {i for i in rows if not e.own[i]["reference_only"]}
    real = {i: row for i, row in rows.items() if i not in apart}
    counts = Counter(row["verdict"] for row in real.values())
    judged = sum(counts[v] for v in VERDICTS[:-1])
    said = t.join(f"{word(e, t, v)}{t('', ' ')}{counts[v]}{t('项', '')}" for v in VERDICTS)
    late = [i for i in binding & set(real) if real[i]["verdict"] == "behind"]
    text = t(
        f"{len(rows)}项指标中，按实际数据可以判断的有{judged}项（{said}）；另有{len(apart)}项依据合成数据，不计入判断。目标对本地区有约束力而滞后的有{len(late)}项。",
        f"Of {len(rows)} indicators {judged} can be judged on real data ({said}); {len(apart)} rest on synthetic data and are not counted. {len(late)} whose target binds the region are behind.",
    )
    return [Paragraph(text), *goals_said(e, t), *goals(e, t)]


def paces(e: Evidence, t: Tongue) -> list[Part]:
    """Every indicator with a value: value, target, pace against time, probability, verdict."""
    columns = (
        Col(t("指标", "Indicator"), 3.0),
        Col(t("现值", "Now"), t(1.25, 1.6), "right"),
        Col(t("目标", "Target"), 1.8, "right"),
        Col(t("进度比", "Pace"), 0.95, "right"),
        Col(t("概率", "Chance"), 0.95, "right"),
        Col(t("判断", "Verdict"), 1.5, "center"),
        Col(t("依据或原因", "By, or why none"), 1.7),
    )
    mine = verdicts(e)
    rows = [_row(e, t, i, mine[i.id]) for i in e.valued if i.id in mine]
    caption = t(f"主要指标与时间进度（{e.period}年）", f"Indicators against time, {e.period}")
    note = t(
        "进度比为实际进展与时间进度之比，1为与时间同步；标“仅参考”的目标不是对本地区下达的任务。",
        "Pace is progress made over progress due; 1 is on time. A target marked as reference is no duty of this region.",
    )
    return [*table(caption, columns, rows, t("指标进度", "Pace")), Paragraph(note, note=True)]


def _row(e: Evidence, t: Tongue, indicator: Indicator, row: dict[str, Any]) -> tuple[Cell, ...]:
    status, value = e.own[indicator.id], e.values[indicator.id]
    made_up = row["verdict"] != "unjudged" and e.made_up(status)
    said = word(e, t, row["verdict"]) + (t("（合成）", " (synthetic)") if made_up else "")
    by = t(*BASES[row["by"]]) or reason(e, row["reason"] or "no_data", t)
    pace = row["pace_ratio"]
    return (
        Cell(named(e, indicator, t)),
        value_cell(value, "value", indicator.unit, t, "strong"),
        Cell(target_text(t, status)),
        Cell(DASH if pace is None else t.number(pace), number=pace),
        Cell(t.share(status["probability"]), number=status["probability"]),
        Cell(said, "muted" if made_up else TONES[row["verdict"]]),
        Cell(by),
    )
