"""The yearly monitoring report: overall progress, indicators, measures, regions, warnings, next steps, annexes.

Order and contents follow what Chinese monitoring reports carry (indicators, measures, regions, problem list, next
steps, annexes on definitions and data quality). Every number is in a table with its vintage, formula and source.
"""

from renben.report.annexes import annexes
from renben.report.document import Document, Heading, Part
from renben.report.evidence import Evidence
from renben.report.front import framed
from renben.report.sections import (
    actions_overview,
    curve,
    decomposed,
    fan,
    findings,
    goals,
    goals_said,
    indicators,
    measures,
    next_steps,
    regions,
    warnings,
)
from renben.report.tongue import Tongue


def build(evidence: Evidence, t: Tongue) -> Document:
    """The monitoring report of a region and period as a document.

    Raises:
        RenbenError: the period has not been run.
    """
    place = evidence.catalogue.regions[evidence.region]
    name = t(place.name_zh, place.name_en)
    title = t(
        f"{name}以人为本的新型城镇化\n{evidence.period}年度监测报告",
        f"People-centred urbanization\nin {name}\nMonitoring report {evidence.period}",
    )
    return framed(evidence, t, title, _parts(evidence, t))


def _parts(e: Evidence, t: Tongue) -> list[Part]:
    return [
        Heading(1, t("总体进展", "Overall progress")),
        Heading(2, t("总体目标", "Goals of the plan")),
        *goals_said(e, t),
        *fan(e, t),
        *curve(e, t),
        *decomposed(e, t),
        *goals(e, t),
        Heading(2, t("行动与指标状态", "Actions and the status of their indicators")),
        *actions_overview(e, t),
        Heading(1, t("主要指标", "Indicators")),
        *indicators(e, t),
        Heading(1, t("各项举措进展", "Progress by measure")),
        *measures(e, t),
        Heading(1, t("各市、县对比", "Regions compared")),
        *regions(e, t),
        Heading(1, t("预警与问题清单", "Warnings and problems")),
        *warnings(e, t),
        *findings(e, t),
        Heading(1, t("下一步工作", "Next steps")),
        *next_steps(e, t),
        *annexes(e, t),
    ]
