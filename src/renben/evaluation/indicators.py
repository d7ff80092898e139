"""Evaluates every indicator for every region and year: a value, or one reason why there is none.

In this order: computed from the region's own data, as published, made from the regions below. Not modelled:
sampling intervals of survey indicators, and complementary suppression in tables with margins.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.catalogue import Catalogue
from renben.catalogue.indicator import Indicator, ReasonCode
from renben.evaluation.cells import Floats, Grid, Labels, compute_ratio
from renben.evaluation.coverage import FILLABLE, Bools, Covered, Setting, aggregate, own_values
from renben.evaluation.formula import as_ratio, element_ids, parse
from renben.evaluation.panel import Frame, Panel, panel, series_labels
from renben.evaluation.provenance import provenance

METHODS = ("computed", "aggregated", "published")


@dataclass(frozen=True)
class Limits:
    """Class limits of the evaluation that come from provisions.

    Args:
        publish: share of the population below which a total is withheld.
        small: counts of people below this are suppressed (persons).
        on: day on which the data are looked at, for what is late; None = nothing is.
    """

    publish: float
    small: float
    on: dt.date | None = None


@dataclass(frozen=True)
class Sheet:
    """One indicator over all regions and years."""

    grid: Grid
    numerator: Floats
    denominator: Floats
    units: Floats
    population: Floats
    method: npt.NDArray[np.int8]
    """Index into METHODS, -1 for none."""


def evaluate(
    elements: pl.DataFrame, published: pl.DataFrame, catalogue: Catalogue, base: Frame, limits: Limits
) -> pl.DataFrame:
    """All indicators of the catalogue (value in the indicator's unit) for all regions and years of a frame.

    Args:
        elements: region, element, year, value, value_reason, series, quality, revised, published, sources,
            synthetic.
        published: the same with indicator instead of element.
        catalogue: indicators, elements, regions and groups.
        base: regions and years.
        limits: shares and counts from provisions.

    Returns:
        Grain region, indicator, year; columns of the dataset indicator_history.
    """
    labels = series_labels(elements, published)
    data = panel(elements, catalogue, base, labels, limits.small, limits.on)
    rates = panel(published.rename({"indicator": "element"}), catalogue, base, labels)
    population = data.population()
    sheets = {
        indicator.id: _sheet(indicator, data, rates, population, limits)
        for indicator in catalogue.indicators.values()
    }
    long = _long(sheets, base, labels)
    return _with_state(long, provenance(elements, published, catalogue, base)).select(COLUMNS)


COLUMNS = (
    "region",
    "indicator",
    "year",
    "value",
    "value_reason",
    "numerator",
    "denominator",
    "coverage_units",
    "coverage_population",
    "series",
    "state",
    "method",
    "published",
    "sources",
    "synthetic",
)


def scope_rows(indicator: Indicator, catalogue: Catalogue, base: Frame) -> Bools:
    """Rows inside an indicator's scope: the group's members, and the regions above and below them."""
    if indicator.scope is None:
        return np.ones(len(base.regions), bool)
    group = catalogue.groups.get(indicator.scope)
    inside = np.isin(base.regions, group.members if group else ())
    members = inside.copy()
    for row, parent in enumerate(base.parent):
        at = parent
        while at >= 0:
            inside[at] |= members[row]
            inside[row] |= members[at]
            at = base.parent[at]
    return inside


def _sheet(indicator: Indicator, data: Panel, rates: Panel, population: Floats, limits: Limits) -> Sheet:
    base = data.frame
    node = parse(indicator.formula)
    first = None if indicator.cum_from is None else max(indicator.cum_from - base.years[0], 0)
    inside = scope_rows(indicator, data.catalogue, base)
    setting = Setting(base, inside, population, limits.publish, first)
    own = own_values(node, data.grid, setting)
    adds_up = all(data.catalogue.elements[name].space == "sum" for name in element_ids(node))
    covered = aggregate(node, own, setting) if adds_up else own
    applies = (inside & base.is_level(*indicator.levels))[:, None]
    return _chosen(
        indicator, own, covered, rates.given.get(indicator.id), np.broadcast_to(applies, base.shape)
    )


def _chosen(indicator: Indicator, own: Covered, covered: Covered, rate: Grid | None, applies: Bools) -> Sheet:
    grid, method = covered.grid, np.where(covered.aggregated, np.int8(1), np.int8(0))
    if rate is not None:
        use = rate.known & np.isin(own.grid.reason, FILLABLE)
        method = np.where(use, np.int8(2), method)
        grid = _where(use, rate, grid)
        said = ~grid.known & np.isin(grid.reason, FILLABLE)
        grid = Grid(
            grid.value, np.where(said, np.maximum(grid.reason, rate.reason), grid.reason), grid.series
        )
    reason = np.where(applies, grid.reason, np.int8(ReasonCode.not_applicable))
    known = reason == 0
    ratio = as_ratio(parse(indicator.formula))
    numerator, denominator = (
        compute_ratio(ratio, covered.inputs.__getitem__, known.shape)
        if ratio
        else (grid.value, np.full(known.shape, np.nan))
    )
    counted = known & (method < 2)
    shown = applies & (known | covered.aggregated) & (method < 2)
    return Sheet(
        Grid(np.where(known, grid.value, np.nan), reason.astype(np.int8), grid.series),
        np.where(counted, numerator, np.nan),
        np.where(counted, denominator, np.nan),
        np.where(shown, covered.units, np.nan),
        np.where(shown, covered.population, np.nan),
        np.where(known, method, np.int8(-1)).astype(np.int8),
    )


def _where(use: Bools, yes: Grid, no: Grid) -> Grid:
    none = np.zeros(use.shape, np.int16)
    series = {
        family: np.where(use, yes.series.get(family, none), no.series.get(family, none)).astype(np.int16)
        for family in (*no.series, *yes.series)
    }
    return Grid(
        np.where(use, yes.value, no.value), np.where(use, yes.reason, no.reason).astype(np.int8), series
    )


def _long(sheets: dict[str, Sheet], base: Frame, labels: tuple[str, ...]) -> pl.DataFrame:
    """Sheets as rows."""
    count = len(sheets)
    regions, years = base.shape

    def column(pick: Iterable[npt.NDArray[np.generic]], dtype: type) -> npt.NDArray[np.generic]:
        return np.concatenate([np.asarray(cells, dtype).ravel() for cells in pick])

    def named(names: tuple[str, ...], index: npt.NDArray[np.integer]) -> pl.Series:
        return pl.Series(names, dtype=pl.String).gather(index)

    columns = [_numbers(sheet) for sheet in sheets.values()]
    numbers = {name: column((cells[name] for cells in columns), float) for name in columns[0]}
    return pl.DataFrame(
        {
            "region": named(base.regions, np.tile(np.repeat(np.arange(regions), years), count)),
            "indicator": named(tuple(sheets), np.repeat(np.arange(count), regions * years)),
            "year": np.tile(np.asarray(base.years, np.int64), regions * count),
            "series": pl.concat([_series(s.grid, labels) for s in sheets.values()]),
            **numbers,
            "reason": column((s.grid.reason for s in sheets.values()), np.int8),
            "how": column((s.method for s in sheets.values()), np.int8),
        }
    ).with_columns(pl.col(*numbers).fill_nan(None), *_names())


def _numbers(sheet: Sheet) -> dict[str, Floats]:
    return {
        "value": sheet.grid.value,
        "numerator": sheet.numerator,
        "denominator": sheet.denominator,
        "coverage_units": sheet.units,
        "coverage_population": sheet.population,
    }


def _names() -> tuple[pl.Expr, pl.Expr]:
    """Codes of reasons and methods from their numbers."""
    codes = {int(reason): reason.code for reason in ReasonCode} | {0: None}
    methods = {i: name for i, name in enumerate(METHODS)} | {-1: None}
    return (
        pl.col("reason").replace_strict(codes, return_dtype=pl.String).alias("value_reason"),
        pl.col("how").replace_strict(methods, return_dtype=pl.String).alias("method"),
    )


def _series(grid: Grid, labels: tuple[str, ...]) -> pl.Series:
    """Series label of each cell; several families are joined by ;."""
    found = pl.Series([None], dtype=pl.String).new_from_index(0, grid.value.size)
    names = {i: label for i, label in enumerate(labels) if i}
    for _, numbers in sorted(grid.series.items()):
        cells = pl.Series(_flat(numbers, grid)).replace_strict(names, default=None, return_dtype=pl.String)
        found = pl.select(pl.concat_str([found, cells], separator=";", ignore_nulls=True)).to_series()
    return pl.select(pl.when(found != "").then(found)).to_series()


def _flat(numbers: Labels, grid: Grid) -> Labels:
    return np.where(grid.known, numbers, 0).ravel().astype(np.int16)


def _with_state(long: pl.DataFrame, origin: pl.DataFrame) -> pl.DataFrame:
    """State of each cell: its reason, or the gravest of provisional, estimated, break, revised, ok."""
    keys = ["region", "indicator", "year", "origin"]
    wanted = long.with_columns(
        origin=pl.when(pl.col("method") == "computed").then(pl.lit("own")).otherwise(pl.col("method"))
    )
    joined = wanted.join(origin, on=keys, how="left", maintain_order="left")
    before = pl.col("series").forward_fill().shift(1).over("region", "indicator")
    return joined.with_columns(
        synthetic=pl.col("synthetic").fill_null(False),
        state=pl.coalesce(
            "value_reason",
            pl.when(pl.col("coverage_population").fill_null(pl.col("coverage_units")) < 1).then(
                pl.lit("provisional")
            ),
            pl.when(pl.col("estimated")).then(pl.lit("estimated")),
            pl.when(before != pl.col("series")).then(pl.lit("break_after")),
            pl.when(pl.col("revised")).then(pl.lit("revised")),
            pl.lit("ok"),
        ),
    )
