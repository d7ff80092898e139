"""Waterlogging points: worked events first, then the order of works, then what must hold for any events."""

import datetime as dt
import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.core.errors import SchemaError
from renben.core.period import Period
from renben.core.run import run
from renben.core.schema import canonical, refuse_bad
from renben.core.table import functions_of
from renben.core.workspace import Provenance, Workspace
from renben.measures.city import flooding
from renben.measures.city.flooding.clusters import clustered, metres
from renben.measures.city.flooding.priority import ranked
from tests.tables import CATALOGUE, frame, law, made

COUNTY, OTHER = "140105", "140106"
LON, LAT = 112.55, 37.80
STEP = 0.0004
"""Degrees of latitude that are 44 m."""


def event(key, depth=0.3, minutes=60.0, day="2026-07-01", period="2026", north=0.0, **more):
    return {
        "key": key, "region": COUNTY, "unit": "housing", "lon": LON, "lat": LAT + north, "day": dt.date.fromisoformat(day),
        "depth_m": depth, "duration_min": minutes, "reports": 1, "channel": "sensor", "hours_to_clear": 2.0, "in_time": True,
        "period": period, **more,
    }  # fmt: skip


def look(point, day, years=30.0, depth=0.0):
    return {"point": point, "day": dt.date.fromisoformat(day), "return_years": years, "depth_m": depth}


def points(events, looks=(), before=None, on="2026-12-31", **values):
    earlier = frame("ponding_point") if before is None else before.lazy()
    table = flooding.ponding_point(
        frame("ponding_events", events, history=True),
        frame("ponding_check", looks),
        earlier,
        law(on, **values),
    )
    return made(flooding.ponding_point, table)


def one(events, looks=(), before=None, on="2026-12-31"):
    (row,) = points(events, looks, before, on).to_dicts()
    return row


@pytest.mark.parametrize(
    ("depth", "minutes", "severity"),
    [
        (0.5, 60, "I"), (0.5, 5, "I"), (0.15, 180, "I"), (0.49, 179, "II"), (0.27, 30, "II"), (0.269, 30, "III"),
        (0.15, 30, "III"), (0.15, 29, "light"), (0.149, 600, "light"), (None, 60, None), (0.3, None, None),
        (None, None, None), (0.1, None, "light"), (0.6, None, "I"),
    ],
)  # fmt: skip
def test_an_event_has_the_severity_of_its_depth_and_time_or_nobody_knows(depth, minutes, severity):
    row = one([event("a", depth, minutes)])
    assert row["severity"] == severity and (row["severity_reason"] is None) == (severity is not None)
    assert row["events"] == int(severity in ("I", "II", "III"))


def test_severity_limits_are_provisions_with_their_trust():
    used = law("2026-12-31")
    flooding.ponding_point(
        frame("ponding_events", [event("a")], history=True),
        frame("ponding_check"),
        frame("ponding_point"),
        used,
    )
    marks = {name: cited.trust for (name, _), cited in used.used.items()}
    assert marks["flooding.severe_depth_m"] == marks["flooding.least_depth_m"] == "S"
    assert marks["flooding.severe_minutes"] == marks["flooding.retest_years"] == "D"


def test_events_near_each_other_are_one_point_named_after_the_first():
    found = points(
        [
            event("c", 0.2, day="2026-07-03", north=2 * STEP),
            event("b", 0.6, day="2026-07-02", north=STEP),
            event("a", 0.2, day="2026-07-01"),
            event("d", 0.2, day="2026-07-01", north=0.01),
            event("e", 0.2, day="2026-07-01", region=OTHER),
        ]
    )
    assert found["point"].to_list() == ["a", "d", "e"], "another county is another point, however near"
    first = found.row(0, named=True)
    assert (first["events"], first["severity"], first["deepest_m"], first["lat"]) == (3, "I", 0.6, LAT)
    assert first["last_day"] == dt.date(2026, 7, 3)


