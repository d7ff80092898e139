"""What checks found, as a ledger of problems: level, subjects, owner, and room for the deadline and the closing."""

import datetime as dt
from collections import Counter
from typing import Any

import polars as pl

from renben.report.document import Cell, Heading, Paragraph, Part, Tone
from renben.report.evidence import Evidence
from renben.report.sections.wording import office_name, plain, region_name
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

LISTED, SUBJECTS, LONGEST = 30, 3, {"zh": 72, "en": 130}
SEVERITIES = {
    "major": ("重大", "Major"),
    "error": ("错误", "Error"),
    "warning": ("警示", "Warning"),
    "info": ("提示", "Note"),
}
SEVERITY_TONES: dict[str, Tone] = {"major": "red", "error": "red", "warning": "orange"}


def findings(e: Evidence, t: Tongue) -> list[Part]:
    """The ledger of problems by kind; those of synthetic data in a table of their own."""
    parts: list[Part] = [Heading(2, t("问题清单", "Ledger of problems"))]
    if not e.findings.height:
        return [
            *parts,
            Paragraph(t(f"{e.period}年各项检查没有发现问题。", f"Checks found nothing for {e.period}.")),
        ]
    found = e.findings.filter(~pl.col("kind").str.starts_with("early_warning"))
    rows = found.filter(pl.col("kind") != "data_not_sent")
    real, made_up = rows.filter(~pl.col("synthetic")), rows.filter(pl.col("synthetic"))
    parts.append(Paragraph(_counted(found, t)))
    if not real.height:
        parts.append(
            Paragraph(
                t(
                    "除缺报数据外，实际数据中没有发现其他问题。",
                    "Beside missing data, nothing was found in real data.",
                )
            )
        )
    parts += _ledger(e, t, real, t("问题清单", "Problems found in real data"), t("问题清单", "Problems"))
    if made_up.height:
        parts.append(Paragraph(_trial(t)))
    caption = t(
        "合成数据上的检查结果（试用，不反映真实情况）", "Checks on synthetic data (trial, nothing real)"
    )
    return [*parts, *_ledger(e, t, made_up, caption, t("问题清单（合成）", "Problems (synthetic)"))]


def _trial(t: Tongue) -> str:
    return t(
        "下表为用合成数据试运行各项检查的结果，只用来说明检查的内容，不反映任何真实情况。",
        "The next table comes from trial runs of the checks on synthetic data: it shows what the checks say and describes nothing real.",
    )


def _counted(found: pl.DataFrame, t: Tongue) -> str:
    real = found.filter(~pl.col("synthetic"))
    counts, made_up = Counter(real["severity"].to_list()), found.height - real.height
    said = t.join(f"{t(*SEVERITIES[s])}{t('', ' ')}{counts[s]}{t('个', '')}" for s in SEVERITIES if counts[s])
    brackets = t(f"（{said}）", f" ({said})") if said else ""
    return t(
        f"除预警外，各项检查在实际数据中发现{real.height}个问题{brackets}，在合成数据中发现{made_up}个。同一问题在同一报告期只立一次，按类归并列出；缺报数据按单位列于“下一步工作”。整改时限和销号由责任单位填报。",
        f"Beside the warnings, checks found {real.height} problems in real data{brackets} and {made_up} in synthetic data. A problem is opened once a period and listed by kind; missing data stand by office under next steps. The owners fill in deadline and closing.",
    )


def _ledger(e: Evidence, t: Tongue, rows: pl.DataFrame, caption: str, sheet: str) -> list[Part]:
    keys = ["severity", "kind", "owner", "synthetic"]
    kinds = rows.group_by(keys, maintain_order=True).agg(pl.len(), "key", "subject", "text_zh", "text_en")
    made_up = bool(rows.height and rows["synthetic"].all()) and not e.table("programme_findings").height
    columns = (
        Col(t("序号", "No."), 0.75, "center"),
        Col(t("级别", "Level"), t(1.7 if made_up else 1.1, 1.3), "center"),
        Col(t("问题（同类首例）", "Problem (first of its kind)"), 4.0),
        Col(t("数量", "Number"), 0.9, "right"),
        Col(t("对象", "Where"), t(1.9, 2.3)),
        Col(t("责任单位", "Owner"), 1.7),
        *(
            []
            if made_up
            else [Col(t("整改时限", "Deadline"), 0.9, "center"), Col(t("销号", "Closed"), 0.8, "center")]
        ),
    )
    body = [_row(e, t, n, row) for n, row in enumerate(kinds.head(LISTED).to_dicts(), start=1)]
    grids = table(caption, columns, body, sheet)
    more = kinds.height - len(body)
    note = t(
        f"另有{more}类，见 renben findings --period {e.period}。",
        f"{more} more kinds: renben findings --period {e.period}.",
    )
    return [*grids, Paragraph(note, note=True)] if more > 0 else list(grids)


def _row(e: Evidence, t: Tongue, number: int, row: dict[str, Any]) -> tuple[Cell, ...]:
    subjects = list(dict.fromkeys(subject(e, t, s) for s in row["subject"]))
    more = (
        t(f"等{len(subjects)}处", f" and {len(subjects) - SUBJECTS} more") if len(subjects) > SUBJECTS else ""
    )
    mark = t("（合成）", " (synthetic)") if row["synthetic"] else ""
    return (
        Cell(str(number), number=number),
        Cell(t(*SEVERITIES[row["severity"]]) + mark, SEVERITY_TONES.get(row["severity"], "plain")),
        Cell(cut(plain(e, t(row["text_zh"][0], row["text_en"][0]), t), LONGEST[t.language])),
        Cell(str(row["len"]), number=row["len"]),
        Cell(t.join(subjects[:SUBJECTS]) + more),
        Cell(office_name(e, row["owner"], t)),
        *_settled(e, t, row),
    )


def _settled(e: Evidence, t: Tongue, row: dict[str, Any]) -> tuple[Cell, ...]:
    """Until when the owners' tasks are due and how many findings are closed, as the programme publishes it."""
    known = e.table("programme_findings")
    if not known.height:
        return () if row["synthetic"] else (Cell(DASH), Cell(DASH))
    mine = known.filter(pl.col("key").is_in(row["key"]))
    due, closed = mine["due"].max(), mine["closed"].count()
    return (
        Cell(t.day(due) if isinstance(due, dt.date) and closed < mine.height else DASH),
        Cell(f"{closed}/{row['len']}" if mine.height else DASH),
    )


def cut(text: str, longest: int) -> str:
    """A text at most as long as a cell may hold, cut behind a word or sign and closed by an ellipsis."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    stop = max(head.rfind(sign) for sign in " ，；。、;,")
    return head[: stop if stop > longest // 2 else len(head)].rstrip("，；、;, ") + "……"


def subject(e: Evidence, t: Tongue, code: str) -> str:
    """A finding's subject by name: an office, or a region and an indicator."""
    if code in e.catalogue.offices:
        return office_name(e, code, t)
    if code in e.catalogue.datasets:
        return t(e.catalogue.datasets[code].zh or code, e.catalogue.datasets[code].en or code)
    parts = code.replace("/", " ").replace(":", " ").split()
    names = [region_name(e, p, t) for p in parts if p in e.catalogue.regions]
    indicators = [e.catalogue.indicators[p] for p in parts if p in e.catalogue.indicators]
    names += [t(i.name_zh, i.name_en) for i in indicators[:1]]
    return " ".join(names) or parts[0] if parts else code
