"""Makes the persons and households of one county, in household order, as two Arrow tables and their counts.

Every random number comes from streams named by seed, county, place and purpose, so a county is the same whether
it is made alone, first or last, and by however many threads.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renben.core.randomness import stream
from renben.engines.synthesis.arrow import DAYS_A_YEAR, EPOCH, birth_days, codes, constant, days
from renben.engines.synthesis.attributes import EDUCATION, OCCUPATION, Attributes, attributes
from renben.engines.synthesis.fitting import Floats, Ints
from renben.engines.synthesis.households import (
    GENERATIONS,
    KINDS,
    assign_roles,
    fit_kinds,
    propensities,
    role_places,
)
from renben.engines.synthesis.margins import AWAY
from renben.engines.synthesis.matching import People, seat
from renben.engines.synthesis.papers import Papers, papers
from renben.engines.synthesis.planning import Plan
from renben.engines.synthesis.priors import AGE_GROUPS, GROUP_OF_AGE, Priors
from renben.engines.synthesis.residence import Origins, Residence, origin_is_same_city, settle
from renben.engines.synthesis.seating import COLLECTIVE
from renben.engines.synthesis.strata import PLACES, Stratum

ID_ROOM = 10_000_000
TENURE = ("dormitory", "bought", "self_built", "rented", "inherited", "other")
FAMILY_HUKOU, COLLECTIVE_HUKOU = 10, 20
_KIND_NAMES = (*(kind.name for kind in KINDS), "collective")


@dataclass
class CountyRows:
    """One county: persons, households, and counts by margin for the report."""

    code: str
    persons: pa.Table
    households: pa.Table
    counts: dict[str, list[float]] = field(default_factory=dict)


@dataclass
class _Part:
    """One stratum with its persons."""

    place: int
    people: People
    residence: Residence
    attributes: Attributes
    papers: Papers
    tenure: npt.NDArray[np.int8]
    area: npt.NDArray[np.float32]


def make_county(plan: Plan, index: int, seed: int) -> CountyRows:
    """Return the rows of one county (persons, households; units as in docs/guide/synthesis.md).

    Args:
        plan: What is fixed before persons are drawn.
        index: Number of the county in the plan.
        seed: Another seed gives another population with the same margins.
    """
    code = plan.margins.codes[index]
    parts = [_stratum(plan, index, place, seed) for place in range(PLACES)]
    persons, households = _tables(parts, int(code), plan.priors)
    return CountyRows(code, persons, households, _counts(parts, plan.origins[index]))


def _stratum(plan: Plan, index: int, place: int, seed: int) -> _Part:
    stratum, priors = plan.strata[index][place], plan.priors
    code = plan.margins.codes[index]

    def rng(purpose: str) -> np.random.Generator:
        return stream(seed, "synthesis", code, place, purpose)

    weight = propensities(stratum, priors, plan.births)
    share = weight / np.maximum(weight.sum(axis=2, keepdims=True), 1e-9)
    kinds = fit_kinds(stratum, priors, (stratum.family[:, :, None] * share).sum(axis=(0, 1)))
    roles = assign_roles(stratum, weight, role_places(kinds))
    people = seat(stratum, roles, kinds, rng("seats"), priors, np.cumsum(plan.births))
    residence = settle(people, stratum, plan.origins[index], int(code), rng("residence"), priors)
    given = attributes(
        people, plan.tables[index][place], place, plan.income_scale[place], rng("attributes"), priors
    )
    held = papers(people, residence, given, plan.origins[index], rng("papers"), priors)
    tenure, area = _dwellings(people, residence, stratum, rng("dwellings"), priors)
    return _Part(place, people, residence, given, held, tenure, area)


def _dwellings(
    people: People, residence: Residence, stratum: Stratum, rng: np.random.Generator, priors: Priors
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Tenure of each household and its floor area in square metres."""
    homes, name = len(people.size), ("urban", "rural")[stratum.place]
    local = np.cumsum(priors.array("tenure_shares", name))
    away = np.cumsum(priors.array("tenure_shares", "away"))
    draw = rng.random(homes)
    mover = residence.away[people.start] > 0
    tenure = 1 + np.where(mover, np.searchsorted(away, draw), np.searchsorted(local, draw))
    median, sigma = priors.array("floor_area", name)
    area = people.size * median * np.exp(sigma * rng.standard_normal(homes))
    collective = people.kind == COLLECTIVE
    tenure = np.where(collective, 0, np.minimum(tenure, len(TENURE) - 1)).astype(np.int8)
    return tenure, np.round(area, 1).astype(np.float32)


