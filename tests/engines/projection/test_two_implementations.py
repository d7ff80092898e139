"""The compiled kernel and the NumPy reference are two programs; they must say the same to 1e-12."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.projection import kernel, reference
from tests.engines.projection.build import system


def same(one, two):
    for name, a, b in zip(one._fields, one, two, strict=True):
        scale = max(np.abs(a).max(), 1.0)
        assert np.abs(a - b).max() <= 1e-12 * scale, name


@pytest.mark.parametrize("kinds", [1, 3])
@pytest.mark.parametrize("years", [1, 2, 5])
def test_kernel_and_reference_agree_on_every_stock_and_flow(kinds, years):
    stock, fixed, path = system(11, kinds=kinds, years=years)
    last, result = reference.project(stock, fixed, path)
    last_k, result_k = kernel.project(stock, fixed, path)
    same(last, last_k)
    same(result, result_k)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), kinds=st.sampled_from([1, 3]), counties=st.integers(4, 8))
def test_kernel_and_reference_agree_whatever_the_system(seed, kinds, counties):
    stock, fixed, path = system(seed, counties=counties, kinds=kinds, prefectures=2, years=3)
    same(reference.project(stock, fixed, path)[1], kernel.project(stock, fixed, path)[1])


@pytest.mark.parametrize("kinds", [1, 3])
def test_they_agree_with_hazards_so_large_that_nearly_everybody_moves(kinds):
    stock, fixed, path = system(5, kinds=kinds)
    fixed = fixed._replace(level=fixed.level * 60, settle=fixed.settle * 30)
    last, _ = reference.project(stock, fixed, path)
    last_k, _ = kernel.project(stock, fixed, path)
    same(last, last_k)
    assert min(part.min() for part in last_k) >= 0


def test_the_polynomial_for_exp_is_as_good_as_the_library():
    from renben.engines.projection.kernel_leave import exp_rows  # noqa: PLC0415

    hazard = np.linspace(0, 4, 4001)
    out = np.empty_like(hazard)
    exp_rows(hazard, out)
    assert np.abs(out / np.exp(-hazard) - 1).max() < 5e-15
