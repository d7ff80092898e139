"""Draws the values of one example column from its type, unit, bounds, codes and hint.

Hints (the `example:` of a catalogue column, all optional):
    {dist: lognormal, median: 100, sigma: 0.5}     {dist: normal, mean: 0.6, sd: 0.1}
    {dist: uniform, low: 1, high: 5}               {dist: poisson, mean: 3}
    {dist: choice, values: [a, b], weights: [3, 1]}  weights without values follow the column's codes
    {dist: sequence, start: 1}                     {dist: text, format: "E{:06d}"}   {dist: constant, value: x}
    {share_of: other_column, low: 0.3, high: 0.9}  a part of another column of the row
    {after: other_column, low: 1, high: 30}        days after another date of the row
    {from: other_dataset.column}                   a value that exists in another dataset
    {total_of: other_dataset.column, wrong: 0.1}   sum of another dataset's rows of the same grain (region ...), on
                                                   purpose up to a tenth too high in a share of the rows
    {levels: [province, prefecture]}               on a region column: only regions of these levels
    steady: true                                   the same value in every period (registers: ids, places, names)
    share: 0.2 (how often a bool is true), null: 0.1 (how often a nullable cell is empty)

Not modelled: correlation beyond these hints. Values are invented and carry no information about any place.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.catalogue import Column
from renben.core.errors import RenbenError
from renben.core.schema import DTYPES

_CAPS = {"%": 100.0, "percent": 100.0, "share": 1.0, "ratio": 1.0}
_DEFAULT_MEDIAN = 100.0
_DEFAULT_SIGMA = 0.5


class ExampleError(RenbenError):
    """Example data cannot be made from a schema; the message names dataset, column and next step."""


@dataclass(frozen=True)
class Cell:
    """What a column draw needs to know about where it stands."""

    dataset: str
    name: str
    column: Column
    start: dt.date
    end: dt.date

    @property
    def hint(self) -> dict[str, Any]:
        """The column's example hint, empty where none is written."""
        return self.column.example or {}

    def fail(self, problem: str) -> ExampleError:
        """An error that names dataset and column."""
        return ExampleError(f"example data for {self.dataset}.{self.name}: {problem}")


def draw(cell: Cell, rng: np.random.Generator, n: int, done: dict[str, pl.Series]) -> pl.Series:
    """Return n values of a column in the column's unit.

    Args:
        cell: The column and where it stands.
        rng: Source of randomness of this column alone.
        n: Number of rows.
        done: Columns of the same rows that are already drawn.

    Raises:
        ExampleError: If the hint is unknown or the values cannot satisfy the schema.
    """
    kind = cell.column.type
    if kind in ("int", "float", "decimal"):
        return _numbers(cell, rng, n, done)
    if kind in ("date", "datetime"):
        return _dates(cell, rng, n, done)
    if kind == "bool":
        return pl.Series(cell.name, rng.random(n) < float(cell.hint.get("share", 0.5)), dtype=pl.Boolean)
    return _words(cell, rng, n)


def bounds(cell: Cell) -> tuple[float, float]:
    """Return the smallest and largest value allowed, in the column's unit (infinite where open)."""
    cap = _CAPS.get((cell.column.unit or "").strip().lower(), np.inf)
    floor = 0.0 if cell.column.min is None and not cell.hint else -np.inf
    low = floor if cell.column.min is None else cell.column.min
    high = cap if cell.column.max is None and not cell.hint else cell.column.max
    return low, np.inf if high is None else high


def _numbers(cell: Cell, rng: np.random.Generator, n: int, done: dict[str, pl.Series]) -> pl.Series:
    low, high = bounds(cell)
    if "share_of" in cell.hint:
        values = _part_of(cell, rng, n, done)
    else:
        values = _distribution(cell, rng, n, low, high)
    kind = cell.column.type
    values = np.clip(values, low, high)
    if kind == "float":
        return pl.Series(cell.name, values, dtype=pl.Float64)
    step = 1.0 if kind == "int" else 0.01
    whole = np.clip(np.round(values / step), np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9))
    if not np.isfinite(whole).all():
        raise cell.fail(f"no value between {low} and {high}; correct min and max")
    if kind == "int":
        return pl.Series(cell.name, whole.astype(np.int64))
    return (pl.Series(cell.name, whole.astype(np.int64)).cast(DTYPES["decimal"]) / 100).cast(
        DTYPES["decimal"]
    )


def _part_of(
    cell: Cell, rng: np.random.Generator, n: int, done: dict[str, pl.Series]
) -> npt.NDArray[np.float64]:
    whole = _other(cell, "share_of", done).cast(pl.Float64).fill_null(0.0).to_numpy()
    share = rng.uniform(float(cell.hint.get("low", 0.0)), float(cell.hint.get("high", 1.0)), n)
    part = whole * share
    return np.floor(part) if cell.column.type == "int" else part


