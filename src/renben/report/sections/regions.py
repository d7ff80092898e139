"""Cities side by side, and the groups of counties that the plan names for its goals."""

from dataclasses import dataclass
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
Row = dict[str, Any]


@dataclass(frozen=True)
class Rate:
    """The headline indicator and its newest value of each region."""

    e: Evidence
    t: Tongue
    indicator: Indicator
    newest: dict[str, Row]

    @property
    def name(self) -> str:
        """Name in the report's language."""
        return self.t(self.indicator.name_zh, self.indicator.name_en)

    @property
    def unit(self) -> str:
        """Unit in the report's language."""
        return unit_name(self.e, self.indicator.unit, self.t)

    def people(self) -> list[Col]:
        """Columns of numerator and denominator where the indicator is a ratio of persons."""
        found = [self.e.catalogue.elements[name] for name in ratio(self.indicator) or ()]
        if not found or any(element.unit != "person" for element in found):
            return []
        return [Col(self.t(f"{x.name_zh}（万人）", f"{x.name_en} (10,000)"), 1.5, "right") for x in found]

    def cells(self, value: Row) -> list[Cell]:
        """Value, year, and the people behind it."""
        number = value_cell(value, "value", self.indicator.unit, self.t, "strong")
        year = Cell(str(value.get("year", DASH)), number=value.get("year"))
        return [number, year, *(_people(value) if self.people() else [])]

    def columns(self) -> list[Col]:
        """Columns of these cells."""
        latest, year = self.t("最新值", "Latest"), self.t("年份", "Year")
        return [Col(latest, 1.15, "right"), Col(year, 0.85, "center"), *self.people()]


def _people(value: Row) -> list[Cell]:
    """Numerator and denominator in ten thousand persons."""
    found = []
    for name in ("numerator", "denominator"):
        number = value.get(name)
        shown = None if number is None else number / WAN
        found.append(Cell(DASH if shown is None else f"{shown:,.2f}", number=shown))
    return found


def regions(e: Evidence, t: Tongue) -> list[Part]:
    """The headline indicator of every city, of the named groups of counties, and a map of the counties."""
    headline = next((g.indicator for g in e.plan.goals.values() if g.indicator), None)
    if headline is None:
        return []
    rate = Rate(e, t, e.catalogue.indicators[headline], e.newest(headline))
    parts: list[Part] = [Heading(2, t("各市情况", "Cities")), *_cities(rate)]
    for goal in e.plan.goals.values():
        whole = e.catalogue.indicators.get(goal.indicator or "")
        group = e.catalogue.groups.get((whole and whole.scope) or "")
        if group is not None and whole is not None:
            parts += [Heading(2, t(f"{group.zh}情况", group.en)), *_group(rate, group, whole)]
    return [*parts, Heading(2, t("各县情况", "Counties")), *county_map(e, t, rate.indicator, rate.newest)]


def _cities(rate: Rate) -> list[Part]:
    e, t = rate.e, rate.t
    status = {
        row["region"]: row for row in e.status.filter(e.status["indicator"] == rate.indicator.id).to_dicts()
    }
    every = e.catalogue.regions.values()
    cities = [r.code for r in every if r.parent == e.region and r.level == "prefecture"]
    fan = any(status.get(c, {}).get("forecast_p10") is not None for c in cities)
    rows = [
        (
            Cell(region_name(e, c, t)),
            *rate.cells(rate.newest.get(c, {})),
            *_judged(rate, status.get(c, {}), fan=fan),
        )
        for c in cities
    ]
    ahead = Col(t(f"{e.plan.last_year}年预测", f"{e.plan.last_year} (80 %)"), 1.6, "right")
    note = Col(t("本年为何无值或无法判定", "Why no value or status this year"), 2.6)
    columns = (Col(t("市", "City"), 1.3), *rate.columns(), *([ahead] if fan else []), note)
    intro = t(
        f"各市{rate.name}列最新公布年份的数；年份不同的数不可直接比较。",
        f"The latest published {rate.name} of each city; values of different years are not comparable.",
    )
    short = "" if fan else t("市级序列过短，不作预测。", " The series of cities are too short to forecast.")
    caption = t(f"各市{rate.name}（{rate.unit}）", f"{rate.name} by city ({rate.unit})")
    return [Paragraph(intro + short), *table(caption, columns, rows, t("各市", "Cities"))]


def _judged(rate: Rate, row: Row, *, fan: bool) -> list[Cell]:
    """Band of the forecast where any city has one, then the status or why there is none."""
    t, unit = rate.t, rate.indicator.unit
    low, high = row.get("forecast_p10"), row.get("forecast_p90")
    band = Cell(DASH if low is None else f"{t.number(low, unit)}–{t.number(high, unit)}")
    said = DASH
    if row:
        grey = row["status"] == "grey"
        said = why(rate.e, t, row) if grey else t.status(row["status"], synthetic=rate.e.made_up(row)).text
    return [*([band] if fan else []), Cell(said, "muted")]


def _group(rate: Rate, group: RegionGroup, whole: Indicator) -> list[Part]:
    """Counties of a named group, and in the last row the group's own rate."""
    e, t = rate.e, rate.t
    rows = []
    for code in group.members:
        parent = e.catalogue.regions[code].parent if code in e.catalogue.regions else None
        names = [Cell(region_name(e, code, t)), Cell(region_name(e, parent or "", t))]
        rows.append([*names, *rate.cells(rate.newest.get(code, {}))])
    total = [Cell(c.text, "strong", c.number) for c in rate.cells(e.newest(whole.id).get(e.region, {}))]
    rows.append([Cell(t("合计（按人口加权）", "All, by population"), "strong"), Cell(DASH), *total])
    columns = (Col(t("县（市、区）", "County"), 2.0), Col(t("所属市", "City"), 1.4), *rate.columns())
    caption = t(f"{group.zh}{rate.name}（{rate.unit}）", f"{group.en}: {rate.name} ({rate.unit})")
    grids = table(caption, columns, rows, t(group.zh, group.en)[:24])
    return [Paragraph(_group_said(rate, group, whole)), *grids]


def _group_said(rate: Rate, group: RegionGroup, whole: Indicator) -> str:
    e, t, row = rate.e, rate.t, rate.e.own.get(whole.id, {})
    count = len(group.members)
    if row.get("value") is not None:
        return t(f"{group.zh}共{count}个县（市、区）。", f"{group.en}: {count} counties.")
    said = why(e, t, row)
    return t(
        f"{group.zh}共{count}个县（市、区）。{e.period}年{whole.name_zh}：{said}。下表为各县已公布的最新数。",
        f"{group.en}: {count} counties. {whole.name_en}, {e.period}: {said}. The table has the latest published values.",
    )
