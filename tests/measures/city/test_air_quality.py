"""The air: worked values of the standard first, then the warning of each day, then bad input."""

import datetime as dt
import math
from fractions import Fraction
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.core.errors import SchemaError
from renben.core.schema import refuse_bad
from renben.measures.city import air_quality as air
from renben.measures.city.air_quality.breakpoints import (
    POLLUTANTS,
    BreakpointError,
    index_by_day,
    individual_index,
    rounded_steps,
    steps_per_unit,
)
from renben.measures.city.air_quality.grades import LEVELS, elapsed, grade, next_level
from tests.tables import CATALOGUE, frame, law, made

CITY = "140100"
ROWS = CATALOGUE.laws["air_quality.breakpoints"].values[dt.date(2026, 3, 1)].value
RULES = CATALOGUE.laws["air_quality.warning_grade"].values[dt.date(2024, 1, 1)].value
OLDER = CATALOGUE.laws["air_quality.warning_grade"].regions["140900"][dt.date(2021, 1, 1)].value


def index(pollutant, concentration, day="2026-06-01"):
    steps = rounded_steps(pl.lit(float(concentration)), steps_per_unit(pollutant))
    return pl.select(index_by_day(pollutant, steps, pl.lit(dt.date.fromisoformat(day)), ROWS)).item()


@pytest.mark.parametrize(
    ("pollutant", "concentration", "expected"),
    [
        ("pm25", 35, 50), ("pm25", 60, 100), ("pm25", 61, 101), ("pm25", 75, 114), ("pm25", 115, 150),
        ("pm25", 180, 230), ("pm25", 500, 500), ("pm25", 620, 500), ("pm10", 120, 100), ("pm10", 121, 101),
        ("pm10", 150, 112), ("o3", 161, 101), ("o3", 900, 300), ("so2_1h", 900, 200), ("co", 4.1, 101),
        ("no2", 81, 101), ("so2", 60, 55), ("co", 2.2, 55), ("co_1h", 65.4, 218), ("pm25_1h", 61, 101),
    ],
)  # fmt: skip
def test_the_index_of_2026_equals_the_worked_values(pollutant, concentration, expected):
    assert index(pollutant, concentration) == expected


@pytest.mark.parametrize(
    ("pollutant", "concentration", "expected"),
    [("pm25", 75, 100), ("pm10", 150, 100), ("so2_1h", 900, None), ("o3", 900, None), ("pm25_1h", 61, None)],
)
def test_days_before_march_2026_use_the_edition_of_2012(pollutant, concentration, expected):
    assert index(pollutant, concentration, "2026-02-28") == expected


def test_there_is_no_index_before_the_first_edition():
    assert index("pm25", 75, "2015-12-31") is None


@pytest.mark.parametrize(
    ("value", "steps", "expected"),
    [(4.05, 10, 40), (4.15, 10, 42), (60.5, 1, 60), (61.5, 1, 62), (0.0, 1, 0)],
)
def test_concentrations_are_rounded_half_to_even(value, steps, expected):
    assert pl.select(rounded_steps(pl.lit(value), steps)).item() == expected


def exact(row, concentration: Fraction) -> int:
    """The formula of the standard in fractions, rounded up."""
    at = [Fraction(str(v)) for v in row["at"]]
    for (low, high), (i_low, i_high) in zip(pairwise(at), pairwise(row["index"]), strict=True):
        if concentration <= high:
            return math.ceil(Fraction(i_high - i_low) * (concentration - low) / (high - low) + i_low)
    return row["above"]


def reachable():
    """Every concentration that a table can hold, up to its last breakpoint."""
    for row in ROWS:
        scale = steps_per_unit(row["pollutant"])
        for step in range(round(row["at"][-1] * scale) + 1):
            yield row, step, scale


