"""Pieces of the back-tests and of the course that need no run: leaning gain, gaps in a series, errors of a mean."""

from types import SimpleNamespace

import numpy as np
import pytest

from renben.engines.projection.course import TO_URBAN, lean, urban_gain
from renben.engines.projection.draws import level_error, nation_at
from renben.engines.projection.hindcast import REASONS, _un
from renben.engines.projection.rolling_scores import Origin, random_walk, summary, without_gap


def test_the_same_intensity_adds_the_same_logit_in_every_county():
    people = np.zeros((3, 2, 2, 1, 1))
    people[:, :, :, 0, 0] = np.array([[[10, 90], [50, 50], [80, 20]]]).transpose(1, 0, 2)
    path = SimpleNamespace(moves=np.ones((1, 6, 3)), reclassified=np.zeros((1, 3)))
    lean(path, 0, SimpleNamespace(people=people))
    pattern = path.moves[0, TO_URBAN].copy()
    rural, urban = people[:, :, 1].sum(axis=(1, 2, 3)), people[:, :, 0].sum(axis=(1, 2, 3))
    share = urban / (urban + rural)
    added = pattern * rural / ((urban + rural) * share * (1 - share))
    assert added == pytest.approx(np.full(3, added[0])), "gain over N u (1 - u) is the logit increment"
    assert (pattern * rural).sum() == pytest.approx(rural.sum()), "mean one over rural people"
    urban_gain(path, 0, 0.02, 0.6)
    assert path.reclassified[0] == pytest.approx(0.02 * 0.4 * pattern)


def test_a_series_with_a_gap_is_read_from_after_it():
    history = np.array([[1.0, 2.0], [np.nan, 2.1], [1.2, 2.2], [1.3, 2.3], [1.4, 2.4]])
    assert without_gap(history).tolist() == [[1.2, 2.2], [1.3, 2.3], [1.4, 2.4]]
    mean, sd = random_walk(np.log(history), 2)
    assert mean.shape == sd.shape == (2, 2) and np.isfinite(mean).all() and (sd[1] > sd[0]).all()


def test_the_error_of_a_mean_of_autocorrelated_years():
    assert level_error(80_000, 0.0, 4) == pytest.approx(40_000)
    assert level_error(80_000, 0.3, 4) == pytest.approx(40_000 * np.sqrt(1.3 / 0.7))


def test_the_uns_method_bends_towards_its_norm_and_what_cannot_run_says_why():
    norm, weights = np.array([0.0309, -0.0149]), np.array([0.2, 0.4, 0.6, 0.8, 1.0])
    shift = _un(np.array([-1.0, 1.0]), 0.05, norm, weights, 10)
    assert (shift < 0.5).all() and shift[0] > shift[1] > 0, "a more urban place has the lower norm"
    assert all(len(why) > 20 for _, why in REASONS)


def origin(spread: float, offset: float = 0.0, known: bool = True) -> Origin:
    """Truth on a line of 0.01 a year in three columns; a forecast around it and a walk with no drift."""
    truth = 0.01 * np.arange(1, 5)[:, None] * np.ones(3)
    draws = truth + offset + spread * np.random.default_rng(1).standard_normal((400, 4, 3))
    walk = np.zeros((4, 3)) if known else np.full((4, 3), np.nan)
    return Origin(2015, draws, walk, walk + 0.02, truth)


def test_a_sharp_true_forecast_beats_the_walk_on_every_score():
    found = summary([origin(0.005), origin(0.005)])
    for part in ("urban", "residents"):
        assert found[part]["crps_ratio"] < 0.5 and found[part]["interval95"] < found[part]["interval95_b1"]
        assert sum(found[part]["pit"]) == pytest.approx(1.0)
    assert (
        found["energy"]["ratio"] < 0.5 and found["urban"]["count"] == 8 and found["residents"]["count"] == 16
    )
    gates = list(found["gates"].values())
    assert gates[:2] == [True, True] and gates[2] is False, "truth always in the middle: bands too wide"


def test_a_shifted_forecast_fails_and_says_on_which_side():
    found = summary([origin(0.002, offset=-0.05)])
    assert found["residents"]["pit"] == [0.0, 0.0, 0.0, 0.0, 1.0], "every truth above the draws"
    assert found["residents"]["coverage95"] == 0.0 and list(found["gates"].values()) == [False, False, False]


def test_without_a_walk_there_is_no_ratio_and_no_verdict():
    found = summary([origin(0.005, known=False)])
    assert found["urban"]["crps_ratio"] is None and found["energy"]["ratio"] is None
    assert list(found["gates"].values())[:2] == [None, None]
    mean, sd = random_walk(np.array([[np.nan], [1.0], [1.1]]), 2)
    assert mean.shape == (2, 1) and np.isnan(mean).all() and np.isnan(sd).all()


def test_the_nation_is_known_as_of_the_year_and_carried_to_it():
    known = {2020: 0.6389, 2024: 0.67}
    assume = SimpleNamespace(value=lambda name: known, row=lambda name: np.array([0.0309, -0.0149]))
    start, pace = nation_at(assume, 2024)
    assert start == pytest.approx(np.log(0.67 / 0.33)) and pace == pytest.approx(0.0329, abs=5e-4)
    later, _ = nation_at(assume, 2026)
    assert later == pytest.approx(start + 2 * pace), "a year nobody published yet is reached at the pace"
    early, norm = nation_at(assume, 2022)
    assert norm == pytest.approx(0.0309 - 0.0149 * 0.6389), "the share of 2024 was not known in 2022"
    assert early == pytest.approx(np.log(0.6389 / 0.3611) + 2 * norm)
