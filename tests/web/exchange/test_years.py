"""Residence years across cities: worked cases of both readings of Decree 663 art. 10, and that no day counts twice."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.web.exchange.years import RECOGNISED, RULES, Held, Line, Lived, Record, Rule, ledger

D = dt.date
TODAY = D(2026, 3, 2)
TAIYUAN, LINFEN, XIAN = "140105", "141002", "610102"
RESTART = Rule(TAIYUAN, "restart", "province", 30)
PAUSE = replace(RESTART, lapse="pause")
LAPSE = (D(2024, 9, 1), D(2024, 10, 1))
AWAY = Record(
    (Lived(LINFEN, D(2023, 1, 5), D(2025, 2, 20)),),
    (Held(LINFEN, "JZZ-1", D(2023, 9, 1), D(2025, 2, 20), (LAPSE,)),),
    "linfen",
)
HOME = Record((Lived(TAIYUAN, D(2025, 2, 25), None),), (Held(TAIYUAN, "JZZ-2", D(2025, 9, 1), None),))


def told(lines: tuple[Line, ...]) -> list[tuple[str, str, str]]:
    return [(one.since.isoformat(), one.until.isoformat(), one.reason) for one in lines]


def test_a_lapse_restarts_the_years_under_the_one_reading() -> None:
    found = ledger((HOME, AWAY), RESTART, TODAY)
    assert told(found.lines) == [
        ("2023-09-01", "2024-09-01", "before_restart"),
        ("2024-09-01", "2024-10-01", "suspended"),
        ("2024-10-01", "2025-02-20", "counts"),
        ("2025-09-01", "2026-03-02", "counts"),
    ]
    assert found.days == 142 + 182 and found.years == 0


def test_a_lapse_only_leaves_its_own_days_out_under_the_other() -> None:
    found = ledger((HOME, AWAY), PAUSE, TODAY)
    assert [one.reason for one in found.lines] == ["counts", "suspended", "counts", "counts"]
    assert found.days == 366 + 142 + 182 and found.years == 1


def test_whether_years_from_elsewhere_count_is_the_receiving_citys_rule() -> None:
    other = Record((), (Held(XIAN, "X-1", D(2020, 1, 1), D(2022, 1, 1)),), "xian")
    for recognised, reasons in (
        ("none", ["not_recognised"] * 4 + ["counts"]),
        ("province", ["other_province", "counts", "suspended", "counts", "counts"]),
        ("nation", ["counts", "counts", "suspended", "counts", "counts"]),
    ):
        found = ledger((HOME, AWAY, other), replace(PAUSE, recognised=recognised), TODAY)
        assert [one.reason for one in found.lines] == reasons, recognised


def test_a_break_between_two_cities_restarts_the_years_where_it_is_too_long() -> None:
    clean = replace(AWAY, held=(replace(AWAY.held[0], lapses=()),))
    assert ledger((HOME, clean), RESTART, TODAY).days == 538 + 182
    late = replace(HOME, lived=(Lived(TAIYUAN, D(2025, 3, 23), None),))  # 31 days after leaving Linfen
    found = ledger((late, clean), RESTART, TODAY)
    assert [one.reason for one in found.lines] == ["before_restart", "counts"] and found.days == 182
    assert ledger((late, clean), replace(RESTART, most_gap=31), TODAY).days == 538 + 182


def test_days_in_two_cities_count_once() -> None:
    both = replace(AWAY, held=(Held(LINFEN, "JZZ-1", D(2023, 9, 1), D(2025, 12, 1)),))
    found = ledger((HOME, both), PAUSE, TODAY)
    assert told(found.lines)[1:] == [
        ("2025-09-01", "2025-12-01", "twice"),
        ("2025-12-01", "2026-03-02", "counts"),
    ]
    assert found.days == (TODAY - D(2023, 9, 1)).days


@pytest.mark.parametrize("standing", ["undecided", "declined"])
def test_a_certificate_that_was_not_counted_brings_nothing(standing: str) -> None:
    found = ledger((HOME, replace(AWAY, standing=standing)), PAUSE, TODAY)
    assert {one.reason for one in found.lines if one.issuer} == {standing} and found.days == 182


def test_a_permit_that_is_suspended_now_counts_until_its_lapse() -> None:
    held = Held(TAIYUAN, "JZZ-2", D(2024, 1, 1), None, ((D(2025, 1, 1), None),))
    found = ledger((Record((), (held,)),), RESTART, TODAY)
    assert [one.reason for one in found.lines] == ["counts", "suspended"] and (found.days, found.years) == (
        366,
        1,
    )


def test_nothing_is_known_of_somebody_without_a_permit() -> None:
    assert ledger((Record((Lived(TAIYUAN, D(2020, 1, 1), None),), ()),), RESTART, TODAY).days == 0


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(ValueError, match="maybe"):
        ledger((), replace(RESTART, lapse="maybe"), TODAY)


DAYS = st.dates(D(2015, 1, 1), TODAY)


@st.composite
def records(draw: st.DrawFn) -> Record:
    held = []
    for number in range(draw(st.integers(0, 3))):
        days = sorted(draw(st.lists(DAYS, min_size=4, max_size=4)))
        lapses = ((days[1], days[2]),) if draw(st.booleans()) else ()
        held.append(
            Held(draw(st.sampled_from([TAIYUAN, LINFEN, XIAN])), str(number), days[0], days[3], lapses)
        )
    return Record((), tuple(held), draw(st.sampled_from(["", "linfen"])))


@given(st.lists(records(), max_size=3), st.sampled_from(RECOGNISED))
def test_no_day_counts_twice_and_the_readings_are_ordered(found: list[Record], recognised: str) -> None:
    both = {lapse: ledger(found, Rule(TAIYUAN, lapse, recognised, 30), TODAY) for lapse in RULES}
    for one in both.values():
        counted = sorted((line.since, line.until) for line in one.lines if line.counts)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(counted))
        assert one.days == sum((b - a).days for a, b in counted) and one.years <= one.days // 365
        assert all(line.days > 0 and line.counts == (line.reason == "counts") for line in one.lines)
    assert both["restart"].days <= both["pause"].days
    wider = ledger(found, Rule(TAIYUAN, "pause", "nation", 30), TODAY)
    assert both["pause"].days <= wider.days
