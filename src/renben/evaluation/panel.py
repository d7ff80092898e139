"""Base data of all years as grids of regions x years, with derived elements made from reported ones.

Derived elements are written in the catalogue: another element summed over a group of regions, taken in one
year, or the nation's value used everywhere. Small counts of people are suppressed here, before any formula.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.catalogue import Catalogue
from renben.catalogue.indicator import DataElement, ReasonCode
from renben.evaluation.cells import Codes, Floats, Grid, Labels, empty

LEVELS = ("province", "prefecture", "county")


@dataclass(frozen=True)
class Frame:
    """The regions and years that are evaluated, and how regions nest."""

    regions: tuple[str, ...]
    levels: tuple[str, ...]
    parent: tuple[int, ...]
    """Row of the region above, -1 for none."""
    years: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of regions and of years."""
        return len(self.regions), len(self.years)

    @cached_property
    def row(self) -> dict[str, int]:
        """Region code -> row."""
        return {code: i for i, code in enumerate(self.regions)}

    def is_level(self, *levels: str) -> npt.NDArray[np.bool_]:
        """Rows of some levels."""
        return np.array([level in levels for level in self.levels], bool)

    def below(self, level: str) -> Floats:
        """Incidence of the children of regions of a level (1 where the column is a child of the row)."""
        matrix = np.zeros((len(self.regions), len(self.regions)))
        for child, parent in enumerate(self.parent):
            if parent >= 0 and self.levels[parent] == level:
                matrix[parent, child] = 1.0
        return matrix


def frame(catalogue: Catalogue, years: Sequence[int]) -> Frame:
    """Frame of every province, prefecture and county of the catalogue."""
    kept = [region for region in catalogue.regions.values() if region.level in LEVELS]
    row = {region.code: i for i, region in enumerate(kept)}
    return Frame(
        tuple(row),
        tuple(region.level for region in kept),
        tuple(row.get(region.parent or "", -1) for region in kept),
        tuple(years),
    )


@dataclass(frozen=True)
class Panel:
    """Grids of the data elements, computed when asked for."""

    frame: Frame
    catalogue: Catalogue
    given: dict[str, Grid]
    nation: dict[str, Grid]
    small: float = 0.0
    on: dt.date | None = None
    made: dict[str, Grid] = field(default_factory=dict)

    def grid(self, element: str) -> Grid:
        """Grid of an element, derived and suppressed as the catalogue says."""
        if element not in self.made:
            entry = self.catalogue.elements[element]
            self.made[element] = self._suppressed(entry, self._awaited(entry, self._derived(entry)))
        return self.made[element]

    def population(self) -> Floats:
        """Residents (persons) for weighing coverage: the nearest known year of each region, NaN for none."""
        return nearest(self.grid("pop_resident").value)

    def _derived(self, element: DataElement) -> Grid:
        shape = self.frame.shape
        if element.space == "broadcast":
            row = self.nation.get(element.id)
            return empty(shape) if row is None else _repeat(row, shape)
        given = self.given.get(element.id, empty(shape))
        return given if element.from_element is None else _first(given, self._from(element))

    def _from(self, element: DataElement) -> Grid:
        """Value of a derived element."""
        source = self.grid(element.from_element or "")
        if element.group is not None:
            return self._grouped(source, element)
        return source if element.at_year is None else self._in_year(source, element.at_year)

    def _in_year(self, source: Grid, year: int) -> Grid:
        if year not in self.frame.years:
            return empty(self.frame.shape)
        at = self.frame.years.index(year)
        column = Grid(source.value[:, [at]], source.reason[:, [at]])
        return _repeat(column, self.frame.shape)

    def _grouped(self, source: Grid, element: DataElement) -> Grid:
        """Members keep their value; where the element does not add up by itself, the province gets the sum."""
        group = self.catalogue.groups.get(element.group or "")
        if group is None:
            return empty(self.frame.shape)
        rows = [self.frame.row[code] for code in group.members if code in self.frame.row]
        if element.space == "sum":
            return _only(source, rows)
        return self._total(source, rows)

    def _total(self, source: Grid, rows: list[int]) -> Grid:
        grid = empty(self.frame.shape)
        reason = source.reason[rows].max(axis=0) if rows else grid.reason[0]
        series = {family: labels[rows].max(axis=0) for family, labels in source.series.items()}
        for family, labels in source.series.items():
            differ = labels[rows].min(axis=0) != series[family]
            reason = np.where(differ & (reason == 0), np.int8(ReasonCode.break_), reason)
        total = np.where(reason == 0, source.value[rows].sum(axis=0), np.nan)
        top = self.frame.is_level("province")
        mask = np.broadcast_to(top[:, None], self.frame.shape)
        return Grid(
            np.where(mask, total, grid.value),
            np.where(mask, reason, grid.reason).astype(np.int8),
            {family: np.where(mask, labels, 0).astype(np.int16) for family, labels in series.items()},
        )

    def _awaited(self, element: DataElement, grid: Grid) -> Grid:
        """Cells without data are late or not due yet where the element has a due date."""
        if element.lag_days is None or self.on is None:
            return grid
        due = (dt.date(year, 12, 31) + dt.timedelta(days=element.lag_days) for year in self.frame.years)
        late, early = ReasonCode.missing_late, ReasonCode.missing_not_due
        codes = np.array([late if day < self.on else early for day in due], np.int8)
        reason = np.where(grid.reason == ReasonCode.no_data, codes[None, :], grid.reason)
        return Grid(grid.value, reason.astype(np.int8), grid.series)

    def _suppressed(self, element: DataElement, grid: Grid) -> Grid:
        if not element.personal or self.small <= 0:
            return grid
        few = grid.known & (grid.value > 0) & (grid.value < self.small)
        reason = np.where(few, np.int8(ReasonCode.suppressed_small_n), grid.reason).astype(np.int8)
        return Grid(np.where(few, np.nan, grid.value), reason, grid.series)


