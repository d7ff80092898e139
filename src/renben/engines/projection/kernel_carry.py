"""Compiled core of a year: one class of residents of a county and sex survives, moves and grows older.

The urban and the rural rows of the class are read once, a vector of ages at a time from the oldest down, and written back in
place, one age and one residence year further on. Sums over the class feed the pools and the ledger.
"""

# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False, disallow-untyped-calls=False, warn-return-any=False

from renben.engines.projection.kernel_lanes import LANES, load, spread, store, total
from renben.engines.projection.kernel_rows import hazards, inlined, jit
from renben.engines.projection.kernel_work import ALIVE, CHANCE, INVERSE, MOVED, PEOPLE, SETTLERS, STAYED


@inlined
def _row(people, at, k, i, share, urban, rural, rows, settle, settles):
    """A vector of ages of one duration: who is there and stays in both places, urban movers per unit of hazard, settlers."""
    alive, keep, gone, over = urban
    keep_rural, cross = rural
    n_rural = load(people, at[1] + k, i)
    n_urban = load(people, at[0] + k, i) + share * n_rural
    n_rural = n_rural - share * n_rural
    moved, settlers = n_urban * gone, spread(0.0)
    if settles:
        keep = keep * settle[1, k]
        moved = n_urban * ((alive - keep) * load(rows, INVERSE + k, i))
        settlers = moved * settle[0, k]
    return (
        n_urban,
        n_rural,
        n_urban * keep + n_rural * cross,
        n_rural * keep_rural + moved * over,
        moved,
        settlers,
    )


@inlined
def _invert(eta, settle, count, rows, i):
    """1 / (hazard + hazard of settling) of every duration into scratch rows, by one division for all of them."""
    product = spread(1.0)
    for k in range(count):
        store(rows, INVERSE + k, i, product)
        product = product * (eta + settle[0, k])
    inverse = 1.0 / product
    for k in range(count - 1, -1, -1):
        store(rows, INVERSE + k, i, inverse * load(rows, INVERSE + k, i))
        inverse = inverse * (eta + settle[0, k])


@jit
def carry(people, at, count, share, rows, profile, x, rate, times, settle, settles, each):
    """Carry a class over the year; returns net moves into the county's towns, persons.

    Args:
        people: residents (rows, w).
        at: first urban and first rural row of the class.
        count: its rows: one for people registered here, six durations for others; the last row absorbs.
        share: part of the rural people that has been urban since the last year end.
        rows: scratch; filled with the class's people, movers per unit of hazard, who stayed, and settlers.
        profile: age patterns; ``x``, ``rate``, ``times``: see ``hazard``.
        settle: (2, 6) hazard by duration, and exp(-hazard); not read unless somebody ``settles``.
        each: whether movers per unit of hazard are kept by duration.
    """
    scale, top, net = 0.5**times, count - 1, spread(0.0)
    for i in range(rows.shape[1] - 2 * LANES, -1, -LANES):
        alive, alive_rural = load(rows, ALIVE, i), load(rows, ALIVE + 1, i)
        town, country = hazards(profile, x, rate, times, scale, i)
        eta, keep, gone, over = town
        keep_rural, gone_rural, over_rural = country
        if settles:
            _invert(eta, settle, count, rows, i)
        gone_rural = alive_rural * gone_rural
        urban = (alive, alive * keep, alive * gone, over)
        rural = (alive_rural * keep_rural, gone_rural * over_rural)
        n, m, new, new_rural, moved, settlers = _row(
            people, at, top, i, share, urban, rural, rows, settle, settles
        )
        stayed, stayed_rural = new, new_rural
        if each:
            store(rows, CHANCE + 2 * top, i, moved)
            store(rows, CHANCE + 2 * top + 1, i, m * gone_rural)
        if top == 0:
            store(people, at[0], i + 1, new)
            store(people, at[1], i + 1, new_rural)
        for k in range(top - 1, -1, -1):
            n_k, m_k, new_k, new_rural_k, moved_k, settlers_k = _row(
                people, at, k, i, share, urban, rural, rows, settle, settles
            )
            if each:
                store(rows, CHANCE + 2 * k, i, moved_k)
                store(rows, CHANCE + 2 * k + 1, i, m_k * gone_rural)
            store(people, at[0] + k + 1, i + 1, new_k + new)
            store(people, at[1] + k + 1, i + 1, new_rural_k + new_rural)
            new, new_rural = spread(0.0), spread(0.0)
            n, m, moved, settlers = n + n_k, m + m_k, moved + moved_k, settlers + settlers_k
            stayed, stayed_rural = stayed + new_k, stayed_rural + new_rural_k
        moved_rural = m * gone_rural
        net = net + (moved_rural * over_rural - moved * over)
        store(rows, PEOPLE, i, n)
        store(rows, PEOPLE + 1, i, m)
        store(rows, MOVED, i, moved)
        store(rows, MOVED + 1, i, moved_rural)
        store(rows, STAYED, i, stayed)
        store(rows, STAYED + 1, i, stayed_rural)
        store(rows, SETTLERS, i, settlers)
    return total(net)
