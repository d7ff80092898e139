"""Cities side by side, and the groups of counties that the plan names for its goals."""

from typing import Any

from renben.catalogue import RegionGroup
from renben.catalogue.indicator import Indicator
from renben.report.document import Cell, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.county_map import county_map
from renben.report.sections.headline import ratio
from renben.report.sections.wording import region_name, unit_name, value_cell, why
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

WAN = 10_000


def regions(e: Evidence, t: Tongue) -> list[Part]:
    """The headline indicator of every city, of the named groups of counties, and a map of the counties."""
    headline = next((g.indicator for g in e.plan.goals.values() if g.indicator), None)
    if headline is None:
        return []
    indicator, newest = e.catalogue.indicators[headline], e.newest(headline)
    parts: list[Part] = [
        Heading(2, t("各市情况", "Cities")),
        *_cities(e, t, indicator, newest),
    ]
    for goal in e.plan.goals.values():
        scope = e.catalogue.indicators[goal.indicator].scope if goal.indicator else None
        group = e.catalogue.groups.get(scope or "")
        if group is not None and goal.indicator is not None:
            parts.append(Heading(2, t(f"{group.zh}情况", group.en)))
            parts += _group(e, t, indicator, newest, group, e.catalogue.indicators[goal.indicator])
    parts.append(Heading(2, t("各县情况", "Counties")))
    return [*parts, *county_map(e, t, indicator, newest)]


def _cities(e: Evidence, t: Tongue, indicator: Indicator, newest: dict[str, dict[str, Any]]) -> list[Part]:
    status = {row["region"]: row for row in e.status.filter(e.status["indicator"] == indicator.id).to_dicts()}
    cities = [
        r.code for r in e.catalogue.regions.values() if r.parent == e.region and r.level == "prefecture"
    ]
    fan = any(status.get(c, {}).get("forecast_p10") is not None for c in cities)
    rows = [_city(e, t, indicator, newest.get(c, {}), status.get(c, {}), fan) for c in cities]
    columns = (
        Col(t("市", "City"), 1.3),
        Col(t("最新值", "Latest"), 1.1, "right"),
        Col(t("年份", "Year"), 0.8, "center"),
        *_people(e, t, indicator),
        *(
            [
                Col(
                    t(f"{e.plan.last_year}年预测（80%区间）", f"{e.plan.last_year} (80 % interval)"),
                    1.9,
                    "right",
                )
            ]
            if fan
            else []
        ),
        Col(t("本年为何无值或无法判定", "Why no value or status this year"), 2.6),
    )
    name, unit = t(indicator.name_zh, indicator.name_en), unit_name(e, indicator.unit, t)
    rows = [(Cell(region_name(e, c, t)), *row) for c, row in zip(cities, rows, strict=True)]
    intro = t(
        f"各市{name}列最新公布年份的数；年份不同的数不可直接比较。",
        f"The latest published {name} of each city; values of different years are not comparable.",
    )
    if not fan:
        intro += t("市级序列过短，不作预测。", " The series of cities are too short to forecast.")
    caption = t(f"各市{name}（{unit}）", f"{name} by city ({unit})")
    return [Paragraph(intro), *table(caption, columns, rows, t("各市", "Cities"))]


def _people(e: Evidence, t: Tongue, indicator: Indicator) -> list[Col]:
    """Columns of numerator and denominator where the indicator is a ratio of persons."""
    found = [e.catalogue.elements[name] for name in ratio(indicator) or ()]
    if not found or any(element.unit != "person" for element in found):
        return []
    return [Col(t(f"{x.name_zh}（万人）", f"{x.name_en} (10,000)"), 1.5, "right") for x in found]


def _city(
    e: Evidence, t: Tongue, indicator: Indicator, value: dict[str, Any], judged: dict[str, Any], fan: bool
) -> tuple[Cell, ...]:
    unit = indicator.unit
    span = []
    if fan:
        low, high = judged.get("forecast_p10"), judged.get("forecast_p90")
        span = [Cell(DASH if low is None else f"{t.number(low, unit)}–{t.number(high, unit)}")]
    return (
        value_cell(value, "value", unit, t, "strong"),
        Cell(str(value.get("year", DASH)), number=value.get("year")),
        *(_counts(value) if _people(e, t, indicator) else []),
        *span,
        Cell(
            why(e, t, judged)
            if judged.get("status") == "grey"
            else t.status(judged["status"]).text
            if judged
            else DASH,
            "muted",
        ),
    )


def _counts(value: dict[str, Any]) -> list[Cell]:
    """Numerator and denominator in ten thousand persons."""
    found = []
    for name in ("numerator", "denominator"):
        number = value.get(name)
        shown = None if number is None else number / WAN
        found.append(Cell(DASH if shown is None else f"{shown:,.2f}", number=shown))
    return found


def _group(
    e: Evidence,
    t: Tongue,
    indicator: Indicator,
    newest: dict[str, dict[str, Any]],
    group: RegionGroup,
    whole: Indicator,
) -> list[Part]:
    """Counties of a named group: rate, year, and the people behind it; the group's own rate in the last row."""
    rows, people = [], _people(e, t, indicator)
    for code in group.members:
        parent = e.catalogue.regions[code].parent if code in e.catalogue.regions else None
        value = newest.get(code, {})
        year = Cell(str(value.get("year", DASH)), number=value.get("year"))
        number = value_cell(value, "value", indicator.unit, t, "strong")
        rows.append(
            (
                Cell(region_name(e, code, t)),
                Cell(region_name(e, parent or "", t)),
                number,
                year,
                *(_counts(value) if people else []),
            )
        )
    total = e.newest(whole.id).get(e.region, {})
    year = Cell(str(total.get("year", DASH)), "strong", total.get("year"))
    sums = [Cell(c.text, "strong", c.number) for c in _counts(total)] if people else []
    name = Cell(t("合计（按人口加权）", "All, by population"), "strong")
    rows.append((name, Cell(DASH), value_cell(total, "value", whole.unit, t, "strong"), year, *sums))
    columns = (
        Col(t("县（市、区）", "County"), 2.0),
        Col(t("所属市", "City"), 1.4),
        Col(t("最新值", "Latest"), 1.2, "right"),
        Col(t("年份", "Year"), 0.9, "center"),
        *_people(e, t, indicator),
    )
    rate, unit = t(indicator.name_zh, indicator.name_en), unit_name(e, indicator.unit, t)
    said = why(e, t, e.own.get(whole.id, {}))
    intro = (
        t(
            f"{group.zh}共{len(group.members)}个县（市、区）。{e.period}年{whole.name_zh}：{said}。下表为各县已公布的最新数。",
            f"{group.en}: {len(group.members)} counties. {whole.name_en}, {e.period}: {said}. The table has the latest published values.",
        )
        if e.own.get(whole.id, {}).get("value") is None
        else ""
    )
    caption = t(f"{group.zh}{rate}（{unit}）", f"{group.en}: {rate} ({unit})")
    return [Paragraph(intro), *table(caption, columns, rows, t(group.zh, group.en)[:24])]
