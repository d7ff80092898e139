"""`renben status`: how the targets of a region stand, with the probability or level behind every colour."""

from typing import Annotated

import polars as pl
import typer

from renben.catalogue import Catalogue
from renben.catalogue.indicator import Indicator
from renben.cli.common import JsonOption, WorkspaceOption, day_option, out, print_json, print_table, workspace
from renben.cli.indicators import (
    SYNTHETIC,
    AsOfOption,
    PeriodOption,
    RegionOption,
    in_order,
    reason_zh,
    region_code,
    shown,
)

HEADER = ("指标", "现值", "目标", "状态", "达标概率", "目标年预测(10%–90%)", "趋势", "预警")
COLOURS = {"green": "绿", "yellow": "黄", "orange": "橙", "red": "红", "grey": "灰"}
TRENDS = {"up": "↑", "down": "↓", "flat": "→", "unknown": ""}


def status(
    period: PeriodOption,
    region: RegionOption = None,
    every: Annotated[bool, typer.Option("--all", help="Also indicators that have no value.")] = False,
    at: WorkspaceOption = None,
    as_of: AsOfOption = None,
    json_: JsonOption = False,
) -> None:
    """Show the status of every indicator of a region that has a value, and count the grey by reason.

    Examples:

        renben status --period 2024

        renben status --region NAME-OR-CODE --period 2024 --all --json
    """
    space = workspace(at)
    cat = space.catalogue
    code = region_code(cat, region)
    frame = space.read("target_status", period, day_option(as_of)).filter(pl.col("region") == code)
    rows = in_order(frame, cat)
    chosen = [row for row in rows if every or row["value"] is not None]
    if json_:
        print_json([{**row, **_names(cat.indicators[row["indicator"]])} for row in chosen])
        return
    print_table(f"{cat.regions[code].name_zh} {period}", HEADER, [_line(row, cat) for row in chosen])
    if any(row["system_thresholds"] for row in chosen):
        out.print(
            "档位为系统建议：class limits are our default (catalogue/laws/evaluation.yaml), not policy."
        )
    _count_grey(rows, cat)


def _names(indicator: Indicator) -> dict[str, str]:
    return {"name_zh": indicator.name_zh, "name_en": indicator.name_en, "unit": indicator.unit}


def _line(row: dict[str, object], cat: Catalogue) -> list[object]:
    unit = cat.units[cat.indicators[str(row["indicator"])].unit].zh
    target = shown(row["target"], unit)  # type: ignore[arg-type]
    year = f"（{row['target_year']}）" if row["target_year"] else ""
    sign = "" if target is None else "≤" if row["comparison"] == "at_most" else "≥"
    low, high, middle = row["forecast_p10"], row["forecast_p90"], row["forecast_median"]
    reason = f"（{reason_zh(cat, str(row['reason']))}）" if row["reason"] else ""
    return [
        cat.indicators[str(row["indicator"])].name_zh + (SYNTHETIC if row["synthetic"] else ""),
        shown(row["value"], unit),  # type: ignore[arg-type]
        None if target is None else f"{sign}{target}{year}{'（参考）' if row['reference_only'] else ''}",
        COLOURS[str(row["status"])] + reason,
        _chance(row),
        None if middle is None else f"{middle:.1f}（{low:.1f}–{high:.1f}）",
        TRENDS[str(row["trend"])],
        row["warning"] or None,
    ]


def _chance(row: dict[str, object]) -> str | None:
    """Probability of the target; where the projection gives it, the drift's beside it."""
    if row["probability"] is None:
        return None
    drift = row["drift_probability"] if row["forecast_by"] == "projection" else None
    return f"{row['probability']:.0%}" + ("" if drift is None else f"（人口模型；趋势外推{drift:.0%}）")


def _count_grey(rows: list[dict[str, object]], cat: Catalogue) -> None:
    counts: dict[str, int] = {}
    for row in rows:
        if row["reason"]:
            counts[str(row["reason"])] = counts.get(str(row["reason"]), 0) + 1
    words = "；".join(
        f"{reason_zh(cat, code)} {n}" for code, n in sorted(counts.items(), key=lambda x: -x[1])
    )
    out.print(f"灰色 {sum(counts.values())} 项：{words}" if counts else "没有灰色指标。")
