"""The door for data: text cells become a table that fits its schema, or a list of what to mend.

All or nothing: one bad cell keeps the whole table out, unless the sender asks to keep the good rows; then the
rejected rows are filed beside them. Nothing is clipped, filled or guessed.
"""

from dataclasses import dataclass

import polars as pl

from renben.catalogue import Catalogue, Column, Dataset
from renben.core.errors import SchemaError, did_you_mean
from renben.core.schema import canonical, polars_schema, rules

FAILURES = {"row": pl.Int64, "column": pl.String, "value": pl.String, "rule": pl.String, "fix": pl.String}
_BLANKS = ("-", "—", "——", "…", "/", "NA", "N/A", "n/a", "null", "无", "暂无")
_TRUE, _FALSE = ("true", "1", "yes", "是"), ("false", "0", "no", "否")


@dataclass(frozen=True)
class Intake:
    """A table that was sent: its good rows, and every mistake (row in the file, column, value, rule, fix)."""

    good: pl.DataFrame
    rejected: pl.DataFrame
    failures: pl.DataFrame


def take_in(
    cells: pl.DataFrame, dataset: Dataset, catalogue: Catalogue, previous: pl.DataFrame | None = None
) -> Intake:
    """Check text cells against a schema.

    Args:
        cells: text columns named by column name or by its Chinese label, and `__row`.
        previous: the same dataset one period back, for changes nobody would believe.

    Raises:
        SchemaError: a column is missing or unknown.
    """
    named = _named(cells, dataset)
    typed, unread = _typed(named, dataset, catalogue)
    table = canonical(typed.drop("__row").lazy(), dataset)
    found = _failures(table, dataset, catalogue).with_columns(_file_row(named))
    found = _without_echo(found, unread)
    extra = [_sums(typed, dataset, catalogue), _jumps(typed, dataset, previous)]
    every = (
        pl.concat([unread, found, *extra])
        .unique(maintain_order=True)
        .sort("row", "column", maintain_order=True)
    )
    bad = typed["__row"].is_in(every["row"].unique().to_list())
    return Intake(typed.filter(~bad).drop("__row"), cells.filter(bad), _as_written(every, named))


def _failures(frame: pl.LazyFrame, dataset: Dataset, catalogue: Catalogue | None = None) -> pl.DataFrame:
    """Every mistake in a canonical table: row (from 1), column, value, rule and how to fix it."""
    numbered = frame.with_row_index("__row", offset=1)
    found = [
        numbered.filter(rule.bad).select(
            row=pl.col("__row").cast(pl.Int64),
            column=pl.lit(rule.column),
            value=pl.col(rule.column).cast(pl.String),
            rule=pl.lit(rule.rule),
            fix=pl.lit(rule.fix),
        )
        for rule in rules(dataset, catalogue)
    ]
    twin = pl.concat_str(list(dataset.grain), separator=" | ", ignore_nulls=True)
    twins = numbered.filter(pl.struct(list(dataset.grain)).is_duplicated()).select(
        row=pl.col("__row").cast(pl.Int64),
        column=pl.lit(", ".join(dataset.grain)),
        value=twin.cast(pl.String),
        rule=pl.lit("duplicate"),
        fix=pl.lit("keep one row for each combination"),
    )
    return pl.concat([pl.LazyFrame(schema=FAILURES), *found, twins]).collect().sort("row", "column")


