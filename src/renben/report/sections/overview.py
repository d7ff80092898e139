"""The actions of the plan: how many of their indicators have which status."""

from collections import Counter

import polars as pl

from renben.report import figures
from renben.report.document import Cell, Figure, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import CLASSES, COUNTED
from renben.report.tables import Col, table
from renben.report.tongue import STATUS, Tongue


def actions_overview(e: Evidence, t: Tongue) -> list[Part]:
    """How many indicators of each action have which status: text, table and figure."""
    counts = Counter(e.class_of(row) for row in e.own.values())
    shown = [c for c in COUNTED if c in CLASSES or counts[c]]
    said = t.join(f"{t(*STATUS[c])}{t('', ' ')}{counts[c]}{t('项', '')}" for c in shown)
    by_action = _by_action(e, t)
    caption = t(f"{_many(len(by_action), t)}行动指标状态分布", "Status of indicators by action")
    rows = [
        (
            Cell(name),
            *(Cell(str(n[c]), number=n[c]) for c in shown),
            Cell(str(n.total()), "strong", n.total()),
        )
        for name, n in by_action.items()
    ]
    columns = (
        Col(t("行动", "Action"), 4.0),
        *(Col(t(*STATUS[c]).capitalize(), 1.25, "right") for c in shown),
        Col(t("合计", "All"), 1.0, "right"),
    )
    grids = table(caption, columns, rows, t("行动状态", "Actions"))
    return [Paragraph(_said(t, counts, said)), *grids, _figure(t, by_action, caption, said)]


def _said(t: Tongue, counts: Counter[str], said: str) -> str:
    judged, grey, made_up = sum(counts[c] for c in CLASSES[:-1]), counts["grey"], counts["synthetic"]
    apart = t(
        f"依据合成数据的{made_up}项单独计数，不计入可以判定的指标。",
        f" {made_up} that rest on synthetic data are counted apart.",
    )
    every = t(
        "一项指标服务于几个行动时，在各行动中分别计数。",
        " An indicator that serves several actions counts in each.",
    )
    return (
        t(
            f"{counts.total()}项指标中，{judged}项可以判定，{grey}项因缺数据、无目标或按规则不评色而无法判定（{said}）。无法判定不等于没有进展，原因逐项列于附件。",
            f"Of {counts.total()} indicators {judged} can be judged and {grey} cannot, for want of data or target or by rule ({said}). Not judged does not mean no progress: the annex gives the reason for each.",
        )
        + (apart if made_up else "")
        + every
    )


def _many(n: int, t: Tongue) -> str:
    return t({2: "两大", 3: "三大", 4: "四大", 5: "五大"}.get(n, f"{n}个"), str(n))


def _by_action(e: Evidence, t: Tongue) -> dict[str, Counter[str]]:
    found = {key: Counter[str]() for key in e.plan.actions}
    for id_, row in e.own.items():
        numbers = [n for n in e.catalogue.indicators[id_].measure_numbers if n <= len(e.plan.measures)]
        for action in {e.plan.action_of(n) for n in numbers}:
            found[action][e.class_of(row)] += 1
    return {t(a.zh, a.en): found[key] for key, a in e.plan.actions.items()}


def _figure(t: Tongue, by_action: dict[str, Counter[str]], caption: str, said: str) -> Figure:
    rows = [
        {"group": name, "status": c, "n": n} for name, counts in by_action.items() for c, n in counts.items()
    ]
    words = {c: t(*STATUS[c]) for c in COUNTED if c in CLASSES or any(n[c] for n in by_action.values())}
    order = list(by_action)
    picture = figures.status_bars(pl.DataFrame(rows), order, words, t("指标数", "Indicators"))
    return Figure("actions", caption, picture.svg, picture.png, f"{caption}: {said}")
