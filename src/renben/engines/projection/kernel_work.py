"""What one thread of the compiled projection works on: padded rows of single ages, pools and small tables.

Every table has one row for each combination of its axes, in the order given, and a column for each single age; rows are
padded with empty ages so that vectors of ``LANES`` fit and a row may be written one age further on. All persons are
counted by starting age until they are stored "a year older". The people of the migrants' states lack the last
reclassification until the next year reads them (``pending``): that saves a pass over all cells.
"""

from typing import NamedTuple

import numpy as np

from renben.engines.projection.kernel_lanes import LANES
from renben.engines.projection.states import DURATIONS, MOVES, Array, Fixed, Stock

LOSSES = 5
DEAD, BACK, LEAVE, SETTLED, WIDENED = range(LOSSES)
"""Losses of the people registered elsewhere; widened: from the same prefecture to another."""
SHARES = 4
KEPT, HOME, GONE, WIDER = range(SHARES)
"""What becomes of the people of a pool."""
PROFILES = len(MOVES) - 1
# Scratch rows; the first line's are pairs, of the urban and the rural place.
ALIVE, PEOPLE, MOVED, STAYED = 0, 2, 4, 6
NEAR, RESTED, SETTLERS, TOWN, SHARE, RETURN, OUTLIVE, STAY_OUT, CHANCE = 8, 9, 10, 11, 12, 15, 16, 18, 20
INVERSE = CHANCE + 2 * DURATIONS
ROWS = INVERSE + DURATIONS


class Work(NamedTuple):
    """Tables of one thread; w columns; c counties, x sexes, u places, s states, h addresses.

    q pools of people who live away from their hukou county: one of each prefecture, of those who live in it (empty
    when classes are pooled), then those further off in the province, then the guests from other provinces.
    """

    people: Array  # (cxus, w) persons
    near: Array  # (chx, w)
    far: Array  # (chx, w)
    outside: Array  # (chx, w)
    guests: Array  # (x, w)
    pending: Array  # (c, 1) share of the rural migrants that is urban since the last year end
    turned: Array  # (c,) the same share for registrations: zero unless they follow the address
    profile: Array  # (5x, w) age pattern of each move
    peak: Array  # (5, x) its largest value
    survival: Array  # (vx, w)
    guest_age: Array  # (x, w)
    students: Array  # (cu, w)
    pattern: Array  # (x, w) fertility of the year by age: nothing for men
    rows: Array  # (ROWS, w) scratch
    rate: Array  # (u, 4) hazard of moving out, back, of leaving and of moving inside the county, per unit of profile
    settle: Array  # (2, 6) hazard of settling by duration, and exp(-hazard)
    to_near: Array  # (chx, w) this year's movers by hukou county
    to_far: Array  # (chx, w)
    to_outside: Array  # (chx, w)
    migrants: Array  # (cu, w) people registered elsewhere who stayed in the county, at their new age
    women: Array  # (2, c, u, L) mothers, weighted by the pattern: at the start of the year, and who stayed at its end
    movers: Array  # (q6x, w) movers of a pool by years kept
    lost: Array  # (q5x, w) losses of a pool
    whole: Array  # (qx, w) people of a pool at the start of the year
    home: Array  # (q4x, w) shares of a pool that stay, return, leave, widen
    guest_part: Array  # (x, w) share of the pooled class that is registered in other provinces
    origin: Array  # (g, c) movers by band and origin
    towards: Array  # (f, c, c) the friction by destination and origin
    came: Array  # (4, c) scratch: movers into a county, unweighted, from its prefecture and from others; origins of both
    inside: Array  # (g, 2c) share of a destination in its prefecture
    across: Array  # (g, 2c) share of a destination in the province, other prefectures' movers
    anywhere: Array  # (g, 2c) share of a destination in the province
    mothers: (
        Array  # (3, c, h) women away, weighted by the pattern: near, far, outside; mean of both year ends
    )
    children: Array  # (q, x) born to people of a pool and registered with the mother
    away: Array  # (c, h) registered people who live away
    area: Array  # (areas u 3, w) residents of an area by hukou group


def width_of(ages: int) -> int:
    """Columns of a row of ``ages``: whole vectors, and one more so that the last may be written an age on."""
    return (ages + LANES - 1) // LANES * LANES + LANES


def padded(values: Array) -> Array:
    """A table of the rows of an array, with empty ages behind."""
    ages = values.shape[-1]
    out = np.zeros((values.size // ages, width_of(ages)))
    out[:, :ages] = values.reshape(-1, ages)
    return out


def scratch(fixed: Fixed, kinds: int) -> Work:
    """Empty working tables for one thread and ``kinds`` origin classes."""
    c, p, areas = len(fixed.prefecture), len(fixed.first), int(fixed.area.max()) + 1
    g, a, q = len(fixed.pull), fixed.profile.shape[2], p + 2
    width, states = width_of(a), 2 + DURATIONS * kinds

    def table(*axes: int) -> Array:
        return np.zeros((int(np.prod(axes)), width))

    return Work(
        people=table(c, 2, 2, states),
        near=table(c, 2, 2),
        far=table(c, 2, 2),
        outside=table(c, 2, 2),
        guests=table(2),
        pending=np.zeros((c, 1)),
        turned=np.zeros(c),
        profile=padded(fixed.profile),
        peak=fixed.profile.max(axis=2),
        survival=padded(fixed.survival),
        guest_age=padded(fixed.guest_age),
        students=padded(fixed.students.sum(axis=1)),
        pattern=table(2),
        rows=table(ROWS),
        rate=np.zeros((2, 4)),
        settle=np.zeros((2, DURATIONS)),
        to_near=table(c, 2, 2),
        to_far=table(c, 2, 2),
        to_outside=table(c, 2, 2),
        migrants=table(c, 2),
        women=np.zeros((2, c, 2, 2 + kinds)),
        movers=table(q, DURATIONS, 2),
        lost=table(q, LOSSES, 2),
        whole=table(q, 2),
        home=table(q, SHARES, 2),
        guest_part=table(2),
        origin=np.zeros((g, c)),
        towards=np.ascontiguousarray(fixed.friction.swapaxes(1, 2)),
        came=np.zeros((4, c)),
        inside=np.zeros((g, 2 * c)),
        across=np.zeros((g, 2 * c)),
        anywhere=np.zeros((g, 2 * c)),
        mothers=np.zeros((3, c, 2)),
        children=np.zeros((q, 2)),
        away=np.zeros((c, 2)),
        area=table(areas, 2, 3),
    )


def take_in(stock: Stock, work: Work) -> None:
    """Copy a stock into the working tables."""
    ages = stock.people.shape[-1]
    for name in ("people", "near", "far", "outside", "guests"):
        table: Array = getattr(work, name)
        table[:, :ages] = getattr(stock, name).reshape(-1, ages)
        table[:, ages:] = 0.0
    work.pending[...] = 0.0


def give_back(work: Work, like: Stock) -> Stock:
    """The stock in the working tables, in arrays of the shapes of ``like``."""
    ages = like.people.shape[-1]
    found = Stock(*(getattr(work, n)[:, :ages].reshape(getattr(like, n).shape) for n in Stock._fields))
    moved = found.people[:, :, 1, 2:] * work.pending[:, :, None, None]
    found.people[:, :, 0, 2:] += moved
    found.people[:, :, 1, 2:] -= moved
    return found
