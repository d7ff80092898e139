"""Makes values of regions from the regions below where they have none of their own, and says how much is covered.

Elements are added over the units whose formula is complete and the formula is computed on the sums, so that a
ratio of a region is the sum of numerators over the sum of denominators of the same units. A total that covers
less than a set share of the population is withheld; one that covers less than all is provisional.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renben.catalogue.indicator import ReasonCode
from renben.evaluation.cells import Floats, Grid, Labels, compute
from renben.evaluation.formula import Node, element_ids, looks_back
from renben.evaluation.panel import Frame

Bools = npt.NDArray[np.bool_]
FILLABLE = (
    int(ReasonCode.missing_not_due),
    int(ReasonCode.missing_excused),
    int(ReasonCode.no_data),
    int(ReasonCode.missing_late),
    int(ReasonCode.break_),
)


@dataclass(frozen=True)
class Covered:
    """Values of an indicator with the share of units and population behind them."""

    grid: Grid
    inputs: Mapping[str, Grid]
    units: Floats
    """Share of the units below that are counted, 1 for own data, NaN where nothing is known."""
    population: Floats
    """Share of the population below that is counted, NaN where the population is unknown."""
    aggregated: Bools


@dataclass(frozen=True)
class Setting:
    """What aggregation needs to know besides the data.

    Args:
        base: regions and years.
        inside: rows to which the indicator applies by its scope.
        population: residents (persons), NaN for unknown.
        publish: share of the population below which a total is withheld.
        first: column of the first year of cum().
    """

    base: Frame
    inside: Bools
    population: Floats
    publish: float
    first: int | None = None


def own_values(node: Node, inputs: Callable[[str], Grid], setting: Setting) -> Covered:
    """Values from the regions' own data only."""
    grid = compute(node, inputs, setting.base.shape, setting.first)
    share = np.where(grid.known, 1.0, np.nan)
    none = np.zeros(setting.base.shape, bool)
    return Covered(grid, {name: inputs(name) for name in element_ids(node)}, share, share, none)


def aggregate(node: Node, own: Covered, setting: Setting) -> Covered:
    """Own values, and below-made values for prefectures and provinces that have none."""
    covered = own
    for level in ("prefecture", "province"):
        covered = _one_level(node, covered, setting, level)
    enough = np.where(np.isnan(covered.population), covered.units, covered.population)
    withheld = covered.aggregated & covered.grid.known & (enough < setting.publish)
    reason = np.where(withheld, np.int8(ReasonCode.insufficient_coverage), covered.grid.reason)
    grid = Grid(np.where(withheld, np.nan, covered.grid.value), reason.astype(np.int8), covered.grid.series)
    return Covered(grid, covered.inputs, covered.units, covered.population, covered.aggregated)


def _one_level(node: Node, covered: Covered, setting: Setting, level: str) -> Covered:
    children = setting.base.below(level) * setting.inside[None, :]
    complete = _complete(node, covered)
    units = _share(children, np.where(complete, np.nan_to_num(covered.units), 0.0), None)
    population = _share(
        children, np.where(complete, np.nan_to_num(covered.population), 0.0), setting.population
    )
    wanted = setting.base.is_level(level)[:, None] & np.isin(covered.grid.reason, FILLABLE)
    fill = wanted & ((units >= 1.0) if looks_back(node) else (units > 0.0))
    if not fill.any():
        return covered
    inputs = {name: _summed(grid, children, complete, fill) for name, grid in covered.inputs.items()}
    grid = compute(node, inputs.__getitem__, setting.base.shape, setting.first)
    aggregated = covered.aggregated | (fill & grid.known)
    return Covered(
        grid,
        inputs,
        np.where(fill, units, covered.units),
        np.where(fill, population, covered.population),
        aggregated,
    )


def _complete(node: Node, covered: Covered) -> Bools:
    """Cells that may be added up: the value is known; for formulas over years, all of the year's elements."""
    if not looks_back(node):
        return covered.grid.known
    known: Bools = np.logical_and.reduce([grid.known for grid in covered.inputs.values()])
    return known


def _share(children: Floats, counted: Floats, weight: Floats | None) -> Floats:
    weight = np.ones_like(counted) if weight is None else weight
    whole = children @ np.nan_to_num(weight)
    unknown = children @ np.isnan(weight).astype(float) > 0
    with np.errstate(all="ignore"):
        share = np.minimum((children @ (np.nan_to_num(weight) * counted)) / whole, 1.0)
    share = np.where(np.isclose(share, 1.0, rtol=0, atol=1e-12), 1.0, share)
    return np.where(unknown | (whole <= 0), np.nan, share)


def _summed(grid: Grid, children: Floats, complete: Bools, fill: Bools) -> Grid:
    total = children @ np.where(complete & grid.known, grid.value, 0.0)
    value = np.where(fill, total, grid.value)
    reason = np.where(fill, np.int8(0), grid.reason)
    series: dict[str, Labels] = {}
    for family, labels in grid.series.items():
        high = _extreme(children, np.where(complete, labels, 0))
        low = -_extreme(children, np.where(complete & (labels > 0), -labels, -32000))
        mixed = fill & (low < high)
        reason = np.where(mixed, np.int8(ReasonCode.break_), reason)
        series[family] = np.where(fill, high, labels).astype(np.int16)
    return Grid(np.where(reason == 0, value, np.nan), reason.astype(np.int8), series)


def _extreme(children: Floats, labels: Labels) -> Labels:
    """Largest label among the children of each row (the lowest possible where there are none)."""
    found = np.full(labels.shape, labels.min() if labels.size else 0, labels.dtype)
    for row in np.flatnonzero(children.any(axis=1)):
        found[row] = labels[children[row] > 0].max(axis=0)
    return found