def test_every_concentration_the_tables_can_hold_has_exactly_the_index_of_the_formula_in_fractions():
    for row in ROWS:
        scale = steps_per_unit(row["pollutant"])
        steps = list(range(round(row["at"][-1] * scale) + 40))
        got = pl.DataFrame({"s": steps}).select(individual_index(pl.col("s"), row)).to_series().to_list()
        assert got == [exact(row, Fraction(s, scale)) for s in steps]


def test_floating_point_is_wrong_for_some_reachable_concentrations():
    wrong = set()
    for row, step, scale in reachable():
        if str(row["since"]) != "2026-03-01":
            continue
        c = step / scale
        for (low, high), (i_low, i_high) in zip(pairwise(row["at"]), pairwise(row["index"]), strict=True):
            if c <= high:
                value = (i_high - i_low) / (high - low) * (c - low) + i_low
                if math.ceil(value) != exact(row, Fraction(step, scale)):
                    wrong.add((row["pollutant"], c))
                break
    assert ("co", 2.2) in wrong
    assert len(wrong) == 23


@settings(deadline=None)
@given(
    st.sampled_from([r for r in ROWS if r["above"] is not None]), st.integers(0, 6000), st.integers(0, 6000)
)
def test_a_higher_concentration_never_has_a_lower_index(row, a, b):
    low, high = sorted((a, b))
    both = pl.select(individual_index(pl.lit(low), row), individual_index(pl.lit(high), row).alias("b")).row(
        0
    )
    assert 0 <= both[0] <= both[1] <= 500


def test_a_breakpoint_row_that_does_not_rise_is_refused_with_its_place():
    row = {"since": "2026-03-01", "pollutant": "pm25", "index": [0, 50, 100], "at": [0, 60, 35], "above": 500}
    with pytest.raises(BreakpointError, match="pm25 since 2026-03-01"):
        individual_index(pl.lit(1), row)


def day_row(day, valid_hours=24, exceptional=False, **values):
    base = {"so2": 18, "no2": 52, "co": 1.3, "o3": 88, "pm10": 168, "pm25": 97} | values
    reasons = {f"{k}_reason": "missing_late" for k, v in base.items() if v is None}
    return {
        "region": CITY,
        "day": dt.date.fromisoformat(day),
        "valid_hours": valid_hours,
        "exceptional": exceptional,
        **base,
        **reasons,
    }


def daily(rows, on="2026-12-31"):
    days = frame("air_day", rows)
    parts = air.iaqi_day(days, law(on))
    return made(air.iaqi_day, parts), made(air.aqi_day, air.aqi_day(parts, days, law(on)))


def test_the_worked_day_has_index_134_by_pm25_and_128_by_the_edition_before():
    parts, days = daily([day_row("2026-06-01"), day_row("2026-02-01")])
    new = parts.filter(pl.col("day") == dt.date(2026, 6, 1))
    got = dict(new.select("pollutant", "iaqi").iter_rows())
    assert got == {"so2": 18, "no2": 65, "co": 33, "o3": 44, "pm10": 119, "pm25": 134}
    assert days["aqi"].to_list() == [128, 134]
    assert days["primary"].to_list() == ["pm25", "pm25"]
    assert days["category"].to_list() == ["light", "light"]


def test_a_day_with_fewer_than_twenty_valid_hours_has_no_index():
    parts, days = daily([day_row("2026-06-01", valid_hours=19)])
    assert set(parts["iaqi_reason"]) == {"too_few_hours"}
    assert days["aqi_reason"].to_list() == ["pollutant_missing"]
    finding = made(air.air_days_have_an_index, air.air_days_have_an_index(days.lazy(), CATALOGUE))
    assert finding["severity"].to_list() == ["warning"]


def test_co_in_the_wrong_unit_does_not_pass_the_schema():
    with pytest.raises(SchemaError, match=r"air_day\.co: above_maximum"):
        refuse_bad(frame("air_day", [day_row("2026-06-01", co=1300)]), CATALOGUE.datasets["air_day"])


