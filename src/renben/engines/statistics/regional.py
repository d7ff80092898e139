"""How a region changes beside its reference, and how its industries hang together.

Sources of formulas: shift-share after Dunn 1960 and Esteban-Marquillas 1972; relatedness after Hidalgo et al. 2007
(minimum conditional co-occurrence); input-output after Leontief and Ghosh; regional table after Flegg and Webber.
Not modelled: spatial shift-share; rectangular supply-use tables.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.ArrayLike


class Shift(NamedTuple):
    """Change of a region (same unit as the inputs) by industry: national share, industry mix, regional shift."""

    national: Floats
    mix: Floats
    regional: Floats


class RegionalError(ValueError):
    """Inputs of a regional calculation do not fit together; the message says which."""


def shift_share(before: Numbers, after: Numbers, all_before: Numbers, all_after: Numbers) -> Shift:
    """Shift-share components (jobs) by industry; over industries they add up to the region's change.

    Args:
        before: Jobs of the region by industry at the start.
        after: At the end.
        all_before: Jobs of the reference by industry at the start; it must contain the region.
        all_after: At the end.

    Raises:
        RegionalError: An industry of the region has no jobs in the reference, or the reference is smaller.
    """
    e0, e1, n0, n1 = (np.asarray(v, dtype=np.float64) for v in (before, after, all_before, all_after))
    if (e0 > n0).any() or (e1 > n1).any():
        raise RegionalError("shift-share: the reference must contain the region (a region's jobs exceed it)")
    if n0.sum() <= 0:
        raise RegionalError("shift-share: the reference has no jobs at the start")
    total = n1.sum() / n0.sum() - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        industry = np.where(n0 > 0, n1 / n0 - 1, 0.0)
    national = e0 * total
    mix = e0 * (industry - total)
    return Shift(national, mix, (e1 - e0) - national - mix)


def relatedness(present: npt.NDArray[np.bool_]) -> Floats:
    """Relatedness (0-1) of industries: minimum conditional probability of being present together; diagonal 0.

    Args:
        present: Regions (rows) by industries (columns), true where the location quotient is at least 1.
    """
    x = np.asarray(present, dtype=np.float64)
    both, count = x.T @ x, x.sum(axis=0)
    larger = np.maximum(count[:, None], count[None, :])
    phi: Floats = np.divide(both, larger, out=np.zeros_like(both), where=larger > 0)
    np.fill_diagonal(phi, 0.0)
    return phi


def relatedness_density(present: npt.NDArray[np.bool_]) -> Floats:
    """Relatedness density (0-100) of each region (row) to each industry (column); NaN where nothing is related.

    Args:
        present: As for `relatedness`.
    """
    phi = relatedness(present)
    whole = phi.sum(axis=0)
    near = np.asarray(present, dtype=np.float64) @ phi
    with np.errstate(divide="ignore", invalid="ignore"):
        density = 100 * near / whole
    result: Floats = np.where(whole > 0, density, np.nan)
    return result


def leontief(flows: Numbers, output: Numbers) -> tuple[Floats, Floats]:
    """Input coefficients A and Leontief inverse (I - A)^-1 (ratios) of an input-output table.

    Args:
        flows: Intermediate flows, seller rows by buyer columns.
        output: Output of each industry, above 0, in the unit of the flows.

    Raises:
        RegionalError: An output is 0, or the table has no inverse.
    """
    z, x = np.asarray(flows, dtype=np.float64), np.asarray(output, dtype=np.float64)
    if (x <= 0).any():
        raise RegionalError("input-output: every industry needs an output above 0")
    a: Floats = z / x
    try:
        inverse: Floats = np.asarray(np.linalg.inv(np.eye(x.size) - a), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise RegionalError("input-output: I - A has no inverse; check flows and outputs") from error
    return a, inverse


def backward_linkage(flows: Numbers, output: Numbers) -> Floats:
    """Backward linkage (ratio, mean 1) of each industry: column sums of the Leontief inverse over their mean.

    Raises:
        RegionalError: As for `leontief`.
    """
    sums = leontief(flows, output)[1].sum(axis=0)
    linkage: Floats = sums / sums.mean()
    return linkage


def forward_multiplier(flows: Numbers, output: Numbers) -> Floats:
    """Forward multiplier (ratio) of each industry: row sums of the Ghosh inverse.

    Raises:
        RegionalError: As for `leontief`.
    """
    z, x = np.asarray(flows, dtype=np.float64), np.asarray(output, dtype=np.float64)
    if (x <= 0).any():
        raise RegionalError("input-output: every industry needs an output above 0")
    ghosh: Floats = np.linalg.inv(np.eye(x.size) - z / x[:, None]).sum(axis=1)
    return ghosh


def flegg_coefficients(coefficients: Numbers, quotients: Numbers, size: float, delta: float) -> Floats:
    """Regional input coefficients (ratio), an estimate: national ones cut by Flegg's location quotient.

    Args:
        coefficients: National input coefficients, seller rows by buyer columns.
        quotients: Location quotient of each industry in the region.
        size: Share of the region in national jobs (0-1).
        delta: Exponent of the size term; take it from a provision.
    """
    a, lq = np.asarray(coefficients, dtype=np.float64), np.asarray(quotients, dtype=np.float64)
    scale = np.log2(1 + size) ** delta
    cross = lq[:, None] / lq[None, :]
    np.fill_diagonal(cross, lq)
    regional: Floats = np.minimum(1.0, cross * scale) * a
    return regional
