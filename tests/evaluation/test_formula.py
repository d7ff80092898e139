"""Formulas are read into trees, checked for units, and refused with a message that quotes the part."""

import pytest

from renben.evaluation.formula import (
    FormulaError,
    as_ratio,
    element_ids,
    is_linear,
    looks_back,
    parse,
)
from renben.evaluation.units import check_unit


def test_every_formula_of_the_catalogue_parses_and_has_the_unit_of_its_indicator(catalogue):
    every = [*catalogue.indicators.values(), *catalogue.reserve_indicators.values()]
    assert len(every) == 124
    for indicator in every:
        check_unit(indicator, catalogue.elements, catalogue.units)


def test_every_element_is_used_by_a_formula_or_by_another_element(catalogue):
    every = [*catalogue.indicators.values(), *catalogue.reserve_indicators.values()]
    used = {name for indicator in every for name in element_ids(parse(indicator.formula))}
    used |= {element.from_element for element in catalogue.elements.values()}
    assert set(catalogue.elements) - used == set()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pop**2", "pop**2"),
        ("a if b else c", "a if b else c"),
        ("a < b", "a < b"),
        ("__import__('os')", "__import__"),
        ("a.b", "a.b"),
        ("lag(a)", "lag"),
        ("lag(a, 0)", "above 0"),
        ("lag(a, b)", "whole number"),
        ("cum(a, b)", "cum"),
        ("sum(a)", "sum() is unknown"),
        ("True + a", "True"),
        ("'1' + a", "'1'"),
        ("a +", "cannot be read"),
        ("", "cannot be read"),
        ("(" * 5000 + "a" + ")" * 5000, "cannot be read"),
        ("a" + "+a" * 20000, "cannot be read"),
    ],
)
def test_what_is_no_arithmetic_is_refused_and_quoted(text, says):
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("formula", "unit", "says"),
    [
        ("100*pop_urban_resident/households", "%", "person"),
        ("pop_urban_resident/pop_resident", "%", "0.01"),
        ("pop_resident+households", "person", "differ in unit"),
        ("pop_residents", "person", "Did you mean pop_resident?"),
        ("urban_jobs_new_ytd", "person", "10000"),
        ("1-pop_resident", "person", "differ in unit"),
    ],
)
def test_a_formula_of_another_unit_is_refused(catalogue, formula, unit, says):
    wrong = catalogue.indicators["urban_rate_resident"].model_copy(update={"formula": formula, "unit": unit})
    with pytest.raises(FormulaError) as error:
        check_unit(wrong, catalogue.elements, catalogue.units)
    assert says in str(error.value)


def test_a_ratio_of_sums_keeps_its_parts_and_other_formulas_have_none():
    ratio = as_ratio(parse("100*(a+b)/c"))
    assert (ratio.factor, element_ids(ratio.numerator), element_ids(ratio.denominator)) == (
        100,
        ("a", "b"),
        ("c",),
    )
    assert as_ratio(parse("100*(a/lag(a,1)-1)")) is None
    assert as_ratio(parse("a/b-c/d")) is None
    assert as_ratio(parse("(a/lag(a,1))/(b/lag(b,1))")) is None
    assert as_ratio(parse("a")) is None


def test_linear_means_that_it_adds_up_over_regions():
    assert is_linear(parse("a+2*b-c/10"))
    assert not is_linear(parse("a*b"))
    assert not is_linear(parse("a+1"))
    assert not is_linear(parse("a/b"))


def test_lag_and_cum_look_back():
    assert looks_back(parse("a/lag(a,1)-1")) and looks_back(parse("cum(a)"))
    assert not looks_back(parse("a/b"))
