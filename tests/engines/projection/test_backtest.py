"""Pieces of the back-tests and of the course that need no run: leaning gain, gaps in a series, errors of a mean."""

from types import SimpleNamespace

import numpy as np
import pytest

from renben.engines.projection.course import TO_URBAN, lean, urban_gain
from renben.engines.projection.draws import level_error
from renben.engines.projection.hindcast import REASONS, _un
from renben.engines.projection.rolling import random_walk, without_gap


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
    mean, sd = random_walk(history, 2)
    assert mean.shape == sd.shape == (2, 2) and np.isfinite(mean).all() and (sd[1] > sd[0]).all()


def test_the_error_of_a_mean_of_autocorrelated_years():
    assert level_error(80_000, 0.0, 4) == pytest.approx(40_000)
    assert level_error(80_000, 0.3, 4) == pytest.approx(40_000 * np.sqrt(1.3 / 0.7))


def test_the_uns_method_bends_towards_its_norm_and_what_cannot_run_says_why():
    norm, weights = np.array([0.0309, -0.0149]), np.array([0.2, 0.4, 0.6, 0.8, 1.0])
    shift = _un(np.array([-1.0, 1.0]), 0.05, norm, weights, 10)
    assert (shift < 0.5).all() and shift[0] > shift[1] > 0, "a more urban place has the lower norm"
    assert all(len(why) > 20 for _, why in REASONS)
