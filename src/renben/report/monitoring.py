"""The yearly monitoring report: overall progress, indicators, measures, regions, findings, next steps, annexes.

Order and contents follow what Chinese monitoring reports carry (indicators, measures, regions, problem list, next
steps, annexes on definitions and data quality). Every number is in a table with its vintage, formula and source.
"""

from renben.report.annexes import annexes
from renben.report.document import Document, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections import (
    actions_overview,
    findings,
    goals,
    indicators,
    measures,
    next_steps,
    regions,
)
from renben.report.tongue import Tongue


def build(evidence: Evidence, t: Tongue) -> Document:
    """The monitoring report of a region and period as a document.

    Raises:
        RenbenError: the period has not been run.
    """
    plan, region = evidence.plan, evidence.catalogue.regions[evidence.region]
    place = t(region.name_zh, region.name_en)
    parts: list[Part] = [
        Heading(1, t("总体进展", "Overall progress")),
        *goals(evidence, t),
        *actions_overview(evidence, t),
        Heading(1, t("主要指标", "Indicators")),
        *indicators(evidence, t),
        Heading(1, t("各项举措进展", "Progress by measure")),
        *measures(evidence, t),
        Heading(1, t("各市、县对比", "Regions compared")),
        *regions(evidence, t),
        Heading(1, t("预警与问题清单", "Warnings and findings")),
        *findings(evidence, t),
        Heading(1, t("下一步工作", "Next steps")),
        *next_steps(evidence, t),
        *annexes(evidence, t),
    ]
    return Document(
        language=t.language,
        title=t(
            f"{place}以人为本的新型城镇化\n{evidence.period}年度监测报告",
            f"Monitoring report {evidence.period}\nPeople-centred urbanization in {place}",
        ),
        subtitle=(
            t(f"依据：{plan.number}《{plan.zh}》", f"Under {plan.number}, {plan.en}"),
            t(
                f"报告期 {evidence.period}　数据截止 {evidence.vintage}",
                f"Period {evidence.period}; data known on {evidence.vintage}",
            ),
        ),
        parts=tuple(_without_empty(parts)),
        marks=_marks(evidence, t),
        colophon=_colophon(evidence, t),
    )


def _without_empty(parts: list[Part]) -> list[Part]:
    return [p for p in parts if not (isinstance(p, Paragraph) and not p.text)]


def _marks(evidence: Evidence, t: Tongue) -> tuple[str, ...]:
    marks = []
    made_up = [d for d in evidence.synthetic if not d.startswith("findings_")]
    checks = len(evidence.synthetic) - len(made_up)
    if evidence.synthetic:
        names = t.join([t(d.zh, d.en) for d in (evidence.catalogue.datasets[n] for n in made_up)])
        tables = t(f"数据集（{names}）", f"datasets ({names})") if made_up else ""
        found = t(f"{checks}项检查", f"{checks} checks") if checks else ""
        said = t("和", " and ").join(part for part in (tables, found) if part)
        marks.append(
            t(
                f"本报告中{said}用到合成数据：由程序生成，仅供试用，不反映任何真实情况；表中标“合成”。",
                f"Synthetic data stand behind {said}: generated for trial, they describe nothing real; such rows are marked.",
            )
        )
    thresholds = sum(bool(r["system_thresholds"]) for r in evidence.own.values())
    if thresholds or evidence.uncertain:
        marks.append(
            t(
                f"{thresholds} 项指标的分档界限为系统建议，非政策规定；另有 {len(evidence.uncertain)} 项参数来自二手资料或系统默认，见附件。",
                f"Class limits of {thresholds} indicators are ours and not policy; {len(evidence.uncertain)} parameters rest on secondary sources or our defaults, see the annex.",
            )
        )
    return tuple(marks)


def _colophon(evidence: Evidence, t: Tongue) -> tuple[str, ...]:
    used = "; ".join(f"{name} {v.period} {v.vintage}" for name, v in sorted(evidence.versions.items()))
    return (
        t(
            "“—”表示没有数据，原因见附件；不代表零。",
            "A dash means that there is no value, with its reason in the annex. It is not zero.",
        ),
        t(f"所用数据版本：{used}。", f"Dataset versions used: {used}."),
        t(
            "本报告由 renben 根据上述版本生成；输入相同，文件逐字节相同。",
            "Made by renben from these versions; the same inputs give the same bytes.",
        ),
    )
