"""No withheld count can be worked out, by exact search over whole tables; sums hold, also after rounding."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.statistics.disclosure import (
    DisclosureError,
    Linked,
    exposed,
    intervals,
    protect,
    rounded,
    small,
)

SMALLEST, WIDTH = 5, 5


def grid(rows: list[list[int]], public: bool = False) -> Linked:
    """A table with its margins; cell numbers go row by row, the margin last. The whole is public where asked."""
    wide = [[*row, sum(row)] for row in rows]
    wide.append([sum(row[at] for row in wide) for at in range(len(wide[0]))])
    width, deep = len(wide[0]), len(wide)
    across = [(r * width + width - 1, tuple(r * width + c for c in range(width - 1))) for r in range(deep)]
    down = [((deep - 1) * width + c, tuple(r * width + c for r in range(deep - 1))) for c in range(width)]
    counts = tuple(n for row in wide for n in row)
    return Linked(counts, (*across, *down), frozenset({len(counts) - 1} if public else ()))


grids = st.integers(2, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.one_of(st.integers(0, 8), st.integers(0, 400)), min_size=columns, max_size=columns),
        min_size=2,
        max_size=5,
    )
)


@settings(max_examples=60, deadline=None)
@given(grids, st.booleans())
def test_no_withheld_count_can_be_derived_and_small_ones_keep_their_width(
    rows: list[list[int]], public: bool
) -> None:
    tables = grid(rows, public)
    done = protect(tables, SMALLEST, WIDTH)
    assert set(small(tables, SMALLEST)) <= done.withheld and not exposed(tables, done, SMALLEST)
    known = intervals(tables, done.withheld)
    whole = intervals(tables, frozenset(range(len(tables.counts))) - tables.fixed)
    for cell, (low, high) in known.items():
        assert low <= tables.counts[cell] <= high
    for cell in small(tables, SMALLEST):
        count, (low, high), (least, most) = tables.counts[cell], known[cell], whole[cell]
        assert high - low >= min(WIDTH, most - least), (cell, known[cell], whole[cell])
        assert low < count or least == count, (
            "a reader who knows that it is small must not know that it is the largest"
        )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=2, max_size=2))
def test_bounds_are_those_of_trying_every_table(rows: list[list[int]]) -> None:
    tables = grid(rows)
    done = protect(tables, 3, 2)
    fits: dict[int, set[int]] = {cell: set() for cell in done.withheld}
    for tried in product(range(9), repeat=4):
        other = grid([list(tried[at : at + 2]) for at in range(0, len(tried), 2)])
        if all(
            other.counts[c] == tables.counts[c] for c in range(len(other.counts)) if c not in done.withheld
        ):
            for cell in fits:
                fits[cell].add(other.counts[cell])
    for cell, (low, high) in intervals(tables, done.withheld).items():
        assert len(fits[cell]) > 1 or cell in done.given_away
        assert low == min(fits[cell]) and high >= max(fits[cell])


def test_withholding_the_small_count_alone_would_give_it_away() -> None:
    tables = grid([[2, 30], [40, 50]])
    assert intervals(tables, {0}) == {0: (2, 2)}
    assert exposed(tables, protect(tables, SMALLEST, WIDTH), SMALLEST) == []


def test_four_corners_are_withheld_and_the_cheapest_ones() -> None:
    tables = grid([[2, 30, 900], [40, 50, 900], [900, 900, 900]])
    assert protect(tables, SMALLEST, WIDTH).withheld == {0, 1, 4, 5}


def test_what_is_left_between_two_shown_counts_is_kept_too() -> None:
    """100 are here and 98 of them live here: the other 2 are as small as if they were written down."""
    here, living, rest = 0, 1, 2
    counts = (100, 98, 2, 200, 160, 40, 300, 258, 42)
    each = tuple((3 * n, (3 * n + 1, 3 * n + 2)) for n in range(3))
    sums = tuple((6 + n, (n, 3 + n)) for n in range(3))
    tables = Linked(counts, (*each, *sums), never=frozenset({2, 5, 8}))
    done = protect(tables, SMALLEST, WIDTH)
    assert done.withheld & {here, living} and rest not in done.withheld
    low, high = intervals(tables, {*done.withheld, rest})[rest]
    assert low < 2 < high


def test_what_is_public_already_cannot_be_hidden_and_is_said_so() -> None:
    tables = Linked((3, 3, 0), ((0, (1, 2)),), fixed=frozenset({0, 2}))
    done = protect(tables, SMALLEST, WIDTH)
    assert done.given_away == {1} and exposed(tables, done, SMALLEST) == []


@settings(max_examples=40, deadline=None)
@given(grids, st.sampled_from((3, 5, 10)))
def test_rounded_tables_keep_their_sums_and_stay_near(rows: list[list[int]], base: int) -> None:
    tables = grid(rows)
    found = rounded(tables, base)
    assert all(one % base == 0 for one in found)
    assert all(found[total] == sum(found[part] for part in parts) for total, parts in tables.relations)
    assert all(abs(a - b) < base for a, b in zip(found, tables.counts, strict=True)), (
        "two-way tables: below the base"
    )


@pytest.mark.parametrize(
    ("work", "says"),
    [
        (lambda: Linked((1, 2, 4), ((2, (0, 1)),)), "cell 2 is 4, its parts are"),
        (lambda: Linked((-1,), ()), "cell 0: -1 persons"),
        (lambda: protect(grid([[1, 2], [3, 4]]), 1, 5), "both are 2 or more"),
        (lambda: rounded(grid([[1, 2], [3, 4]]), 1), "base 1"),
    ],
)
def test_what_makes_no_sense_is_refused(work: object, says: str) -> None:
    with pytest.raises(DisclosureError, match=says):
        work()  # type: ignore[operator]
