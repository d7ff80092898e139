"""Compares the population made with every margin it should keep, and says which margins nothing controls.

SRMSE is the root mean square error of a margin's cells divided by their mean. The largest relative error counts
what exceeds rounding (half a unit for each part of a cell that is rounded apart, at least one), relative to the
wanted cell; the largest error itself stands beside it. Margins are `published`, `estimated` (the published figure
is itself a model result or carried to another population), `census` (an operator's table) or `assumed` (a prior;
reported, not bounded).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from renben.engines.synthesis.attributes import EDUCATION, OCCUPATION
from renben.engines.synthesis.fitting import Floats
from renben.engines.synthesis.margins import AWAY
from renben.engines.synthesis.planning import Plan
from renben.engines.synthesis.priors import AGE_GROUPS
from renben.engines.synthesis.strata import PLACES

_REPRODUCTIVE = slice(AGE_GROUPS.index("15-19"), AGE_GROUPS.index("45-49") + 1)


@dataclass(frozen=True)
class MarginFit:
    """How well one margin is kept. Units as of the margin; srmse and errors are ratios."""

    margin: str
    kind: str
    cells: int
    unit: str
    wanted: float
    made: float
    srmse: float
    largest_relative_error: float
    largest_error: float
    bound_relative: float | None
    bound_srmse: float | None

    @property
    def kept(self) -> bool:
        """Whether the margin stays inside its bounds (assumed margins have none)."""
        relative = self.bound_relative is None or self.largest_relative_error <= self.bound_relative
        return relative and (self.bound_srmse is None or self.srmse <= self.bound_srmse)

    def row(self) -> dict[str, Any]:
        """The margin as a plain row."""
        return {**asdict(self), "kept": self.kept}


def fit_report(plan: Plan, counts: dict[str, dict[str, list[float]]]) -> list[MarginFit]:
    """Return one row per margin (persons, households, yuan).

    Args:
        plan: Margins and assumptions.
        counts: Counts by county code, as returned with the rows.
    """
    codes = [code for code in plan.margins.codes if code in counts]
    made = {name: np.array([counts[code][name] for code in codes]) for name in counts[codes[0]]}
    rows = _published(plan, made, [plan.margins.codes.index(code) for code in codes])
    if len(codes) == len(plan.margins.codes):
        rows += _province(plan, made)
    return rows + _census(plan, made, codes)


def _measure(
    plan: Plan, margin: str, kind: str, unit: str, wanted: Any, made: Any, parts: int = 2
) -> MarginFit:
    """One margin; `parts` is how many separately rounded numbers add up to a cell."""
    wanted, made = np.asarray(wanted, dtype=np.float64).ravel(), np.asarray(made, dtype=np.float64).ravel()
    error = np.abs(made - wanted)
    slack = 0.0 if unit == "yuan" else parts / 2
    relative = np.maximum(error - slack, 0) / np.maximum(wanted, 1.0)
    mean = max(float(wanted.mean()), 1e-9)
    noise = slack / mean
    soft = kind == "estimated"
    bound = plan.priors.number("fit_bound_model_relative" if soft else "fit_bound_relative")
    bounded = kind in ("published", "estimated", "census")
    return MarginFit(
        margin=margin,
        kind=kind,
        cells=wanted.size,
        unit=unit,
        wanted=float(wanted.sum()),
        made=float(made.sum()),
        srmse=float(np.sqrt((error**2).mean()) / mean),
        largest_relative_error=float(relative.max()),
        largest_error=float(error.max()),
        bound_relative=bound if bounded else None,
        bound_srmse=(bound if soft else plan.priors.number("fit_bound_srmse")) + noise if bounded else None,
    )


def _published(plan: Plan, made: dict[str, Floats], where: list[int]) -> list[MarginFit]:
    """Margins by county."""
    published = plan.margins.published
    age_sex = made["age_sex"].reshape(len(where), len(AGE_GROUPS), 2)
    rows = [
        ("residents by county", published["residents"], age_sex.sum(axis=(1, 2))),
        ("age group by county", published["age"], age_sex.sum(axis=2)),
        ("sex by county", published["sex"], age_sex.sum(axis=1)),
        ("women of 15-49 by county", published["women_15_49"], age_sex[:, _REPRODUCTIVE, 1].sum(axis=1)),
        ("urban residents by county", published["urban"], made["place"][:, 0]),
        ("away from hukou township by county and class", published["away"], made["away"][:, 1:]),
    ]
    return [
        _measure(plan, name, "published", "person", np.asarray(wanted)[where], found)
        for name, wanted, found in rows
    ]


def _province(plan: Plan, made: dict[str, Floats]) -> list[MarginFit]:
    """Margins of the province and of prefectures and counties with published households."""
    margins, province = plan.margins, plan.margins.province
    age_sex = made["age_sex"].reshape(-1, len(AGE_GROUPS), 2).sum(axis=0)
    households = np.concatenate([made["families"].sum(axis=0), made["collective"].sum(axis=0)])
    names = ("family_households", "family_household_pop", "collective_households", "collective_household_pop")
    intra = made["away"][margins.districts, 1].sum() + made["intra_district"].sum()
    inside = province["hukou_urban_share"] * made["away"][:, : len(AWAY)].sum()
    income = made["income"].sum(axis=0) / np.maximum(made["place"].sum(axis=0), 1)
    rows: list[tuple[str, str, str, Any, Any]] = [
        ("age and sex, province", "estimated", "person", margins.published["province_age_sex"], age_sex),
        (
            "households and their persons, province",
            "published",
            "count",
            [province[n] for n in names],
            households,
        ),
        ("away inside city districts", "published", "person", province["away_inside_city_districts"], intra),
        (
            "urban hukou address, registered in the province",
            "estimated",
            "person",
            inside,
            made["hukou_urban"].sum(),
        ),
        ("income per head, urban and rural", "published", "yuan", margins.income, income),
        *_assumed_households(plan, made),
    ]
    parts = PLACES * len(margins.codes)
    found = [_measure(plan, *row, parts) for row in rows]
    return found + _published_households(plan, made)


def _assumed_households(plan: Plan, made: dict[str, Floats]) -> list[tuple[str, str, str, Any, Any]]:
    """One-person households and generations against their priors."""
    families = made["families"][:, 0].sum()
    shares = plan.priors.array("generation_shares")
    generations = np.concatenate([[1 - shares.sum()], shares]) * families
    single = plan.priors.number("single_share") * families
    unit = "household"
    return [
        ("one-person households, province", "assumed", unit, single, made["single"].sum()),
        (
            "generations in family households, province",
            "assumed",
            unit,
            generations,
            made["generations"].sum(axis=0),
        ),
    ]


def _published_households(plan: Plan, made: dict[str, Floats]) -> list[MarginFit]:
    """Households of the prefectures and counties that publish them."""
    columns = {"family_households": ("families", 0), "family_household_pop": ("families", 1)}
    columns["collective_households"] = ("collective", 0)
    wanted, found, largest = [], [], 1
    for code, figures in plan.margins.households.items():
        own = zip(plan.margins.codes, plan.margins.parents, strict=True)
        inside = [i for i, (county, parent) in enumerate(own) if code in (county, parent)]
        largest = max(largest, len(inside))
        for name, value in figures.items():
            table, column = columns[name]
            wanted.append(value)
            found.append(made[table][inside, column].sum())
    return [
        _measure(
            plan,
            "households and their persons, prefectures and counties that publish them",
            "published",
            "count",
            np.array(wanted),
            np.array(found),
            PLACES * largest,
        )
    ]


def _census(plan: Plan, made: dict[str, Floats], codes: list[str]) -> list[MarginFit]:
    """Margins of an operator's census table."""
    pairs: dict[tuple[str, str], list[tuple[Floats, Floats]]] = {}
    for i, code in enumerate(codes):
        for key, wanted, found in _census_of(plan.census.get(code, {}), {k: v[i] for k, v in made.items()}):
            pairs.setdefault(key, []).append((wanted.ravel(), found.ravel()))
    return [
        _measure(
            plan,
            name,
            "census",
            unit,
            np.concatenate([wanted for wanted, _ in cells]),
            np.concatenate([found for _, found in cells]),
            2 * PLACES,
        )
        for (name, unit), cells in pairs.items()
    ]


def _census_of(
    census: dict[str, Floats], made: dict[str, Floats]
) -> Iterator[tuple[tuple[str, str], Floats, Floats]]:
    """Margin and unit, wanted and made cells of one county."""
    families = made["families"][0]
    if "education" in census:
        sexes = made["age_sex"].reshape(-1, 2).sum(axis=0)
        table = made["education"].reshape(2, len(EDUCATION))
        wanted = np.delete(census["education"], 1, axis=1) * sexes[:, None]
        yield ("education by sex and county", "person"), wanted, np.delete(table, [0, 2], axis=1)
    if "occupation" in census:
        working = made["occupation"].reshape(len(OCCUPATION))[1:]
        yield ("occupation by county", "person"), census["occupation"] * working.sum(), working
    if "single" in census:
        unit = "household"
        yield ("one-person households by county", unit), census["single"] * families, made["single"]
        generations = made["generations"][1:]
        yield ("generations by county", unit), census["generations"] * families, generations