def _tables(parts: list[_Part], code: int, priors: Priors) -> tuple[pa.Table, pa.Table]:
    """Urban rows first, then rural, with numbers that are unique in the whole population."""
    people = [part.people for part in parts]
    first = np.cumsum([0] + [len(p.age) for p in people])
    homes = np.cumsum([0] + [len(p.size) for p in people])
    base = code * ID_ROOM + 1

    def links(pick: str) -> pa.Array:
        values = np.concatenate(
            [getattr(p, pick).astype(np.int64) + f for p, f in zip(people, first, strict=False)]
        )
        empty = np.concatenate([getattr(p, pick) < 0 for p in people])
        return pa.array(values + base, mask=empty)

    household = np.concatenate(
        [p.household.astype(np.int64) + h for p, h in zip(people, homes, strict=False)]
    )
    persons = pa.table(
        {
            "person": pa.array(base + np.arange(first[-1], dtype=np.int64)),
            "household": pa.array(base + household),
            "county": constant(str(code), int(first[-1])),
            "urban": pa.array(np.repeat([part.place == 0 for part in parts], np.diff(first))),
            **_who(parts, priors),
            "mother": links("mother"),
            "father": links("father"),
            "spouse": links("spouse"),
            **_hukou(parts),
            **_dates(parts, priors.reference_date),
            **{
                name: pa.array(_joined(parts, "attributes", name))
                for name in ("marital", "education", "schooling", "occupation", "insurance", "income")
            },
            **_papers(parts, code, priors.reference_date),
        }
    )
    return persons, _household_table(parts, code, base, homes, priors)


def _joined(parts: list[_Part], what: str, name: str) -> npt.NDArray[Any]:
    """One column of both strata, urban first."""
    return np.concatenate([getattr(getattr(part, what), name) for part in parts])


def _who(parts: list[_Part], priors: Priors) -> dict[str, pa.Array]:
    """Birth, sex (1 male, 2 female) and relation to the head."""
    return {
        "birth": days(_birth_days(parts, priors.reference_date)),
        "sex": pa.array(_joined(parts, "people", "sex") + np.int8(1)),
        "relation": pa.array(_joined(parts, "people", "relation")),
    }


def _hukou(parts: list[_Part]) -> dict[str, pa.Array]:
    """Class of being away, region and kind of the hukou."""
    away = _joined(parts, "residence", "away")
    collective = np.concatenate([(p.people.kind == COLLECTIVE)[p.people.household] for p in parts])
    kind = np.where(collective & (away == 0), COLLECTIVE_HUKOU, FAMILY_HUKOU).astype(np.int8)
    return {
        "away": pa.array(away),
        "hukou_region": codes(_joined(parts, "residence", "hukou_region")),
        "hukou_urban": pa.array(_joined(parts, "residence", "hukou_urban")),
        "hukou_type": pa.array(kind),
    }


def _birth_days(parts: list[_Part], today: dt.date) -> npt.NDArray[np.int32]:
    return birth_days(_joined(parts, "people", "age"), _joined(parts, "people", "part"), today)


