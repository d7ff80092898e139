"""Depths become events: worked courses first, then that neither batches nor small delays change anything."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.sensing import START, Event, Memory, Reading, Rules, feed, watch

MINUTE = 60_000
RULES = Rules(
    rise=0.15, fall=0.05, urgent=0.5, rise_ms=5 * MINUTE, fall_ms=10 * MINUTE, gap_ms=15 * MINUTE,
    stuck_ms=60 * MINUTE, late_ms=10 * MINUTE,
)  # fmt: skip


def course(*depths, step=1, first=0):
    return [Reading((first + n * step) * MINUTE, depth) for n, depth in enumerate(depths)]


def events(readings, rules=RULES):
    return watch(START, readings, rules).events


def rain(deep=0.3):
    """Ten dry minutes, twenty wet ones, thirty dry ones."""
    return course(*[0.0] * 10, *[deep + n / 1000 for n in range(20)], *[0.01] * 30)


def test_water_that_stands_long_enough_is_one_event_with_its_span_and_greatest_depth():
    assert events(rain()) == (Event(10 * MINUTE, 15 * MINUTE, 0.319, 30 * MINUTE),)


@pytest.mark.parametrize(
    ("depths", "n"),
    [
        ([0.15] * 6, 1),  # the threshold itself counts, and the wait is over at its end
        ([0.15] * 5, 0),
        ([0.149] * 30, 0),
        ([0.2, 0.2, 0.2, 0.14, 0.2, 0.2, 0.2], 0),  # a dip before the alarm begins the wait anew
        ([0.2, 0.3] * 3 + [0.1] * 20 + [0.2] * 10, 1),  # between the thresholds nothing ends
        ([0.2, 0.3] * 3 + [0.0] * 9 + [0.2] * 10, 1),  # gone for too short a time
        ([0.2, 0.3] * 3 + [0.0] * 11 + [0.2] * 10, 2),
    ],
)
def test_thresholds_and_waits_against_flicker(depths, n):
    assert len(events(course(*depths))) == n


def test_silence_proves_neither_that_water_stands_nor_that_it_is_gone():
    assert events([Reading(0, 0.2), Reading(16 * MINUTE, 0.3)]) == ()
    wet = course(0.2, 0.3, 0.2, 0.3, 0.2, 0.3)
    (still,) = events([*wet, Reading(10 * MINUTE, 0.0), Reading(40 * MINUTE, 0.0)])
    assert still.end is None
    (over,) = events([*wet, *course(*[0.0] * 11, first=40)])
    assert over.end == 40 * MINUTE


def test_a_wet_sensor_that_does_not_move_is_stuck_and_a_dry_one_is_not():
    seen = watch(START, course(*[0.2] * 80), RULES)
    assert seen.aside == tuple((n * MINUTE, "stuck") for n in range(61, 80))
    assert len(seen.events) == 1 and seen.events[0].end is None
    assert watch(START, course(*[0.0] * 80), RULES).aside == ()
    moved = watch(seen.course, course(*[0.0] * 11, first=80), RULES)
    assert moved.events[-1].end == 80 * MINUTE and moved.aside == ()


def test_readings_out_of_order_are_refused_and_wrong_thresholds_too():
    with pytest.raises(ValueError, match="not later"):
        events([Reading(5, 0.1), Reading(5, 0.1)])
    with pytest.raises(ValueError, match="must rise"):
        Rules(0.15, 0.2, 0.5, 1, 1, 1, 1, 1)


def test_an_alarm_waits_for_no_later_reading():
    fed = feed(Memory(), course(0.2, 0.3, 0.2, 0.3, 0.2, 0.3), RULES)
    assert fed.open and fed.settled == () and fed.ahead == (Event(0, 5 * MINUTE, 0.3),)


def test_what_comes_later_than_the_tolerance_is_set_aside_once_and_changes_nothing():
    fed = feed(Memory(), rain(), RULES)
    again = feed(fed.memory, [Reading(3 * MINUTE, 9.9)], RULES)
    assert again.aside == ((3 * MINUTE, "late"),) and again.settled == () and again.memory == fed.memory


def test_nothing_comes_of_nothing():
    assert feed(Memory(), [], RULES).memory == Memory()


depths = st.lists(st.sampled_from([0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.5, 0.7]), min_size=1, max_size=80)
steps = st.lists(st.integers(1, 20), min_size=80, max_size=80)


def stream(values, gaps):
    moments = itertools.accumulate(gaps)
    return [Reading(at * MINUTE, depth) for at, depth in zip(moments, values, strict=False)]


def fed_all(batches):
    """Settled events by their start and what was set aside, when everything has arrived."""
    memory, found, aside = Memory(), {}, []
    for batch in batches:
        fed = feed(memory, batch, RULES)
        memory = fed.memory
        found |= {event.start: event for event in fed.settled}
        aside += fed.aside
    rest = watch(memory.course, memory.kept, RULES)
    found |= {event.start: event for event in rest.events}
    return tuple(found[start] for start in sorted(found)), sorted([*aside, *rest.aside])


@settings(deadline=None)
@given(depths, steps, st.lists(st.integers(0, 80), max_size=10))
def test_a_stream_cut_anywhere_gives_the_same_events(values, gaps, cuts):
    whole = stream(values, gaps)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    batches = [whole[a:b] for a, b in itertools.pairwise(edges)]
    seen = watch(START, whole, RULES)
    assert fed_all(batches) == (seen.events, sorted(seen.aside))


@settings(deadline=None)
@given(depths, steps, st.data())
def test_order_within_the_tolerance_and_repetition_change_nothing(values, gaps, data):
    whole = stream(values, gaps)
    delays = data.draw(st.lists(st.integers(0, 9), min_size=len(whole), max_size=len(whole)))
    arriving = [
        one for _, one in sorted(zip(delays, whole, strict=True), key=lambda p: p[1].at + p[0] * MINUTE)
    ]
    twice = [one for reading in arriving for one in (reading, reading)]
    size = data.draw(st.integers(1, 9))
    batches = [twice[n : n + size] for n in range(0, len(twice), size)]
    seen = watch(START, whole, RULES)
    found, aside = fed_all(batches)
    assert found == seen.events
    assert [one for one in aside if one[1] == "stuck"] == sorted(seen.aside)


@settings(deadline=None)
@given(depths, steps)
def test_events_do_not_overlap_and_last_from_alarm_to_end(values, gaps):
    found = events(stream(values, gaps))
    for event in found:
        assert event.start + RULES.rise_ms <= event.alarm and event.peak >= RULES.rise
        assert event.end is None or event.end > event.alarm - RULES.rise_ms
    assert all(a.end is not None and a.end < b.start for a, b in itertools.pairwise(found))
