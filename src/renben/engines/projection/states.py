"""What a projection holds: the axes, the stocks, the fixed rates and the path of one draw.

For people: every resident is counted once by county, sex, urban or rural place, where the hukou is and for how
many full years the person has lived here; every registered person is counted once by the county of the hukou.
Not modelled: international migration; more than one change of residence a year.

Axes, in this order: county ``c``, sex ``x`` (0 male, 1 female), place ``u`` (0 urban, 1 rural), state ``s``,
single age ``a`` (the last is open). States: 0 ``LU`` hukou here at an urban address, 1 ``LR`` hukou here at a
rural address, then for every origin class six residence durations (0..4 completed years, 5 and more).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

SEXES = ("male", "female")
PLACES = ("urban", "rural")
DURATIONS = 6
CLASSES_FULL = ("same_prefecture", "same_province", "other_province")
CLASSES_POOLED = ("elsewhere",)
MOVES = ("out", "back", "leave", "to_urban", "to_rural", "settle")
"""Hazards of one person: to another county, home to the hukou county, out of the province, rural to urban
and urban to rural inside the county, and settling the hukou here."""
FLOWS = ("births", "deaths", "arrived", "departed", "to_urban", "reclassified", "settled", "external")
"""Yearly flows kept by county, persons; ``to_urban`` and ``external`` are net."""


class Stock(NamedTuple):
    """Persons at the end of one year.

    ``people`` (c, x, u, s, a) residents; ``near`` and ``far`` (c, h, x, a) people registered in county c, at an
    urban (h=0) or rural (h=1) address, who live in another county of the same prefecture, or elsewhere in the
    province; ``outside`` (c, h, x, a) those who live outside the province; ``guests`` (x, a) residents registered
    in another province.
    """

    people: Array
    near: Array
    far: Array
    outside: Array
    guests: Array


class Fixed(NamedTuple):
    """What all draws share. L = 2 + classes hazard classes; K moves without ``settle`` have an age profile."""

    prefecture: Ints  # (c,) index, counties of a prefecture stand together
    first: Ints  # (p,) first county of a prefecture
    last: Ints  # (p,) one past its last county
    area: Ints  # (c,) area for which service bands are added up (its prefecture, or itself)
    band: Ints  # (g+1,) age limits of the origin-destination bands
    profile: Array  # (5, x, a) age pattern of each move
    level: Array  # (5, c, u, L) hazard level of each move, per year
    settle: Array  # (c, L, 6) hazard of settling, per year
    friction: Array  # (g, c, c) weight of a move from one county to another, or (1, c, c) for all bands
    pull: Array  # (g, 2c) weight of each destination (c,u)
    survival: Array  # (v, x, a) survival of one year by life-table level; ages 99 and 100 hold the open ratio
    infant: Array  # (v, x) survival from birth to the end of the year
    e0: Array  # (c, u, x) life expectancy at the start, years
    e0_outside: Array  # (x,) the same for people outside the province, years
    e0_range: Array  # (2,) lowest level and step of the tables, years
    fertility: Array  # (c, u, L) multiplier of the total fertility rate
    fertility_outside: float
    guest_age: Array  # (x, a) arrivals from other provinces, sums to one
    guest_place: Array  # (c, u) where they go, sums to one
    back_urban: Array  # (c,) share of returning rural registrants who go to the urban part
    students: Array  # (c, x, u, a) held out of ageing, persons
    students_hukou: Array  # (c, h) where the students are registered, persons
    weights: Array  # (b, a) service bands
    limits: Ints  # (b, 2) first and one past the last age with a weight


class Path(NamedTuple):
    """What differs between draws and years."""

    moves: Array  # (t, 6, c) multipliers of the hazards
    reclassified: (
        Array  # (t, c) share of the rural population whose place becomes urban at the end of the year
    )
    attraction: Array  # (t, 2c) destination multipliers
    tfr: Array  # (t,) children per woman
    births_by_age: Array  # (t, a) pattern of fertility, sums to one
    sex_ratio: Array  # (t,) boys per girl
    e0: Array  # (t, x) added to life expectancy, years
    guests: Array  # (t,) arrivals from other provinces, persons
    home_from_outside: Array  # (t,) hazard of return of people outside the province, per year
    newborn_here: Array  # (t,) share of migrants' newborn who are registered where they are born
    keep_years: Array  # (t,) share of movers inside the province whose residence years are recognised
    by_address: Array  # (t,) 1: registration follows the address when land is reclassified; 0: it does not


class Result(NamedTuple):
    """One draw. T+1 year ends, T years of flows."""

    residents: Array  # (t+1, c, u, 3) hukou here urban, here rural, elsewhere
    registered: Array  # (t+1, c, h)
    bands: Array  # (t+1, area, u, 3, b) service bands
    flows: Array  # (t, c, 8) see FLOWS


def classes(states: int) -> int:
    """Number of origin classes (1 or 3) of a state axis of length 8 or 20."""
    found, rest = divmod(states - 2, DURATIONS)
    if rest or found not in (1, 3):
        raise ValueError(
            f"the state axis has {states} entries; a projection has 8 (pooled) or 20 (three classes)"
        )
    return found


def resident_rate(residents: Array) -> Array:
    """Share of residents who live in urban places, over the last three axes (county, place, group)."""
    urban = residents[..., 0, :].sum(axis=(-1, -2))
    return np.asarray(urban / residents.sum(axis=(-1, -2, -3)))


def hukou_rate(registered: Array) -> Array:
    """Share of registered people with an urban address, over the last two axes (county, address)."""
    return np.asarray(registered[..., 0].sum(axis=-1) / registered.sum(axis=(-1, -2)))
