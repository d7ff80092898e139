"""Checks a table against its declared schema: one row per mistake, or the table in canonical types.

The runner stops at the first mistake; data entry (engines/intake) sends all of them back to the sender.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from renben.catalogue import Catalogue, Column, Dataset
from renben.core.errors import SchemaError, did_you_mean

DTYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "region": pl.String,
    "office": pl.String,
    "str": pl.String,
    "code": pl.String,
    "int": pl.Int64,
    "float": pl.Float64,
    "decimal": pl.Decimal(18, 2),
    "date": pl.Date,
    "datetime": pl.Datetime("us"),
    "bool": pl.Boolean,
}


@dataclass(frozen=True)
class Rule:
    """A condition that marks a bad cell, the rule's name, and how to mend it."""

    column: str
    rule: str
    bad: pl.Expr
    fix: str


def polars_schema(dataset: Dataset) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Column types of a dataset, with a NAME_reason column behind each column that may give a reason."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = {}
    for name, column in dataset.columns.items():
        schema[name] = DTYPES[column.type]
        if column.reasons:
            schema[f"{name}_reason"] = pl.String
    return schema


def empty(dataset: Dataset) -> pl.LazyFrame:
    """A table of the dataset without rows."""
    return pl.LazyFrame(schema=polars_schema(dataset))


def canonical(frame: pl.LazyFrame, dataset: Dataset) -> pl.LazyFrame:
    """Columns in declared order and canonical types; only casts that lose nothing.

    Raises:
        SchemaError: a column is missing, unknown or of another type.
    """
    wanted, have = polars_schema(dataset), frame.collect_schema()
    missing = [c for c in wanted if c not in have]
    if missing:
        raise SchemaError(f"{dataset.name}: lacks column {missing[0]}; it has {', '.join(have)}.")
    unknown = [c for c in have if c not in wanted]
    if unknown:
        hint = did_you_mean(unknown[0], wanted)
        raise SchemaError(f"{dataset.name}: has column {unknown[0]}, which its schema does not know.{hint}")
    for name, dtype in wanted.items():
        if not _castable(have[name], dtype):
            raise SchemaError(f"{dataset.name}: column {name} is {have[name]}, declared {dtype}.")
    return frame.select(pl.col(name).cast(dtype) for name, dtype in wanted.items())


def _castable(have: pl.DataType, want: pl.DataType | type[pl.DataType]) -> bool:
    if have == want or have == pl.Null:
        return True
    if want == pl.Float64:
        return have.is_numeric() and have != pl.Decimal
    if want == pl.Int64:
        return have.is_integer()
    if want == pl.String:
        return have in (pl.Categorical, pl.Enum)
    if isinstance(want, pl.Decimal):
        return isinstance(have, pl.Decimal) or have.is_integer()
    return want == pl.Datetime("us") and isinstance(have, pl.Datetime)


def rules(dataset: Dataset, catalogue: Catalogue | None = None) -> list[Rule]:
    """Cell rules of a dataset; region codes are checked where the catalogue is given."""
    return [
        rule
        for name, column in dataset.columns.items()
        for rule in _cell_rules(name, column, dataset, catalogue)
    ]


def _cell_rules(name: str, column: Column, dataset: Dataset, catalogue: Catalogue | None) -> Iterator[Rule]:
    value = pl.col(name)
    if column.reasons:
        both = value.is_null() == pl.col(f"{name}_reason").is_null()
        yield Rule(name, "value_or_reason", both, "give a value or one reason code, not both")
    elif not column.nullable or name in dataset.grain:
        yield Rule(name, "missing", value.is_null(), "give a value; missing is not zero")
    yield from _range_rules(name, column)
    if column.codes is not None:
        yield Rule(name, "unknown_code", ~value.is_in(column.codes), f"one of {', '.join(column.codes)}")
    if column.pattern is not None:
        yield Rule(name, "bad_form", ~value.str.contains(column.pattern), f"must match {column.pattern}")
    if catalogue is not None:
        yield from _reference_rules(name, column, catalogue)


def _range_rules(name: str, column: Column) -> Iterator[Rule]:
    value, unit = pl.col(name), f" {column.unit}" if column.unit else ""
    if column.type == "float":
        yield Rule(name, "not_finite", ~value.is_finite(), "give a finite number")
    if column.min is not None:
        yield Rule(
            name, "below_minimum", value < column.min, f"at least {column.min:g}{unit}; check the unit"
        )
    if column.max is not None:
        yield Rule(name, "above_maximum", value > column.max, f"at most {column.max:g}{unit}; check the unit")


def _reference_rules(name: str, column: Column, catalogue: Catalogue) -> Iterator[Rule]:
    known: list[str]
    if column.type == "region":
        known, where = list(catalogue.regions), "a GB/T 2260 code of catalogue/regions"
    elif column.type == "office":
        known, where = list(catalogue.offices), "an id of catalogue/offices"
    else:
        return
    yield Rule(name, f"unknown_{column.type}", ~pl.col(name).is_in(known), where)


def refuse_bad(frame: pl.LazyFrame, dataset: Dataset, catalogue: Catalogue | None = None) -> int:
    """Number of rows of a canonical table, after all its rules hold; one streaming pass.

    Raises:
        SchemaError: names the dataset, the rule, how many rows break it and one of them.
    """
    checks = rules(dataset, catalogue)
    counts = frame.select(
        pl.len().alias("__rows"), *(rule.bad.sum().alias(f"__{i}") for i, rule in enumerate(checks))
    ).collect(engine="streaming")
    for i, rule in enumerate(checks):
        broken = counts[f"__{i}"][0] or 0
        if broken:
            row = frame.filter(rule.bad).head(1).collect().to_dicts()[0]
            raise SchemaError(
                f"{dataset.name}.{rule.column}: {rule.rule} in {broken} rows ({rule.fix}); first: {row}."
            )
    twins = frame.group_by(dataset.grain).len().filter(pl.col("len") > 1).head(1).collect(engine="streaming")
    if twins.height:
        key = {name: twins[name][0] for name in dataset.grain}
        raise SchemaError(
            f"{dataset.name}: more than one row for {key}; its grain is {', '.join(dataset.grain)}."
        )
    return int(counts["__rows"][0])