def _as_written(found: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Failures with each value as it stands in the file."""
    text = named.unpivot(index="__row", variable_name="column", value_name="__text")
    joined = found.join(
        text, left_on=["row", "column"], right_on=["__row", "column"], how="left", maintain_order="left"
    )
    return joined.select("row", "column", pl.coalesce("__text", "value").alias("value"), "rule", "fix")


def _file_row(named: pl.DataFrame) -> pl.Expr:
    """Row numbers of the table as row numbers of the file."""
    rows = named["__row"].to_list()
    return pl.col("row").replace_strict(dict(enumerate(rows, start=1)), return_dtype=pl.Int64)


def _without_echo(found: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """A cell that could not be read is reported once, not again as missing."""
    return found.join(unread.select("row", "column"), on=["row", "column"], how="anti")


def _named(cells: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    wanted = list(polars_schema(dataset))
    by_label = {column.zh: name for name, column in dataset.columns.items() if column.zh}
    renamed = cells.rename({c: by_label[c] for c in cells.columns if c not in wanted and c in by_label})
    unknown = [c for c in renamed.columns if c not in wanted and c != "__row"]
    if unknown:
        hint = did_you_mean(unknown[0], [*wanted, *by_label])
        raise SchemaError(
            f"{dataset.name}: column {unknown[0]!r} is not in its schema.{hint} See: renben data describe {dataset.name}"
        )
    required = [n for n, c in dataset.columns.items() if n in dataset.grain or not (c.nullable or c.reasons)]
    missing = [name for name in required if name not in renamed.columns]
    if missing:
        raise SchemaError(
            f"{dataset.name}: column {missing[0]} is missing; the file has {', '.join(c for c in cells.columns if c != '__row')}."
        )
    absent = [pl.lit(None, dtype=pl.String).alias(n) for n in wanted if n not in renamed.columns]
    return renamed.with_columns(absent)


def _typed(named: pl.DataFrame, dataset: Dataset, catalogue: Catalogue) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells in their types, and the cells that could not be read."""
    reasons = [r.code for r in catalogue.reasons.values() if r.kind == "value"]
    columns, bad = [pl.col("__row")], []
    for name, column in dataset.columns.items():
        text = pl.col(name)
        if column.reasons:
            code = text.is_in(reasons)
            columns.append(
                pl.when(code).then(text).otherwise(pl.col(f"{name}_reason")).alias(f"{name}_reason")
            )
            text = pl.when(code).then(None).otherwise(text)
        elif column.nullable:
            text = pl.when(text.is_in(_BLANKS)).then(None).otherwise(text)
        value, rule, fix = _parser(column, text)
        columns.append(value.alias(name))
        wrong = text.is_not_null() & value.is_null()
        bad.append(
            named.filter(wrong).select(
                row="__row", column=pl.lit(name), value=pl.col(name), rule=pl.lit(rule), fix=pl.lit(fix)
            )
        )
    return named.select(columns), pl.concat([pl.DataFrame(schema=FAILURES), *bad])


def _parser(column: Column, text: pl.Expr) -> tuple[pl.Expr, str, str]:
    """How to read a cell of a type, the name of the mistake, and how to mend it."""
    unit = f" in {column.unit}" if column.unit else ""
    number = text.str.replace_all(r"[,，\s]", "")
    match column.type:
        case "int":
            return (
                number.cast(pl.Int64, strict=False),
                "not_a_whole_number",
                f"write a whole number{unit}, without text",
            )
        case "float":
            return (
                number.cast(pl.Float64, strict=False),
                "not_a_number",
                f"write a number{unit}, without unit or % sign",
            )
        case "decimal":
            return (
                number.cast(pl.Decimal(18, 2), strict=False),
                "not_an_amount",
                "write an amount in yuan, e.g. 1234.50",
            )
        case "date":
            iso = text.str.replace_all(r"[./年月]", "-").str.replace("日", "")
            return iso.str.to_date("%Y-%m-%d", strict=False), "not_a_date", "write a date as 2024-12-31"
        case "datetime":
            return (
                text.str.to_datetime(strict=False, time_unit="us"),
                "not_a_time",
                "write 2024-12-31 08:00:00",
            )
        case "bool":
            lower = text.str.to_lowercase()
            read = pl.when(lower.is_in(_TRUE)).then(True).when(lower.is_in(_FALSE)).then(False)
            return read, "not_yes_or_no", "write 是/否 or true/false"
        case _:
            return text, "", ""


def _sums(typed: pl.DataFrame, dataset: Dataset, catalogue: Catalogue) -> pl.DataFrame:
    """Parents whose value is not the sum of all their children, where parent and every child are sent."""
    region = next((n for n in dataset.grain if dataset.columns[n].type == "region"), None)
    found = [pl.DataFrame(schema=FAILURES)]
    if region is None or not dataset.sums_to_parent:
        return found[0]
    rest = [name for name in dataset.grain if name != region]
    children = {r.code: r.parent for r in catalogue.regions.values() if r.level in ("prefecture", "county")}
    parent = pl.col(region).replace_strict(children, default=None, return_dtype=pl.String)
    expected = pl.Series(list(children.values())).value_counts().rename({"": "__parent", "count": "__all"})
    for name in dataset.sums_to_parent:
        sums = (
            typed.with_columns(__parent=parent)
            .group_by("__parent", *rest)
            .agg(__sum=pl.col(name).sum(), __have=pl.col(name).count())
            .join(expected, on="__parent")
            .filter(pl.col("__have") == pl.col("__all"))
        )
        off = typed.join(sums, left_on=[region, *rest], right_on=["__parent", *rest]).filter(
            (pl.col(name) - pl.col("__sum")).abs() > 1e-6 * pl.col(name).abs().clip(1.0)
        )
        fix = pl.format("the regions below add up to {}; correct one of them", pl.col("__sum"))
        found.append(
            off.select(
                row="__row",
                column=pl.lit(name),
                value=pl.col(name).cast(pl.String),
                rule=pl.lit("sum_differs"),
                fix=fix,
            )
        )
    return pl.concat(found)


def _jumps(typed: pl.DataFrame, dataset: Dataset, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Values that changed against the period before by more than the schema finds credible."""
    found = [pl.DataFrame(schema=FAILURES)]
    for name, column in dataset.columns.items():
        if previous is None or column.max_change is None:
            continue
        before = previous.select(*dataset.grain, __before=pl.col(name))
        both = typed.join(before, on=list(dataset.grain)).filter(pl.col("__before").abs() > 0)
        ratio = pl.col(name) / pl.col("__before")
        off = both.filter((ratio > column.max_change) | (ratio < 1 / column.max_change))
        fix = pl.format(
            "was {} the period before; check the unit, or add it again with --explain WHY", pl.col("__before")
        )
        found.append(
            off.select(
                row="__row",
                column=pl.lit(name),
                value=pl.col(name).cast(pl.String),
                rule=pl.lit("change_too_large"),
                fix=fix,
            )
        )
    return pl.concat(found)
