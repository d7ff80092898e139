"""Splits every county into an urban and a rural stratum and says who lives there, before any household is made.

For each stratum: persons by single age and sex in family and in collective households, the number of households,
people away from their hukou township, and people whose hukou address is urban.

Not modelled: townships; the age pattern inside five-year groups beyond a smooth curve through the county's groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from renben.engines.synthesis.fitting import FitError, Floats, Ints, ipf, round_rows, round_to_total
from renben.engines.synthesis.margins import AWAY, Margins
from renben.engines.synthesis.priors import AGES, GROUP_OF_AGE, GROUP_STARTS, LAST_AGE, Priors

PLACES = 2
_ITERATIONS = 60


@dataclass(frozen=True)
class Stratum:
    """One county's urban (place 0) or rural (place 1) part, in persons and households.

    family, collective: single age x sex. away: 3 classes. hukou_urban: 4 classes (here, then the 3 away).
    census: an operator's margins of the county as shares, by name.
    """

    place: int
    family: Ints
    collective: Ints
    households: int
    collective_households: int
    away: Ints
    hukou_urban: Ints
    census: dict[str, Floats]


def strata(
    margins: Margins, priors: Priors, census: dict[str, dict[str, Floats]] | None = None
) -> list[list[Stratum]]:
    """Return the urban and rural stratum of every county (persons and households).

    Args:
        margins: Fitted margins of all counties.
        priors: Assumptions.
        census: County code -> margin name -> shares of an operator's census table.

    Raises:
        FitError: If collective residents exceed the residents of a county.
    """
    census = census or {}
    group = _by_place(margins, priors)
    collective = _collective(margins, priors, group, census)
    single = [
        [_single_ages(group[c, :, :, p], margins.age_sex[c], margins.old_survival) for p in range(PLACES)]
        for c in range(len(group))
    ]
    dorm = [[_within(single[c][p], collective[c, :, :, p]) for p in range(PLACES)] for c in range(len(group))]
    homes = _households(margins, priors, group - collective, census)
    dorms = _collective_households(margins, collective)
    away = _away(margins, priors, group.sum(axis=(1, 2)))
    hukou = _hukou_urban(margins, priors, group.sum(axis=(1, 2)), away)
    return [
        [
            Stratum(
                place=p,
                family=single[c][p] - dorm[c][p],
                collective=dorm[c][p],
                households=int(homes[c, p]),
                collective_households=int(dorms[c, p]),
                away=away[c, p],
                hukou_urban=hukou[c, p],
                census=census.get(code, {}),
            )
            for p in range(PLACES)
        ]
        for c, code in enumerate(margins.codes)
    ]


def _by_place(margins: Margins, priors: Priors) -> Ints:
    """County x age group x sex x place (0 urban, 1 rural); age-sex and urban totals exact."""
    odds = np.exp(priors.array("urban_log_odds"))
    out = np.zeros((*margins.age_sex.shape, PLACES), dtype=np.int64)
    for c, table in enumerate(margins.age_sex):
        seed = np.stack([table * odds[:, None], table], axis=-1) + 0.0
        goal = np.array([margins.urban[c], margins.residents[c] - margins.urban[c]], dtype=np.float64)
        fitted, _ = ipf(
            seed, [((0, 1), table.astype(np.float64)), ((2,), goal)], tolerance=1e-7, rounds=_ITERATIONS
        )
        out[c, ..., 0] = round_to_total(fitted[..., 0], int(margins.urban[c]), caps=table)
        out[c, ..., 1] = table - out[c, ..., 0]
    return out


def _collective(margins: Margins, priors: Priors, group: Ints, census: dict[str, dict[str, Floats]]) -> Ints:
    """Residents of collective households by county, age group, sex and place."""
    place = np.array([priors.number("collective_urban_weight"), 1.0])
    weight = group * priors.array("collective_weight")[None, :, None, None] * place
    inflow = priors.number("collective_base") + margins.away[:, 1:].sum(axis=1) / np.maximum(
        margins.residents, 1
    )
    raw = weight.sum(axis=(1, 2, 3)) * inflow
    known = {
        code: 1.0 - float(found["family_share"][0])
        for code, found in census.items()
        if "family_share" in found
    }
    totals = _controlled(margins, raw, "collective_pop", margins.province["collective_household_pop"], known)
    out = np.zeros_like(group)
    for c, total in enumerate(totals):
        try:
            out[c] = round_to_total(weight[c], int(total), caps=np.where(weight[c] > 0, group[c], 0))
        except FitError as error:
            raise FitError(f"county {margins.codes[c]}: collective residents: {error}") from error
    return out


def _controlled(
    margins: Margins, raw: Floats, indicator: str, province: float, known: dict[str, float]
) -> Ints:
    """County figures in proportion to `raw` that keep what is published for prefectures and the province.

    A county in `known` (share of residents) keeps its own figure relative to the others before scaling.
    """
    values = raw * (province / raw.sum())
    for code, share in known.items():
        c = margins.codes.index(code)
        values[c] = share * margins.residents[c]
    whole = np.zeros(len(raw), dtype=np.int64)
    open_ = np.ones(len(raw), dtype=bool)
    for inside, published in [
        *_published_blocks(margins, indicator),
        (np.ones(len(raw), dtype=bool), province),
    ]:
        rest = inside & open_
        whole[rest] = round_to_total(values[rest], round(published) - int(whole[inside].sum()))
        open_ &= ~inside
    return whole


def _published_blocks(margins: Margins, indicator: str) -> Iterator[tuple[npt.NDArray[np.bool_], float]]:
    """Counties with a published figure, each alone, then prefectures."""
    codes, parents = np.array(margins.codes), np.array(margins.parents)
    for code in sorted(margins.households, key=lambda code: code not in margins.codes):
        published = _published_figure(margins, code, margins.households[code], indicator)
        if published is not None:
            yield (codes == code) | (parents == code), published


def _published_figure(margins: Margins, code: str, figures: dict[str, float], indicator: str) -> float | None:
    """A published household figure of a prefecture or county (persons or households), or None."""
    if indicator != "collective_pop":
        return figures.get(indicator)
    if "family_household_pop" not in figures:
        return None
    inside = [c for c, parent in enumerate(margins.parents) if parent == code]
    return float(margins.residents[inside].sum()) - figures["family_household_pop"]


def _single_ages(group: Ints, county: Ints, old_survival: float) -> Ints:
    """Single ages 0..100 by sex: a smooth curve through the county's cumulated groups, group totals exact."""
    both = county.sum(axis=1).astype(np.float64)
    edges = np.append(GROUP_STARTS, LAST_AGE + 1)
    curve = PchipInterpolator(edges, np.concatenate([[0.0], np.cumsum(both)]))
    pattern = np.maximum(np.diff(curve(np.append(AGES, LAST_AGE + 1))), 1e-9)
    pattern[GROUP_STARTS[-1] :] = both[-1] * old_survival ** np.arange(LAST_AGE + 1 - GROUP_STARTS[-1])
    spread = np.zeros((len(GROUP_STARTS) * 2, len(AGES)))
    for g in range(len(GROUP_STARTS)):
        spread[2 * g : 2 * g + 2, GROUP_OF_AGE == g] = pattern[GROUP_OF_AGE == g] + 1e-9
    whole = round_rows(spread, group.reshape(-1))
    ages: Ints = whole.reshape(len(GROUP_STARTS), 2, len(AGES)).sum(axis=0).T
    return ages


