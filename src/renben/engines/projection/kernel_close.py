"""Compiled end of a year: newcomers from other provinces and reclassified places."""

from renben.engines.projection.kernel_leave import Work
from renben.engines.projection.kernel_rows import add_older, jit, survival_row
from renben.engines.projection.states import DURATIONS, Array, Fixed, Path, Stock


@jit
def newcomers(new: Stock, fixed: Fixed, path: Path, t: int, work: Work, flows: Array) -> None:
    """Arrivals from other provinces, half before and half after survival."""
    state, rows = new.people.shape[3] - DURATIONS, work.rows
    for c in range(new.people.shape[0]):
        for u in range(2):
            place = path.guests[t] * fixed.guest_place[c, u]
            if place <= 0.0:
                continue
            for x in range(2):
                survival_row(fixed, fixed.e0[c, u, x] + path.e0[t, x], x, rows[0])
                early, late = rows[14], rows[15]
                dead, came = 0.0, 0.0
                for a in range(early.shape[0]):
                    late[a] = 0.5 * place * fixed.guest_age[x, a]
                    early[a] = late[a] * rows[0][a]
                    dead += late[a] - early[a]
                    came += 2.0 * late[a]
                add_older(new.people[c, x, u, state], early)
                add_older(new.guests[x], early)
                for a in range(early.shape[0]):
                    new.people[c, x, u, state, a] += late[a]
                    new.guests[x, a] += late[a]
                flows[c, 1] += dead
                flows[c, 7] += came


@jit
def reclassify(new: Stock, share: float, follow: bool, c: int, flow: Array) -> None:
    """Turn a share of a county's rural places urban; if they ``follow``, the registrations do too."""
    if share <= 0.0:
        return
    people, total = new.people[c], 0.0
    for x in range(2):
        if follow:
            _rewrite(people[x, 0, 1], people[x, 0, 0], share)
        for s in range(people.shape[2]):
            to = 0 if (follow and s == 1) else s
            total += _rewrite(people[x, 1, s], people[x, 0, to], share)
        if follow:
            _rewrite(new.near[c, 1, x], new.near[c, 0, x], share)
            _rewrite(new.far[c, 1, x], new.far[c, 0, x], share)
            _rewrite(new.outside[c, 1, x], new.outside[c, 0, x], share)
    flow[5] += total


@jit
def _rewrite(source: Array, target: Array, share: float) -> float:
    total = 0.0
    for a in range(source.shape[0]):
        part = source[a] * share
        source[a] -= part
        target[a] += part
        total += part
    return total
