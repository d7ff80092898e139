"""Compiled second half of a year, residents: movers and newcomers arrive in a county."""

# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False, disallow-untyped-calls=False, warn-return-any=False

from renben.engines.projection.kernel_lanes import LANES, load, spread, store, total
from renben.engines.projection.kernel_rows import (
    add,
    close,
    dot,
    fill_bands,
    fold,
    inlined,
    jit,
    level_of,
    pool_of,
    survival_row,
)
from renben.engines.projection.kernel_work import ALIVE, RETURN, SHARE
from renben.engines.projection.states import DURATIONS, Array


@jit
def _put(table: Array, row: int, rows: Array, share: int, movers: Array, source: int, last: int) -> float:
    """Fill a row, a year older, with the share of a pool's movers that arrives; returns persons."""
    came = spread(0.0)
    for i in range(0, table.shape[1] - LANES, LANES):
        some = load(rows, share, i) * load(movers, source, i)
        came = came + some
        store(table, row, i + 1, some)
    fold(table, row, last)
    return float(total(came))


@jit
def _add_newcomers(people, row, guests, x, rows, age, half, last):
    """Add ``half`` of the newcomers before and half after survival to a row and the guests; returns dead, came."""
    dead, came, first = spread(0.0), spread(0.0), half * age[x, 0]
    for i in range(0, people.shape[1] - LANES, LANES):
        early = half * load(age, x, i)
        living = early * load(rows, ALIVE, i)
        dead, came = dead + (early - living), came + early
        some = living + half * load(age, x, i + 1)
        store(people, row, i + 1, load(people, row, i + 1) + some)
        store(guests, x, i + 1, load(guests, x, i + 1) + some)
    close(people, row, last)
    close(guests, x, last)
    people[row, 0] += first
    guests[x, 0] += first
    return total(dead), 2.0 * total(came)


@inlined
def _join(c, x, u, o, k, row, pool, share, work, last):
    """Movers whose ``k`` residence years are recognised join those who stayed; returns persons."""
    came = _put(work.rows, RETURN, work.rows, share, work.movers, (pool * DURATIONS + k) * 2 + x, last)
    add(work.people, row + k, work.rows, RETURN)
    add(work.migrants, 2 * c + u, work.rows, RETURN)
    work.women[1, c, u, 2 + o] += dot(work.pattern, x, work.rows, RETURN)
    return came


@inlined
def _shares(fixed, c, u, kinds, work):
    """Shares of each origin class's movers that arrive in a place, by age, into the scratch rows."""
    if kinds == 1:
        fill_bands(work.across, 2 * c + u, fixed.band, work.rows, SHARE)
        return
    fill_bands(work.inside, 2 * c + u, fixed.band, work.rows, SHARE)
    fill_bands(work.across, 2 * c + u, fixed.band, work.rows, SHARE + 1)
    fill_bands(work.anywhere, 2 * c + u, fixed.band, work.rows, SHARE + 2)


@inlined
def arrive(fixed, path, t, c, kinds, work, flow):
    """Put the pooled movers and the newcomers from other provinces into one county."""
    states, last, rows = 2 + DURATIONS * kinds, fixed.profile.shape[2] - 1, work.rows
    recognised = DURATIONS if path.keep_years[t] > 0.0 else 1
    for u in range(2):
        _shares(fixed, c, u, kinds, work)
        half = 0.5 * path.guests[t] * fixed.guest_place[c, u]
        for x in range(2):
            first = ((2 * c + x) * 2 + u) * states + 2
            for o in range(kinds):
                pool, row = pool_of(fixed, c, o, kinds), first + DURATIONS * o
                source = pool * DURATIONS * 2 + x
                flow[2] += _put(work.people, row, rows, SHARE + o, work.movers, source, last)
                for k in range(1, recognised):
                    flow[2] += _join(c, x, u, o, k, row, pool, SHARE + o, work, last)
            if half > 0.0:
                index, part = level_of(fixed, fixed.e0[c, u, x] + path.e0[t, x])
                survival_row(work.survival, index, part, x, rows, ALIVE)
                row = first + DURATIONS * (kinds - 1)
                dead, came = _add_newcomers(
                    work.people, row, work.guests, x, rows, work.guest_age, half, last
                )
                flow[1] += dead
                flow[7] += came