def _within(single: Ints, group: Ints) -> Ints:
    """Part of the single ages that makes up the given group totals (collective residents)."""
    out = np.zeros_like(single)
    for g in range(len(GROUP_STARTS)):
        ages = GROUP_OF_AGE == g
        for sex in range(2):
            out[ages, sex] = round_to_total(
                single[ages, sex] + 0.0, int(group[g, sex]), caps=single[ages, sex]
            )
    return out


def _households(margins: Margins, priors: Priors, family: Ints, census: dict[str, dict[str, Floats]]) -> Ints:
    """Family households by county and place: headship rates scaled to every published number of households."""
    heads = (family * priors.array("headship")[None, :, None, None]).sum(axis=(1, 2))
    known = {
        code: float(found["households_per_resident"][0])
        for code, found in census.items()
        if "households_per_resident" in found
    }
    totals = _controlled(
        margins, heads.sum(axis=1), "family_households", margins.province["family_households"], known
    )
    persons = family.sum(axis=(1, 2))
    out = np.zeros(heads.shape, dtype=np.int64)
    for c, total in enumerate(totals):
        out[c] = round_to_total(heads[c], int(total), caps=persons[c])
    return out


def _collective_households(margins: Margins, collective: Ints) -> Ints:
    """Collective households by county and place, at least one where anybody lives in one."""
    persons = collective.sum(axis=(1, 2))
    province = margins.province["collective_households"]
    totals = _controlled(margins, persons.sum(axis=1) + 1e-9, "collective_households", province, {})
    out = np.zeros(persons.shape, dtype=np.int64)
    for c, total in enumerate(totals):
        out[c] = round_to_total(persons[c] + 1e-9, int(min(total, persons[c].sum())), caps=persons[c])
    homes: Ints = np.maximum(out, (persons > 0).astype(np.int64))
    return homes


def _away(margins: Margins, priors: Priors, persons: Ints) -> Ints:
    """People away from their hukou township by county, place and class; class totals exact."""
    odds = np.array([1.0, *(float(priors["away_urban_odds"][name]) for name in AWAY)])
    out = np.zeros((len(persons), PLACES, len(AWAY)), dtype=np.int64)
    for c, places in enumerate(persons):
        classes = np.concatenate([[margins.residents[c] - margins.away[c].sum()], margins.away[c]])
        seed = np.stack([odds * places[0] + 1e-9, np.ones(4) * places[1] + 1e-9])
        goals = [((0,), places.astype(np.float64)), ((1,), classes.astype(np.float64))]
        fitted, _ = ipf(seed, goals, tolerance=1e-9, rounds=_ITERATIONS * 5)
        for k in range(len(AWAY)):
            out[c, :, k] = round_to_total(fitted[:, k + 1], int(margins.away[c, k]))
    return out


def _hukou_urban(margins: Margins, priors: Priors, persons: Ints, away: Ints) -> Ints:
    """People with an urban hukou address by county, place and class (here, then away).

    The published share is of the registered population; it is taken to hold for residents registered in the
    province (estimated). Residents registered in other provinces follow their prior.
    """
    classes = np.concatenate([(persons - away.sum(axis=2))[:, :, None], away], axis=2).astype(np.float64)
    prior = np.stack([priors.array("hukou_urban_odds", name) for name in ("urban", "rural")])
    odds = prior / (1 - prior)
    inside = classes[..., :3]
    goal = margins.province["hukou_urban_share"] * inside.sum()
    low, high = -12.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2
        chance = odds * np.exp(middle) / (1 + odds * np.exp(middle))
        low, high = (middle, high) if (inside * chance[None, :, :3]).sum() < goal else (low, middle)
    chance[:, 3] = prior[:, 3]
    whole = np.minimum(round_to_total(inside * chance[None, :, :3], round(goal)), inside.astype(np.int64))
    outside = np.round(classes[..., 3] * chance[:, 3]).astype(np.int64)
    return np.concatenate([whole, outside[..., None]], axis=2)
