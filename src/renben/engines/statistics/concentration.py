"""How specialised a region is and how concentrated an industry: quotients, indices and shares.

Sources of formulas: location quotient and Herfindahl index as in textbooks of regional economics; Ellison and
Glaeser 1997; Litzenberger and Sternberg 2006; Krugman 1991; Hoover 1936. Each is tested on published values.
Not modelled: significance tests; spatial weights.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.ArrayLike


class UndefinedRatio(ValueError):
    """A ratio has no value because its denominator is zero; the message names it."""


def location_quotient(jobs: Numbers) -> Floats:
    """Location quotients (ratio) of each region (row) and industry (column); NaN where undefined.

    Args:
        jobs: Jobs by region and industry; the reference is the sum over all rows.

    >>> location_quotient([[10, 0], [10, 20]]).tolist()
    [[2.0, 0.0], [0.6666666666666666, 1.3333333333333333]]
    """
    matrix = np.asarray(jobs, dtype=np.float64)
    region, industry = matrix.sum(axis=1, keepdims=True), matrix.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient: Floats = (matrix / region) / (industry / matrix.sum())
    return np.where((region > 0) & (industry > 0), quotient, np.nan)


def herfindahl(sizes: Numbers) -> float:
    """Herfindahl index (0-1): sum of squared shares.

    Args:
        sizes: Sizes, 0 or more, not all 0.

    Raises:
        UndefinedRatio: All sizes are 0.

    >>> round(herfindahl([20, 50, 20, 10]), 2)
    0.34
    """
    return float(np.square(_shares(sizes)).sum())


def herfindahl_normalised(sizes: Numbers) -> float:
    """Herfindahl index (0-1) on a scale where equal sizes give 0.

    Args:
        sizes: At least two sizes.

    Raises:
        UndefinedRatio: All sizes are 0, or there is only one.
    """
    n = np.asarray(sizes).size
    if n < 2:
        raise UndefinedRatio("the normalised Herfindahl index needs at least two sizes")
    return (herfindahl(sizes) - 1 / n) / (1 - 1 / n)


def largest_share(sizes: Numbers, n: int = 1) -> float:
    """Share (0-1) of the n largest.

    Raises:
        UndefinedRatio: All sizes are 0.
    """
    return float(np.sort(_shares(sizes))[::-1][:n].sum())


def ellison_glaeser(plants: Sequence[Sequence[float]], region_jobs: Numbers) -> float:
    """Ellison-Glaeser gamma of an industry (ratio; 0 = as concentrated as chance, below 0 = dispersed).

    Args:
        plants: Jobs of each plant of the industry, one sequence per region.
        region_jobs: All jobs by region, in the same order.

    Raises:
        UndefinedRatio: The industry has one plant only, or no jobs.
    """
    sizes = [jobs for region in plants for jobs in region]
    h = herfindahl(sizes)
    if h >= 1:
        raise UndefinedRatio("Ellison-Glaeser gamma: all jobs are in one plant (H = 1)")
    s = _shares([sum(region) for region in plants])
    x = _shares(region_jobs)
    spread = 1 - float(np.square(x).sum())
    if spread == 0:
        raise UndefinedRatio("Ellison-Glaeser gamma: all jobs of the reference are in one region")
    g = float(np.square(s - x).sum())
    return (g - spread * h) / (spread * (1 - h))


def cluster_index(
    jobs: float,
    all_jobs: float,
    area: float,
    all_area: float,
    people: float,
    all_people: float,
    plants: float,
    all_plants: float,
) -> float:
    """Litzenberger-Sternberg cluster index (ratio): density x specialisation / relative plant size.

    Args:
        jobs: Jobs of the industry in the region, and in all regions.
        all_jobs: Jobs of the industry in all regions.
        area: Area of the region (km2).
        all_area: Area of all regions (km2).
        people: Residents (or jobs) of the region.
        all_people: Residents (or jobs) of all regions.
        plants: Plants of the industry in the region.
        all_plants: Plants of the industry in all regions.

    Raises:
        UndefinedRatio: A denominator is 0.
    """  # fmt: skip
    if min(all_jobs, area, all_area, people, all_people, plants, all_plants, jobs) <= 0:
        raise UndefinedRatio("cluster index: jobs, areas, people and plants must all be above 0")
    density = (jobs / area) / (all_jobs / all_area)
    specialisation = (jobs / people) / (all_jobs / all_people)
    size = (jobs / plants) / (all_jobs / all_plants)
    return density * specialisation / size


def gini_of_quotients(part: Numbers, reference: Numbers) -> float:
    """Gini coefficient (0-1) of the ratios of two distributions' shares, without the n/(n-1) factor.

    Args:
        part: Sizes, for example jobs of one industry by region.
        reference: Sizes of the reference in the same order, all above 0.

    Raises:
        UndefinedRatio: A reference size is 0, or all parts are.
    """
    base = _shares(reference)
    if (base == 0).any():
        raise UndefinedRatio("Gini of quotients: every reference size must be above 0")
    ratio = np.sort(_shares(part) / base)
    n = ratio.size
    rank = np.arange(1, n + 1)
    return float(2 / (n**2 * ratio.mean()) * (rank * (ratio - ratio.mean())).sum())


def krugman(a: Numbers, b: Numbers) -> float:
    """Krugman dissimilarity (0-2): sum of absolute differences of shares; half of it would have to move.

    Raises:
        UndefinedRatio: All sizes of one side are 0.

    >>> krugman([20, 10, 70, 0, 0], [0, 0, 0, 60, 40])
    2.0
    """
    return float(np.abs(_shares(a) - _shares(b)).sum())


def hoover(a: Numbers, b: Numbers) -> float:
    """Hoover index (0-1): share that would have to move for two distributions to agree.

    Raises:
        UndefinedRatio: All sizes of one side are 0.
    """
    return krugman(a, b) / 2


def _shares(sizes: Numbers) -> Floats:
    values = np.asarray(sizes, dtype=np.float64)
    total = values.sum()
    if total <= 0 or (values < 0).any():
        raise UndefinedRatio(f"shares of {values.tolist()[:6]}: sizes must be 0 or more and not all 0")
    shares: Floats = values / total
    return shares
