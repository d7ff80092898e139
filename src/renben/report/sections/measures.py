"""The measures of the plan: who answers, what can be computed, and the status of their indicators."""

from collections import Counter

from renben.catalogue import Action, Measure
from renben.report.document import Cell, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import CLASSES, COUNTED, office_name
from renben.report.tables import Col, table
from renben.report.tongue import DASH, STATUS, Tongue


def measures(e: Evidence, t: Tongue) -> list[Part]:
    """A table for each action: measures, who answers, commitments with a mechanism, status of their indicators."""
    text = t(
        "任务为方案中该举措的条数，可计算为其中已有机制核算的条数；指标状态为该举措各项指标按状态的计数。",
        "Tasks are the commitments of a measure; computed are those that a mechanism answers. The last column counts the measure's indicators by status.",
    )
    parts: list[Part] = [Paragraph(text)]
    for action in e.plan.actions.values():
        parts += [Heading(2, t(action.zh, action.en)), *_action(e, t, action)]
    return parts


def _action(e: Evidence, t: Tongue, action: Action) -> list[Part]:
    numbers = [m.number for m in action.measures.values()]
    columns = (
        Col(t("序号", "No."), 0.75, "center"),
        Col(t("举措", "Measure"), 2.8),
        Col(t("责任单位", "Owners"), 3.7),
        Col(t("任务", "Tasks"), 0.8, "right"),
        Col(t("可计算", "Computed"), 1.05, "right"),
        Col(t("指标状态", "Indicators"), 1.55),
    )
    caption = t(
        f"第{numbers[0]}至{numbers[-1]}项举措的责任单位与指标状态",
        f"Measures {numbers[0]} to {numbers[-1]}: owners and status of indicators",
    )
    rows = [_row(e, t, m) for m in action.measures.values()]
    return [
        *table(
            caption,
            columns,
            rows,
            t(f"举措{numbers[0]}-{numbers[-1]}", f"Measures {numbers[0]}-{numbers[-1]}"),
        )
    ]


def _row(e: Evidence, t: Tongue, measure: Measure) -> tuple[Cell, ...]:
    mine = (
        i.id for i in e.catalogue.indicators.values() if measure.number in i.measure_numbers and i.id in e.own
    )
    counts = Counter(e.class_of(e.own[id_]) for id_ in mine)
    said = t.join(f"{t(*STATUS[c])}{t('', ' ')}{counts[c]}" for c in COUNTED if counts[c]) or DASH
    computed = sum(bool(c.mechanisms) for c in measure.commitments.values())
    worst = next((c for c in reversed(CLASSES[:-1]) if counts[c]), "grey")
    return (
        Cell(str(measure.number), number=measure.number),
        Cell(t(measure.zh, measure.en)),
        Cell(t("、", "; ").join(office_name(e, o, t) for o in measure.owners)),
        Cell(str(len(measure.commitments)), number=len(measure.commitments)),
        Cell(str(computed), number=computed),
        Cell(said, t.status(worst).tone),
    )
