"""Puts the persons of a stratum in household order, with household, relation, spouse and parents.

Not modelled: links to relatives who live elsewhere.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from renben.engines.synthesis.fitting import Floats, Ints
from renben.engines.synthesis.households import Role
from renben.engines.synthesis.priors import Priors
from renben.engines.synthesis.seating import COLLECTIVE, NONE, Array32, Seating
from renben.engines.synthesis.strata import Stratum

HEAD, SPOUSE, CHILD, PARENT, GRANDPARENT, OTHER_MEMBER, COLLECTIVE_MEMBER = 1, 2, 3, 4, 5, 6, 7
_RELATION = {
    Role.PARTNER_WITH_KIDS_F: SPOUSE,
    Role.PARTNER_F: SPOUSE,
    Role.KID: CHILD,
    Role.ELDER_COUPLE_M: PARENT,
    Role.ELDER_COUPLE_F: PARENT,
    Role.ELDER: PARENT,
    Role.GREAT: GRANDPARENT,
    Role.OTHER: OTHER_MEMBER,
}


@dataclass
class People:
    """Persons of a stratum in household order; links are positions in the same arrays, -1 where there is none.

    age: completed years; part: fraction of the next year lived; role: see Role, -1 in collective households;
    start, size, kind: per household.
    """

    age: npt.NDArray[np.int16]
    part: npt.NDArray[np.float32]
    sex: npt.NDArray[np.int8]
    role: npt.NDArray[np.int8]
    relation: npt.NDArray[np.int8]
    household: Array32
    mother: Array32
    father: Array32
    spouse: Array32
    start: Array32
    size: Array32
    kind: npt.NDArray[np.int8]


@njit(cache=True, nogil=True)
def _positions(household: Array32, start: Array32) -> Array32:
    """Position of each person: households one after the other, members in the order they come."""
    cursor = start.copy()
    out = np.empty(household.size, dtype=np.int32)
    for i in range(household.size):
        out[i] = cursor[household[i]]
        cursor[household[i]] += 1
    return out


def seat(
    stratum: Stratum, roles: Ints, kinds: Ints, rng: np.random.Generator, priors: Priors, births: Floats
) -> People:
    """Return every person of a stratum with household, relation, spouse and parents (positions, no unit).

    Args:
        stratum: Persons and households.
        roles: Persons by single age, sex and role.
        kinds: Households of each kind.
        rng: Source of randomness of this stratum.
        priors: Assumptions.
        births: Cumulated share of births by single age of the mother, 0..100.
    """
    done = Seating(stratum, roles, kinds, rng, priors, births)
    size = np.bincount(done.household, minlength=done.homes).astype(np.int32)
    shuffled = rng.permutation(done.homes)
    rank = np.empty(done.homes, dtype=np.int32)
    rank[shuffled] = np.arange(done.homes, dtype=np.int32)
    new_size = size[shuffled]
    start = np.concatenate([[0], np.cumsum(new_size)[:-1]]).astype(np.int32) if done.homes else size
    household = rank[done.household]
    position = _positions(household, start)
    role = np.concatenate(done.draft.role)
    kind = np.concatenate(done.kinds)[shuffled] if done.homes else np.zeros(0, dtype=np.int8)

    def placed(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        out = np.empty_like(values)
        out[position] = values
        return out

    def linked(links: Array32) -> Array32:
        return placed(np.where(links >= 0, position[links], NONE).astype(np.int32))

    relation = placed(_relations(role))
    relation[start[kind != COLLECTIVE]] = HEAD
    return People(
        age=placed(done.age),
        part=placed(done.part),
        sex=placed(done.sex),
        role=placed(role),
        relation=relation,
        household=placed(household),
        mother=linked(done.mother),
        father=linked(done.father),
        spouse=linked(done.spouse),
        start=start,
        size=new_size,
        kind=kind,
    )


def _relations(role: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Relation to the head by role; the first member of each household is made head afterwards."""
    relation = np.full(role.shape, HEAD, dtype=np.int8)
    for member, code in _RELATION.items():
        relation[role == member] = code
    relation[role == NONE] = COLLECTIVE_MEMBER
    return relation
