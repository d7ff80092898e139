"""Gives persons schooling, work, income, insurance and marital state so that county tables come out exactly.

Education is tabulated by single age and sex, occupation by age group, sex and education; an operator's census
table rakes both to the county's printed shares. Persons are then dealt labels without replacement, so tables hold
to the person. Incomes are scaled to the published income per head of urban and rural residents.

Not modelled: changes over a life; employers; correlation of the incomes of one household beyond its members' work.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renben.engines.synthesis.fitting import FitError, Floats, Ints, deal, ipf, round_rows
from renben.engines.synthesis.households import Role
from renben.engines.synthesis.matching import People
from renben.engines.synthesis.priors import AGE_GROUPS, AGES, GROUP_OF_AGE, Priors
from renben.engines.synthesis.strata import PLACES, Stratum

EDUCATION = ("too_young", "none", "preschool", "primary", "junior", "senior", "college", "bachelor")
OCCUPATION = ("none", "head", "professional", "clerical", "service", "farming", "production", "other")
STAGES = ("none", "kindergarten", "primary", "junior", "senior", "tertiary")
NEVER, MARRIED, WIDOWED, DIVORCED = 10, 20, 30, 40
EMPLOYEE_PENSION, RESIDENT_PENSION, EMPLOYEE_MEDICAL, RESIDENT_MEDICAL, UNEMPLOYMENT = 1, 2, 4, 8, 16
_JUNIOR = EDUCATION.index("junior")
_COLLEGE = EDUCATION.index("college")
_PLACE_NAMES = ("urban", "rural")
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Tables:
    """Persons of a stratum by (single age x sex) x education and (age group x sex x education) x occupation."""

    education: Ints
    occupation: Ints


@dataclass
class Attributes:
    """One value per person in household order; income in yuan a year, insurance as bits, codes as in GB/T 2261.2."""

    education: Codes
    occupation: Codes
    schooling: Codes
    marital: Codes
    insurance: Codes
    income: npt.NDArray[np.int32]


def county_tables(county: list[Stratum], priors: Priors) -> list[Tables]:
    """Return the education and occupation tables of a county's urban and rural stratum (persons).

    Args:
        county: Its two strata.
        priors: Assumptions.
    """
    people = [stratum.family + stratum.collective for stratum in county]
    census = county[0].census
    wanted = np.concatenate(
        [_education_chances(p, priors) * people[p].reshape(-1)[:, None] for p in range(PLACES)]
    )
    if "education" in census:
        wanted = _raked_by_sex(wanted, np.tile([0, 1], len(AGES) * PLACES), census["education"])
    education = [
        _rounded_by_sex(part, rows) for part, rows in zip(np.split(wanted, PLACES), people, strict=True)
    ]
    groups = [_by_group(table) for table in education]
    work = np.concatenate(
        [_occupation_chances(p, priors) * groups[p].reshape(-1)[:, None] for p in range(PLACES)]
    )
    if "occupation" in census:
        work = _raked_work(work, census["occupation"])
    parts = zip(np.split(work, PLACES), groups, strict=True)
    occupation = [round_rows(part, rows.reshape(-1)) for part, rows in parts]
    return [Tables(e, o) for e, o in zip(education, occupation, strict=True)]


def relative_income(table: Tables, place: int, priors: Priors) -> float:
    """Return the sum of relative incomes over the persons of a stratum (no unit).

    Args:
        table: Its tables.
        place: 0 urban, 1 rural.
        priors: Assumptions.
    """
    relative = priors.array("income_relative")
    by_group = table.occupation.reshape(len(AGE_GROUPS), -1, len(OCCUPATION)).sum(axis=1)
    old = by_group[GROUP_OF_AGE[int(priors.number("income_pension_from"))] :, 0].sum()
    return float((by_group.sum(axis=0) * relative).sum() + old * priors.array("income_pension")[place])


def attributes(
    people: People, table: Tables, place: int, scale: float, rng: np.random.Generator, priors: Priors
) -> Attributes:
    """Return schooling, work, marital state, insurance and income of every person of a stratum.

    Args:
        people: Persons in household order.
        table: Tables to use up.
        place: 0 urban, 1 rural.
        scale: Yuan a year for a relative income of 1.
        rng: Source of randomness of this stratum.
        priors: Assumptions.
    """
    n = len(people.age)
    cell = people.age.astype(np.int32) * 2 + people.sex
    education = deal(cell, table.education, rng.random(n, dtype=np.float32))
    group = GROUP_OF_AGE[people.age].astype(np.int32)
    cell = (group * 2 + people.sex) * len(EDUCATION) + education
    occupation = deal(cell, table.occupation, rng.random(n, dtype=np.float32))
    return Attributes(
        education=education,
        occupation=occupation,
        schooling=_schooling(people, education, occupation, rng, priors),
        marital=_marital(people, rng, priors),
        insurance=_insurance(people, occupation, place, rng, priors),
        income=_income(people, occupation, place, scale, rng, priors),
    )


def _education_chances(place: int, priors: Priors) -> Floats:
    """Chance of each education by single age and sex, rows in the order of cells."""
    chance = np.zeros((len(AGES), len(EDUCATION)))
    starts = priors.array("school_ages")
    enrolled = priors.array("school_enrolment")
    tilt = priors.number("education_urban_tilt") * (0.5 if place == 0 else -0.5)
    shift = np.exp(tilt * np.arange(len(EDUCATION) - 1))
    first_adult = AGE_GROUPS.index("20-24")
    for age in AGES:
        stage = int(np.searchsorted(starts, age, side="right"))
        if stage == 0:
            chance[age, 0] = 1.0
        elif stage <= 4:
            chance[age, stage + 1] = enrolled[stage - 1]
            chance[age, stage] = 1 - enrolled[stage - 1]
        else:
            name = AGE_GROUPS[max(int(GROUP_OF_AGE[age]), first_adult)]
            row = priors.array("education_adult", name) * shift
            chance[age, 1:] = row / row.sum()
    return np.repeat(chance, 2, axis=0)


def _rounded_by_sex(wanted: Floats, rows: Ints) -> Ints:
    """Whole persons by single age x sex and education, each sex rounded apart so that its column sums hold."""
    out = np.empty(wanted.shape, dtype=np.int64)
    for sex in range(2):
        out[sex::2] = round_rows(np.ascontiguousarray(wanted[sex::2]), np.ascontiguousarray(rows[:, sex]))
    return out


def _by_group(education: Ints) -> Ints:
    """Age group x sex x education from single ages."""
    single = education.reshape(len(AGES), 2, len(EDUCATION))
    out = np.zeros((len(AGE_GROUPS), 2, len(EDUCATION)), dtype=np.int64)
    np.add.at(out, GROUP_OF_AGE, single)
    return out


def _occupation_chances(place: int, priors: Priors) -> Floats:
    """Chance of each occupation by age group, sex and education, rows in the order of cells."""
    base = priors.array("occupation_shares", _PLACE_NAMES[place])
    steps = np.maximum(np.arange(len(EDUCATION)) - _JUNIOR, -2)
    kinds = base * np.exp(priors.array("occupation_education_tilt") * steps[:, None])
    kinds /= kinds.sum(axis=1, keepdims=True)
    work = np.stack([priors.array("work_share", word) for word in ("male", "female")], axis=1)[:, :, None]
    working = work[..., None] * kinds
    idle = np.broadcast_to(1 - work[..., None], (*working.shape[:3], 1))
    return np.concatenate([idle, working], axis=-1).reshape(-1, len(OCCUPATION))


def _raked_by_sex(wanted: Floats, sex: Ints, shares: Floats) -> Floats:
    """The education table with the printed shares of residents (sex x 7; an open share takes what is left)."""
    out = wanted.copy()
    rows = wanted.sum(axis=1)
    for s in range(2):
        part = wanted[sex == s]
        goal = np.concatenate([[part[:, 0].sum()], shares[s] * part.sum()])
        left = part.sum() - np.nansum(goal)
        if left < 0:
            raise FitError(
                f"census table: education adds up to {-left:.0f} persons more than residents; check it"
            )
        goal = np.where(np.isnan(goal), left, goal)
        out[sex == s] = ipf(part + 1e-9 * (part > 0), [((1,), goal), ((0,), rows[sex == s])], 1e-7, 200)[0]
    return out


def _raked_work(work: Floats, shares: Floats) -> Floats:
    """The occupation table with the printed shares (7) among the working."""
    working = work[:, 1:].sum()
    goal = np.concatenate([[work[:, 0].sum()], shares / shares.sum() * working])
    return ipf(work, [((1,), goal), ((0,), work.sum(axis=1))], 1e-7, 200)[0]


def _schooling(
    people: People, education: Codes, occupation: Codes, rng: np.random.Generator, priors: Priors
) -> Codes:
    """Stage attended now: kindergarten to tertiary, 0 where none."""
    starts = priors.array("school_ages")
    chance = np.concatenate([[0.0], priors.array("school_enrolment"), [0.0]])
    stage = np.searchsorted(starts, people.age, side="right").astype(np.int8)
    attends = rng.random(len(stage), dtype=np.float32) < chance[stage]
    tertiary = stage == STAGES.index("tertiary")
    attends &= (occupation == 0) & (~tertiary | (education >= _COLLEGE))
    attends |= tertiary & (education >= _COLLEGE) & (occupation == 0)
    attended: Codes = np.where(attends & (stage < len(STAGES)), stage, 0).astype(np.int8)
    return attended


def _marital(people: People, rng: np.random.Generator, priors: Priors) -> Codes:
    """Never married 10, married 20, widowed 30, divorced 40."""
    cumulated = np.cumsum(priors.array("marital_alone"), axis=1)
    codes = np.array([NEVER, MARRIED, DIVORCED, WIDOWED], dtype=np.int8)
    out = np.full(len(people.age), NEVER, dtype=np.int8)
    out[(people.role == Role.ELDER) | (people.role == Role.GREAT)] = WIDOWED
    out[people.spouse >= 0] = MARRIED
    open_ = np.flatnonzero(
        (out == NEVER) & (people.role != Role.KID) & (people.age >= priors.number("adult_from"))
    )
    band = np.clip(((people.age[open_] - 20) // 20), 0, 2)
    draw = rng.random(len(open_), dtype=np.float32)
    out[open_] = codes[np.minimum((draw[:, None] >= cumulated[band]).sum(axis=1), 3)]
    return out


def _insurance(
    people: People, occupation: Codes, place: int, rng: np.random.Generator, priors: Priors
) -> Codes:
    """Bits: employee pension 1, resident pension 2, employee medical 4, resident medical 8, unemployment 16."""
    factor = 1.0 if place == 0 else priors.number("insured_rural_factor")
    share = priors.array("insured_employee_share") * factor
    resident = priors.array("insured_resident_share")
    draws = rng.random((3, len(occupation)), dtype=np.float32)
    employee = draws[0] < share[occupation]
    out = np.where(employee, EMPLOYEE_PENSION | EMPLOYEE_MEDICAL, 0).astype(np.int8)
    out[employee & (draws[1] < priors.number("unemployment_insured_share"))] |= UNEMPLOYMENT
    out[~employee & (people.age >= priors.number("insured_from")) & (draws[1] < resident[0])] |= (
        RESIDENT_PENSION
    )
    out[~employee & (draws[2] < resident[1])] |= RESIDENT_MEDICAL
    return out


def _income(
    people: People, occupation: Codes, place: int, scale: float, rng: np.random.Generator, priors: Priors
) -> npt.NDArray[np.int32]:
    """Personal income in yuan a year; its mean over the stratum's persons is the scale times the relative mean."""
    relative = priors.array("income_relative")[occupation]
    pension = priors.array("income_pension")[place]
    relative = np.where(
        (occupation == 0) & (people.age >= priors.number("income_pension_from")), pension, relative
    )
    sigma = priors.number("income_sigma")
    noise = np.exp(sigma * rng.standard_normal(len(relative), dtype=np.float32))
    noise *= relative.sum() / max(float((relative * noise).sum()), 1e-9)
    income: npt.NDArray[np.int32] = np.rint(scale * relative * noise).astype(np.int32)
    return income
