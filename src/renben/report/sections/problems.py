"""What checks found, and what is still to be done."""

from collections import Counter

from renben.report.document import Cell, Grid, Paragraph, Part, Tone
from renben.report.evidence import Evidence
from renben.report.sections.wording import short_name
from renben.report.tongue import DASH, Tongue

LISTED = 40
SEVERITY_TONES: dict[str, Tone] = {"major": "red", "error": "red", "warning": "orange"}


def findings(e: Evidence, t: Tongue) -> list[Part]:
    """Findings of checks, most severe first."""
    if not e.findings.height:
        return [Paragraph(t(f"{e.period}年各项检查没有发现问题。", f"Checks found nothing for {e.period}."))]
    counts = Counter(e.findings["severity"].to_list())
    words = {
        "major": ("重大", "major"),
        "error": ("错误", "error"),
        "warning": ("警示", "warning"),
        "info": ("提示", "note"),
    }
    said = t.join([f"{t(*words[s])}{t('', ' ')}{counts[s]}" for s in words if counts[s]])
    shown = e.findings.head(LISTED)
    owners = e.catalogue.offices
    rows = tuple(
        (
            Cell(
                t(*words[r["severity"]]),
                SEVERITY_TONES.get(r["severity"], "plain"),
            ),
            Cell(_subject(e, t, r["subject"])),
            Cell(r["text_zh"] if t.language == "zh" else r["text_en"]),
            Cell(
                t(short_name(owners[r["owner"]]), owners[r["owner"]].en)
                if r["owner"] in owners
                else r["owner"] or DASH
            ),
        )
        for r in shown.to_dicts()
    )
    header = (t("级别", "Severity"), t("对象", "Subject"), t("内容", "Finding"), t("责任单位", "Owner"))
    more = e.findings.height - shown.height
    rest = (
        t(
            f"另有{more}条，见 renben findings --period {e.period}。",
            f"{more} more: renben findings --period {e.period}.",
        )
        if more
        else ""
    )
    text = t(
        f"各项检查共发现{e.findings.height}个问题（{said}）。同一问题在同一报告期只立一次。",
        f"Checks found {e.findings.height} problems ({said}). The same problem of a period is opened once.",
    )
    grid = Grid(
        t("问题清单", "Findings"), header, rows, (0.8, 1.6, 4.6, 1.6), ("center", "left", "left", "left")
    )
    return [Paragraph(text), grid, Paragraph(rest, note=True)]


def _subject(e: Evidence, t: Tongue, subject: str) -> str:
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