def test_recurrence_counts_periods_and_what_is_below_the_criterion_does_not_count():
    row = one(
        [
            event("a", period="2024", day="2024-07-01"),
            event("b", period="2026"),
            event("c", period="2026"),
            event("d", 0.05, period="2025", day="2025-07-01"),
        ]
    )
    assert (row["events"], row["periods"], row["events_now"]) == (3, 2, 2)


def test_what_has_no_place_is_in_no_point_and_is_found():
    rows = [event("a"), event("b", lon=None, lat=None), event("c", lat=None)]
    assert points(rows)["point"].to_list() == ["a"]
    plain = [{k: v for k, v in row.items() if k != "period"} for row in rows]
    found = made(
        flooding.ponding_has_a_place, flooding.ponding_has_a_place(frame("ponding_events", plain), CATALOGUE)
    )
    assert found["kind"].to_list() == ["ponding_without_place"] and "2" in found["text_en"][0]


def test_a_point_is_closed_by_two_heavy_rains_without_ponding_and_by_nothing_less():
    wet = [event("a", day="2025-07-01", period="2025")]
    assert one(wet)["status"] == "unknown", "no water in this period proves nothing"
    assert one([event("a")])["status"] == "open"
    heavy = [look("a", "2026-07-10"), look("a", "2026-08-10", 50.0, 0.14)]
    assert one(wet, heavy)["status"] == "closed"
    assert one(wet, heavy[:1])["status"] == "unknown"
    assert one(wet, [*heavy[:1], look("a", "2026-08-10", 29.9)])["status"] == "unknown", "too small a rain"
    row = one(wet, [*heavy, look("a", "2026-09-01", 2.0, 0.2)])
    assert (row["status"], row["passed"]) == ("open", 0), "seen under water after them"
    assert one([event("a", day="2026-07-20")], heavy)["passed"] == 1, "only rains after the last water count"


def test_passed_rains_are_carried_on_and_water_begins_anew():
    wet = [event("CG-1", day="2025-07-01", period="2025")]
    first = points(wet, [look("CG-1", "2026-07-10")])
    assert first["passed"][0] == 1
    then = points(wet, [look("CG-1", "2027-07-10")], first, on="2027-12-31")
    assert (then["status"][0], then["passed"][0]) == ("closed", 2)
    assert points(wet, (), then, on="2028-12-31")["status"][0] == "closed"
    back = points([*wet, event("CG-2", day="2028-07-01", period="2028")], (), then, on="2028-12-31")
    row = back.row(0, named=True)
    assert (row["status"], row["passed"], row["was_closed"]) == ("open", 0, True)
    found = made(flooding.cured_points_stay_dry, flooding.cured_points_stay_dry(back.lazy(), CATALOGUE))
    assert found["subject"].to_list() == ["CG-1"] and found["severity"][0] == "error"
    assert made(
        flooding.cured_points_stay_dry, flooding.cured_points_stay_dry(then.lazy(), CATALOGUE)
    ).is_empty()


def priority(before, exposure=()):
    table = flooding.drainage_priority(before.lazy(), frame("ponding_exposure", exposure))
    return made(flooding.drainage_priority, table).sort("region", "rank", "point")


def far(n):
    return n * 0.01


def test_works_take_the_worst_point_first_then_what_comes_back_then_people():
    before = points(
        [
            event("minor", 0.2, north=far(1)),
            event("medium", 0.3, north=far(2)),
            event("often", 0.3, north=far(3)),
            event("often2", 0.3, north=far(3), period="2025", day="2025-07-01"),
            event("severe", 0.7, north=far(4)),
            event("unrated", None, north=far(5)),
            event("light", 0.05, north=far(6)),
            event("elsewhere", 0.2, region=OTHER),
        ]
    )
    found = priority(before)
    assert found.filter(region=COUNTY)["point"].to_list() == [
        "severe",
        "often2",
        "medium",
        "minor",
        "unrated",
    ]
    assert found.filter(region=COUNTY)["rank"].to_list() == [1, 2, 3, 4, 5]
    assert found.filter(region=OTHER)["rank"].to_list() == [1]


