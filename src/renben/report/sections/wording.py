"""What several sections share: units, reasons, names of offices and regions, and the synthetic mark."""

import re
from collections.abc import Mapping
from typing import Any

from renben.catalogue import Office
from renben.catalogue.indicator import Indicator, Unit
from renben.report.document import Cell, Tone
from renben.report.evidence import Evidence
from renben.report.tongue import Tongue

CLASSES = ("green", "yellow", "orange", "red", "grey")
COUNTED = (*CLASSES, "synthetic")
"""Classes as they are counted: a class that rests on synthetic data is counted apart."""
LINES_EN = {
    "ug/m3": "µg/m³", "m2": "m²", "km2": "km²", "m2/person": "m² a person", "km/km2": "km/km²",
    "m2/100 households": "m² per 100 households", "1": "", "ratio": "",
}  # fmt: skip
WORDS_EN = {
    "10k persons": "10,000 persons", "100m CNY": "100 million yuan", "10k CNY": "10,000 yuan", "person": "persons",
    "household": "households", "community": "communities", "case": "cases", "minute": "minutes",
    "CNY/person": "yuan a person", "10k CNY/ha": "10,000 yuan per hectare", "place/1000": "places per 1,000",
    "person/10k": "persons per 10,000", "unit/10k": "units per 10,000",
}  # fmt: skip


def unit_name(e: Evidence, unit: str, t: Tongue) -> str:
    """A unit as a reader of the language writes it; empty for plain numbers."""
    return unit_word(e.catalogue.units, unit, t)


def unit_word(units: Mapping[str, Unit], unit: str, t: Tongue) -> str:
    """A unit as a reader of the language writes it; empty for plain numbers."""
    if unit in ("1", "ratio"):
        return ""
    known = units.get(unit)
    return t(known.zh if known else unit, {**LINES_EN, **WORDS_EN, "pp": "points"}.get(unit, unit))


def unit_text(e: Evidence, unit: str, t: Tongue) -> str:
    """A unit as it follows a number."""
    name = unit_name(e, unit, t)
    return name if name in ("", "%") or t.language == "zh" else f" {name}"


def named(e: Evidence, indicator: Indicator, t: Tongue) -> str:
    """Name of an indicator with its unit in brackets."""
    unit = unit_name(e, indicator.unit, t)
    name = t(indicator.name_zh, indicator.name_en)
    return name + (t(f"（{unit}）", f" ({unit})") if unit else "")


def reason(e: Evidence, code: str, t: Tongue) -> str:
    """A reason code in words, with full-width brackets in Chinese."""
    found = e.catalogue.reasons.get(code)
    text = t(found.zh, found.en) if found else code
    return text.replace("(", "（").replace(")", "）") if t.language == "zh" else text


def why(e: Evidence, t: Tongue, row: dict[str, Any]) -> str:
    """Why a row has no value or status."""
    return reason(e, row.get("reason") or row.get("value_reason") or "no_data", t)


def short_name(office: Office) -> str:
    """The short form of an office in Chinese: the shortest that still says whose it is."""
    return min((office.zh, *office.aliases), key=lambda name: (len(name) < 4, name[0] != "省", len(name)))


def office_name(e: Evidence, office_id: str | None, t: Tongue) -> str:
    """An office as tables name it: the short form in Chinese, in English without the name of
    the report's region and without "Department of".
    """
    office = e.catalogue.offices.get(office_id or "")
    if office is None:
        return office_id or "—"
    if t.language == "en" and office.kind == "government" and office.region in e.catalogue.regions:
        return e.catalogue.regions[office.region].name_en
    place = e.catalogue.regions[e.region].name_en.removesuffix(" Province")
    return t(
        short_name(office),
        office.en.removeprefix(f"{place} Provincial ")
        .removeprefix(f"{place} ")
        .removeprefix("Department of "),
    )


def region_name(e: Evidence, code: str, t: Tongue) -> str:
    """A region's name, or its code where the catalogue does not know it."""
    region = e.catalogue.regions.get(code)
    return t(region.name_zh, region.name_en) if region else code


def plain(e: Evidence, text: str, t: Tongue) -> str:
    """Text of a finding with reason codes and region codes put into words."""
    worded = re.sub(r"\b[a-z]+(?:_[a-z0-9]+)+\b", lambda m: reason(e, m[0], t), text)
    return re.sub(r"(?<!\d)\d{6}(?!\d)", lambda m: region_name(e, m[0], t), worded)


def mark(row: dict[str, Any], t: Tongue) -> str:
    """What follows a number that rests on synthetic data: the cell's state or its own flag says so."""
    made_up = (
        row.get("synthetic") is True or row.get("state") == "synthetic" or row.get("quality") == "synthetic"
    )
    return t("（合成）", " (synthetic)") if made_up else ""


def value_cell(row: dict[str, Any], column: str, unit: str, t: Tongue, tone: Tone = "plain") -> Cell:
    """A number with its synthetic mark, or a dash where it is missing."""
    value = row.get(column)
    if value is None:
        return Cell(t.number(None))
    return Cell(t.number(value, unit) + mark(row, t), tone, value)
