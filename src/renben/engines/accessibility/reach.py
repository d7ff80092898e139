"""What can be reached within a time, and the mean time that people need."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def within(times: Floats, opportunities: Floats, limit: float) -> Floats:
    """Opportunities (their unit) that each place reaches within a time; the limit itself counts.

    Args:
        times: Travel times (s), places by opportunities, NaN where there is no path.
        opportunities: Size of each.
        limit: Longest time (s).
    """
    inside = times <= limit
    result: Floats = np.where(inside, opportunities[None, :], 0.0).sum(axis=1)
    return result


def within_by_limit(times: Floats, opportunities: Floats, limits: Sequence[float]) -> Floats:
    """As `within` for several limits: places by limits."""
    return np.stack([within(times, opportunities, limit) for limit in limits], axis=1)


def mean_time(times: Floats, people: Floats) -> Floats:
    """Mean time (s) from each place to the people of all other places that it can reach; NaN where there are none.

    Args:
        times: Travel times (s) among places, NaN where there is no path.
        people: People of each place.
    """
    others = np.where(np.isnan(times), 0.0, 1.0) * people[None, :]
    np.fill_diagonal(others, 0.0)
    total = others.sum(axis=1)
    spent = (others * np.nan_to_num(times)).sum(axis=1)
    result: Floats = np.divide(spent, total, out=np.full(len(people), np.nan), where=total > 0)
    return result