def test_an_hour_uses_one_hour_tables_and_lacks_particles_before_2026():
    values = {"so2": 900, "no2": 52, "co": 65.4, "o3": 88, "pm10": 120, "pm25": 60}
    hours = [
        {"region": CITY, "at": dt.datetime(2026, 6, 1, 8), **values},
        {"region": CITY, "at": dt.datetime(2026, 2, 1, 8), **values},
        {"region": CITY, "at": dt.datetime(2026, 2, 1, 9), **values, "co": 1.0},
    ]
    got = made(air.aqi_hour, air.aqi_hour(frame("air_hour", hours), law("2026-12-31")))
    assert got["aqi"].to_list() == [218, None, 218]
    assert got["primary"].to_list() == ["co", None, "co"]


@pytest.mark.parametrize(
    ("on", "expected"), [("2024-12-31", 4.281), ("2026-12-31", 4.615), ("2031-12-31", 5.648)]
)
def test_the_composite_index_follows_the_limits_of_its_day(on, expected):
    row = day_row("2026-06-01", so2=9, no2=32, co=1.2, o3=165, pm10=68, pm25=36)
    got = made(air.air_composite, air.air_composite(frame("air_day", [row]), law(on)))
    assert got["composite"][0] == pytest.approx(expected, abs=0.0005)


def test_percentiles_of_co_and_ozone_and_means_of_the_rest_make_the_composite_index():
    rows = [
        day_row(f"2024-01-{d:02d}", so2=60, no2=40, co=float(d), o3=10.0 * d, pm10=70, pm25=35)
        for d in range(1, 12)
    ]
    got = made(air.air_composite, air.air_composite(frame("air_day", rows), law())).row(0, named=True)
    assert got["composite"] == pytest.approx(4 + 10.5 / 4 + 100 / 160)
    assert got["largest"] == "co"


def test_a_pollutant_never_measured_leaves_the_composite_index_open():
    got = made(
        air.air_composite, air.air_composite(frame("air_day", [day_row("2024-01-01", o3=None)]), law())
    )
    assert got["composite_reason"].to_list() == ["pollutant_missing"]


def test_the_year_counts_good_heavy_and_event_days_and_sums_pm25():
    rows = [
        day_row("2024-01-01", pm25=30, pm10=40),
        day_row("2024-01-02", pm25=160),
        day_row("2024-01-03", pm25=160, exceptional=True),
        day_row("2024-01-04", pm25=None, pm10=40),
        day_row("2024-01-05", valid_hours=10),
    ]
    _, days = daily(rows, "2024-12-31")
    got = made(air.air_year_data, air.air_year_data(days.lazy(), frame("air_day", rows), law())).row(
        0, named=True
    )
    assert got == {
        "region": CITY, "days_valid": 3, "days_good_air": 1, "days_heavy_pollution": 2,
        "days_heavy_without_events": 1, "pm25_sum": 350.0, "pm25_days": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([120, 160, 140], "none"), ([160, 170, 120], "yellow"), ([210, 140, 120], "yellow"),
        ([160, 170, 180], "orange"), ([210, 220, 150], "orange"), ([210, 220, 310], "red"),
        ([210, 150, 220], "yellow"), ([151, 151, 310], "orange"), ([], "none"), ([160, None, 170], "none"),
    ],
)  # fmt: skip
def test_levels_equal_the_worked_values(days, expected):
    assert grade(days, RULES) == expected


def test_an_older_city_table_asks_for_longer_runs():
    assert [grade(d, OLDER) for d in ([210], [210, 220], [210] * 3, [210, 210, 310, 320], [500])] == [
        "none", "yellow", "orange", "red", "red",
    ]  # fmt: skip


OBSERVED = [90, 120, 160, 230, 260, 320, 180, 120, 90, 80]
FORECASTS = [
    [120, 160, 190], [160, 190, 220], [210, 240, 250], [250, 310, 260], [310, 240, 160],
    [170, 130, 100], [120, 95, 80], [90, 80, 70], [80, 70, 60], [70, 60, 60],
]  # fmt: skip
FIRST = dt.date(2024, 12, 1)


