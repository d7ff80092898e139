"""Makes tables agree with their margins, and whole numbers of persons out of fractions of them.

Iterative proportional fitting (Deming and Stephan 1940), largest-remainder rounding, and rounding by carrying the
error from row to row, which keeps every row sum exact and every column sum within one person.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from renben.core.errors import RenbenError

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]


class FitError(RenbenError):
    """Margins cannot be met; the message names the margin, the county where known, and the next step."""


def ipf(
    seed: Floats,
    margins: Sequence[tuple[tuple[int, ...], Floats]],
    tolerance: float = 1e-8,
    rounds: int = 500,
) -> tuple[Floats, float]:
    """Return the table nearest to the seed (in relative entropy) with the given margins, and the error left.

    Args:
        seed: Non-negative table; zeros stay zero.
        margins: For each margin the axes that it keeps and its values (persons).
        tolerance: Stop when no margin is off by more than this share of the total.
        rounds: Largest number of passes over all margins.
    """
    table = seed.astype(np.float64, copy=True)
    axes = [tuple(a for a in range(seed.ndim) if a not in keep) for keep, _ in margins]
    total = max(float(margins[0][1].sum()), 1.0)
    error = np.inf
    for _ in range(rounds):
        error = 0.0
        for summed, (_, target) in zip(axes, margins, strict=True):
            now = table.sum(axis=summed, keepdims=True)
            goal = target.reshape(now.shape)
            error = max(error, float(np.abs(now - goal).max()) / total)
            table *= np.divide(goal, now, out=np.zeros_like(now), where=now > 0)
        if error < tolerance:
            break
    return table, error


def round_to_total(values: Floats, total: int, caps: Ints | None = None) -> Ints:
    """Return whole numbers near the values that sum to the total (largest remainder, same unit).

    Args:
        values: Non-negative, any shape.
        total: Sum wanted, in whole units.
        caps: Largest value of each cell.

    Raises:
        FitError: If the caps add up to less than the total.
    """
    flat = values.ravel().astype(np.float64)
    limit = np.full(flat.shape, np.iinfo(np.int64).max, dtype=np.int64) if caps is None else caps.ravel()
    if caps is not None and int(limit.sum()) < total:
        raise FitError(
            f"rounding: {total} do not fit into cells that hold {int(limit.sum())}; lower the margin"
        )
    if flat.sum() > 0:
        flat = flat * (total / flat.sum())
    whole = np.minimum(np.floor(flat).astype(np.int64), limit)
    missing = total - int(whole.sum())
    while missing > 0:
        room = whole < limit
        rank = np.argsort(np.where(room, -(flat - whole), np.inf), kind="stable")[
            : min(missing, int(room.sum()))
        ]
        whole[rank] += 1
        missing = total - int(whole.sum())
    return whole.reshape(values.shape)


@njit(cache=True, nogil=True)
def round_rows(  # noqa: C901  (one loop that is compiled)
    values: Floats, rows: Ints
) -> Ints:
    """Return whole numbers near a table's cells: row sums exact, column sums carried within about one.

    Args:
        values: Rows x columns, non-negative; row i is scaled to sum to rows[i].
        rows: Row sums wanted (persons).
    """
    n, m = values.shape
    out = np.zeros((n, m), dtype=np.int64)
    carry = np.zeros(m)
    for i in range(n):
        total = values[i].sum()
        if rows[i] == 0 or total <= 0:
            continue
        left = rows[i]
        for j in range(m):
            carry[j] += values[i, j] * rows[i] / total
            if values[i, j] > 0:
                out[i, j] = max(0, min(left, int(np.floor(carry[j]))))
                left -= out[i, j]
        while left > 0:
            best = -1
            for j in range(m):
                if values[i, j] > 0 and (best < 0 or carry[j] - out[i, j] > carry[best] - out[i, best]):
                    best = j
            out[i, best] += 1
            left -= 1
        for j in range(m):
            carry[j] -= out[i, j]
    return out


@njit(cache=True, nogil=True)
def deal(cells: npt.NDArray[np.int32], counts: Ints, draws: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
    """Return a label per person so that each cell uses up its label counts exactly (sampling without replacement).

    Args:
        cells: Cell of each person.
        counts: Cells x labels, persons; used up.
        draws: Uniform numbers in [0, 1), one per person.
    """
    left = counts.copy()
    totals = left.sum(axis=1)
    labels = left.shape[1]
    out = np.empty(cells.size, dtype=np.int8)
    for i in range(cells.size):
        cell = cells[i]
        at = draws[i] * totals[cell]
        label = 0
        run = left[cell, 0]
        while label < labels - 1 and (at >= run or left[cell, label] == 0):
            label += 1
            run += left[cell, label]
        while left[cell, label] == 0 and label > 0:
            label -= 1
        left[cell, label] -= 1
        totals[cell] -= 1
        out[i] = label
    return out


def apportion_parts(wholes: Ints, share: float) -> Ints:
    """Return the whole numbers nearest to a share of each whole that together are the share of the sum.

    Args:
        wholes: Persons per part.
        share: Between 0 and 1.
    """
    return round_to_total(wholes * share, round(int(wholes.sum()) * share), caps=wholes.astype(np.int64))
