"""Comparing groups fairly: intervals for shares and medians, exact tests, and the price of asking many questions.

Wilson's score interval: E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209-212. Holm's step-down: S. Holm, Scand. J.
Statist. 6 (1979) 65-70. A difference that is found is a question to be looked into, not a verdict: groups differ in more
than what they are named after.

Not modelled: adjustment for what else differs between the groups.
"""

from collections.abc import Sequence
from statistics import NormalDist

from scipy import stats


def wilson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval for a share (0 to 1).

    Args:
        hits: cases that count, 0 to n.
        n: all cases, at least 1.
        confidence: such as 0.95.

    Raises:
        ValueError: no cases, or more hits than cases.

    >>> [round(x, 4) for x in wilson(15, 148, 0.95)]
    [0.0624, 0.1605]
    """
    if n < 1 or not 0 <= hits <= n:
        raise ValueError(f"a share needs 0 <= hits <= n and n >= 1; got {hits} of {n}.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = hits / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * (share * (1 - share) / n + spread / (4 * n)) ** 0.5
    return (0.0 if hits == 0 else centre - half), (1.0 if hits == n else centre + half)


def median_interval(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """Distribution-free interval for a median: two order statistics, symmetric in rank (unit of the values).

    The widest pair is given where the values are too few for the confidence asked.

    >>> median_interval([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 0.95)
    (20, 90)
    """
    if not values:
        raise ValueError("a median needs at least one value.")
    ordered, n = sorted(values), len(values)
    below = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5))
    rank = max(below, 1)
    return ordered[rank - 1], ordered[n - rank]


def shares_differ(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Two-sided p-value of Fisher's exact test that two shares are the same.

    Args:
        one: hits and cases of a group.
        other: hits and cases of the others.

    >>> round(shares_differ((3, 4), (1, 4)), 4)
    0.4857
    """
    table = [[hits, n - hits] for hits, n in (one, other)]
    return float(stats.fisher_exact(table)[1])


def values_differ(one: Sequence[float], other: Sequence[float]) -> float:
    """Two-sided p-value of the Mann-Whitney test that two sets of values lie alike; 1 where all are equal."""
    if len({*one, *other}) == 1:
        return 1.0
    return float(stats.mannwhitneyu(one, other, alternative="two-sided").pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for having asked so many questions, in the order given.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for place, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[i]))
        adjusted[i] = highest
    return adjusted
