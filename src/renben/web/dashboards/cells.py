"""Numbers as the dashboards show them: with unit, synthetic mark, status in words and the reason for none."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html

from renben.catalogue.indicator import Indicator
from renben.report.sections.goals import target_text
from renben.report.sections.wording import named, unit_name, why
from renben.report.tongue import STATUS, Tongue
from renben.web.exchange.reading import Reading
from renben.web.words import CHINESE, ENGLISH, VIEW, column_now
from renben.web.words.traditional import traditional

TONES = {
    "green": "good",
    "yellow": "watch",
    "orange": "warn",
    "red": "error",
    "grey": "",
    "synthetic": "synthetic",
}


@dataclass(frozen=True)
class Line:
    """One indicator in one region, ready to be shown."""

    indicator: str
    name: str
    region: str
    value: str
    """With %, else without its unit, which stands in the name."""
    synthetic: bool
    status: str
    tone: str
    target: str
    probability: float | None
    chance: str
    forecast: str
    reason: str
    """Why there is no value or no status, empty where there is both."""
    change: str


class View(Tongue):
    """The Chinese of a report in traditional characters."""

    def __call__(self, zh: Any, en: Any) -> Any:
        """The wording, or the width, of the view."""
        said = super().__call__(zh, en)
        return traditional(said) if isinstance(said, str) else said


TONGUES = {CHINESE: Tongue("zh"), ENGLISH: Tongue("en"), VIEW: View("zh")}


def tongue() -> Tongue:
    """The language of the request as reports write it."""
    return TONGUES[column_now()]


def line(reading: Reading, indicator: Indicator, region: str, t: Tongue) -> Line:
    """Status and value of one indicator in one region."""
    row, value = reading.status(indicator.id, region), reading.value(indicator.id, region)
    if row is None:
        return Line(indicator.id, named(reading.evidence, indicator, t), region, t.number(None), False, "", "", "—",
                    None, "—", "—", "", "—")  # fmt: skip
    made_up = reading.evidence.made_up(row)
    status = "synthetic" if made_up and row["status"] != "grey" else row["status"]
    unit = t("%", "\u00a0%") if indicator.unit == "%" else ""
    known = row["value"] is not None
    return Line(
        indicator=indicator.id,
        name=named(reading.evidence, indicator, t),
        region=region,
        value=t.number(row["value"], indicator.unit) + (unit if known else ""),
        synthetic=made_up and known,
        status=t(*STATUS[status]),
        tone=TONES[status],
        target=target_text(t, row),
        probability=row["probability"],
        chance=t.share(row["probability"]),
        forecast=_forecast(row, indicator, t),
        reason=why(reading.evidence, t, row) if row["status"] == "grey" else "",
        change=_change(value.get("change"), indicator, t),
    )


def _change(change: float | None, indicator: Indicator, t: Tongue) -> str:
    points = t("个百分点", " points") if change is not None and indicator.unit in ("%", "pp") else ""
    return t.signed(change, indicator.unit) + points


def _forecast(row: dict[str, Any], indicator: Indicator, t: Tongue) -> str:
    if row["forecast_median"] is None:
        return "—"
    low, high = (t.number(row[f"forecast_{name}"], indicator.unit) for name in ("p10", "p90"))
    return ranged(t.number(row["forecast_median"], indicator.unit), low, high)


def measured(reading: Reading, value: float | None, unit: str, t: Tongue) -> str:
    """A number with its unit as a reader of the language writes it: 47万人, 47 × 10,000 persons."""
    name = unit_name(reading.evidence, unit, t)
    if value is None or not name:
        return t.number(value, unit)
    times = "\u00a0×\u00a0" if name[0].isdigit() else "\u00a0"
    return t.number(value, unit) + t("", times) + name


def ranged(middle: str, low: str, high: str) -> str:
    """A number with its band, which is not parted at the end of a line."""
    return format_html('{} <span class="span">({}–{})</span>', middle, low, high)


def tally(
    reading: Reading, indicators: list[Indicator], region: str, t: Tongue
) -> list[tuple[str, str, int]]:
    """Indicators by status in one region: word, tone, number; classes without any are left out."""
    counts = dict.fromkeys(STATUS, 0)
    for one in indicators:
        row = reading.status(one.id, region)
        if row is not None:
            counts[reading.evidence.class_of(row)] += 1
    return [(t(*STATUS[code]), TONES[code], n) for code, n in counts.items() if n]
