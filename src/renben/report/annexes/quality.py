"""How good and how complete the data are: state and coverage of each value, and how many cells have which reason."""

import polars as pl

from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import mark, reason
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

METHODS = {
    "computed": ("按公式计算", "computed"),
    "aggregated": ("由下级汇总", "summed from below"),
    "published": ("直接发布", "as published"),
}
LEVELS = {"province": ("省级", "Province"), "prefecture": ("市级", "Cities"), "county": ("县级", "Counties")}


def quality(e: Evidence, t: Tongue) -> list[Part]:
    """State, method and coverage of each value; then all cells by level and reason."""
    columns = (
        Col(t("指标", "Indicator"), 3.4),
        Col(t("数据状态", "State"), 1.8),
        Col(t("取得方式", "Method"), 1.8),
        Col(t("单位覆盖率", "Units"), 1.2, "right"),
        Col(t("人口覆盖率", "Population"), 1.3, "right"),
    )
    caption = t("有数据指标的状态与覆盖率", "State and coverage of each value")
    return [*table(caption, columns, _values(e, t), t("数据质量", "Quality")), *_cells(e, t)]


def _values(e: Evidence, t: Tongue) -> list[tuple[Cell, ...]]:
    found: list[tuple[Cell, ...]] = []
    for indicator in e.valued:
        row = e.values[indicator.id]
        units, people = row["coverage_units"], row["coverage_population"]
        found.append(
            (
                Cell(t(indicator.name_zh, indicator.name_en)),
                Cell((reason(e, row["state"], t) if row["state"] else DASH) + mark(row, t)),
                Cell(t(*METHODS.get(row["method"], (DASH, DASH)))),
                Cell(t.share(units), number=units),
                Cell(t.share(people), number=people),
            )
        )
    return found


def _cells(e: Evidence, t: Tongue) -> list[Part]:
    """Cells (region x indicator) of the period by level of region and reason, those with a value first."""
    counts = _counts(e)
    shown = [k for k in LEVELS if any(key[0] == k for key in counts)]
    reasons = sorted(
        {key[1] for key in counts}, key=lambda r: (r != "", -sum(counts.get((k, r), 0) for k in shown), r)
    )
    rows = [
        (
            Cell(reason(e, code, t) if code else t("有数据", "With a value"), "plain" if code else "strong"),
            *(Cell(str(n) if (n := counts.get((k, code))) else DASH, number=n) for k in shown),
        )
        for code in reasons
    ]
    columns = (Col(t("情况", "What the cell says"), 4.0), *(Col(t(*LEVELS[k]), 1.2, "right") for k in shown))
    text = t(
        "下表按地区级别统计各项指标的数据情况，每格为“地区×指标”的个数；“—”表示没有这种情况。",
        "The next table counts cells, one for each region and indicator; a dash means that there is none.",
    )
    caption = t(f"{e.period}年各级地区指标数据情况", f"Cells of {e.period} by level of region")
    return [Paragraph(text), *table(caption, columns, rows, t("数据情况", "Cells"))]


def _counts(e: Evidence) -> dict[tuple[str, str], int]:
    """Number of cells by level of region and reason; the reason of a cell with a value is empty."""
    level = {r.code: r.level for r in e.catalogue.regions.values() if e.under(r.code)}
    cells = e.table("indicator_values").filter(pl.col("region").is_in(list(level)))
    why = pl.when(pl.col("value").is_not_null()).then(pl.lit(""))
    counted = cells.select(
        level=pl.col("region").replace_strict(level, return_dtype=pl.String),
        reason=why.otherwise(pl.col("value_reason").fill_null("no_data")),
    )
    return {(r["level"], r["reason"]): r["len"] for r in counted.group_by("level", "reason").len().to_dicts()}
