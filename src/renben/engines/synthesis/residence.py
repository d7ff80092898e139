"""Says who lives away from the township of their hukou, since when, and where the hukou is.

Households move together: whole households are drawn until the county's published number of people away is
reached to the person. Hukou addresses in towns are drawn the same way to the fitted number. Among people away
inside the province the place of hukou follows distance, and the number inside the districts of one city follows
the published total.

Not modelled: earlier spells (one current spell per person), people away from here, hukou of collective addresses.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renben.engines.synthesis.fitting import FitError, Floats
from renben.engines.synthesis.margins import AWAY, Margins
from renben.engines.synthesis.matching import People
from renben.engines.synthesis.priors import GROUP_OF_AGE, Priors
from renben.engines.synthesis.seating import COLLECTIVE
from renben.engines.synthesis.strata import Stratum

HERE = 0
Mask = npt.NDArray[np.bool_]
_EARTH_DEGREE_KM = 111.2
_NEAREST_KM = 10.0


@dataclass(frozen=True)
class Origins:
    """Where people away in one county have their hukou: chances over regions, and how many share the city.

    inside: chance of each other county; same_city: whether a county is a district of the same city;
    intra_share: share of people registered in another county who are registered in a district of this city.
    """

    codes: npt.NDArray[np.int32]
    inside: Floats
    same_city: Mask
    intra_share: float
    province_codes: npt.NDArray[np.int32]
    outside: Floats


@dataclass
class Residence:
    """Residence of every person: class of being away (0 here, 1-3), hukou region and kind, days since arrival."""

    away: npt.NDArray[np.int8]
    hukou_region: npt.NDArray[np.int32]
    hukou_urban: Mask
    years_here: Floats
    registered_delay: npt.NDArray[np.int16]
    registered: Mask


def origins(margins: Margins, priors: Priors) -> list[Origins]:
    """Return the chances of hukou places for people away in each county (no unit).

    The share inside the districts of one city is set so that, with moves inside a district, the published
    number of people away inside city districts comes out.

    Args:
        margins: Fitted margins.
        priors: Assumptions.

    Raises:
        FitError: If the published number cannot be reached.
    """
    parents = np.array(margins.parents)
    codes = np.array([int(code) for code in margins.codes], dtype=np.int32)
    provinces = priors["other_provinces"]
    outside = np.array([float(weight) for weight in provinces.values()])
    shares = _intra_shares(margins)
    found = []
    for c in range(len(codes)):
        apart = np.hypot(
            (margins.seats[:, 0] - margins.seats[c, 0]) * np.cos(np.radians(margins.seats[c, 1])),
            margins.seats[:, 1] - margins.seats[c, 1],
        )
        distance = np.maximum(apart * _EARTH_DEGREE_KM, _NEAREST_KM)
        weight = margins.residents / distance ** priors.number("gravity_exponent")
        weight *= np.where(parents == parents[c], priors.number("same_city_weight"), 1.0)
        weight[c] = 0.0
        same = (parents == parents[c]) & margins.districts & margins.districts[c]
        same[c] = False
        found.append(
            Origins(
                codes=codes,
                inside=weight / weight.sum(),
                same_city=same,
                intra_share=float(shares[c]),
                province_codes=np.array([int(code) for code in provinces], dtype=np.int32),
                outside=outside / outside.sum(),
            )
        )
    return found


def _intra_shares(margins: Margins) -> Floats:
    """Share of people registered in another county whose hukou is in another district of the same city."""
    parents = np.array(margins.parents)
    districts = {p: int((margins.districts & (parents == p)).sum()) for p in set(margins.parents)}
    several = margins.districts & np.array([districts[p] > 1 for p in margins.parents])
    wanted = margins.province["away_inside_city_districts"] - margins.away[margins.districts, 0].sum()
    pool = margins.away[several, 1].sum()
    if not 0 <= wanted <= pool:
        raise FitError(
            f"away_inside_city_districts: {wanted:.0f} moves between districts do not fit {pool} people registered "
            "in another county; check province_series.csv against population_county.csv"
        )
    return np.where(several, wanted / max(pool, 1), 0.0)


def settle(
    people: People, stratum: Stratum, origin: Origins, code: int, rng: np.random.Generator, priors: Priors
) -> Residence:
    """Return the residence of every person of a stratum (codes, years, days).

    Args:
        people: Persons in household order.
        stratum: Numbers to reach.
        origin: Where people away have their hukou.
        code: Region code of the county.
        rng: Source of randomness of this stratum.
        priors: Assumptions.
    """
    homes = len(people.size)
    away = _who_is_away(people, stratum, rng, priors)
    region = np.full(away.shape, code, dtype=np.int32)
    place = rng.choice(origin.codes, size=homes, p=_chances(origin, ~origin.same_city))
    elsewhere = away == AWAY.index("other_county") + 1
    region[elsewhere] = place[people.household[elsewhere]]
    _same_city(region, elsewhere, people, origin, rng)
    outside = away == AWAY.index("other_province") + 1
    far = rng.choice(origin.province_codes, size=homes, p=origin.outside)
    region[outside] = far[people.household[outside]]
    urban = np.zeros(away.shape, dtype=bool)
    order = rng.permutation(homes)
    for k, goal in enumerate(stratum.hukou_urban):
        urban |= pick_households(away == k, people, order, int(goal))
    years = _years_here(homes, rng, priors)[people.household]
    years = np.where(away == HERE, np.inf, years)
    return Residence(
        away=away,
        hukou_region=region,
        hukou_urban=urban,
        years_here=years,
        registered=(rng.random(homes) < priors.number("registered_share"))[people.household] & (away != HERE),
        registered_delay=rng.integers(0, int(priors.number("registered_delay")) + 1, homes).astype(np.int16)[
            people.household
        ],
    )


def pick_households(candidates: Mask, people: People, order: npt.NDArray[np.integer[Any]], goal: int) -> Mask:
    """Return which candidates are picked: whole households in the given order until the goal is reached.

    Only the household at the boundary is split, so the number picked is the goal, or all candidates.

    Args:
        candidates: One per person, in household order.
        people: Persons in household order.
        order: Every household once, first picked first.
        goal: Persons to pick.
    """
    if goal <= 0 or len(candidates) == 0:
        return np.zeros_like(candidates)
    per_home = np.add.reduceat(candidates.astype(np.int32), people.start)
    running = np.cumsum(per_home[order])
    full = np.zeros(len(order), dtype=bool)
    whole = running <= goal
    full[order[whole]] = True
    picked = candidates & full[people.household]
    missing = goal - (int(running[whole][-1]) if whole.any() else 0)
    if missing > 0 and not whole.all():
        edge = order[np.argmin(whole)]
        first = people.start[edge]
        members = np.arange(first, first + people.size[edge])
        picked[members[candidates[members]][:missing]] = True
    return picked


def _who_is_away(
    people: People, stratum: Stratum, rng: np.random.Generator, priors: Priors
) -> npt.NDArray[np.int8]:
    """Class of being away of every person; the number of each class is the stratum's."""
    n, homes, total = len(people.age), len(people.size), int(stratum.away.sum())
    out = np.zeros(n, dtype=np.int8)
    if total == 0:
        return out
    weight = priors.array("away_head_weight")[
        GROUP_OF_AGE[np.minimum(people.age[people.start], GROUP_OF_AGE.size - 1)]
    ]
    weight = weight * np.where(people.kind == COLLECTIVE, priors.number("away_collective_weight"), 1.0)
    share = max(priors.number("away_member_share"), min(1.0, 1.02 * total / max(n, 1)))
    candidates = rng.random(n) < share
    if candidates.sum() < total:
        candidates[:] = True
    turn = np.argsort(rng.standard_exponential(homes) / weight)
    moved = pick_households(candidates, people, turn, total)
    order = rng.permutation(homes)
    for k in range(len(AWAY) - 1, -1, -1):
        chosen = pick_households(moved & (out == HERE), people, order, int(stratum.away[k]))
        out[chosen] = k + 1
    return out


