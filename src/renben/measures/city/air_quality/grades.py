"""Levels of a heavy-pollution warning as pure functions of a run of daily indices."""

from collections.abc import Mapping, Sequence
from typing import Any

LEVELS = ("none", "yellow", "orange", "red")
Rules = Sequence[Mapping[str, Any]]


def grade(days: Sequence[int | None], rules: Rules) -> str:
    """Highest level whose conditions a run of daily indices (AQI) fulfils; a missing day breaks a run.

    >>> rule = [{"level": "yellow", "alternatives": [[{"above": 200, "days": 1}], [{"above": 150, "days": 2}]]}]
    >>> grade([160, 170, 120], rule), grade([160, 120, 170], rule)
    ('yellow', 'none')
    """
    reached = [
        LEVELS.index(rule["level"])
        for rule in rules
        if any(all(_holds(days, c) for c in conditions) for conditions in rule["alternatives"])
    ]
    return LEVELS[max(reached, default=0)]


def _holds(days: Sequence[int | None], condition: Mapping[str, Any]) -> bool:
    longest = run = 0
    for aqi in days:
        run = run + 1 if aqi is not None and aqi > condition["above"] else 0
        longest = max(longest, run)
    return longest >= int(condition["days"])


def threshold(rules: Rules) -> int:
    """Lowest index (AQI) that any condition speaks of: above it an episode runs, at or below it the air is clear."""
    return min(int(c["above"]) for rule in rules for conditions in rule["alternatives"] for c in conditions)


def elapsed(days: Sequence[int | None], rules: Rules) -> list[int]:
    """Days (AQI) of the episode that the last day belongs to: those above the threshold without a break."""
    episode: list[int] = []
    clear = threshold(rules)
    for aqi in reversed(days):
        if aqi is None or aqi <= clear:
            break
        episode.append(aqi)
    return episode[::-1]


def next_level(
    level: str, observed: Sequence[int | None], forecast: Sequence[int], rules: Rules, clear_days: int
) -> tuple[str, str]:
    """Level after a day, and the level its conditions alone ask for.

    It rises at once. It falls, to what the forecast asks for, only when the next days are forecast clear.

    Args:
        level: Level before the day.
        observed: Daily indices (AQI) up to and with the day.
        forecast: Indices (AQI) forecast for the days after.
        rules: The warning_grade provision.
        clear_days: Forecast days that must be clear.
    """
    asked = grade([*elapsed(observed, rules), *forecast], rules)
    if LEVELS.index(asked) > LEVELS.index(level):
        return asked, asked
    ahead = forecast[:clear_days]
    clear = len(ahead) == clear_days and all(aqi <= threshold(rules) for aqi in ahead)
    return (grade(forecast, rules) if clear else level), asked


def action(before: str, after: str) -> str:
    """What changes between two levels: none, issue, upgrade, hold, lower or lift."""
    if before == after:
        return "none" if after == "none" else "hold"
    if after == "none":
        return "lift"
    if before == "none":
        return "issue"
    return "upgrade" if LEVELS.index(after) > LEVELS.index(before) else "lower"
