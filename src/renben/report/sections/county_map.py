"""A map of the counties: schematic, or with the boundaries that an operator has put into the workspace."""

from itertools import pairwise
from typing import Any

from renben.catalogue import Region
from renben.catalogue.indicator import Indicator
from renben.report import boundaries, figures, tilemap
from renben.report.document import Figure, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import unit_name
from renben.report.tongue import Tongue

FILLS = (
    ("#DCEAF5", "#16202b"),
    ("#B5D2E8", "#16202b"),
    ("#85B4D8", "#16202b"),
    ("#3E7FB3", "#ffffff"),
    ("#1F5F99", "#ffffff"),
)
"""Fill and ink of five classes, light to dark; ink on fill has a contrast of at least 4."""
NO_DATA = "#F1F1EE"
BOUNDARIES = "boundaries.geojson"
"""An operator's file in the workspace; each feature has the region's code in its properties."""


def county_map(e: Evidence, t: Tongue, indicator: Indicator, newest: dict[str, dict[str, Any]]) -> list[Part]:
    """Newest value of an indicator for every county of the region."""
    counties = [
        r
        for r in e.catalogue.regions.values()
        if r.level == "county" and r.lon is not None and e.under(r.code)
    ]
    values = {r.code: newest[r.code]["value"] for r in counties if r.code in newest}
    if len(counties) < 3 or not values:
        return [Paragraph(t("县级数据不足，不作图。", "Too few counties have data for a map."))]
    picture = figures.from_svg(_drawn(e, t, counties, values, unit_name(e, indicator.unit, t)))
    years = sorted({newest[c]["year"] for c in values})
    when = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    name = t(indicator.name_zh, indicator.name_en)
    own = (e.workspace.root / BOUNDARIES).is_file()
    caption = t(
        f"各县（市、区）{name}，{when}年{'' if own else '（示意图，不表示边界）'}",
        f"{name} by county, {when}{'' if own else ' (schematic; no borders)'}",
    )
    return [
        Paragraph(_said(e, t, counties, values, when)),
        Figure("map", caption, picture.svg, picture.png, caption, 0.86),
    ]


def _said(e: Evidence, t: Tongue, counties: list[Region], values: dict[str, float], when: str) -> str:
    lacking = len(counties) - len(values)
    tail = t(f"{lacking}个没有数据。", f" {lacking} have none.") if lacking else ""
    return t(
        f"{len(counties)}个县（市、区）中，{len(values)}个有{when}年数据。" + tail,
        f"Of {len(counties)} counties {len(values)} have a value of {when}." + tail,
    ) + t(
        "图中每格为一个县（市、区），按驻地位置排列，粗线分隔各市。"
        if not (e.workspace.root / BOUNDARIES).is_file()
        else "",
        " Each cell is one county, placed by its seat; thick lines part the cities."
        if not (e.workspace.root / BOUNDARIES).is_file()
        else "",
    )


def _drawn(e: Evidence, t: Tongue, counties: list[Region], values: dict[str, float], unit: str) -> str:
    shades, legend = _shades([r.code for r in counties], values, _cuts(sorted(values.values())), unit, t)
    own = e.workspace.root / BOUNDARIES
    if own.is_file():
        return boundaries.boundary_map(own, shades, legend, figures.FONT)
    places = [
        tilemap.Place(
            r.code, t(_plain(r.name_zh), _plain_en(r.name_en)), r.lon or 0, r.lat or 0, r.parent or ""
        )
        for r in counties
    ]
    return tilemap.hex_map(places, shades, legend, figures.FONT)


def _plain(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in "区县市" else name


def _plain_en(name: str) -> str:
    return name.removesuffix(" District").removesuffix(" County").removesuffix(" City")


def _cuts(values: list[float]) -> list[float]:
    """Limits of five classes of equal number, rounded to whole units."""
    return sorted({float(round(values[int(len(values) * k / 5)])) for k in range(1, 5)})


def _shades(
    codes: list[str], values: dict[str, float], cuts: list[float], unit: str, t: Tongue
) -> tuple[dict[str, tilemap.Shade], list[tuple[str, str]]]:
    shades = {}
    for code in codes:
        value = values.get(code)
        if value is None:
            shades[code] = tilemap.Shade(NO_DATA, t("无数据", "no data"))
            continue
        fill, ink = FILLS[sum(value >= cut for cut in cuts)]
        shades[code] = tilemap.Shade(fill, f"{t.number(value, unit)} {unit}", ink)
    ends = [f"<{cuts[0]:g}", *(f"{a:g}–{b:g}" for a, b in pairwise(cuts)), f"≥{cuts[-1]:g}"]
    legend = [(FILLS[k][0], f"{text} {unit}") for k, text in enumerate(ends)]
    if len(values) < len(codes):
        legend.append((NO_DATA, t("无数据", "no data")))
    return shades, legend
