"""Fitting and rounding: margins are met, whole numbers add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.synthesis.fitting import FitError, apportion_parts, deal, ipf, round_rows, round_to_total

COUNTS = st.lists(st.integers(0, 500), min_size=1, max_size=12)


def test_fitting_a_two_by_two_table_gives_the_value_that_keeps_its_odds_ratio():
    """Seed of ones with margins 60/40 and 30/70: independence, so cell = row x column / total."""
    table, error = ipf(np.ones((2, 2)), [((0,), np.array([60.0, 40.0])), ((1,), np.array([30.0, 70.0]))])
    assert error < 1e-8
    np.testing.assert_allclose(table, [[18.0, 42.0], [12.0, 28.0]], rtol=1e-9)


def test_fitting_keeps_the_odds_ratio_of_the_seed():
    seed = np.array([[40.0, 10.0], [20.0, 30.0]])
    table, _ = ipf(seed, [((0,), np.array([70.0, 30.0])), ((1,), np.array([50.0, 50.0]))], rounds=2000)

    def odds(t):
        return t[0, 0] * t[1, 1] / (t[0, 1] * t[1, 0])

    assert odds(table) == pytest.approx(odds(seed), rel=1e-6)


def test_contradicting_margins_leave_an_error_that_is_reported():
    _, error = ipf(np.eye(2), [((0,), np.array([60.0, 40.0])), ((1,), np.array([40.0, 60.0]))], rounds=50)
    assert error > 0.1


@given(COUNTS, st.integers(0, 10_000))
def test_rounded_parts_add_up_to_the_total_and_stay_near(values, total):
    parts = round_to_total(np.array(values, dtype=float), total)
    assert parts.sum() == total and (parts >= 0).all()
    if sum(values):
        assert np.abs(parts - np.array(values) * total / sum(values)).max() < 1 + 1e-6


@given(COUNTS)
def test_rounding_never_exceeds_its_caps_and_refuses_what_does_not_fit(values):
    caps = np.array(values)
    assert (round_to_total(caps[::-1] + 1.0, int(caps.sum()), caps) == caps).all()
    with pytest.raises(FitError, match="do not fit"):
        round_to_total(caps + 1.0, int(caps.sum()) + 1, caps)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(2, 9))
def test_rows_are_exact_and_columns_within_two_when_errors_are_carried(seed, rows, columns):
    rng = np.random.default_rng(seed)
    values = rng.random((rows, columns)) * 40
    totals = np.round(values.sum(axis=1)).astype(np.int64)
    scaled = values / values.sum(axis=1, keepdims=True) * totals[:, None]
    whole = round_rows(values, totals)
    assert (whole.sum(axis=1) == totals).all() and (whole >= 0).all()
    assert np.abs(whole.sum(axis=0) - scaled.sum(axis=0)).max() < 2


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 5))
def test_dealing_uses_up_every_label_of_every_cell(seed, cells, labels):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 30, (cells, labels))
    people = rng.permutation(np.repeat(np.arange(cells, dtype=np.int32), counts.sum(axis=1)))
    given_labels = deal(people, counts, rng.random(people.size, dtype=np.float32))
    table = np.zeros_like(counts)
    np.add.at(table, (people, given_labels), 1)
    assert (table == counts).all()


@given(COUNTS, st.floats(0.001, 1.0))
def test_a_share_of_the_parts_adds_up_to_the_share_of_the_whole(values, share):
    wholes = np.array(values)
    parts = apportion_parts(wholes, share)
    assert parts.sum() == round(int(wholes.sum()) * share) and (parts <= wholes).all()
