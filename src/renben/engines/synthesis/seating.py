"""Works out who lives with whom: spouses, children and elders of the fitted households.

Couples pair by rank of age with a drawn age gap; children go to parents by rank of the age that a drawn age at
birth leads to; co-resident elders likewise. Sorting instead of searching keeps it linear and exact: everybody
gets a household. Not modelled: links to relatives who live elsewhere.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from renben.engines.synthesis.fitting import Floats, Ints, deal
from renben.engines.synthesis.households import KINDS, Role
from renben.engines.synthesis.priors import AGES, Priors
from renben.engines.synthesis.strata import Stratum

NONE = -1
COLLECTIVE = len(KINDS)
_EXCHANGES = 16
_WITH_COUPLE = np.array([i for i, kind in enumerate(KINDS) if kind.couple_with_kids])
_LONE = np.array([i for i, kind in enumerate(KINDS) if kind.lone])
_KIDS = np.array([kind.kids for kind in KINDS])
_ELDERS = np.array([kind.elders for kind in KINDS])
_GREAT = np.array([kind.great for kind in KINDS])
_INDEX = {kind.name: i for i, kind in enumerate(KINDS)}
Array32 = npt.NDArray[np.int32]


@dataclass
class Draft:
    """Persons role after role, before they are put in household order."""

    rng: np.random.Generator
    age: list[npt.NDArray[np.int16]] = field(default_factory=list)
    sex: list[npt.NDArray[np.int8]] = field(default_factory=list)
    role: list[npt.NDArray[np.int8]] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def add(self, role: int, table: Ints) -> tuple[int, int]:
        """Append the persons of a role, youngest first. Returns the first index and the number."""
        counts = table.sum(axis=1)
        n = int(counts.sum())
        age = np.repeat(AGES.astype(np.int16), counts)
        sex = deal(age.astype(np.int32), table.astype(np.int64), self.rng.random(n, dtype=np.float32))
        self.age.append(age)
        self.sex.append(sex)
        self.role.append(np.full(n, role, dtype=np.int8))
        self.first[role] = self.total
        self.total += n
        return self.first[role], n


class Seating:
    """Works out household, spouse and parents of every drafted person."""

    def __init__(
        self,
        stratum: Stratum,
        roles: Ints,
        kinds: Ints,
        rng: np.random.Generator,
        priors: Priors,
        births: Floats,
    ) -> None:
        self.rng, self.priors, self.births = rng, priors, births
        self.draft = Draft(rng)
        order = (1, 3, 4, 6, 7, 2, 5, 0, 8, 9, 10, 11)
        self.range = {Role(r): self.draft.add(r, roles[:, :, r]) for r in order}
        collective = self.draft.add(NONE, stratum.collective)
        n = self.draft.total
        self.age = np.concatenate(self.draft.age)
        self.part = rng.random(n, dtype=np.float32)
        self.exact = self.age + self.part
        self.sex = np.concatenate(self.draft.sex)
        self.household = np.full(n, NONE, dtype=np.int32)
        self.mother, self.father, self.spouse = (np.full(n, NONE, dtype=np.int32) for _ in range(3))
        self.kinds: list[npt.NDArray[np.int8]] = []
        self.homes = 0
        self._families(kinds)
        self._small()
        self._leftover()
        self._cut_impossible()
        self._collective(collective, stratum.collective_households)

    def _index(self, role: Role) -> Array32:
        first, n = self.range[role]
        return np.arange(first, first + n, dtype=np.int32)

    def _open(self, kinds: npt.NDArray[np.integer]) -> Array32:
        """Open one household per entry and return their numbers."""
        self.kinds.append(kinds.astype(np.int8))
        first = self.homes
        self.homes += len(kinds)
        return np.arange(first, self.homes, dtype=np.int32)

    def _by_noisy_age(self, people: Array32, shift: float, spread: float) -> Array32:
        return people[np.argsort(self.exact[people] - shift + spread * self.rng.standard_normal(len(people)))]

    def _pair(self, men: Array32, women: Array32) -> tuple[Array32, Array32]:
        """Marry by rank of age; returns the pairs, women youngest first."""
        gap, spread = self.priors.array("spouse_gap")
        n = min(len(men), len(women))
        men, women = self._by_noisy_age(men, gap, spread)[:n], women[:n]
        self.spouse[men], self.spouse[women] = women, men
        return men, women

    def _families(self, kinds: Ints) -> None:
        """Couples and lone parents with children, their children, and the elders who live with them."""
        men, women = self._pair(self._index(Role.PARTNER_WITH_KIDS_M), self._index(Role.PARTNER_WITH_KIDS_F))
        lone = self._index(Role.LONE)
        lone_kinds = self.rng.permutation(np.repeat(_LONE, kinds[_LONE]))[: len(lone)]
        lone = lone[: len(lone_kinds)]
        old_men, old_women = self._pair(self._index(Role.ELDER_COUPLE_M), self._index(Role.ELDER_COUPLE_F))
        elders = {2: old_women, 1: self._index(Role.ELDER)}
        hosts = self._hosts(women, elders)
        couple_kinds = self._couple_kinds(len(women), kinds, hosts)
        couple_homes, lone_homes = self._open(couple_kinds), self._open(lone_kinds)
        self.household[men] = self.household[women] = couple_homes
        self.household[lone] = lone_homes
        mothers = np.concatenate([women, np.where(self.sex[lone] == 1, lone, NONE)]).astype(np.int32)
        fathers = np.concatenate([men, np.where(self.sex[lone] == 0, lone, NONE)]).astype(np.int32)
        family_kinds = np.concatenate([couple_kinds, lone_kinds]).astype(np.int64)
        self._children(mothers, fathers, np.concatenate([couple_homes, lone_homes]), family_kinds)
        for number, people in elders.items():
            self._join(people[: len(hosts[number])], hosts[number], men, women, couple_homes)
        self._great(couple_kinds, couple_homes, hosts[2], old_men)

    def _hosts(self, women: Array32, elders: dict[int, Array32]) -> dict[int, Ints]:
        """Which couple each elder (or elder couple) lives with, by the age their child should have."""
        gap, spread = self.priors.array("elder_gap")
        people = np.concatenate([elders[2], elders[1]])
        wanted = self.exact[people] - gap + spread * self.rng.standard_normal(len(people))
        order = np.argsort(wanted)[: len(women)]
        turn = np.arange(len(order))
        place = np.searchsorted(self.age[women], wanted[order])
        place = np.maximum.accumulate(place - turn) + turn if len(order) else place
        place = np.minimum(place, len(women) - len(order) + turn)
        couple = np.full(len(people), NONE, dtype=np.int64)
        couple[order] = place
        return {2: couple[: len(elders[2])], 1: couple[len(elders[2]) :]}

    def _couple_kinds(self, couples: int, kinds: Ints, hosts: dict[int, Ints]) -> Ints:
        """Type of household of each couple with children, given which couples host elders."""
        out = np.full(couples, _INDEX["couple_1"], dtype=np.int64)
        hosting = np.zeros(couples, dtype=np.int64)
        for number, places in hosts.items():
            hosting[places[places >= 0]] = number
        for number in (0, 1, 2):
            here = np.flatnonzero(hosting == number)
            choice = _WITH_COUPLE[_ELDERS[_WITH_COUPLE] == number]
            pool = self.rng.permutation(np.repeat(choice, kinds[choice]))
            out[here] = np.resize(pool, len(here)) if len(pool) else choice[0]
        return out

    def _children(self, mothers: Array32, fathers: Array32, homes: Array32, kinds: Ints) -> None:
        """Children by rank of the age their mother's age and a drawn age at birth lead to."""
        kids = self._index(Role.KID)
        number = _KIDS[kinds]
        slots = np.repeat(np.arange(len(kinds)), number)
        turn = np.arange(len(slots)) - np.repeat(np.cumsum(number) - number, number)
        if len(kinds) and len(slots) < len(kids):
            more = np.arange(len(kids) - len(slots))
            slots, turn = np.concatenate([slots, more % len(kinds)]), np.concatenate([turn, more * 0])
        if len(slots) == 0:
            return
        gap = self.priors.array("spouse_gap")[0]
        parent_age = np.where(mothers >= 0, self.exact[mothers], self.exact[fathers] - gap)
        at_birth = np.searchsorted(self.births, self.rng.random(len(slots))) + self.rng.random(len(slots))
        key = parent_age[slots] - at_birth - self.priors.number("child_spacing") * turn
        taken = np.argsort(key)
        family = slots[taken[len(taken) - len(kids) :]] if len(taken) > len(kids) else slots[taken]
        kids = kids[: len(family)]
        family = self._plausible(family, parent_age, kids)
        self.household[kids] = homes[family]
        self.mother[kids], self.father[kids] = mothers[family], fathers[family]

    def _plausible(self, family: Ints, parent_age: Floats, kids: Array32) -> Ints:
        """Exchange the families of children whose mother would have been too young or too old at birth."""
        low, high = self.priors.array("mother_age_bounds")
        age = self.exact[kids]

        def fits(families: Ints, ages: Floats) -> npt.NDArray[np.bool_]:
            gap = parent_age[families] - ages
            inside: npt.NDArray[np.bool_] = (gap >= low) & (gap <= high)
            return inside

        for _ in range(_EXCHANGES):
            wrong = np.flatnonzero(~fits(family, age))
            if len(wrong) == 0:
                break
            other, first = np.unique(self.rng.integers(0, len(kids), len(wrong)), return_index=True)
            wrong = wrong[first]
            good = (
                fits(family, age)[other] & fits(family[other], age[wrong]) & fits(family[wrong], age[other])
            )
            a, b = wrong[good], other[good]
            family[a], family[b] = family[b], family[a]
        return family

    def _join(self, elders: Array32, hosts: Ints, men: Array32, women: Array32, homes: Array32) -> None:
        """Let elders (the women of elder couples, or single elders) live with their child's couple."""
        elders, hosts = elders[hosts >= 0], hosts[hosts >= 0]
        of_husband = self.rng.random(len(hosts)) < self.priors.number("elder_of_husband")
        child = np.where(of_husband, men[hosts], women[hosts])
        self.household[elders] = homes[hosts]
        female = self.sex[elders] == 1
        self.mother[child[female]] = elders[female]
        self.father[child[~female]] = elders[~female]
        partner = self.spouse[elders]
        paired = partner >= 0
        self.household[partner[paired]] = homes[hosts[paired]]
        self.father[child[paired]] = partner[paired]

    def _great(self, kinds: Ints, homes: Array32, hosts: Ints, old_men: Array32) -> None:
        """Great-grandparents live where four generations do, as parents of the elder man, by rank of age."""
        where = np.full(len(kinds), NONE, dtype=np.int64)
        seen = hosts >= 0
        where[hosts[seen]] = np.flatnonzero(seen)
        couples = np.flatnonzero((_GREAT[kinds] > 0) & (where >= 0))
        great = self._index(Role.GREAT)
        child = old_men[where[couples]]
        order = np.argsort(self.exact[child], kind="stable")[::-1][: len(great)][::-1]
        great, child = great[: len(order)], child[order]
        self.household[great] = homes[couples[order]]
        female = self.sex[great] == 1
        self.mother[child[female]] = great[female]
        self.father[child[~female]] = great[~female]

    def _small(self) -> None:
        """Couples without children at home, people living alone, and adults who share a home."""
        men, women = self._pair(self._index(Role.PARTNER_M), self._index(Role.PARTNER_F))
        self.household[men] = self.household[women] = self._open(np.full(len(women), _INDEX["couple"]))
        alone = self._index(Role.ALONE)
        self.household[alone] = self._open(np.full(len(alone), _INDEX["single"]))
        others = self._by_noisy_age(self._index(Role.OTHER), 0.0, 3.0)
        homes = self._open(np.full((len(others) + 1) // 2, _INDEX["other"]))
        self.household[others] = homes[np.arange(len(others)) // 2]

    def _leftover(self) -> None:
        """The few whom rounding left without a place live alone."""
        first = self.draft.first[NONE]
        left = np.flatnonzero(self.household[:first] == NONE).astype(np.int32)
        self.household[left] = self._open(np.full(len(left), _INDEX["single"]))

    def _cut_impossible(self) -> None:
        """Drop the few parent links that rank matching left with too small a difference of age."""
        lowest = self.priors.array("mother_age_bounds")[0]
        for parent in (self.mother, self.father):
            has = np.flatnonzero(parent >= 0)
            parent[has[self.exact[parent[has]] - self.exact[has] < lowest]] = NONE

    def _collective(self, block: tuple[int, int], homes: int) -> None:
        """Collective households of one sex and near ages."""
        first, n = block
        homes = min(homes, n)
        people = np.arange(first, first + n, dtype=np.int32)
        people = people[np.argsort(self.sex[people], kind="stable")]
        numbers = self._open(np.full(homes, COLLECTIVE))
        if homes:
            self.household[people] = numbers[(np.arange(n) * homes) // n]