def _same_city(
    region: npt.NDArray[np.int32], elsewhere: Mask, people: People, origin: Origins, rng: np.random.Generator
) -> None:
    """Give the share of people registered in other districts of the same city their hukou there."""
    goal = round(origin.intra_share * int(elsewhere.sum()))
    if goal == 0:
        return
    homes = len(people.size)
    inside = pick_households(elsewhere, people, rng.permutation(homes), goal)
    place = rng.choice(origin.codes, size=homes, p=_chances(origin, origin.same_city))
    region[inside] = place[people.household[inside]]


def _chances(origin: Origins, where: Mask) -> Floats:
    chance = np.where(where, origin.inside, 0.0)
    chances: Floats = chance / chance.sum()
    return chances


def _years_here(homes: int, rng: np.random.Generator, priors: Priors) -> Floats:
    """Years since a household arrived, drawn from the assumed distribution."""
    spans = priors.array("away_years")
    chosen = rng.choice(len(spans), size=homes, p=spans[:, 2] / spans[:, 2].sum())
    years: Floats = spans[chosen, 0] + rng.random(homes) * (spans[chosen, 1] - spans[chosen, 0])
    return years


def origin_is_same_city(origin: Origins, residence: Residence) -> int:
    """Return how many people registered in another county are registered in another district of this city.

    Args:
        origin: Where people away in the county have their hukou.
        residence: Residence of the persons.
    """
    other = residence.away == AWAY.index("other_county") + 1
    return int(np.isin(residence.hukou_region[other], origin.codes[origin.same_city]).sum())