def warned(observed=OBSERVED, forecasts=FORECASTS, first=FIRST, before=(), on="2024-12-31", region=CITY):
    day = lambda n: first + dt.timedelta(days=n)  # noqa: E731
    seen = [
        {
            "region": region,
            "day": day(n),
            "aqi": a,
            "aqi_reason": None if a else "pollutant_missing",
            "exceptional": False,
            "period": "2024",
        }
        for n, a in enumerate(observed)
    ]
    ahead = [
        {
            "region": region,
            "issued_on": day(n),
            "target_day": day(n + 1 + k),
            "aqi": a,
            "forecast_id": f"F{n}",
        }
        for n, row in enumerate(forecasts)
        for k, a in enumerate(row)
    ]
    result = air.air_warning(
        frame("aqi_day", seen, history=True),
        frame("air_forecast", ahead),
        frame("air_warning", before),
        law(on),
    )
    return made(air.air_warning, result), frame(
        "aqi_day", [{k: v for k, v in s.items() if k != "period"} for s in seen]
    )


def test_the_worked_ten_days_are_warned_as_expected():
    warning, _ = warned()
    assert warning["level"].to_list() == ["yellow", "orange", "orange", "red", "red", "red"] + ["none"] * 4
    assert (
        warning["action"].to_list()
        == ["issue", "upgrade", "hold", "upgrade", "hold", "hold", "lift"] + ["none"] * 3
    )
    assert warning["doubt"].is_null().all()
    assert warning["forecast_id"].to_list() == [f"F{n}" for n in range(10)]


def test_a_warning_carries_over_from_the_period_before():
    before = [{"region": CITY, "day": FIRST - dt.timedelta(days=1), "level": "red", "action": "hold"}]
    warning, _ = warned(observed=[180], forecasts=[[170, 130, 100]], before=before)
    assert warning["level"].to_list() == ["red"]


def test_a_short_forecast_may_raise_but_never_lower_a_warning():
    before = [{"region": CITY, "day": FIRST - dt.timedelta(days=1), "level": "orange", "action": "hold"}]
    warning, _ = warned(observed=[90], forecasts=[[80]], before=before)
    assert warning.select("level", "doubt").row(0) == ("orange", "forecast_short")


def test_a_day_without_observation_is_marked_and_asks_for_no_more_than_the_forecast():
    warning, _ = warned(observed=[160, None], forecasts=[[100, 100, 100], [160, 100, 100]])
    assert warning.select("level", "doubt").row(1) == ("none", "observation_missing")


def test_before_the_first_rule_no_level_is_stated():
    warning, _ = warned(on="2023-12-31", first=dt.date(2023, 12, 1))
    assert set(warning["level_reason"]) == {"no_rule_in_force"}


def test_changes_become_findings_for_the_government_to_decide():
    warning, _ = warned()
    findings = made(air.warning_is_to_be_decided, air.warning_is_to_be_decided(warning.lazy(), CATALOGUE))
    assert findings["severity"].to_list() == ["error", "error", "major", "info"]
    assert "government decides" in findings["text_en"][0]
    assert "发布黄色预警" in findings["text_zh"][0] and "issue the yellow warning" in findings["text_en"][0]
    assert "建议解除预警，由人民政府决定" in findings["text_zh"][3]


def review(**more):
    warning, seen = warned(**more)
    return made(air.air_warning_review, air.air_warning_review(warning.lazy(), seen, law()))


def test_the_worked_episode_was_warned_two_days_ahead():
    got = review().row(0, named=True)
    assert (got["outcome"], got["lead_days"], got["observed"], got["warned"]) == ("hit", 2, "red", "red")
    assert got["start"] == FIRST + dt.timedelta(days=2)


