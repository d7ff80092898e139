"""What stands around every report: title page, warnings of the first page, and how it was made."""

import datetime as dt
from collections.abc import Iterable

from renben.report.document import Document, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.tongue import Tongue


def framed(e: Evidence, t: Tongue, title: str, parts: Iterable[Part]) -> Document:
    """A document of these parts, without empty paragraphs, under a title."""
    return Document(
        language=t.language,
        title=title,
        subtitle=_subtitle(e, t),
        parts=tuple(p for p in parts if not (isinstance(p, Paragraph) and not p.text)),
        marks=_marks(e, t),
        colophon=_colophon(e, t),
    )


def _subtitle(e: Evidence, t: Tongue) -> tuple[str, ...]:
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


def _marks(e: Evidence, t: Tongue) -> tuple[str, ...]:
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


def _colophon(e: Evidence, t: Tongue) -> tuple[str, ...]:
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
