"""What checks found, and what is still to be done."""

from collections import Counter
from typing import Any

import polars as pl

from renben.report.document import Cell, Grid, Paragraph, Part, Tone
from renben.report.evidence import Evidence
from renben.report.sections.wording import short_name
from renben.report.tongue import DASH, Tongue

LISTED, SUBJECTS, LONGEST = 30, 4, 110
SEVERITIES = {
    "major": ("重大", "major"),
    "error": ("错误", "error"),
    "warning": ("警示", "warning"),
    "info": ("提示", "note"),
}
SEVERITY_TONES: dict[str, Tone] = {"major": "red", "error": "red", "warning": "orange"}


def findings(e: Evidence, t: Tongue) -> list[Part]:
    """Findings of checks by kind, most severe first; those of synthetic data are marked."""
    if not e.findings.height:
        return [Paragraph(t(f"{e.period}年各项检查没有发现问题。", f"Checks found nothing for {e.period}."))]
    counts = Counter(e.findings["severity"].to_list())
    said = t.join([f"{t(*SEVERITIES[s])}{t('', ' ')}{counts[s]}" for s in SEVERITIES if counts[s]])
    keys = ["severity", "kind", "owner", "synthetic"]
    kinds = e.findings.group_by(keys, maintain_order=True).agg(pl.len(), "subject", "text_zh", "text_en")
    rows = tuple(_kind_row(e, t, row) for row in kinds.head(LISTED).to_dicts())
    header = (
        t("级别", "Severity"),
        t("数量", "Number"),
        t("内容（首例）", "Finding (first)"),
        t("对象", "Subjects"),
        t("责任单位", "Owner"),
    )
    text = t(
        f"各项检查共发现{e.findings.height}个问题（{said}），按类归并如下。同一问题在同一报告期只立一次；逐条清单用 renben findings --period {e.period} 查看。",
        f"Checks found {e.findings.height} problems ({said}), here by kind. The same problem of a period is opened once; each is listed by renben findings --period {e.period}.",
    )
    widths, align = (1.0, 0.8, 4.2, 2.6, 1.5), ("center", "right", "left", "left", "left")
    return [Paragraph(text), Grid(t("问题清单", "Findings"), header, rows, widths, align)]


def _kind_row(e: Evidence, t: Tongue, row: dict[str, Any]) -> tuple[Cell, ...]:
    subjects = list(dict.fromkeys(_subject(e, t, s) for s in row["subject"]))
    shown = t.join(subjects[:SUBJECTS])
    more = (
        t(f"等{len(subjects)}处", f" and {len(subjects) - SUBJECTS} more") if len(subjects) > SUBJECTS else ""
    )
    mark = t("（合成）", " (synthetic)") if row["synthetic"] else ""
    text = row["text_zh"][0] if t.language == "zh" else row["text_en"][0]
    office = e.catalogue.offices.get(row["owner"])
    return (
        Cell(t(*SEVERITIES[row["severity"]]) + mark, SEVERITY_TONES.get(row["severity"], "plain")),
        Cell(str(row["len"]), number=row["len"]),
        Cell(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"),
        Cell(shown + more),
        Cell(t(short_name(office), office.en) if office else row["owner"] or DASH),
    )


def _subject(e: Evidence, t: Tongue, subject: str) -> str:
    if subject in e.catalogue.offices:
        return t(short_name(e.catalogue.offices[subject]), e.catalogue.offices[subject].en)
    region = e.catalogue.regions.get(subject[:6])
    indicator = next(
        (
            e.catalogue.indicators[p]
            for p in subject.replace("/", " ").replace(":", " ").split()
            if p in e.catalogue.indicators
        ),
        None,
    )
    names = [t(region.name_zh, region.name_en)] if region else []
    names += [t(indicator.name_zh, indicator.name_en)] if indicator else []
    return " ".join(names) or subject


def next_steps(e: Evidence, t: Tongue) -> list[Part]:
    """Which data each office still owes, and which indicators stand worst."""
    owed = Counter(e.catalogue.indicators[i].owner for i, row in e.own.items() if row["value"] is None)
    rows = tuple(
        (
            Cell(
                t(short_name(e.catalogue.offices[o]), e.catalogue.offices[o].en)
                if o in e.catalogue.offices
                else o
            ),
            Cell(str(n), number=n),
            Cell(_examples(e, t, o)),
        )
        for o, n in owed.most_common()
    )
    header = (t("单位", "Office"), t("缺数指标", "Missing"), t("指标", "Indicators"))
    text = t(
        "以下单位负责的指标尚无数据。用 renben data template elements 取表，填报后 renben data add 入库，再运行即可更新本报告。",
        "These offices answer for indicators without data. Take a form with renben data template elements, add it with renben data add, and run again.",
    )
    behind = [
        i for i, row in e.own.items() if row["status"] in ("red", "orange") and not row["reference_only"]
    ]
    worst = t.join([t(e.catalogue.indicators[i].name_zh, e.catalogue.indicators[i].name_en) for i in behind])
    first = t(f"需要协调的指标：{worst}。", f"Indicators that need coordination: {worst}.") if behind else ""
    grid = Grid(
        t("待报数据", "Data still to come"),
        header,
        rows,
        (1.8, 0.9, 6.0),
        ("left", "right", "left"),
        sheet=t("待报数据", "Data owed"),
    )
    return [Paragraph(first), Paragraph(text), *([grid] if rows else [])]


def _examples(e: Evidence, t: Tongue, owner: str) -> str:
    ids = [i for i, row in e.own.items() if row["value"] is None and e.catalogue.indicators[i].owner == owner]
    names = [t(e.catalogue.indicators[i].name_zh, e.catalogue.indicators[i].name_en) for i in ids]
    return t.join(names[:4]) + (
        t(f"等{len(names)}项", f" and {len(names) - 4} more") if len(names) > 4 else ""
    )
