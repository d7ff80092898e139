"""Fits household sizes and generations first, then gives every person a role that some household needs.

Household types by size and generations are fitted by relative entropy with exact households and persons and
weighted margins for one-person households, generations, children and elders. Persons then take roles
(child, husband, lone parent, elder ...) by proportional fitting of their propensities to the roles that the
fitted households hold, so that nobody is left over and no place stays empty (rounding moves at most a few).

Not modelled: grandparents bringing up children alone, adult siblings as such (they are `other`), polygyny.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from renben.engines.synthesis.fitting import Floats, Ints, ipf, round_rows, round_to_total
from renben.engines.synthesis.priors import AGES, GROUP_OF_AGE, Priors
from renben.engines.synthesis.strata import Stratum


class Role(IntEnum):
    """What a person is in a family household."""

    KID = 0
    PARTNER_WITH_KIDS_M = 1
    PARTNER_WITH_KIDS_F = 2
    LONE = 3
    PARTNER_M = 4
    PARTNER_F = 5
    ALONE = 6
    OTHER = 7
    ELDER_COUPLE_M = 8
    ELDER_COUPLE_F = 9
    ELDER = 10
    GREAT = 11


@dataclass(frozen=True)
class Kind:
    """A type of family household: generations and the number of places it has for each role."""

    name: str
    generations: int
    couple_with_kids: int = 0
    lone: int = 0
    couple: int = 0
    alone: int = 0
    other: int = 0
    kids: int = 0
    elders: int = 0
    great: int = 0

    @property
    def size(self) -> int:
        """Persons in the household."""
        pairs = 2 * (self.couple_with_kids + self.couple)
        return pairs + self.lone + self.alone + self.other + self.kids + self.elders + self.great


KINDS = (
    Kind("single", 1, alone=1),
    Kind("couple", 1, couple=1),
    Kind("other", 1, other=2),
    *(Kind(f"couple_{k}", 2, couple_with_kids=1, kids=k) for k in (1, 2, 3)),
    *(Kind(f"lone_{k}", 2, lone=1, kids=k) for k in (1, 2)),
    *(Kind(f"couple_{k}_e{e}", 3, couple_with_kids=1, kids=k, elders=e) for e in (1, 2) for k in (1, 2)),
    Kind("four_generations", 4, couple_with_kids=1, kids=1, elders=2, great=1),
)
SIZES = np.array([kind.size for kind in KINDS])
GENERATIONS = np.array([kind.generations for kind in KINDS])
_HARD = 1e-9
_MOST = 0.95
_ALONE_FROM = 16


def role_places(kinds: Ints) -> Ints:
    """Return how many persons each role needs (12 roles) for the given households of each kind."""
    n = {kind.name: int(count) for kind, count in zip(KINDS, kinds, strict=True)}
    places = np.zeros(len(Role), dtype=np.int64)
    for kind in KINDS:
        count = n[kind.name]
        places[Role.KID] += count * kind.kids
        places[[Role.PARTNER_WITH_KIDS_M, Role.PARTNER_WITH_KIDS_F]] += count * kind.couple_with_kids
        places[Role.LONE] += count * kind.lone
        places[[Role.PARTNER_M, Role.PARTNER_F]] += count * kind.couple
        places[Role.ALONE] += count * kind.alone
        places[Role.OTHER] += count * kind.other
        places[[Role.ELDER_COUPLE_M, Role.ELDER_COUPLE_F]] += count * (kind.elders == 2)
        places[Role.ELDER] += count * (kind.elders == 1)
        places[Role.GREAT] += count * kind.great
    return places


def propensities(stratum: Stratum, priors: Priors, schedule: Floats) -> Floats:
    """Return the propensity of each single age and sex to each role (age x sex x role, weights).

    Parents of co-resident children are expected where the age pattern of fertility puts them.

    Args:
        stratum: Family residents by single age and sex.
        priors: Assumptions.
        schedule: Share of mothers by their age at the birth of a child in the household, single ages 0..100.
    """
    weight = np.zeros((len(AGES), 2, len(Role)))
    pairs = {
        "couple": (Role.PARTNER_M, Role.PARTNER_F),
        "elder_couple": (Role.ELDER_COUPLE_M, Role.ELDER_COUPLE_F),
    }
    singles = {
        "lone": Role.LONE,
        "alone": Role.ALONE,
        "other": Role.OTHER,
        "elder": Role.ELDER,
        "great": Role.GREAT,
    }
    for sex, word in enumerate(("male", "female")):
        weight[:, sex, Role.KID] = _by_age(priors.array("kid_share", word))
        for name, role in singles.items():
            weight[:, sex, role] = _by_age(priors.array(f"role_weight_{word}", name))
        for name, both in pairs.items():
            weight[:, sex, both[sex]] = _by_age(priors.array(f"role_weight_{word}", name))
    kids = (stratum.family * weight[:, :, Role.KID]).sum(axis=1)
    mothers = np.convolve(kids, schedule)[: len(AGES)] / _kids_per_family(priors)
    gap = round(float(priors.array("spouse_gap")[0]))
    fathers = np.concatenate([np.zeros(gap), mothers[: len(AGES) - gap]])
    for sex, role, expected in (
        (0, Role.PARTNER_WITH_KIDS_M, fathers),
        (1, Role.PARTNER_WITH_KIDS_F, mothers),
    ):
        share = np.clip(expected / np.maximum(stratum.family[:, sex], 1), 0, _MOST) * (
            AGES >= priors.number("adult_from")
        )
        rest = 1 - np.minimum(weight[:, sex, Role.KID] + share, _MOST)
        others = [r for r in range(len(Role)) if r not in (Role.KID, role)]
        total = weight[:, sex, others].sum(axis=1)
        weight[:, sex, others] *= (rest / np.maximum(total, 1e-9))[:, None]
        weight[:, sex, role] = share
    return weight


def _kids_per_family(priors: Priors) -> float:
    """Children in a household with a couple and children (persons), by the prior shares of household types."""
    shares = {kind: float(priors["household_prior"][kind.name]) for kind in KINDS if kind.couple_with_kids}
    return sum(share * kind.kids for kind, share in shares.items()) / sum(shares.values())


def _by_age(groups: Floats) -> Floats:
    """Single-age values of a list by age group: linear between the middles of the groups, zero where it is zero."""
    middles = np.array([AGES[GROUP_OF_AGE == g].mean() for g in range(len(groups))])
    return np.where(groups[GROUP_OF_AGE] > 0, np.interp(AGES, middles, groups), 0.0)


def fit_kinds(stratum: Stratum, priors: Priors, expected: Floats) -> Ints:
    """Return the number of households of each kind (13): households and persons exact, other margins near.

    Args:
        stratum: Family residents and households of a stratum.
        priors: Assumptions.
        expected: Persons expected in each role.
    """
    h, persons = stratum.households, int(stratum.family.sum())
    if h == 0:
        return np.zeros(len(KINDS), dtype=np.int64)
    rows, goals, weights = _constraints(stratum, priors, expected, h, persons)
    prior = np.array([float(priors["household_prior"][kind.name]) for kind in KINDS])
    fitted = _entropy_fit(prior / prior.sum() * h, rows, goals, weights, h)
    return _whole_households(fitted, h, persons)


def _constraints(
    stratum: Stratum, priors: Priors, expected: Floats, h: int, persons: int
) -> tuple[Floats, Floats, Floats]:
    """Rows over kinds, their goals (counts) and weights (infinite = exact)."""
    weight = {key: float(value) for key, value in priors["margin_weight"].items()}
    census = stratum.census
    shares: Floats = census.get("generations", priors.array("generation_shares"))
    single = float(census["single"][0]) if "single" in census else priors.number("single_share")
    w_single = weight["census"] if "single" in census else weight["single"]
    w_generations = weight["census"] if "generations" in census else weight["generations"]
    kids = np.array([kind.kids for kind in KINDS])
    elders = np.array([kind.elders for kind in KINDS])
    lone = np.array([kind.lone for kind in KINDS])
    elder_goal = expected[[Role.ELDER_COUPLE_M, Role.ELDER_COUPLE_F, Role.ELDER]].sum()
    table = [
        (np.ones(len(KINDS)), h, np.inf),
        (SIZES, persons, np.inf),
        (GENERATIONS == 2, shares[0] * h, w_generations),
        (GENERATIONS == 3, shares[1] * h, w_generations),
        (GENERATIONS == 4, shares[2] * h, w_generations),
        (SIZES == 1, single * h, w_single),
        (kids, expected[Role.KID], weight["kids"]),
        (elders, elder_goal, weight["elders"]),
        (lone, expected[Role.LONE], weight["lone"]),
    ]
    return (
        np.array([row for row, _, _ in table], dtype=np.float64),
        np.array([goal for _, goal, _ in table], dtype=np.float64),
        np.array([w for _, _, w in table]),
    )


def _entropy_fit(prior: Floats, rows: Floats, goals: Floats, weights: Floats, h: int) -> Floats:
    """Counts nearest the prior in relative entropy; a margin of finite weight w gives way as if prior mass goal/w."""
    slack = np.where(np.isinf(weights), _HARD * h, np.maximum(goals, 1.0) / weights)
    dual = np.zeros(len(goals))

    def at(point: Floats) -> tuple[Floats, float]:
        counts = prior * np.exp(np.clip(rows.T @ point, -50, 50))
        return counts, float(counts.sum() - goals @ point + 0.5 * (slack * point**2).sum())

    counts, value = at(dual)
    for _ in range(200):
        gradient = rows @ counts - goals + slack * dual
        if np.abs(gradient).max() < 1e-9 * h:
            break
        hessian = (rows * counts) @ rows.T + np.diag(slack + 1e-12 * h)
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        trial, trial_value = at(dual - step)
        while trial_value > value and size > 1e-6:
            size /= 2
            trial, trial_value = at(dual - size * step)
        dual, counts, value = dual - size * step, trial, trial_value
    return counts


def _whole_households(fitted: Floats, h: int, persons: int) -> Ints:
    """Whole households of each kind with exact households, and persons exact where neighbours in size allow it."""
    whole = round_to_total(fitted, h)
    names = [kind.name for kind in KINDS]
    ladders = [
        ("couple", "couple_1"),
        ("couple_1", "couple_2"),
        ("single", "couple"),
        ("couple_2", "couple_3"),
    ]
    for small, large in ladders:
        a, b = names.index(small), names.index(large)
        missing = persons - int((whole * SIZES).sum())
        moved = min(missing, int(whole[a])) if missing > 0 else -min(-missing, int(whole[b]))
        whole[a] -= moved
        whole[b] += moved
    return whole


def assign_roles(stratum: Stratum, weight: Floats, places: Ints) -> Ints:
    """Return persons by single age, sex and role: ages and sexes exact, roles within about one of the places.

    Args:
        stratum: Family residents by single age and sex.
        weight: Propensities.
        places: Persons needed in each role.
    """
    rows = stratum.family.reshape(-1)
    seed = (weight.reshape(-1, len(Role)) + 0.0) * (places > 0)
    seed[:, Role.OTHER] += 1e-6 * (AGES.repeat(2) >= _ALONE_FROM)
    seed[:, Role.KID] += 1e-12
    goal = places + 0.0
    table, _ = ipf(seed * rows[:, None], [((1,), goal), ((0,), rows + 0.0)], tolerance=1e-7, rounds=150)
    return round_rows(table, rows).reshape(len(AGES), 2, len(Role))
