"""Kernels of regional statistics: published values first, then properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renben.engines.statistics import concentration as c
from renben.engines.statistics import regional as r


def test_the_location_quotient_equals_the_published_value():
    jobs = [[1714, 79006 - 1714], [879213 - 1714, 15593224 - 79006 - (879213 - 1714)]]
    assert c.location_quotient(jobs)[0, 0] == pytest.approx(0.3847623, abs=5e-8)


def test_location_quotients_of_the_published_matrix():
    jobs = [(100, 0, 0, 0, 0), (0, 15, 5, 70, 10), (0, 20, 10, 20, 50), (0, 25, 30, 5, 40), (0, 40, 55, 5, 0)]
    lq = c.location_quotient(jobs)
    assert (lq[0, 0], lq[1, 3], lq[4, 2]) == pytest.approx((5, 3.5, 2.75))
    assert lq[1] == pytest.approx((0, 0.75, 0.25, 3.5, 0.5))


def test_shift_share_equals_the_published_components_and_adds_up():
    nation = ([400, 150, 150, 400], [440, 210, 135, 480])
    regions = [
        ([90, 20, 10, 60], [100, 40, 10, 55]),
        ([60, 30, 30, 40], [85, 55, 40, 35]),
        ([250, 100, 110, 300], [255, 115, 85, 390]),
    ]
    sums = [tuple(float(part.sum()) for part in r.shift_share(*region, *nation)) for region in regions]
    assert [tuple(round(v) for v in row) for row in sums] == [(27, 1, -3), (24, -1, 32), (114, 0, -29)]
    assert sum(row[1] for row in sums) == pytest.approx(0)
    assert sum(row[2] for row in sums) == pytest.approx(0)


def test_a_reference_that_does_not_contain_the_region_is_refused():
    with pytest.raises(r.RegionalError, match="must contain the region"):
        r.shift_share([10], [10], [5], [20])


def test_herfindahl_equals_the_published_values():
    sizes = [20, 50, 20, 10]
    assert (c.herfindahl(sizes), c.herfindahl_normalised(sizes), 1 / c.herfindahl(sizes)) == pytest.approx(
        (0.34, 0.12, 2.9412), abs=5e-5
    )
    assert c.largest_share(sizes, 2) == pytest.approx(0.7)


def test_ellison_glaeser_equals_the_published_value():
    plants = [(200, 650, 12000, 100, 50), (16000, 13000, 1500, 1500), (25000,)]
    assert c.ellison_glaeser(plants, (500000, 400000, 100000)) == pytest.approx(0.05990628, abs=5e-8)


def test_one_plant_has_no_ellison_glaeser_value():
    with pytest.raises(c.UndefinedRatio, match="one plant"):
        c.ellison_glaeser([(100,), ()], (10, 20))


def test_the_cluster_index_equals_the_published_value():
    assert c.cluster_index(1743, 5740, 50, 576, 488, 4621, 35, 53) == pytest.approx(21.87491, abs=5e-6)


def test_ginis_equal_the_published_values():
    assert c.gini_of_quotients(
        (500, 500, 1000, 7000, 1000), (20000, 15000, 20000, 40000, 5000)
    ) == pytest.approx(0.4068966, abs=5e-8)
    assert c.gini_of_quotients(
        (700, 600, 500, 10000, 40000), (30000, 15000, 10000, 60000, 50000)
    ) == pytest.approx(0.6222222, abs=5e-8)


def test_krugman_and_hoover_equal_the_published_values():
    assert c.krugman((20, 10, 70, 0, 0), (0, 0, 0, 60, 40)) == 2.0
    assert c.hoover((0, 10, 10, 30, 50), (10, 15, 20, 25, 30)) == pytest.approx(0.25)


def test_input_output_equals_the_published_table():
    flows, output = [[150, 500], [200, 100]], [1000, 2000]
    a, inverse = r.leontief(flows, output)
    assert a == pytest.approx(np.array([[0.15, 0.25], [0.20, 0.05]]))
    assert inverse == pytest.approx(np.array([[1.254125, 0.330033], [0.264026, 1.122112]]), abs=5e-7)
    assert inverse @ [600, 1500] == pytest.approx([1247.5248, 1841.5842], abs=5e-5)
    assert r.backward_linkage(flows, output) == pytest.approx([1.0222, 0.9778], abs=5e-5)
    assert r.forward_multiplier(flows, output) == pytest.approx([1.9142, 1.2541], abs=5e-5)


def test_the_regional_table_equals_the_worked_value():
    regional = r.flegg_coefficients([[0.15, 0.25], [0.20, 0.05]], [2, 0.5], 0.05, 0.3)
    assert regional == pytest.approx(np.array([[0.13532, 0.25], [0.02255, 0.01128]]), abs=5e-6)


def test_an_industry_without_output_is_refused():
    with pytest.raises(r.RegionalError, match="output above 0"):
        r.leontief([[1, 1], [1, 1]], [0, 1])


def test_relatedness_counts_the_rarer_of_two_conditional_probabilities():
    present = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=bool)
    assert r.relatedness(present) == pytest.approx(
        np.array([[0, 2 / 3, 1 / 3], [2 / 3, 0, 1 / 2], [1 / 3, 1 / 2, 0]])
    )
    assert r.relatedness_density(present)[1] == pytest.approx(
        [0, 100 * (2 / 3) / (7 / 6), 100 * (1 / 3) / (5 / 6)]
    )


JOBS = arrays(np.float64, (4, 3), elements=st.integers(1, 10**6).map(float))


@settings(deadline=None)
@given(JOBS)
def test_quotients_weighted_by_the_reference_are_one_in_every_region(jobs):
    weights = jobs.sum(axis=0) / jobs.sum()
    assert c.location_quotient(jobs) @ weights == pytest.approx(np.ones(4))


@settings(deadline=None)
@given(JOBS, JOBS)
def test_components_of_regions_that_exhaust_the_reference_add_up(before, after):
    all_before, all_after = before.sum(axis=0), after.sum(axis=0)
    shifts = [r.shift_share(b, a, all_before, all_after) for b, a in zip(before, after, strict=True)]
    for shift, b, a in zip(shifts, before, after, strict=True):
        assert sum(part.sum() for part in shift) == pytest.approx((a - b).sum(), abs=1e-4)
    assert sum(s.mix.sum() for s in shifts) == pytest.approx(0, abs=1e-2)
    assert sum(s.regional.sum() for s in shifts) == pytest.approx(0, abs=1e-2)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20).filter(any))
def test_the_equivalent_number_lies_between_one_and_the_count(sizes):
    assert 1 - 1e-9 <= 1 / c.herfindahl(sizes) <= len(sizes) + 1e-9


@settings(deadline=None)
@given(arrays(np.bool_, (5, 4)))
def test_density_lies_between_zero_and_one_hundred(present):
    density = r.relatedness_density(present)
    assert np.all(np.isnan(density) | ((density >= -1e-9) & (density <= 100 + 1e-9)))