def nearest(value: Floats) -> Floats:
    """Gaps filled with the last known year before, else the first known year after."""
    filled = pl.DataFrame(value.T, schema=[str(i) for i in range(value.shape[0])]).fill_nan(None)
    return filled.fill_null(strategy="forward").fill_null(strategy="backward").to_numpy().T.astype(float)


def _first(given: Grid, derived: Grid) -> Grid:
    """Given cells, and derived ones where nothing is given."""
    none = np.zeros(given.value.shape, np.int16)
    series = {
        family: np.where(given.known, given.series.get(family, none), derived.series.get(family, none))
        for family in (*given.series, *derived.series)
    }
    return Grid(
        np.where(given.known, given.value, derived.value),
        np.where(given.known, given.reason, derived.reason).astype(np.int8),
        {family: labels.astype(np.int16) for family, labels in series.items()},
    )


def _repeat(row: Grid, shape: tuple[int, int]) -> Grid:
    return Grid(
        np.broadcast_to(row.value, shape),
        np.broadcast_to(row.reason, shape),
        {family: np.broadcast_to(labels, shape) for family, labels in row.series.items()},
    )


def _only(source: Grid, rows: list[int]) -> Grid:
    inside = np.zeros(source.value.shape[0], bool)
    inside[rows] = True
    mask = np.broadcast_to(inside[:, None], source.value.shape)
    reason = np.where(mask, source.reason, np.int8(ReasonCode.no_data)).astype(np.int8)
    return Grid(np.where(mask, source.value, np.nan), reason, source.series)


def series_labels(*frames: pl.DataFrame) -> tuple[str, ...]:
    """Every series label of some tables; number 0 stands for none."""
    found = {label for frame in frames for label in frame["series"].unique().to_list()}
    return ("", *sorted(label for label in found if label))


def panel(
    elements: pl.DataFrame,
    catalogue: Catalogue,
    base: Frame,
    labels: tuple[str, ...],
    small: float = 0.0,
    on: dt.date | None = None,
) -> Panel:
    """Grids from rows of base data.

    Args:
        elements: region, element, year, value, value_reason, series.
        catalogue: definitions.
        base: regions and years.
        labels: series labels, as from series_labels.
        small: counts of people above 0 and below this are suppressed (persons).
        on: day on which data are looked at; what was due before it and is missing is late.
    """
    number = {label: i for i, label in enumerate(labels)}
    given: dict[str, Grid] = {}
    nation: dict[str, Grid] = {}
    one = Frame(("*",), ("nation",), (-1,), base.years)
    for (name,), rows in elements.group_by("element"):
        inside = rows.filter(pl.col("region").is_in(base.regions))
        if len(inside):
            given[str(name)] = _grid(inside, base, number)
        outside = rows.filter(pl.col("region").replace_strict(_level_of(catalogue), default="") == "nation")
        if len(outside):
            nation[str(name)] = _grid(outside.with_columns(region=pl.lit("*")), one, number)
    return Panel(base, catalogue, given, nation, small, on)


def _level_of(catalogue: Catalogue) -> dict[str, str]:
    return {code: region.level for code, region in catalogue.regions.items()}


def _grid(rows: pl.DataFrame, base: Frame, number: dict[str, int]) -> Grid:
    grid = empty(base.shape)
    kept = rows.filter(pl.col("year").is_in(base.years))
    at = (
        [base.row[code] for code in kept["region"]],
        [base.years.index(year) for year in kept["year"]],
    )
    value: Floats = kept["value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    codes = {reason.code: int(reason) for reason in ReasonCode}
    said = kept["value_reason"].replace_strict(codes, default=int(ReasonCode.rejected), return_dtype=pl.Int8)
    reason: Codes = np.where(
        np.isfinite(value), 0, np.where(kept["value_reason"].is_null(), int(ReasonCode.no_data), said)
    ).astype(np.int8)
    grid.value[at] = np.where(reason == 0, value, np.nan)
    grid.reason[at] = reason
    families = sorted({s.partition("@")[0] for s in kept["series"].unique().to_list() if s})
    series: dict[str, Labels] = {}
    for family in families:
        series[family] = np.zeros(base.shape, np.int16)
        series[family][at] = [number[s] if s and s.startswith(family + "@") else 0 for s in kept["series"]]
    return Grid(grid.value, grid.reason, series)
