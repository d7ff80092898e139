"""What can be written in a rule, and what is refused while it is written."""

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.rules import (
    NEVER,
    TODAY,
    RuleTypeError,
    all_of,
    any_of,
    at_least,
    earliest,
    kernel,
    latest,
    when,
)
from renben.engines.rules.semantics import apply
from renben.engines.rules.terms import describe
from renben.engines.rules.words import (
    add_days,
    add_months,
    granted,
    known,
    one_of,
    otherwise,
    younger_than,
)
from tests.engines.rules.conftest import COLOUR, FACTS

BIRTH, ARRIVED = FACTS["birth"].term, FACTS["arrived"].term
WORKS, STUDIES = FACTS["works"].term, FACTS["studies"].term
INCOME, COLOURS = FACTS["income"].term, FACTS["colour"].term
DATES = st.dates(dt.date(1850, 1, 1), dt.date(2150, 12, 31))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a float", lambda: INCOME * 1.5),
        ("a string", lambda: COLOURS == "red"),
        ("python and", lambda: WORKS and STUDIES),
        ("python not", lambda: not WORKS),
        ("python if", lambda: 1 if WORKS else 2),
        ("a chain of comparisons", lambda: 1 < INCOME < 5),
        ("true division", lambda: INCOME / 2),
        ("floor division", lambda: INCOME // 2),
        ("a remainder", lambda: INCOME % 2),
        ("a date plus a number", lambda: BIRTH + 3),
        ("a date less a date", lambda: TODAY - BIRTH),
        ("a date with a number", lambda: BIRTH <= 3),
        ("a truth with a number", lambda: WORKS == 1),
        ("a code with another domain", lambda: FACTS["county"].term == COLOUR.red),
        ("an order of codes", lambda: COLOURS < COLOUR.red),
        ("an order of truths", lambda: WORKS < STUDIES),
        ("and of numbers", lambda: INCOME & WORKS),
        ("mixed branches", lambda: when(WORKS, INCOME, TODAY)),
        ("a number as condition", lambda: when(INCOME, 1, 2)),
        ("earliest of date and number", lambda: earliest(BIRTH, INCOME)),
        ("both years and months", lambda: at_least(BIRTH, years=1, months=1)),
        ("a number beyond 64 bits", lambda: INCOME + 2**63),
        ("a fraction as amount", lambda: granted(WORKS, amount=1.5)),
        ("iteration", lambda: list(INCOME)),
        ("a fallback of another type", lambda: otherwise(INCOME, False)),
        ("no member", lambda: one_of(COLOURS)),
    ],
)
def test_what_engines_disagree_on_cannot_be_written(name, written):
    with pytest.raises((RuleTypeError, OverflowError)):
        written()


def test_an_error_names_the_term_and_what_to_write_instead():
    with pytest.raises(RuleTypeError, match=r"works.*write &, |, ~ and when"):
        WORKS and STUDIES  # noqa: B018
    with pytest.raises(RuleTypeError, match="<=: date with int"):
        BIRTH <= 3  # noqa: B015
    with pytest.raises(RuleTypeError, match=r"1.5 .*is not allowed in a rule"):
        INCOME * 1.5


def test_two_terms_that_say_the_same_are_the_same_object():
    assert (WORKS & STUDIES) is (WORKS & STUDIES)
    assert all_of(WORKS, all_of(STUDIES, WORKS)) is (WORKS & STUDIES)
    assert ~~WORKS is WORKS
    assert ~(INCOME <= 5) is (INCOME > 5)


def test_a_shift_moves_to_the_literal_side():
    assert describe(at_least(BIRTH, months=6)) == "birth <= back_months(today, 6)"
    assert describe(younger_than(BIRTH, years=18)) == "back_months(today, 216) < birth"
    assert describe(add_days(BIRTH, 30) <= TODAY) == "birth <= add_days(today, -30)"


def test_earliest_and_latest_are_compared_date_by_date():
    assert (earliest(BIRTH, ARRIVED) <= TODAY) is any_of(BIRTH <= TODAY, ARRIVED <= TODAY)
    assert (latest(BIRTH, ARRIVED) <= TODAY) is all_of(BIRTH <= TODAY, ARRIVED <= TODAY)
    assert (TODAY < earliest(BIRTH, ARRIVED)) is all_of(TODAY < BIRTH, TODAY < ARRIVED)


@given(day=DATES, months=st.integers(-1200, 1200))
def test_month_shift_keeps_the_day_or_clips_to_the_months_end(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    expected = dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    assert kernel.to_date(kernel.add_months(kernel.to_days(day), months)) == expected


@given(day=DATES, limit=DATES, months=st.integers(0, 1200))
def test_back_months_is_exact_also_on_leap_days(day, limit, months):
    shifted = kernel.add_months(kernel.to_days(day), months) <= kernel.to_days(limit)
    assert shifted == (kernel.to_days(day) <= kernel.back_months(kernel.to_days(limit), months))


def test_leap_day_child_turns_six_on_28_february_2026():
    birth, day = kernel.to_days(dt.date(2020, 2, 29)), kernel.to_days(dt.date(2026, 2, 28))
    assert birth <= kernel.back_months(day, 72)
    assert not birth <= kernel.back_months(day - 1, 72)


@pytest.mark.parametrize(
    ("number", "by", "quotient"), [(-7, 2, -3), (7, -2, -3), (7, 2, 3), (-7, -2, 3), (5, 0, None)]
)
def test_division_truncates_and_by_zero_is_unknown(number, by, quotient):
    assert kernel.divide(number, by) == quotient


def test_never_stays_never_under_any_shift():
    assert kernel.add_months(kernel.NEVER, 6) == kernel.NEVER == kernel.add_days(kernel.NEVER, -3)
    assert add_months(NEVER, 6) is NEVER


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=5))
def test_unknown_is_neither_true_nor_false(values):
    conjunction, disjunction = apply("and", None, values), apply("or", None, values)
    completions = [[v if v is not None else fill for v in values] for fill in (True, False)]
    ands, ors = {all(c) for c in completions}, {any(c) for c in completions}
    assert conjunction == (ands.pop() if len(ands) == 1 else None)
    assert disjunction == (ors.pop() if len(ors) == 1 else None)


def test_known_is_never_unknown():
    assert apply("known", None, [None]) is False
    assert known(BIRTH).type.name == "bool"
