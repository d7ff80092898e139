"""Values that a later vintage changed: what was published first, what holds now, and from where."""

from typing import Any

import polars as pl

from renben.core.period import Period
from renben.core.workspace import Version
from renben.report.annexes.definitions import cited
from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import mark, region_name, unit_name
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

READ = {"indicator_published": "indicator", "elements": "element"}
"""Sources that are revised -> the column that says what a row is."""
LISTED = 60


def revisions(e: Evidence, t: Tongue) -> list[Part]:
    """Every change between consecutive vintages of a year, for the region and those in it, newest year first."""
    rows = [row for name, column in READ.items() for row in changes(e, name, column)]
    rows.sort(key=lambda r: (-r["year"], r["region"], r["what"], r["vintage"]))
    if not rows:
        return [Paragraph(t("各版本之间没有数值变动。", "No value changed between vintages."))]
    text = t(
        f"自首次发布以来，共有{len(rows)}个数值被后来的版本修订。序列不同的新旧数值口径不同，不作增减比较。",
        f"{len(rows)} values were changed by a later vintage. Where the series differs, so does the definition, and the two are not compared.",
    )
    columns = (
        Col(t("年份", "Year"), 0.8, "center"),
        Col(t("地区", "Region"), 1.2),
        Col(t("数据", "What"), 2.1),
        Col(t("原数值", "Before"), 1.5, "right"),
        Col(t("修订后", "Now"), 1.5, "right"),
        Col(t("修订日期", "Revised on"), 1.4, "center"),
        Col(t("新序列", "Series now"), 1.9),
        Col(t("来源", "Source"), 0.8, "center"),
    )
    shown = [_row(e, t, row) for row in rows[:LISTED]]
    return [
        Paragraph(text),
        *table(t("修订的数值", "Values revised"), columns, shown, t("修订", "Revisions")),
    ]


def changes(e: Evidence, name: str, column: str) -> list[dict[str, Any]]:
    """Rows whose value a later vintage of the same year changed, with both values and the day of the change."""
    if name not in e.catalogue.datasets:
        return []
    by_period: dict[Period, list[Version]] = {}
    for version in e.workspace.versions(name, None, e.as_of):
        if version.period <= e.period:
            by_period.setdefault(version.period, []).append(version)
    found = []
    for period, versions in by_period.items():
        frames = [v.scan().collect() for v in versions]
        for before, now, version in zip(frames, frames[1:], versions[1:], strict=False):
            joined = now.join(before, on=["region", column], suffix="_before")
            changed = joined.filter(
                pl.col("value").ne_missing(pl.col("value_before")) & pl.col("value_before").is_not_null()
            )
            found += [
                {**row, "what": row[column], "year": period.year, "vintage": version.vintage}
                for row in changed.to_dicts()
                if e.under(row["region"])
            ]
    return found


def _row(e: Evidence, t: Tongue, row: dict[str, Any]) -> tuple[Cell, ...]:
    known = e.catalogue.indicators.get(row["what"]) or e.catalogue.elements.get(row["what"])
    unit = known.unit if known else ""
    name = (t(known.name_zh, known.name_en) if known else row["what"]) + mark(row, t)
    shown = unit_name(e, unit, t)
    moved = row["series"] if row["series"] != row["series_before"] else t("同前", "as before")
    return (
        Cell(str(row["year"]), number=row["year"]),
        Cell(region_name(e, row["region"], t)),
        Cell(name + (t(f"（{shown}）", f" ({shown})") if shown else "")),
        Cell(t.number(row["value_before"], unit), number=row["value_before"]),
        Cell(t.number(row["value"], unit), "strong", row["value"]),
        Cell(row["vintage"]),
        Cell(moved or DASH),
        Cell(cited(e, row["sources"])),
    )
