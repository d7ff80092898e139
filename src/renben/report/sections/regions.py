"""Cities side by side, and a schematic map of the counties."""

from itertools import pairwise
from typing import Any

import polars as pl

from renben.report import figures, tilemap
from renben.report.document import Cell, Figure, Grid, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import why
from renben.report.tongue import DASH, Tongue

FILLS = (
    ("#DCEAF5", "#16202b"),
    ("#B5D2E8", "#16202b"),
    ("#85B4D8", "#16202b"),
    ("#4F8FC0", "#ffffff"),
    ("#1F5F99", "#ffffff"),
)
"""Fill and ink of five classes, light to dark."""
NO_DATA = "#F1F1EE"


def regions(e: Evidence, t: Tongue) -> list[Part]:
    """The headline indicator of every city, and a schematic map of the counties."""
    headline = next((g.indicator for g in e.plan.goals.values() if g.indicator), None)
    if headline is None:
        return []
    newest = (
        e.history.filter((pl.col("indicator") == headline) & pl.col("value").is_not_null())
        .sort("year")
        .group_by("region", maintain_order=True)
        .last()
    )
    by_region = {row["region"]: row for row in newest.to_dicts()}
    return [*_city_table(e, t, headline, by_region), *_county_map(e, t, headline, by_region)]


def _city_table(e: Evidence, t: Tongue, headline: str, newest: dict[str, dict[str, Any]]) -> list[Part]:
    indicator = e.catalogue.indicators[headline]
    status = {row["region"]: row for row in e.status.filter(pl.col("indicator") == headline).to_dicts()}
    rows = []
    for region in e.catalogue.regions.values():
        if region.parent != e.region or region.level != "prefecture":
            continue
        value, judged = newest.get(region.code, {}), status.get(region.code, {})
        span = DASH
        if judged.get("forecast_p10") is not None:
            span = f"{t.number(judged['forecast_p10'], indicator.unit)}—{t.number(judged['forecast_p90'], indicator.unit)}"
        rows.append(
            (
                Cell(t(region.name_zh, region.name_en)),
                Cell(t.number(value.get("value"), indicator.unit), "strong", value.get("value")),
                Cell(str(value.get("year", DASH))),
                Cell(span),
                Cell(why(e, t, judged) if value.get("value") is None or span == DASH else "", "muted"),
            )
        )
    header = (
        t("市", "City"),
        t("最新值", "Latest"),
        t("年份", "Year"),
        t("2029年80%区间", "80 % interval"),
        t("说明", "Note"),
    )
    name = t(indicator.name_zh, indicator.name_en)
    intro = t(
        f"各市{name}只列已公布的最新年份；年份不同的数不可直接比较。市、县层面的系列多数不足以预测，按规则标为无法判定。",
        f"Latest published {name} of each city; values of different years are not comparable. Most city and county series are too short to forecast and are left unjudged.",
    )
    grid = Grid(
        t(f"各市{name}（{indicator.unit}）", f"{name} by city ({indicator.unit})"),
        header,
        tuple(rows),
        (1.4, 1.2, 0.9, 1.8, 2.8),
        ("left", "right", "center", "right", "left"),
    )
    return [Paragraph(intro), grid]


def _county_map(e: Evidence, t: Tongue, headline: str, newest: dict[str, dict[str, Any]]) -> list[Part]:
    indicator = e.catalogue.indicators[headline]
    places = [
        tilemap.Place(r.code, t(_plain(r.name_zh), r.name_en), r.lon or 0, r.lat or 0, r.parent or "")
        for r in e.catalogue.regions.values()
        if r.level == "county" and r.lon is not None and _under(e, r.code)
    ]
    values = {p.code: newest[p.code]["value"] for p in places if p.code in newest}
    if len(places) < 3 or not values:
        return []
    years = sorted({newest[c]["year"] for c in values})
    cuts = _cuts(sorted(values.values()))
    shades, legend = _shades(places, values, cuts, indicator.unit, t)
    own = e.workspace.root / "boundaries.geojson"
    svg = (
        tilemap.boundary_map(own, shades, legend, figures.FONT)
        if own.is_file()
        else tilemap.hex_map(places, shades, legend, figures.FONT)
    )
    picture = figures.from_svg(svg)
    when = str(years[0]) if len(years) == 1 else f"{years[0]}—{years[-1]}"
    name = t(indicator.name_zh, indicator.name_en)
    caption = t(
        f"各县（市、区）{name}，{when}年（示意图，不表示边界）",
        f"{name} by county, {when} (schematic; no borders)",
    )
    return [Figure("map", caption, picture.svg, picture.png, caption, width=0.86)]


def _plain(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in "区县市" else name


def _under(e: Evidence, code: str) -> bool:
    at: str | None = code
    while at is not None and at != e.region:
        at = e.catalogue.regions[at].parent if at in e.catalogue.regions else None
    return at == e.region


def _cuts(values: list[float]) -> list[float]:
    """Limits of five classes of equal number, rounded to whole units."""
    return sorted({float(round(values[int(len(values) * k / 5)])) for k in range(1, 5)})


def _shades(
    places: list[tilemap.Place], values: dict[str, float], cuts: list[float], unit: str, t: Tongue
) -> tuple[dict[str, tilemap.Shade], list[tuple[str, str]]]:
    shades = {}
    for place in places:
        value = values.get(place.code)
        if value is None:
            shades[place.code] = tilemap.Shade(NO_DATA, t("无数据", "no data"))
            continue
        fill, ink = FILLS[sum(value >= cut for cut in cuts)]
        shades[place.code] = tilemap.Shade(fill, f"{t.number(value, unit)} {unit}", ink)
    ends = [
        f"<{cuts[0]:g}",
        *(f"{a:g}–{b:g}" for a, b in pairwise(cuts)),
        f"≥{cuts[-1]:g}",
    ]
    legend = [(FILLS[k][0], f"{text} {unit}") for k, text in enumerate(ends)]
    if len(values) < len(places):
        legend.append((NO_DATA, t("无数据", "no data")))
    return shades, legend