def _household_table(
    parts: list[_Part], code: int, base: int, homes: npt.NDArray[np.integer], priors: Priors
) -> pa.Table:
    kind = np.concatenate([part.people.kind for part in parts])
    number = base + np.arange(homes[-1], dtype=np.int64)
    shared = kind == COLLECTIVE
    rank = np.cumsum(shared) - shared
    first = np.flatnonzero(shared)
    block = int(priors.number("dormitory_households"))
    dwelling = np.where(shared, 0, number)
    if len(first):
        dwelling[shared] = number[first[(rank[shared] // block) * block]]
    generations = np.append(GENERATIONS, 1).astype(np.int8)
    return pa.table(
        {
            "household": pa.array(number),
            "dwelling": pa.array(dwelling),
            "county": constant(str(code), int(homes[-1])),
            "urban": pa.array(np.repeat([part.place == 0 for part in parts], np.diff(homes))),
            "kind": pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(_KIND_NAMES)),
            "size": pa.array(np.concatenate([part.people.size for part in parts]).astype(np.int16)),
            "generations": pa.array(generations[kind], mask=shared),
            "tenure": pa.DictionaryArray.from_arrays(
                pa.array(np.concatenate([part.tenure for part in parts])), pa.array(TENURE)
            ),
            "area_m2": pa.array(np.concatenate([part.area for part in parts]), mask=shared),
        }
    )


def _dates(parts: list[_Part], today: dt.date) -> dict[str, pa.Array]:
    """Since when somebody away lives here, and since when that is registered; empty for people at their hukou."""
    now = (today - EPOCH).days
    birth = _birth_days(parts, today)
    years = _joined(parts, "residence", "years_here")
    here = np.isinf(years)
    since = np.maximum(now - np.where(here, 0, years * DAYS_A_YEAR), birth).astype(np.int32)
    delay = _joined(parts, "residence", "registered_delay")
    known = _joined(parts, "residence", "registered")
    registered = since + delay.astype(np.int32)
    return {
        "resident_since": days(since, here),
        "registered_since": days(registered, here | ~known | (registered > now)),
    }


def _papers(parts: list[_Part], code: int, today: dt.date) -> dict[str, pa.Array]:
    """Permit, earlier residence, place and months of insurance, savings; empty where they do not apply."""
    now = np.int32((today - EPOCH).days)
    has = _joined(parts, "papers", "has_permit")
    region, years = _joined(parts, "papers", "before_region"), _joined(parts, "papers", "before_years")
    here = _joined(parts, "residence", "years_here")
    came = now - np.where(region == 0, 0, (here + years) * DAYS_A_YEAR)
    months = _joined(parts, "papers", "pension_months")
    insured = _joined(parts, "attributes", "insurance") > 0
    place = np.where(
        _joined(parts, "papers", "insured_here"), np.int32(code), _joined(parts, "residence", "hukou_region")
    )
    return {
        "has_permit": pa.array(has),
        "permit_issued": days(now - _joined(parts, "papers", "issued"), ~has),
        "endorsed_until": days(now - _joined(parts, "papers", "endorsed"), ~has),
        "before_region": codes(region, region == 0),
        "before_since": days(np.maximum(came, _birth_days(parts, today)).astype(np.int32), region == 0),
        "insured_region": codes(place, ~insured),
        "late_endorsement": pa.array(np.zeros(len(has), dtype=bool)),
        "pension_months": pa.array(months, mask=months < 0),
        "assets": pa.array(_joined(parts, "papers", "assets")),
    }


def _counts(parts: list[_Part], origin: Origins) -> dict[str, list[float]]:
    """Persons and households by margin, counted from the rows themselves."""
    total: dict[str, Ints | Floats] = {}
    for part in parts:
        for name, values in _counts_of(part, origin).items():
            total[name] = total[name] + values if name in total else values
    return {name: np.asarray(values).ravel().tolist() for name, values in total.items()}


def _counts_of(part: _Part, origin: Origins) -> dict[str, Ints | Floats]:
    people, home, given = part.people, part.residence, part.attributes
    n = len(people.age)
    collective = people.kind == COLLECTIVE
    generations = np.append(GENERATIONS, 0)[people.kind]
    groups = GROUP_OF_AGE[people.age] * 2 + people.sex
    by_place = np.zeros(PLACES)
    by_place[part.place] = 1
    return {
        "age_sex": np.bincount(groups, minlength=2 * len(AGE_GROUPS)),
        "place": by_place * n,
        "away": np.bincount(home.away, minlength=len(AWAY) + 1),
        "intra_district": np.array(origin_is_same_city(origin, home)),
        "hukou_urban": np.array([(home.hukou_urban & (home.away < len(AWAY))).sum()]),
        "collective": np.array([collective.sum(), people.size[collective].sum()]),
        "generations": np.bincount(generations[~collective], minlength=5)[1:],
        "single": np.array([((people.size == 1) & ~collective).sum()]),
        "families": np.array([(~collective).sum(), people.size[~collective].sum()]),
        "income": by_place * float(given.income.sum()),
        "education": np.bincount(
            people.sex.astype(np.int64) * len(EDUCATION) + given.education, minlength=2 * len(EDUCATION)
        ),
        "occupation": np.bincount(given.occupation, minlength=len(OCCUPATION)),
    }
