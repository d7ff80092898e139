"""Cohort-component projection of one region by sex and age, in steps of one or five years, closed or open.

For people: the textbook method, for any region given as two columns.
Formulas: Preston et al. (2001), boxes 6.1 to 6.3; net migrants "even" (half at the start, half at the end) as the
UN World Population Prospects do, or at the end.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from renben.engines.projection.states import Array


class Rates(NamedTuple):
    """Rates of one step; groups have the width of the step."""

    survival: Array  # (2, n) male, female: from each group into the next; last two into the open group
    infant: Array  # (2,) person-years lived in the first group for one birth / step
    fertility: Array  # (n,) births per woman-year, both sexes
    sex_ratio: float  # boys per girl
    step: float  # years


def project(
    people: ArrayLike, rates: Rates, migrants: ArrayLike | None = None, timing: str = "even"
) -> Array:
    """Population (2, n) after one step, persons.

    Args:
        people: (2, n) male, female by group; the last group is open.
        rates: of the step.
        migrants: (2, n) net migrants of the step by group, or none for a closed population.
        timing: 'even' half of the migrants live through the step, or 'end'.

    Raises:
        ValueError: shapes differ or the timing is unknown.
    """
    start = np.asarray(people, float)
    net = np.zeros_like(start) if migrants is None else np.asarray(migrants, float)
    if timing not in ("even", "end"):
        raise ValueError(f"timing {timing!r} is neither 'even' nor 'end'")
    if start.shape != np.shape(rates.survival) or net.shape != start.shape:
        raise ValueError(
            f"people {start.shape}, survival {np.shape(rates.survival)}, migrants {net.shape} differ"
        )
    early = net / 2 if timing == "even" else np.zeros_like(net)
    exposed = start + early
    end = _age(exposed, rates.survival)
    women = 0.5 * (exposed[1] + end[1])
    if timing == "even":
        end = end + early
    births = rates.step * float(np.sum(rates.fertility * women))
    by_sex = births * np.array([rates.sex_ratio, 1.0]) / (1 + rates.sex_ratio)
    end[:, 0] += by_sex * rates.infant
    return end if timing == "even" else end + net


def _age(people: Array, survival: Array) -> Array:
    alive = people * survival
    end = np.zeros_like(people)
    end[:, 1:] = alive[:, :-1]
    end[:, -1] += alive[:, -1]
    return end


def project_steps(people: ArrayLike, rates: list[Rates], migrants: ArrayLike | None = None) -> Array:
    """Populations (steps+1, 2, n) over several steps."""
    out = [np.asarray(people, float)]
    for one in rates:
        out.append(project(out[-1], one, migrants))
    return np.stack(out)
