"""Findings of the evaluation: early warnings that stand, and data that an office has not sent."""

from collections.abc import Sequence

import polars as pl

from renben.catalogue import Catalogue
from renben.core.finding import check
from renben.core.table import Table
from renben.evaluation.formula import element_ids, parse

SEVERITY = ("info", "warning", "warning", "error", "major")
WORDS_ZH = (
    "",
    "数据逾期或中断",
    "低于上年预测区间",
    "状态连续或明显恶化",
    "发生零容忍事件，或按最好进度也难以达标",
)
WORDS_EN = (
    "",
    "late, or no longer reported",
    "beyond last year's forecast band",
    "status has worsened",
    "an event without tolerance, or out of reach even at the best pace seen",
)


@check
def early_warning(target_status: Table, cat: Catalogue) -> Table:
    """One finding per warning that stands; levels 3 and 4 call for a report on a major matter."""
    rows = target_status.filter("alarm").collect()
    found = [
        (
            f"early_warning_{row['warning']}",
            f"{row['region']}/{row['indicator']}",
            SEVERITY[row["warning"]],
            cat.indicators[row["indicator"]].owner,
            f"{cat.regions[row['region']].name_zh}·{cat.indicators[row['indicator']].name_zh}："
            f"{WORDS_ZH[row['warning']]}{_numbers(row)}{'（合成）' if row['synthetic'] else ''}",
            f"{cat.regions[row['region']].name_en}, {cat.indicators[row['indicator']].name_en}: "
            f"{WORDS_EN[row['warning']]}{_numbers(row)}{' (synthetic)' if row['synthetic'] else ''}",
        )
        for row in rows.to_dicts()
    ]
    return _findings(found)


@check
def data_not_sent(elements: Table, cat: Catalogue) -> Table:
    """One finding per office with the data elements for which the period has no value from any region."""
    have = set(elements.filter(pl.col("value").is_not_null()).select("element").collect()["element"])
    needed = _needed(cat)
    wanting: dict[str, list[str]] = {}
    for element in cat.elements.values():
        if element.from_element is None and element.id not in have and element.id in needed:
            wanting.setdefault(element.owner, []).append(element.id)
    found = [
        (
            "data_not_sent",
            owner,
            "info",
            owner,
            f"{cat.offices[owner].zh if owner in cat.offices else owner}：本期{len(names)}项基础数据全部缺报："
            + "、".join(cat.elements[name].name_zh for name in names),
            f"{cat.offices[owner].en if owner in cat.offices else owner}: no data for {len(names)} elements: "
            + ", ".join(names),
        )
        for owner, names in sorted(wanting.items())
    ]
    return _findings(found)


def _needed(cat: Catalogue) -> frozenset[str]:
    """Elements that the indicators in use read."""
    return frozenset(name for i in cat.indicators.values() for name in element_ids(parse(i.formula)))


def _numbers(row: dict[str, object]) -> str:
    value, target = row["value"], row["target"]
    said = (
        "" if value is None else f"（{value:.4g}" + (f" / {target:.4g}" if target is not None else "") + "）"
    )
    return said


def _findings(rows: Sequence[tuple[str, ...]]) -> pl.LazyFrame:
    names = ("kind", "subject", "severity", "owner", "text_zh", "text_en")
    return pl.LazyFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
