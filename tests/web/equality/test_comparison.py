"""The comparison says what is different, withholds small cells, and no withheld count can be worked out."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.web.equality.comparison import MEASURES, SHARES, Cell, compare, questions, withheld
from renben.web.equality.decisions import Decision
from renben.web.withholding import Limits

LIMITS = Limits(group=20, count=3, confidence=0.95)


def decided(hukou: str, refused: int, granted: int, days: int = 5) -> list[Decision]:
    """Decisions of one origin; sex, age and district are the same for all."""
    groups = (hukou, "female", "16-34", "140105")
    one = [Decision("residence_permit", True, False, False, days, groups)] * refused
    return one + [Decision("residence_permit", False, False, False, days, groups)] * granted


def cell(cells: list[Cell], group: str, measure: str = "refused", dimension: str = "hukou") -> Cell:
    return next(
        one for one in cells if (one.dimension, one.group, one.measure) == (dimension, group, measure)
    )


def test_a_difference_is_found_with_shares_intervals_and_the_other_group() -> None:
    cells = compare(decided("here", 5, 95) + decided("elsewhere", 40, 60), LIMITS)
    here, there = cell(cells, "here"), cell(cells, "elsewhere")
    assert (here.n, here.value, here.others) == (100, 0.05, 0.4) and (there.value, there.others) == (
        0.4,
        0.05,
    )
    assert here.low == pytest.approx(0.0215, abs=5e-4) and here.high == pytest.approx(0.1118, abs=5e-4)
    assert here.asks(LIMITS) and there.asks(LIMITS) and here.p == there.p
    assert here.adjusted is not None and here.p is not None and here.adjusted >= here.p


def test_two_groups_against_each_other_are_one_question_and_three_are_three() -> None:
    two = compare(decided("here", 5, 45) + decided("elsewhere", 16, 34), LIMITS)
    assert questions(two) == 4, "four measures; sex, age and district have one group and ask nothing"
    assert cell(two, "here").adjusted == pytest.approx(min(1.0, 4 * (cell(two, "here").p or 0)))
    three = compare(decided("here", 5, 45) + decided("elsewhere", 16, 34) + decided("unknown", 5, 45), LIMITS)
    assert questions(three) == 12


def test_groups_that_are_treated_alike_ask_nothing() -> None:
    cells = compare(decided("here", 10, 90) + decided("elsewhere", 10, 90), LIMITS)
    assert not any(one.asks(LIMITS) for one in cells) and cell(cells, "here").p == pytest.approx(1.0)


def test_days_are_compared_by_their_median() -> None:
    cells = compare(decided("here", 0, 40, days=3) + decided("elsewhere", 0, 40, days=9), LIMITS)
    here = cell(cells, "here", "days")
    assert (here.value, here.low, here.high, here.others) == (3, 3, 3, 9) and here.asks(LIMITS)


def test_the_more_is_asked_the_more_must_be_shown() -> None:
    mine = decided("here", 5, 45) + decided("elsewhere", 16, 34)
    dull = [
        replace(one, kind=f"z{n}")
        for n in range(30)
        for one in decided("here", 10, 40) + decided("elsewhere", 10, 40)
    ]
    alone, together = cell(compare(mine, LIMITS), "here"), cell(compare(mine + dull, LIMITS), "here")
    assert alone.p == together.p and alone.adjusted is not None and together.adjusted is not None
    assert alone.adjusted < together.adjusted and not together.asks(LIMITS), (
        "the same data among more questions"
    )


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        (
            {"here": [0.0] * 40, "elsewhere": [0.0] * 19},
            {"here", "elsewhere"},
        ),  # one alone would be the difference
        (
            {"here": [1.0] * 2 + [0.0] * 40, "elsewhere": [0.0] * 40, "unknown": [0.0] * 30},
            {"here", "unknown"},
        ),
        (
            {"here": [1.0] * 40, "elsewhere": [0.0] * 40},
            {"here", "elsewhere"},
        ),  # all were refused: says it of each
        ({"here": [1.0] * 3 + [0.0] * 40, "elsewhere": [0.0] * 40}, set()),
    ],
)
def test_small_cells_are_withheld_and_never_one_alone(
    values: dict[str, list[float]], hidden: set[str]
) -> None:
    assert withheld("refused", values, LIMITS) == hidden


def test_a_withheld_cell_says_nothing_but_its_names() -> None:
    cells = compare(decided("here", 1, 30) + decided("elsewhere", 9, 30), LIMITS)
    one = cell(cells, "here")
    assert one == Cell("residence_permit", "hukou", "here", "refused", True)


GROUPS = st.sampled_from(["here", "elsewhere", "unknown"])
ROWS = st.lists(
    st.builds(
        Decision, st.just("residence_permit"), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 30),
        st.tuples(GROUPS, st.sampled_from(["male", "female"]), st.just("16-34"), st.sampled_from(["140105", "140106"])),
    ), max_size=150,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_nothing_small_is_shown_and_a_row_is_never_one_subtraction_away(rows: list[Decision]) -> None:
    cells = compare(rows, LIMITS)
    counts = Counter((one.dimension, one.measure) for one in cells if one.withheld)
    groups = Counter((one.dimension, one.measure) for one in cells)
    assert all(n > 1 or groups[key] == 1 for key, n in counts.items())
    for one in cells:
        if one.withheld:
            assert (one.n, one.value, one.low, one.high, one.others, one.p, one.adjusted) == (None,) * 7
            continue
        assert one.n is not None and one.n >= LIMITS.group and one.value is not None
        if one.measure in SHARES:
            hits = round(one.value * one.n)
            assert (hits == 0 or hits >= LIMITS.count) and one.n - hits >= LIMITS.count


@settings(max_examples=30, deadline=None)
@given(ROWS)
def test_every_case_is_counted_once_in_each_dimension(rows: list[Decision]) -> None:
    cells = compare(rows, Limits(group=0, count=0, confidence=0.95))
    for dimension in ("hukou", "sex", "age", "district"):
        for measure in MEASURES:
            shown = [one.n or 0 for one in cells if (one.dimension, one.measure) == (dimension, measure)]
            assert sum(shown) == len(rows)
