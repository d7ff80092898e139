"""Findings of the evaluation: warnings that stand, data not sent, sums that do not add up, names nobody knows."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.core.errors import did_you_mean
from renben.core.finding import check
from renben.core.law import Law
from renben.core.table import Maybe, Table
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
            f"{WORDS_EN[row['warning']]}{_numbers(row).replace('（', ' (').replace('）', ')')}{' (synthetic)' if row['synthetic'] else ''}",
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
            + ", ".join(cat.elements[name].name_en for name in names),
        )
        for owner, names in sorted(wanting.items())
    ]
    return _findings(found)


@check
def parts_and_whole(elements: Table, cat: Catalogue, law: Law) -> Table:
    """One finding where a region's figure is not the sum of the regions below it, all of one series."""
    adds_up = [element.id for element in cat.elements.values() if element.space == "sum"]
    known = elements.filter(pl.col("value").is_not_null() & pl.col("element").is_in(adds_up)).collect()
    children = _children(cat)
    size = children.group_by("above").len("all")
    sums = (
        known.join(children, on="region")
        .group_by("above", "element", "series")
        .agg(pl.col("value").sum().alias("sum"), pl.len().alias("counted"))
        .join(size, on="above")
        .filter(pl.col("counted") == pl.col("all"))
    )
    compared = known.join(
        sums,
        left_on=["region", "element", "series"],
        right_on=["above", "element", "series"],
        nulls_equal=True,
    )
    wide = (
        pl.col("sum").sub(pl.col("value")).abs()
        > law.value("evaluation.sum_tolerance") * pl.col("value").abs()
    )
    return _findings([_difference(row, cat) for row in compared.filter(wide).to_dicts()])


@check
def unknown_names(
    elements: Table, indicator_published: Maybe, indicator_targets: Maybe, cat: Catalogue
) -> Table:
    """One finding per element or indicator that was sent and that the catalogue does not know; nothing reads it."""
    sent = (
        ("elements", elements, "element", cat.elements),
        ("indicator_published", indicator_published, "indicator", cat.indicators),
        ("indicator_targets", indicator_targets, "indicator", cat.indicators),
    )
    found = []
    for dataset, frame, column, known in sent:
        names = frame.select(pl.col(column).unique().sort()).collect()[column].to_list()
        for name in (name for name in names if name not in known):
            hint = did_you_mean(name, known)
            where = cat.datasets[dataset]
            found.append(
                (
                    "unknown_name",
                    f"{dataset}/{name}",
                    "error",
                    cat.datasets[dataset].owner,
                    f"{where.zh}中的“{name}”目录中没有，未被使用。{_perhaps(hint)}",
                    f"{name!r} in {where.en} is not in the catalogue and nothing uses it.{hint}",
                )
            )
    return _findings(found)


def _perhaps(hint: str) -> str:
    """The hint in Chinese."""
    name = hint.removeprefix(" Did you mean ").removesuffix("?")
    return f"是否应为“{name}”？" if name else ""


def _children(cat: Catalogue) -> pl.DataFrame:
    """Prefectures and counties with the region above them."""
    rows = [(r.code, r.parent) for r in cat.regions.values() if r.level in ("prefecture", "county")]
    return pl.DataFrame(rows, schema={"region": pl.String, "above": pl.String}, orient="row")


def _difference(row: dict[str, Any], cat: Catalogue) -> tuple[str, ...]:
    region, element = cat.regions[row["region"]], cat.elements[row["element"]]
    figures = f"{row['value']:,.0f} / {row['sum']:,.0f}"
    return (
        "parts_and_whole",
        f"{region.code}/{element.id}",
        "warning",
        element.owner,
        f"{region.name_zh}·{element.name_zh}：本级数与下级合计不一致（{figures}），须说明原因",
        f"{region.name_en}, {element.name_en}: its figure and the sum of its parts differ ({figures}); explain",
    )


def _needed(cat: Catalogue) -> frozenset[str]:
    """Elements that the indicators in use read."""
    return frozenset(name for i in cat.indicators.values() for name in element_ids(parse(i.formula)))


def _numbers(row: dict[str, Any]) -> str:
    value, target = row["value"], row["target"]
    said = (
        "" if value is None else f"（{value:.4g}" + (f" / {target:.4g}" if target is not None else "") + "）"
    )
    return said


def _findings(rows: Sequence[tuple[str, ...]]) -> pl.LazyFrame:
    names = ("kind", "subject", "severity", "owner", "text_zh", "text_en")
    return pl.LazyFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
