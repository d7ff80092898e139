"""Compiled births of a year and their registration."""

# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False, disallow-untyped-calls=False, warn-return-any=False

from renben.engines.projection.kernel_rows import TINY, dot, inlined, jit, level_of
from renben.engines.projection.kernel_work import Work
from renben.engines.projection.states import DURATIONS, Fixed, Path


@inlined
def _from_birth(fixed: Fixed, e0: float, x: int) -> float:
    """Survival from birth to the end of the year."""
    index, part = level_of(fixed, e0)
    return fixed.infant[index, x] * (1.0 - part) + fixed.infant[index + 1, x] * part


@inlined
def _boys(path: Path, t: int) -> float:
    return path.sex_ratio[t] / (1.0 + path.sex_ratio[t])


@inlined
def bear(fixed, path, t, c, kinds, pools, work, flow):
    """Bear the children of one county's residents; those registered with a mother away go to her pool."""
    states, boys, here = 2 + DURATIONS * kinds, _boys(path, t), path.newborn_here[t]
    for u in range(2):
        mother = ((2 * c + 1) * 2 + u) * states
        for k in range(2 + kinds):
            first = k if k < 2 else 2 + DURATIONS * (k - 2)
            women = work.women[0, c, u, k] + work.women[1, c, u, k]
            women = 0.5 * (women + dot(work.pattern, 1, work.people, mother + first))
            born = path.tfr[t] * fixed.fertility[c, u, k] * women
            flow[0] += born
            flow[1] += born
            for x in range(2):
                alive = _from_birth(fixed, fixed.e0[c, u, x] + path.e0[t, x], x)
                infants = born * (alive * (boys if x == 0 else 1.0 - boys))
                flow[1] -= infants
                row = ((2 * c + x) * 2 + u) * states
                if k < 2:
                    work.people[row + k, 0] += infants
                    continue
                work.people[row + u, 0] += here * infants
                work.people[row + first, 0] += (1.0 - here) * infants
                work.children[pools[k - 2], x] += (1.0 - here) * infants


@inlined
def bear_outside(fixed, path, t, c, work):
    """Children of one county's registered people who live outside the province."""
    boys = _boys(path, t)
    for x in range(2):
        alive = _from_birth(fixed, fixed.e0_outside[x] + path.e0[t, x], x)
        part = path.tfr[t] * fixed.fertility_outside * (alive * (boys if x == 0 else 1.0 - boys))
        for h in range(2):
            work.outside[(c * 2 + h) * 2 + x, 0] += part * work.mothers[2, c, h]


@jit
def _register(table, mothers, lo, hi, children, part, turned, away):
    """``part`` of the children (x) of a pool to the hukou counties ``lo`` to ``hi`` of its women (c, h).

    Of those with a rural address the share ``turned`` (c,) has become urban since.
    """
    whole = mothers[lo:hi].sum()
    for c in range(lo, hi if whole > 0.0 else lo):
        for x in range(2):
            urban = part * children[x] * (mothers[c, 0] / whole)
            rural = part * children[x] * (mothers[c, 1] / whole)
            moved = turned[c] * rural
            table[c * 4 + x, 0] += urban + moved
            table[c * 4 + 2 + x, 0] += rural - moved
            away[c, 0] += urban + moved
            away[c, 1] += rural - moved


@jit
def register(fixed: Fixed, path: Path, t: int, kinds: int, visiting: float, work: Work) -> None:
    """Register the migrants' children with their mothers; ``visiting``: guests weighted by the pattern.

    The pooled class shares its children between the province's own women away and the guests.
    """
    far, counties, turned = fixed.first.shape[0], fixed.prefecture.shape[0], work.turned
    for c in range(counties):
        turned[c] = work.pending[c, 0] if path.by_address[t] > 0.0 else 0.0
    own, guests, visit = 1.0, work.children[far + 1], 1.0
    if kinds == 1:
        at_home = work.mothers[1].sum()
        whole = max(visiting + at_home, TINY)
        own, guests, visit = at_home / whole, work.children[far], visiting / whole
    for p in range(far if kinds == 3 else 0):
        lo, hi = fixed.first[p], fixed.last[p]
        _register(work.near, work.mothers[0], lo, hi, work.children[p], 1.0, turned, work.away)
    _register(work.far, work.mothers[1], 0, counties, work.children[far], own, turned, work.away)
    for x in range(2):
        work.guests[x, 0] += guests[x] * visit