def _distribution(
    cell: Cell, rng: np.random.Generator, n: int, low: float, high: float
) -> npt.NDArray[np.float64]:
    hint = cell.hint
    name = hint.get("dist") or ("uniform" if np.isfinite(high) and np.isfinite(low) else "lognormal")
    match name:
        case "lognormal":
            shift = low if np.isfinite(low) and "median" not in hint else 0.0
            median = float(hint.get("median", _DEFAULT_MEDIAN))
            return shift + median * np.exp(float(hint.get("sigma", _DEFAULT_SIGMA)) * rng.standard_normal(n))
        case "normal":
            return float(hint["mean"]) + float(hint.get("sd", 1.0)) * rng.standard_normal(n)
        case "uniform":
            return rng.uniform(float(hint.get("low", low)), float(hint.get("high", high)), n)
        case "poisson":
            return rng.poisson(float(hint["mean"]), n).astype(np.float64)
        case "constant":
            return np.full(n, float(hint["value"]))
        case "sequence":
            return float(hint.get("start", 1)) + np.arange(n, dtype=np.float64)
        case "choice":
            return np.asarray(_chosen(cell, rng, n), dtype=np.float64)
    raise cell.fail(
        f"no distribution {name!r} for numbers; use lognormal, normal, uniform, poisson or choice"
    )


def _chosen(cell: Cell, rng: np.random.Generator, n: int) -> list[Any]:
    values = list(cell.hint.get("values") or cell.column.codes or ())
    weights = np.asarray(cell.hint.get("weights") or [1.0] * len(values), dtype=np.float64)
    if not values or len(weights) != len(values) or weights.sum() <= 0:
        raise cell.fail(
            f"{len(values)} values and {len(weights)} weights; write values (or codes) and one weight each"
        )
    return [values[i] for i in rng.choice(len(values), size=n, p=weights / weights.sum())]


def _dates(cell: Cell, rng: np.random.Generator, n: int, done: dict[str, pl.Series]) -> pl.Series:
    if "after" in cell.hint:
        days = rng.integers(int(cell.hint.get("low", 0)), int(cell.hint.get("high", 30)) + 1, n)
        earlier = _other(cell, "after", done).cast(pl.Date)
        late = earlier + pl.Series(days * 86_400_000_000).cast(pl.Duration("us"))
        return late.cast(DTYPES[cell.column.type]).alias(cell.name)
    start = _as_date(cell, cell.hint.get("low", cell.start))
    end = _as_date(cell, cell.hint.get("high", cell.end))
    if end < start:
        raise cell.fail(f"dates from {start} to {end} run backwards; correct low and high")
    span = (end - start).days + 1
    days = (rng.random(n) * span).astype(np.int64) + (start - dt.date(1970, 1, 1)).days
    series = pl.Series(cell.name, days.astype(np.int32)).cast(pl.Date)
    if cell.column.type == "date":
        return series
    seconds = (rng.random(n) * 86_400).astype(np.int64) * 1_000_000
    return (series.cast(pl.Datetime("us")) + pl.Series(seconds).cast(pl.Duration("us"))).alias(cell.name)


def _as_date(cell: Cell, value: Any) -> dt.date:
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise cell.fail(f"{value!r} is no date; write low and high as YYYY-MM-DD") from error


def _words(cell: Cell, rng: np.random.Generator, n: int) -> pl.Series:
    hint, column = cell.hint, cell.column
    if hint.get("values") or hint.get("weights") or column.codes:
        values = [str(v) for v in _chosen(cell, rng, n)]
    elif hint.get("dist") == "constant":
        values = [str(hint["value"])] * n
    else:
        shape = str(hint.get("format", f"{cell.name}-{{:06d}}"))
        values = [shape.format(i + int(hint.get("start", 1))) for i in range(n)]
    check_words(cell, values)
    return pl.Series(cell.name, values, dtype=pl.String)


def check_words(cell: Cell, values: list[str]) -> None:
    """Refuse words that the column's codes or pattern do not allow.

    Raises:
        ExampleError: Names the first word refused and the hint to write.
    """
    column = cell.column
    if column.codes:
        wrong = [v for v in values if v not in column.codes]
    elif column.pattern:
        wrong = [v for v in values if re.fullmatch(column.pattern, v) is None]
    else:
        wrong = []
    if wrong:
        raise cell.fail(
            f"{wrong[0]!r} fits neither its codes nor its pattern {column.pattern!r}; write a hint such as "
            "{dist: text, format: 'E{:06d}'} or {dist: choice, values: [...]}"
        )


def _other(cell: Cell, key: str, done: dict[str, pl.Series]) -> pl.Series:
    other = str(cell.hint[key])
    if other not in done:
        raise cell.fail(f"its hint names {other!r}, which is no column drawn before it; have {sorted(done)}")
    return done[other]