def test_equal_points_share_a_rank_unless_it_is_known_whom_each_affects():
    before = points([event(name, north=far(n)) for n, name in enumerate("abcd")])
    tied = priority(before, [{"point": "a", "persons": 900}])
    assert tied["rank"].to_list() == [1] * 4 and tied["tied"].to_list() == [4] * 4
    assert tied["persons_reason"].to_list() == [None, "no_data", "no_data", "no_data"]
    known = [
        {"point": name, "persons": persons} for name, persons in zip("abcd", (0, 50, 50, 7), strict=True)
    ]
    found = priority(before, known)
    assert list(found.select("point", "rank", "tied").iter_rows()) == [
        ("b", 1, 2),
        ("c", 1, 2),
        ("d", 3, 1),
        ("a", 4, 1),
    ]


def test_points_closed_a_period_before_are_in_no_list_of_works():
    wet = [
        event("a", day="2025-07-01", period="2025"),
        event("b", day="2025-07-01", period="2025", north=far(1)),
    ]
    before = points(wet, [look("a", "2026-07-10"), look("a", "2026-08-10")])
    assert priority(before)["point"].to_list() == ["b"]


def test_open_points_are_counted_by_severity():
    rows = [
        event("a", 0.7),
        event("b", 0.7, north=far(1)),
        event("c", 0.3, north=far(2)),
        event("d", None, north=far(3)),
    ]
    rows += [event("e", 0.05, north=far(4)), event("f", 0.2, north=far(5), day="2025-07-01", period="2025")]
    table = points(rows, [look("f", "2026-07-10"), look("f", "2026-08-10")])
    (row,) = made(flooding.flooding_data, flooding.flooding_data(table.lazy())).to_dicts()
    assert row == {
        "region": COUNTY, "ponding_points_severe": 2, "ponding_points_medium": 1, "ponding_points_minor": 0,
        "ponding_points_unrated": 1, "ponding_points_closed": 1,
    }  # fmt: skip


def clearance(rows):
    plain = [{k: v for k, v in row.items() if k != "period"} for row in rows]
    return made(flooding.ponding_clearance, flooding.ponding_clearance(frame("ponding_events", plain)))


def test_each_owner_is_shown_how_fast_it_cleared_and_unknown_hours_are_not_zero():
    found = clearance(
        [
            event("a", hours_to_clear=1.0), event("b", hours_to_clear=3.0, in_time=False), event("c", hours_to_clear=8.0),
            event("d", unit="water", hours_to_clear=None, in_time=None),
        ]
    )  # fmt: skip
    mine, theirs = found.to_dicts()
    assert (mine["hours_median"], mine["hours_longest"], mine["judged"], mine["in_time"]) == (3.0, 8.0, 3, 2)
    assert mine["in_time_share"] == pytest.approx(2 / 3)
    assert theirs["events"] == 1 and theirs["hours_median"] is None and theirs["in_time_share"] is None
    late = made(
        flooding.ponding_is_cleared_in_time, flooding.ponding_is_cleared_in_time(found.lazy(), CATALOGUE)
    )
    assert late.select("subject", "owner").rows() == [(f"{COUNTY}/housing", "housing")]
    assert "1 of 3" in late["text_en"][0] and "8.0" in late["text_zh"][0]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("lat", 91.0, "above_maximum"), ("depth_m", -0.1, "below_minimum"), ("depth_m", 11.0, "above_maximum"), ("region", "999999", "unknown_region"), ("duration_min", float("nan"), "not_finite")],
)  # fmt: skip
def test_what_cannot_be_true_is_refused_at_the_door(column, value, rule):
    row = {k: v for k, v in event("a").items() if k != "period"} | {column: value}
    dataset = CATALOGUE.datasets["ponding_events"]
    with pytest.raises(SchemaError, match=rule):
        refuse_bad(frame("ponding_events", [row]), dataset, CATALOGUE)


