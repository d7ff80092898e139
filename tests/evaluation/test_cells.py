"""Computing is total: every cell ends with a finite number or with one reason, whatever is missing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.catalogue.indicator import ReasonCode
from renben.evaluation.cells import Grid, compute, empty
from renben.evaluation.formula import (
    Binary,
    Cum,
    Element,
    Lag,
    Negative,
    Number,
    element_ids,
    looks_back,
    parse,
)

SHAPE = (2, 4)
NAMES = ("a", "b", "c")


def grid(*values, series=None) -> Grid:
    """One region; a ReasonCode stands for a missing value."""
    value = np.array([[math.nan if isinstance(v, ReasonCode) else float(v) for v in values]])
    reason = np.array([[v if isinstance(v, ReasonCode) else 0 for v in values]], np.int8)
    return Grid(value, reason, {} if series is None else {"population": np.array([series], np.int16)})


def result(formula: str, first=None, **inputs):
    found = compute(parse(formula), inputs.__getitem__, next(iter(inputs.values())).value.shape, first)
    return [
        float(v) if r == 0 else ReasonCode(int(r)).code
        for v, r in zip(found.value[0], found.reason[0], strict=True)
    ]


LATE, NONE = ReasonCode.missing_late, ReasonCode.no_data


@pytest.mark.parametrize(
    ("formula", "inputs", "expected", "why"),
    [
        ("100*a/b", {"a": grid(1, 3), "b": grid(4, 4)}, [25, 75], "plain arithmetic"),
        ("a/b", {"a": grid(1, 1), "b": grid(0, 2)}, ["undefined_denominator", 0.5], "zero denominator"),
        ("a/b", {"a": grid(0, 0), "b": grid(0, LATE)}, ["undefined_denominator", "missing_late"], "0/0"),
        ("a+b", {"a": grid(NONE, 1), "b": grid(LATE, NONE)}, ["missing_late", "no_data"], "the worst reason"),
        ("a-b", {"a": grid(2, 2), "b": grid(NONE, 2)}, ["no_data", 0], "missing is not zero"),
        ("lag(a,1)", {"a": grid(5, 6, 7)}, ["no_data", 5, 6], "nothing before the first year"),
        ("lag(a,9)", {"a": grid(5, 6)}, ["no_data", "no_data"], "a lag longer than the series"),
        ("a/lag(a,1)-1", {"a": grid(4, 5, NONE)}, ["no_data", 0.25, "no_data"], "growth"),
        ("cum(a)", {"a": grid(NONE, 1, 2, 3)}, ["no_data", 1, 3, 6], "sums start with the first value"),
        ("cum(a)", {"a": grid(1, NONE, 2)}, [1, "no_data", "no_data"], "a gap is not zero"),
        ("-a", {"a": grid(1, NONE)}, [-1, "no_data"], "minus"),
        ("a*b", {"a": grid(1e300, 1), "b": grid(1e300, 2)}, ["rejected", 2], "overflow is no number"),
    ],
)
def test_each_cell_has_a_value_or_one_reason(formula, inputs, expected, why):
    assert result(formula, **inputs) == expected, why


def test_a_cumulative_sum_starts_in_the_year_that_the_catalogue_names():
    assert result("cum(a)", first=1, a=grid(100, 1, 2)) == ["no_data", 1, 3]
    assert result("cum(a)", first=1, a=grid(100, NONE, 2)) == ["no_data", "no_data", "no_data"]


def test_inputs_of_two_revisions_are_never_combined():
    old, new = grid(10, 20, series=[1, 1]), grid(40, 40, series=[1, 2])
    assert result("100*a/b", a=old, b=new) == [25, "break"]
    assert result("a/lag(a,1)", a=grid(1, 2, series=[1, 2])) == ["no_data", "break"]


def numbers():
    wild = st.floats(allow_nan=False, allow_infinity=False, width=64)
    return st.one_of(st.sampled_from([0.0, 1.0, -1.0, 1e308]), wild)


@st.composite
def grids(draw):
    cells = SHAPE[0] * SHAPE[1]
    value = np.array(draw(st.lists(numbers(), min_size=cells, max_size=cells))).reshape(SHAPE)
    reason = draw(st.lists(st.sampled_from([0, 0, *map(int, ReasonCode)]), min_size=cells, max_size=cells))
    reason = np.array(reason, np.int8).reshape(SHAPE)
    labels = draw(st.lists(st.sampled_from([0, 1, 1, 2]), min_size=cells, max_size=cells))
    series = {"population": np.array(labels, np.int16).reshape(SHAPE)}
    return Grid(np.where(reason == 0, value, np.nan), reason, series)


trees = st.recursive(
    st.one_of(st.sampled_from(NAMES).map(Element), numbers().map(Number)),
    lambda part: st.one_of(
        st.builds(Binary, st.sampled_from("+-*/"), part, part),
        st.builds(Lag, part, st.integers(1, 6)),
        st.builds(Cum, part),
        st.builds(Negative, part),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(trees, st.fixed_dictionaries({name: grids() for name in NAMES}), st.sampled_from([None, 0, 2]))
def test_any_formula_over_any_gaps_gives_finite_values_or_reasons(tree, inputs, first):
    found = compute(tree, inputs.__getitem__, SHAPE, first)
    assert found.value.shape == found.reason.shape == SHAPE
    assert (np.isfinite(found.value) == (found.reason == 0)).all()
    assert np.isin(found.reason, [0, *map(int, ReasonCode)]).all()


@settings(max_examples=200, deadline=None)
@given(trees, st.fixed_dictionaries({name: grids() for name in NAMES}))
def test_where_an_input_is_missing_the_result_is_missing_and_never_a_number(tree, inputs):
    if looks_back(tree):
        return
    found = compute(tree, inputs.__getitem__, SHAPE)
    for name in element_ids(tree):
        assert not found.known[~inputs[name].known].any()


@given(trees)
def test_a_formula_over_nothing_is_nothing(tree):
    found = compute(tree, lambda _: empty(SHAPE), SHAPE)
    if element_ids(tree):
        assert not found.known.any()
