"""The yearly monitoring report: overall progress, indicators, measures, regions, warnings, next steps, annexes.

Order and contents follow what Chinese monitoring reports carry (indicators, measures, regions, problem list, next
steps, annexes on definitions and data quality). Every number is in a table with its vintage, formula and source.
"""

import datetime as dt

from renben.report.annexes import annexes
from renben.report.document import Document, Heading, Paragraph, Part
from renben.report.evidence import Evidence
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
    return Document(
        language=t.language,
        title=t(
            f"{name}以人为本的新型城镇化\n{evidence.period}年度监测报告",
            f"People-centred urbanization\nin {name}\nMonitoring report {evidence.period}",
        ),
        subtitle=subtitle(evidence, t),
        parts=tuple(p for p in _parts(evidence, t) if not (isinstance(p, Paragraph) and not p.text)),
        marks=front_marks(evidence, t),
        colophon=colophon(evidence, t),
    )


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


def subtitle(e: Evidence, t: Tongue) -> tuple[str, ...]:
    """Lines under the title: the plan, the period, the data's day and version."""
    known = t.day(dt.date.fromisoformat(e.vintage[:10]))
    return (
        t(f"依据：{e.plan.number}", f"Under {e.plan.number}:"),
        t(f"《{e.plan.zh}》", e.plan.en),
        t(
            f"报告期：{e.period}年　　数据截止日：{known}",
            f"Period {e.period}, data known on {known}",
        ),
        t(f"数据版本：{e.vintage}", f"Data version {e.vintage}"),
    )


def front_marks(e: Evidence, t: Tongue) -> tuple[str, ...]:
    """Warnings of the first page: synthetic data, and parameters that are no policy."""
    return tuple(mark for mark in (_synthetic_mark(e, t), _trust_mark(e, t)) if mark)


def _synthetic_mark(e: Evidence, t: Tongue) -> str:
    """Which datasets and checks rest on synthetic data; empty where none does."""
    if not e.synthetic:
        return ""
    checks = sum(d.startswith("findings_") for d in e.synthetic)
    values = sum(e.made_up(e.own[i.id]) for i in e.valued)
    said = t(
        f"{len(e.valued)}项有数据的指标中的{values}项、{checks}项检查",
        f"{values} of the {len(e.valued)} indicators with a value and behind {checks} checks",
    )
    return t(
        f"本报告{said}用到合成数据。合成数据由程序生成，仅供试用，不反映任何真实情况；凡用到的数均标“合成”。",
        f"Synthetic data stand behind {said}. They are generated for trial and describe nothing real; every number that uses them is marked.",
    )


def _trust_mark(e: Evidence, t: Tongue) -> str:
    """How many class limits are ours and how many parameters are neither law nor plan text."""
    ours = sum(bool(r["system_thresholds"]) for r in e.own.values())
    if not ours and not e.uncertain:
        return ""
    return t(
        f"{ours}项指标的分档界限为系统建议，非政策规定；{len(e.uncertain)}项参数来自二手资料或系统默认，见附件。",
        f"Class limits of {ours} indicators are our proposal and not policy; {len(e.uncertain)} parameters rest on secondary sources or our defaults, see the annex.",
    )


def colophon(e: Evidence, t: Tongue) -> tuple[str, ...]:
    """How a report was made: what a dash means, the versions used, that the same inputs give the same bytes."""
    datasets = e.catalogue.datasets
    used = t("；", "; ").join(
        f"{t(datasets[n].zh or n, datasets[n].en or n)} {v.period} ({v.vintage})"
        for n, v in sorted(e.versions.items())
    )
    return (
        t(
            "“—”表示没有数据或不适用，不代表零；原因见附件。",
            "A dash means that there is no value or that it does not apply, with the reason in the annex. It is not zero.",
        ),
        t(f"所用数据版本：{used}。", f"Dataset versions used: {used}."),
        t(
            "本报告由 renben 根据上述版本生成，未加盖印章；输入相同，文件逐字节相同。",
            "Made by renben from these versions, without seal; the same inputs give the same bytes.",
        ),
    )
