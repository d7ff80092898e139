"""Recognition rules as pure functions of a cluster's last three years."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any, NamedTuple

LEVELS = ("county", "city", "province", "nation")
KEYS = (
    ("area", "area_km2"),
    ("output", "output_yuan"),
    ("sme_share", "sme_share"),
    ("lead_share", "lead_share"),
    ("growth", "growth"),
    ("firms", "good_firms"),
    ("rnd_growth", "rnd_growth"),
    ("internet", "internet"),
    ("incidents", "incidents"),
)
"""Rules and the key of each one's threshold in a ruleset."""
YEARS = 3
Year = Mapping[str, Any]


class Outcome(NamedTuple):
    """One rule for one cluster: value, verdict, what is lacking, and why no value is known."""

    value: float | None
    passed: bool | None
    gap: float | None
    reason: str | None


MISSING = Outcome(None, None, None, "missing")


def judge(rule: str, rules: Mapping[str, Any], area: float, years: Sequence[Year | None]) -> Outcome:
    """Outcome of one rule; the gap is in the rule's unit and None where nothing is lacking or known.

    Args:
        rule: Name of the rule.
        rules: Thresholds by key.
        area: Area of the cluster (km2).
        years: The last three years, oldest first; None where a year is missing.
    """
    limit = rules[dict(KEYS)[rule]]
    if rule == "area":
        return _at_most(area, limit)
    if any(year is None for year in years):
        return Outcome(None, None, None, "period_gap")
    return _yearly(rule, [year for year in years if year is not None], limit, rules)


def _yearly(rule: str, known: Sequence[Year], limit: Any, rules: Mapping[str, Any]) -> Outcome:
    match rule:
        case "output":
            return _output(known, limit)
        case "sme_share" | "lead_share":
            return _share(known, limit, rule)
        case "growth":
            return _growth(known, limit, "output")
        case "rnd_growth":
            return _growth(known, limit, "rnd")
        case "firms":
            return _firms(known, limit, rules)
        case "internet":
            return _internet(known, limit)
    return _incidents(known, limit)


def _output(years: Sequence[Year], limit: Any) -> Outcome:
    values = [year["output"] for year in years]
    return MISSING if any(value is None for value in values) else _at_least(min(values), limit)


def _share(years: Sequence[Year], limit: Any, rule: str) -> Outcome:
    part = years[-1]["lead_output" if rule == "lead_share" else "sme_output"]
    whole = years[-1]["output"]
    if part is None or whole is None:
        return MISSING
    if whole == 0:
        return Outcome(None, None, None, "undefined_denominator")
    share = Fraction(part) / Fraction(whole)
    # The published rule wants more than its share for the leading industry, and at least its share for SMEs.
    return _above(share, limit) if rule == "lead_share" else _at_least(share, limit)


def _growth(years: Sequence[Year], limit: Any, column: str) -> Outcome:
    """Compound growth over the three years; compared exactly, because 1.21 is exactly 10 % twice."""
    first, last = years[0][column], years[-1][column]
    if first is None or last is None:
        return MISSING
    if first == 0:
        return Outcome(None, None, None, "undefined_denominator")
    ratio = Fraction(last) / Fraction(first)
    rate = sqrt(ratio) - 1
    above = ratio - (1 + _exact(limit)) ** 2
    passed = above > 0 if column == "output" else above >= 0
    return Outcome(rate, passed, None if passed else max(0.0, float(limit) - rate), None)


def _firms(years: Sequence[Year], limit: Any, rules: Mapping[str, Any]) -> Outcome:
    """One champion or giant is enough; otherwise so many good firms."""
    giants, good = years[-1]["giants"], years[-1]["good_firms"]
    champion = giants is not None and giants >= rules.get("giants", 1)
    if good is None:
        return Outcome(None, True if champion else None, None, "missing")
    if champion or giants is not None:
        outcome = _at_least(good, limit)
        return Outcome(outcome.value, True, None, None) if champion else outcome
    return Outcome(float(good), True if good >= limit else None, None, None)


def _internet(years: Sequence[Year], limit: Any) -> Outcome:
    value = years[-1]["internet"]
    return MISSING if value is None else _at_least(value, limit)


def _incidents(years: Sequence[Year], limit: Any) -> Outcome:
    """Known cases may already be too many; a year without a report is not a year without a case."""
    known = [year["incidents"] for year in years if year["incidents"] is not None]
    if len(known) < len(years) and sum(known) <= limit:
        return MISSING
    return _at_most(sum(known), limit)


def _at_least(value: Any, limit: Any) -> Outcome:
    lacking = _exact(limit) - _exact(value)
    return Outcome(float(value), lacking <= 0, float(lacking) if lacking > 0 else None, None)


def _above(value: Any, limit: Any) -> Outcome:
    lacking = _exact(limit) - _exact(value)
    return Outcome(float(value), lacking < 0, float(lacking) if lacking >= 0 else None, None)


def _at_most(value: Any, limit: Any) -> Outcome:
    over = _exact(value) - _exact(limit)
    return Outcome(float(value), over <= 0, float(over) if over > 0 else None, None)


def _exact(value: Any) -> Fraction:
    """A number as it is written: 0.1 means one tenth."""
    return (
        value
        if isinstance(value, Fraction)
        else Fraction(value if isinstance(value, Decimal) else str(value))
    )
