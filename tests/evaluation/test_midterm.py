"""The mid-term verdict by value, pace or class; the group effect on made panels, beside a plain recomputation."""

import numpy as np
import polars as pl
import pytest

from renben.evaluation.midterm import group_effect, midterm_verdict
from tests.tables import CATALOGUE, frame, law, made

CITY, RATE = "140100", "urban_rate_resident"
GROUP = CATALOGUE.groups["potential_counties"].members
COUNTIES = [r.code for r in CATALOGUE.regions.values() if r.level == "county"]


def status(**columns):
    given = {
        "region": CITY,
        "indicator": RATE,
        "status": "yellow",
        "comparison": "at_least",
        "synthetic": False,
    }
    return [{**given, **columns}]


def verdict(**columns):
    result = midterm_verdict.function(frame("target_status", status(**columns)), law("2027-12-31"))
    return made(midterm_verdict, result).to_dicts()[0]


@pytest.mark.parametrize(
    ("columns", "word", "by"),
    [
        ({"value": 70.0, "target": 69.5, "pace_ratio": 0.2}, "reached", "value"),
        ({"value": 3.0, "target": 4.0, "comparison": "at_most"}, "reached", "value"),
        ({"value": 67.0, "target": 69.5, "pace_ratio": 1.0}, "reached", "pace"),
        ({"value": 67.0, "target": 69.5, "pace_ratio": 0.85}, "nearly", "pace"),
        ({"value": 67.0, "target": 69.5, "pace_ratio": 0.849}, "behind", "pace"),
        ({"value": 67.0, "target": 69.5, "pace_ratio": -0.1}, "behind", "pace"),
        ({"value": 67.0, "target": 69.5}, "nearly", "class"),
        ({"value": 67.0, "status": "green"}, "reached", "class"),
        ({"value": 67.0, "status": "red"}, "behind", "class"),
    ],
)
def test_a_target_met_is_reached_else_its_pace_counts_else_its_class(columns, word, by):
    row = verdict(**columns)
    assert (row["verdict"], row["by"], row["reason"]) == (word, by, None)


def test_what_cannot_be_judged_gets_no_word_but_the_reason():
    row = verdict(status="grey", reason="no_target", value=99.0, target=1.0, pace_ratio=2.0)
    assert (row["verdict"], row["by"], row["reason"]) == ("unjudged", "none", "no_target")


def panel(gain: float, noise: float = 0.3, counties=COUNTIES, series="population@census2020"):
    """County rates in the year before the plan and in its third year; the group gains more."""
    rng = np.random.default_rng(7)
    rows = []
    for code in counties:
        before = float(50 + 5 * rng.standard_normal())
        after = before + 2 + noise * float(rng.standard_normal()) + (gain if code in GROUP else 0.0)
        for year, value in ((2024, before), (2027, after)):
            rows.append({"region": code, "indicator": RATE, "year": year, "value": value, "series": series,
                         "state": "ok", "synthetic": False})  # fmt: skip
    return rows


def effect(rows, seed=1):
    result = group_effect.function(frame("indicator_history", rows), CATALOGUE, law("2027-12-31"), seed)
    return made(group_effect, result).filter(group="potential_counties", indicator=RATE).to_dicts()[0]


def test_the_effect_is_the_difference_of_mean_changes():
    rows = panel(1.5)
    by = {(r["region"], r["year"]): r["value"] for r in rows}
    change = {code: by[code, 2027] - by[code, 2024] for code in COUNTIES}
    inside = [change[c] for c in GROUP]
    outside = [change[c] for c in COUNTIES if c not in GROUP]
    found = effect(rows)
    assert found["effect"] == pytest.approx(np.mean(inside) - np.mean(outside))
    assert (found["members_known"], found["others_known"]) == (8, 109)
    assert (found["first_year"], found["last_year"]) == (2024, 2027)


def test_a_large_gain_stands_out_of_random_groups_and_none_does_not():
    large, none = effect(panel(1.5)), effect(panel(0.0))
    assert large["p_value"] < 0.01 and large["effect"] > large["detectable"]
    assert none["p_value"] > 0.05 and abs(none["effect"]) < none["detectable"]


def test_what_can_be_detected_follows_the_spread_of_the_data():
    spread = 0.3 * np.sqrt(1 / 8 + 1 / 101)
    assert effect(panel(0.0))["detectable"] == pytest.approx(2.8 * spread, rel=0.15)
    assert effect(panel(0.0, noise=0.6))["detectable"] > 1.7 * effect(panel(0.0))["detectable"]


def test_the_same_seed_gives_the_same_and_the_order_of_rows_does_not_matter():
    rows = panel(0.5)
    assert effect(rows) == effect(rows) == effect(rows[::-1])


def test_values_of_two_series_are_never_compared_and_too_few_counties_give_a_reason():
    rows = panel(1.0)
    for row in rows:
        row["series"] = f"population@{row['year']}"
    assert (effect(rows)["effect"], effect(rows)["effect_reason"]) == (None, "too_few_counties")
    few = effect(panel(1.0, counties=[*GROUP, *COUNTIES[:12]]))
    assert few["effect_reason"] == "too_few_counties" and few["members_known"] == 8


def test_synthetic_values_mark_the_effect():
    rows = panel(1.0)
    rows[0]["synthetic"] = True
    assert effect(rows)["synthetic"] and not effect(panel(1.0))["synthetic"]


def test_no_history_gives_a_row_with_a_reason_for_every_group():
    result = group_effect.function(frame("indicator_history", []), CATALOGUE, law("2027-12-31"), 1)
    table = made(group_effect, result)
    assert table.height and set(table["effect_reason"]) == {"too_few_counties"}
    assert table.filter(pl.col("members_known") > 0).is_empty()
