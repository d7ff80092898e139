"""The mid-term evaluation of a plan: process, verdict, indicators, tasks, effects, problems, adjustments, annexes.

Order and contents follow what Chinese mid-term evaluations carry. It quotes what monitoring found in every period
of the plan, and what became of it. It proposes adjustments as drafts and decides nothing. Not modelled: a survey of
residents (said so in its annex).
"""

from renben.core.errors import RenbenError
from renben.report.annexes import annexes
from renben.report.document import Document, Heading, Part
from renben.report.evidence import Evidence
from renben.report.front import framed
from renben.report.sections import actions_overview, decomposed, fan, measures
from renben.report.sections.midterm import (
    adjustments,
    effects,
    method,
    paces,
    process,
    quoted,
    tasks,
    verdict,
)
from renben.report.tongue import Tongue

NEEDED = ("midterm_verdict", "group_effect")
"""Datasets it needs beside those of every report."""


def build(evidence: Evidence, t: Tongue) -> Document:
    """The mid-term evaluation of a region and period as a document.

    Raises:
        RenbenError: the period has not been run, or it ends before the plan begins.
    """
    plan, period = evidence.plan, evidence.period
    if period.year < plan.first_year:
        raise RenbenError(
            f"plan {plan.id!r} begins in {plan.first_year}: {period} has nothing to evaluate. "
            f"Give --period {plan.first_year} or later, or write `renben report monitoring --period {period}`."
        )
    place = evidence.catalogue.regions[evidence.region]
    name = t(place.name_zh, place.name_en)
    span = f"{plan.first_year}—{plan.last_year}"
    title = t(
        f"{name}以人为本的新型城镇化\n{span}年方案中期评估（草稿）",
        f"People-centred urbanization\nin {name}\nMid-term evaluation {span.replace('—', '–')} (draft)",
    )
    return framed(evidence, t, title, _parts(evidence, t))


def _parts(e: Evidence, t: Tongue) -> list[Part]:
    return [
        Heading(1, t("工作概况", "How the evaluation was made")),
        *process(e, t),
        Heading(1, t("实施进展总体判断", "Overall verdict")),
        *verdict(e, t),
        *fan(e, t),
        Heading(1, t("主要指标完成情况", "Indicators against time")),
        *paces(e, t),
        *decomposed(e, t),
        Heading(1, t("行动和举措实施情况", "Actions and measures")),
        *actions_overview(e, t),
        *tasks(e, t),
        *measures(e, t),
        Heading(1, t("政策效应", "Effects")),
        *effects(e, t),
        Heading(1, t("存在问题及办理结果", "Problems, and what became of them")),
        *quoted(e, t),
        Heading(1, t("调整建议", "Adjustments to consider")),
        *adjustments(e, t),
        *annexes(e, t),
        Heading(2, t("方法与稳健性", "Method and robustness")),
        *method(e, t),
    ]