def test_distances_are_those_on_the_ground():
    assert metres((0.0, 0.0), (1.0, 0.0)) == pytest.approx(111_195, abs=1)
    assert metres((112.0, 60.0), (113.0, 60.0)) == pytest.approx(55_597, abs=5)


places = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=40).map(
    lambda pairs: [(112.5 + x * 0.0003, 37.8 + y * 0.0003) for x, y in pairs]
)


@settings(deadline=None)
@given(places)
def test_points_do_not_depend_on_the_order_of_the_events_and_are_the_connected_chains(found):
    first = clustered(found, 50.0)
    assert all(first[n] <= n and first[first[n]] == first[n] for n in range(len(found)))
    for a, b in itertools.combinations(range(len(found)), 2):
        if metres(found[a], found[b]) <= 50.0:
            assert first[a] == first[b]
    turned = clustered(found[::-1], 50.0)[::-1]
    assert len(set(first)) == len(set(turned))
    assert all(
        (first[a] == first[b]) == (turned[a] == turned[b])
        for a, b in itertools.combinations(range(len(found)), 2)
    )


rows = st.lists(
    st.fixed_dictionaries(
        {
            "severity": st.sampled_from(["I", "II", "III", None]), "periods": st.integers(0, 3), "events": st.integers(0, 4),
            "persons": st.sampled_from([None, 0, 10, 500]),
        }
    ),
    max_size=25,
)  # fmt: skip


@given(rows)
def test_every_rank_is_one_more_than_the_points_before_it_and_a_worse_point_never_comes_later(found):
    numbered = [
        {"point": f"p{n:02}", "region": COUNTY, "status": "open", **row} for n, row in enumerate(found)
    ]
    order = list(ranked(numbered))
    assert sorted(row["point"] for row in order) == [row["point"] for row in numbered]
    for row in order:
        assert row["rank"] == 1 + sum(other["rank"] < row["rank"] for other in order)
        assert row["tied"] == sum(other["rank"] == row["rank"] for other in order)
    worst = [("I", "II", "III", None).index(row["severity"]) for row in order]
    assert worst == sorted(worst)


def test_a_run_ranks_the_next_period_by_this_one_and_inherits_the_synthetic_mark(tmp_path):
    space = Workspace.create(tmp_path / "space")
    steps = functions_of(flooding)
    moment = dt.datetime(2027, 1, 2, tzinfo=dt.UTC)
    plain = [
        {k: v for k, v in row.items() if k != "period"}
        for row in (event("a", 0.6), event("b", 0.2, north=far(1)))
    ]
    dataset = space.dataset("ponding_events")
    provenance = Provenance(
        dataset="ponding_events", period="2026", made_by="test", synthetic=True, created_at=moment
    )
    space.write_checked(
        canonical(frame("ponding_events", plain), dataset), dataset, provenance, dt.date(2026, 12, 31)
    )
    assert run(space, steps, Period("2026"), now=lambda: moment).names("waiting") == []
    assert space.read("drainage_priority", "2026").is_empty(), "nothing is known of the period before"
    later = run(space, steps, Period("2027"), now=lambda: moment)
    assert {"ponding_point", "drainage_priority"} <= set(later.names("made"))
    ranking = space.latest("drainage_priority", Period("2027"))
    assert ranking.scan().collect()["point"].to_list() == ["a", "b"] and ranking.provenance.synthetic
    assert {c.name for c in ranking.provenance.uncertain()} >= {
        "flooding.severe_depth_m",
        "flooding.point_metres",
    }
    assert run(space, steps, Period("2027"), now=lambda: moment).names("made") == []
    assert isinstance(space.read("ponding_point", "2027"), pl.DataFrame)
