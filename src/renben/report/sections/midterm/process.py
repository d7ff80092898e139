"""How the evaluation was made, and by which rules: basis, course, sources, what it could not use."""

from renben.report.document import Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.goals import lead
from renben.report.tongue import Tongue


def process(e: Evidence, t: Tongue) -> list[Part]:
    """Basis, course and method in three paragraphs."""
    measures, duties = len(e.plan.measures), len(e.plan.duties)
    have, every = len(e.valued), len(e.own)
    year, first, last = e.period.year, e.plan.first_year, e.plan.last_year
    passed, span = min(max(year - first + 1, 0), last - first + 1), last - first + 1
    return [
        Paragraph(
            t(
                f"评估依据：{e.plan.number}《{e.plan.zh}》，共{measures}项举措、{duties}条任务。评估期为{first}年至{year}年，方案期{span}年已过{passed}年（时间进度{passed / span:.0%}）。由{lead(e, t)}牵头。",
                f"Basis: {e.plan.number}, {e.plan.en}, with {measures} measures and {duties} tasks. It covers {first} to {year}: {passed} of the plan's {span} years have passed ({t.share(passed / span)}). Led by {lead(e, t)}.",
            )
        ),
        Paragraph(
            t(
                f"数据：{every}项指标中{have}项有{year}年数据；每个数的口径、版本和来源见附件。没有数据的指标不作判断，不以零代替。",
                f"Data: {have} of {every} indicators have a value for {year}; annexes give definition, version and source of each. An indicator without data is not judged and never counted as zero.",
            )
        ),
        Paragraph(
            t(
                "过程：历年监测发现的问题立为任务，由责任单位答复，经第二人复核后销号；本报告引用问题原文及其办理结果。",
                "Course: what monitoring found each year became tasks; the owner answered, a second person checked before closing. This report quotes what was found and what became of it.",
            )
        ),
    ]


def method(e: Evidence, t: Tongue) -> list[Part]:
    """Rules of the verdict and of the effects, and what is not in the report."""
    value = {n: e.catalogue.laws[f"evaluation.midterm.{n}"] for n in ("reached", "nearly", "power")}
    newest = {n: p.values[max(p.values)].value for n, p in value.items()}
    return [
        Paragraph(
            t(
                f"总体判断规则：现值已达到目标的为“达到”；否则按进度比（实际进展与时间进度之比），不低于{newest['reached']:g}为“达到”，不低于{newest['nearly']:g}为“基本达到”，其余为“滞后”；没有进度比的按状态档位。档位为系统建议。",
                f"Verdict: a value that meets its target is reached. Else pace counts (progress made over progress due): at least {newest['reached']:g} is reached, at least {newest['nearly']:g} nearly reached, less is behind; without a pace, the class of the status. The limits are our proposal.",
            )
        ),
        Paragraph(
            t(
                f"政策效应：组内各县与其他各县两期变化均值之差，同一数列版本才可比；离散程度由随机分组得到，最小可检出为其标准差的{newest['power']:g}倍。分组因潜力大而选定，差值不等于因果；未排除相邻县外溢和同期其他政策。",
                f"Effects: the difference between mean changes of the group and of all other counties, within one series. Spread comes from random groups; the smallest detectable difference is {newest['power']:g} standard deviations. Groups were chosen because promising, so a difference is no proof of cause; spill-over and other policies are not taken out.",
            )
        ),
        Paragraph(
            t(
                "公众调查：工作区没有公众满意度调查数据，本报告未使用；正式评估应补充。",
                "Survey: the workspace holds no survey of residents, so none is used; a formal evaluation should add one.",
            )
        ),
    ]