def test_episodes_without_warning_are_missed_late_or_false():
    clear = [[80, 80, 80]] * 3
    unseen = [clear[0], [], clear[0]]
    assert review(observed=[90, 210, 90], forecasts=unseen)["outcome"].to_list() == ["miss"]
    assert review(observed=[90, 210, 90], forecasts=clear)["outcome"].to_list() == ["late"]
    assert review(observed=[210, 220, 90], forecasts=[[220, 90, 90], *clear[:2]])["outcome"].to_list() == [
        "late"
    ]
    false = review(observed=[90, 90, 90], forecasts=[[210, 90, 90], *clear[:2]])
    assert false["outcome"].to_list() == ["false_alarm"]
    findings = made(air.warnings_come_in_time, air.warnings_come_in_time(false.lazy(), CATALOGUE))
    assert findings["kind"].to_list() == ["air_warning_false_alarm"]


def test_a_warning_stays_in_force_while_no_forecast_comes():
    long = [[210, 90, 90], [], [], [80, 80, 80]]
    got = review(observed=[90, 90, 90, 90], forecasts=long)
    assert got.select("outcome", "start", "end").rows() == [
        ("false_alarm", FIRST, FIRST + dt.timedelta(days=2))
    ]


AQI = st.integers(1, 500)


@settings(deadline=None)
@given(
    st.sampled_from(LEVELS),
    st.lists(AQI, max_size=6),
    st.lists(AQI, min_size=3, max_size=5),
    st.integers(0, 4),
    AQI,
)
def test_a_worse_forecast_never_gives_a_lower_level(level, observed, forecast, place, worse):
    changed = list(forecast)
    changed[place % len(forecast)] = max(worse, forecast[place % len(forecast)])
    first, _ = next_level(level, observed, forecast, RULES, 2)
    second, _ = next_level(level, observed, changed, RULES, 2)
    assert LEVELS.index(second) >= LEVELS.index(first)


@settings(deadline=None)
@given(st.lists(AQI, max_size=10))
def test_an_episode_is_the_unbroken_end_of_the_days(days):
    episode = elapsed(days, RULES)
    assert episode == days[len(days) - len(episode) :]
    assert all(a > 150 for a in episode)


def test_an_emergency_list_that_cuts_too_little_is_reported():
    units = [
        {
            "region": CITY,
            "unit": u,
            "pollutant": "voc",
            "emission": e,
            "cut_yellow": c,
            "cut_orange": c,
            "cut_red": c,
        }
        for u, e, c in (("A", 120, 0.5), ("B", 300, 0.3), ("C", 80, 1.0), ("D", 500, 0.2))
    ]
    base = frame("emission_base", [{"region": CITY, "pollutant": "voc", "emission": 2000}])
    cut = air.emergency_cut(frame("emission_unit", units), base, law())
    findings = made(air.emergency_list_cuts_enough, air.emergency_list_cuts_enough(cut, CATALOGUE))
    assert findings["subject"].to_list() == [CITY]
    said = "VOC at orange warning 16.5 %, 20 % asked for; VOC at red warning 16.5 %, 30 % asked for"
    assert said in findings["text_en"][0]
    assert "橙色预警时挥发性有机物可减16.5%，要求20%" in findings["text_zh"][0]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 60)] * 6), min_size=1, max_size=6))
def test_the_daily_index_is_the_largest_individual_index(values):
    rows = [
        day_row(f"2026-06-{n + 1:02d}", **dict(zip(POLLUTANTS, row, strict=True)))
        for n, row in enumerate(values)
    ]
    parts, days = daily(rows)
    largest = parts.group_by("day").agg(pl.col("iaqi").max()).sort("day")["iaqi"].clip(1)
    assert days["aqi"].to_list() == largest.to_list()


def test_two_days_at_exactly_the_threshold_lift_a_warning_and_one_above_does_not():
    assert next_level("red", [180], [150, 150, 200], RULES, 2)[0] == "none"
    assert next_level("red", [180], [150, 151, 90], RULES, 2)[0] == "red"
