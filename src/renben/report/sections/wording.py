"""What several sections share: units, reasons and short names."""

from typing import Any

from renben.catalogue import Office
from renben.report.evidence import Evidence
from renben.report.tongue import Tongue

CLASSES = ("green", "yellow", "orange", "red", "grey")


def unit_text(unit: str, t: Tongue) -> str:
    return (
        unit
        if unit == "%"
        else t("个百分点", " points")
        if unit == "pp"
        else ""
        if unit in ("1", "ratio")
        else f" {unit}"
    )


def why(e: Evidence, t: Tongue, row: dict[str, Any]) -> str:
    code = row.get("reason") or row.get("value_reason") or "no_data"
    reason = e.catalogue.reasons.get(code)
    return t(reason.zh, reason.en) if reason else code


def short_name(office: Office) -> str:
    return min((office.zh, *office.aliases), key=lambda name: (len(name) < 4, len(name)))
