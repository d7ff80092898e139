"""Computes formulas over grids of cells, totally: every cell ends with a value or with one reason code.

A grid is regions x years. Missing never becomes 0; a zero denominator, an overflow, or inputs of two series
give a reason and not an error. The worst reason of the inputs is the cell's reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from renben.catalogue.indicator import ReasonCode
from renben.evaluation.formula import Binary, Element, Lag, Negative, Node, Number, Ratio

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Labels = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Grid:
    """Cells of regions x years.

    Args:
        value: values; NaN exactly where there is a reason.
        reason: ReasonCode numbers, 0 where there is a value.
        series: family -> number of the series version each cell rests on, 0 for none.
    """

    value: Floats
    reason: Codes
    series: Mapping[str, Labels] = field(default_factory=dict)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Where there is a value."""
        known: npt.NDArray[np.bool_] = self.reason == 0
        return known


def empty(shape: tuple[int, int], reason: ReasonCode = ReasonCode.no_data) -> Grid:
    """A grid without any value."""
    return Grid(np.full(shape, np.nan), np.full(shape, reason, np.int8))


def settle(value: Floats, reason: Codes, series: Mapping[str, Labels]) -> Grid:
    """A grid in which NaN and reason agree; a number that is none (overflow) is rejected."""
    reason = np.where((reason == 0) & ~np.isfinite(value), np.int8(ReasonCode.rejected), reason).astype(
        np.int8
    )
    return Grid(np.where(reason == 0, value, np.nan), reason, series)


def compute(
    node: Node, inputs: Callable[[str], Grid], shape: tuple[int, int], first: int | None = None
) -> Grid:
    """Values of a formula in every cell.

    Args:
        node: the formula.
        inputs: gives the grid of an element.
        shape: regions x years.
        first: column of the first year of cum(); None = each region's first year with data.
    """
    if isinstance(node, Number):
        return Grid(np.full(shape, node.value), np.zeros(shape, np.int8))
    if isinstance(node, Element):
        return inputs(node.id)
    if isinstance(node, Binary):
        left = compute(node.left, inputs, shape, first)
        return _joined(node.sign, left, compute(node.right, inputs, shape, first))
    grid = compute(node.of, inputs, shape, first)
    if isinstance(node, Negative):
        return Grid(-grid.value, grid.reason, grid.series)
    return _lagged(grid, node.years) if isinstance(node, Lag) else _summed(grid, first)


def compute_ratio(
    ratio: Ratio, inputs: Callable[[str], Grid], shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Numerator (with the factor left out) and denominator of a formula, NaN where unknown."""
    numerator = compute(ratio.numerator, inputs, shape)
    return numerator.value, compute(ratio.denominator, inputs, shape).value


def _joined(sign: str, left: Grid, right: Grid) -> Grid:
    reason = np.maximum(left.reason, right.reason)
    series, clash = merge_series(left.series, right.series)
    if clash is not None:
        reason = np.where(clash & (reason == 0), np.int8(ReasonCode.break_), reason)
    with np.errstate(all="ignore"):
        if sign == "/":
            zero = (right.value == 0) & (reason == 0)
            reason = np.where(zero, np.int8(ReasonCode.undefined_denominator), reason)
            value = left.value / right.value
        elif sign == "*":
            value = left.value * right.value
        else:
            value = left.value + right.value if sign == "+" else left.value - right.value
    return settle(value, reason, series)


def merge_series(
    left: Mapping[str, Labels], right: Mapping[str, Labels]
) -> tuple[dict[str, Labels], npt.NDArray[np.bool_] | None]:
    """Series of two inputs together, and where one family appears in two versions."""
    merged = {**left, **right}
    clash = None
    for family in left.keys() & right.keys():
        a, b = left[family], right[family]
        differ = (a != b) & (a > 0) & (b > 0)
        clash = differ if clash is None else clash | differ
        merged[family] = np.maximum(a, b)
    return merged, clash


def _lagged(grid: Grid, years: int) -> Grid:
    def shift(cells: npt.NDArray[np.generic], fill: float) -> npt.NDArray[np.generic]:
        head = np.full((cells.shape[0], min(years, cells.shape[1])), fill, cells.dtype)
        return np.concatenate([head, cells[:, : max(cells.shape[1] - years, 0)]], axis=1)

    return Grid(
        shift(grid.value, np.nan),  # type: ignore[arg-type]
        shift(grid.reason, ReasonCode.no_data),  # type: ignore[arg-type]
        {family: shift(labels, 0) for family, labels in grid.series.items()},  # type: ignore[misc]
    )


def _summed(grid: Grid, first: int | None) -> Grid:
    """Running sums; one missing year leaves every later sum missing, with the worst reason so far."""
    columns = np.arange(grid.value.shape[1])
    start = np.where(grid.known.any(axis=1), grid.known.argmax(axis=1), len(columns))
    start = np.full_like(start, first) if first is not None else start
    before = columns[None, :] < start[:, None]
    reason = np.maximum.accumulate(np.where(before, np.int8(0), grid.reason), axis=1)
    with np.errstate(all="ignore"):
        value = np.cumsum(np.where(before | ~grid.known, 0.0, grid.value), axis=1)
    reason = np.where(before, np.maximum(grid.reason, np.int8(ReasonCode.no_data)), reason)
    return settle(value, reason.astype(np.int8), grid.series)
