"""What people will need where they live: school places, beds, households and homes, elderly care.

For people: a school is planned by the children who will be there, registered here or not.
School year: age on 31 August, from year-end ages with weights 8/12 and 4/12 of neighbouring single ages.
Not modelled: choice of school across areas; wealth; the private market's own plans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.model import Model
from renben.engines.projection.rates import SERVICE
from renben.engines.projection.run import Draws
from renben.engines.projection.states import PLACES, Array

STAGES = ("kindergarten", "primary", "junior", "senior")
GROUPS = ("registered_urban", "registered_rural", "registered_elsewhere")
SERVICES = (*(f"seats_{stage}" for stage in STAGES), "beds", "households", "homes_a_year", "elderly_care")
"""Names of the demands; seats, beds, households, homes needed in the year, people in care."""
COLUMNS = ("low", "p5", "p10", "p25", "median", "p75", "p90", "p95", "high")
"""Columns of a demand table; `low` and `high` are the smallest and the largest draw."""
SHARES = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)
"""Share of draws at or below each of them."""


def by_county(model: Model) -> Model:
    """The model with service bands kept for every county instead of every prefecture."""
    own = np.arange(model.counties, dtype=np.int64)
    return replace(model, fixed=model.fixed._replace(area=own))


def area_codes(model: Model) -> list[str]:
    """Region code of each area of the bands."""
    regions = model.inputs.regions
    single = int(model.fixed.area.max()) + 1 == len(regions.counties)
    return list(regions.counties if single else regions.prefectures)


def demand(draws: Draws, assume: Assumptions, service: str) -> Array:
    """One demand by draw, year end, area, place and hukou group (n, t+1, area, u, 3), in its own unit.

    Raises:
        ValueError: the service is not known.
    """
    bands = np.asarray(draws.bands, np.float64)
    if service.startswith("seats_") and service.removeprefix("seats_") in STAGES:
        stage = STAGES.index(service.removeprefix("seats_"))
        share = assume.row("enrolment")[stage] * assume.row("public_share")[stage]
        return np.asarray(bands[..., len(SERVICE) + stage] * share)
    people = bands[..., : len(SERVICE)]
    if service == "beds":
        return np.asarray(people @ assume.row("beds_by_age") / 1000)
    if service == "households":
        return np.asarray(people.sum(axis=-1) / assume.number("household_size"))
    if service == "homes_a_year":
        return homes(people.sum(axis=-1) / assume.number("household_size"), assume.number("home_replacement"))
    if service == "elderly_care":
        return np.asarray(people[..., -2:] @ assume.row("care_share"))
    raise ValueError(f"service {service!r} is not known; there are {', '.join(SERVICES)}")


def homes(households: Array, replacement: float) -> Array:
    """Homes needed in each year: growth of households (never below zero) plus replacement of the stock."""
    out = replacement * households
    growth = np.diff(households, axis=1)
    out[:, 1:] += np.maximum(growth, 0.0)
    return out


def table(
    draws: Draws, model: Model, services: Sequence[str] = SERVICES, split: Sequence[str] = ("place", "group")
) -> pl.DataFrame:
    """Demand as quantiles by region, year and service, and if wanted by place and hukou group.

    Args:
        draws: with service bands.
        model: the model they come from.
        services: which demands.
        split: 'place' (urban, rural) and 'group' (where the hukou is), or fewer.
    """
    frames = []
    codes = area_codes(model)
    for service in services:
        values = demand(draws, model.assume, service)
        places: Sequence[str] = PLACES
        groups: Sequence[str] = GROUPS
        if "place" not in split:
            values, places = values.sum(axis=3, keepdims=True), ("all",)
        if "group" not in split:
            values, groups = values.sum(axis=4, keepdims=True), ("all",)
        frames.append(_quantile_rows(values, draws.years, codes, service, places, groups))
    return pl.concat(frames)


def _quantile_rows(
    values: Array, years: Array, codes: list[str], service: str, places: Sequence[str], groups: Sequence[str]
) -> pl.DataFrame:
    found = np.quantile(values, SHARES, axis=0)
    t, area, u, g = (part.ravel() for part in np.indices(values.shape[1:]))
    return pl.DataFrame(
        {
            "region": np.array(codes)[area],
            "year": years.astype(np.int64)[t],
            "service": service,
            "place": np.array(places)[u],
            "group": np.array(groups)[g],
            **{name: part.ravel() for name, part in zip(COLUMNS, found, strict=True)},
        }
    )


def chance_of_more(points: Array, supply: Array) -> Array:
    """Probability that a demand known by its quantiles exceeds a supply; straight lines between the quantiles.

    Args:
        points: (n, q) demand at each of `SHARES`, not falling along the row.
        supply: (n,) in the unit of the demand.
    """
    below = [np.interp(level, row, SHARES, 0.0, 1.0) for row, level in zip(points, supply, strict=True)]
    return 1.0 - np.array(below)


def shortage(
    draws: Draws, model: Model, service: str, supply: Mapping[str, float], year: int
) -> pl.DataFrame:
    """Probability that demand exceeds supply in a year, and the median gap, by region.

    Args:
        draws: with service bands.
        model: the model they come from.
        service: which demand.
        supply: region code -> places, beds, ...; a region without a figure is left out, not taken for zero.
        year: year end.
    """
    codes = area_codes(model)
    unknown = sorted(set(supply) - set(codes))
    if unknown:
        raise ValueError(f"supply of {service} names {unknown[:5]}, which are no areas of this run")
    at = int(np.flatnonzero(draws.years == year)[0])
    need = demand(draws, model.assume, service)[:, at].sum(axis=(2, 3))
    rows = []
    for i, code in enumerate(codes):
        if code not in supply:
            continue
        gap = need[:, i] - supply[code]
        rows.append(
            {
                "region": code,
                "year": year,
                "service": service,
                "supply": supply[code],
                "demand": float(np.median(need[:, i])),
                "gap": float(np.median(gap)),
                "p_shortage": float(np.mean(gap > 0)),
            }
        )
    return pl.DataFrame(rows)
