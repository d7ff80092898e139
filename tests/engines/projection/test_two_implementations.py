"""The compiled kernel and the NumPy reference are two programs; they must say the same to 1e-12."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.projection import kernel, reference
from renben.engines.projection.kernel_cache import forget_outdated
from renben.engines.projection.kernel_rows import GONE_PER_HAZARD
from renben.engines.projection.kernel_work import scratch
from renben.engines.projection.states import Result
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


@pytest.mark.parametrize("recognised", [0.0, 0.4])
@pytest.mark.parametrize("by_address", [0.0, 1.0])
@pytest.mark.parametrize("kinds", [1, 3])
def test_they_agree_with_every_switch_on_or_off(kinds, by_address, recognised):
    stock, fixed, path = system(17, kinds=kinds, years=3)
    path = path._replace(keep_years=np.full(3, recognised), by_address=np.full(3, by_address))
    for one, two in zip(
        reference.project(stock, fixed, path), kernel.project(stock, fixed, path), strict=True
    ):
        same(one, two)


def test_a_start_may_be_used_again_and_working_tables_forget_the_last_draw():
    stock, fixed, path = system(3, kinds=3)
    before = [part.copy() for part in stock]
    first = kernel.project(stock, fixed, path)[1]
    work = scratch(fixed, 3)
    other = system(4, kinds=3)
    for start, course in ((other[0], other[2]), (stock, path)):
        again = Result(*(np.full_like(part, 7.0) for part in first))
        kernel.project_into(start, fixed, course, work, again)
    for one, two in zip(first, again, strict=True):
        assert np.array_equal(one, two)
    assert all(np.array_equal(a, b) for a, b in zip(before, stock, strict=True))


def test_movers_per_hazard_are_as_exact_as_the_library():
    hazard = np.linspace(0, 1, 4001)
    exact = np.divide(-np.expm1(-hazard), hazard, out=np.ones_like(hazard), where=hazard > 0)
    found = sum(c * hazard**k for k, c in enumerate(GONE_PER_HAZARD))
    assert np.abs(found / exact - 1).max() < 5e-15


def test_compiled_code_goes_when_any_part_of_the_kernel_is_newer(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    for name, when in (("kernel.py", 1), ("kernel_rows.py", 5), ("states.py", 2)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (when, when))
    for name, when in (("kernel._run-1.nbi", 4), ("kernel_rows.dot-1.nbi", 6), ("other-1.nbi", 1)):
        (kept / name).write_text("")
        os.utime(kept / name, (when, when))
    assert forget_outdated(tmp_path, kept) == 1
    assert sorted(file.name for file in kept.iterdir()) == ["kernel_rows.dot-1.nbi", "other-1.nbi"]
    assert forget_outdated(tmp_path, kept) == 0
