"""Turns the facts of the catalogue into base data: which fact row feeds which element, of which series and day.

The mapping is catalogue/indicators/facts_map.csv. A fact becomes known on the day its source was published;
where only the year or month is known, on the last day of it; where nothing is known, at the end of the year
after the fact's. Facts from memory give no value (rejected), and say so.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import polars as pl

from renben.catalogue.loader import FACTS, Catalogue
from renben.catalogue.schema import Entry

FILES = ("province_series", "population_prefecture", "population_county", "economy_services", "fiscal")
NATION = {"156": "100000"}
COLUMNS = ("value", "value_reason", "series", "quality", "revised", "published", "sources", "note")


class FactRule(Entry):
    """One line of the mapping: facts of a name and basis become an element or a published indicator value."""

    file: str
    indicator: str
    basis: str = ""
    unit: str
    first_year: int = 0
    last_year: int = 9999
    use: str
    id: str = ""
    factor: float = 1.0
    series: str | None = None
    priority: int
    note: str = ""


@dataclass(frozen=True)
class FactVersion:
    """Base data of one year as known on one day."""

    dataset: str
    period: str
    day: dt.date
    rows: pl.DataFrame
    sources: tuple[str, ...]


def rules(catalogue: Catalogue) -> pl.DataFrame:
    """The mapping as a table, in the order written."""
    found = catalogue.rows("indicators", "facts_map.csv", FactRule, _rule_key)
    return pl.DataFrame([rule.model_dump() for rule in found.values()], infer_schema_length=None)


def _rule_key(rule: FactRule) -> tuple[str, str, str, str, int]:
    return rule.file, rule.indicator, rule.basis, rule.unit, rule.first_year


def mapped(catalogue: Catalogue) -> pl.DataFrame:
    """Every usable fact as a candidate row with its publication day, use and priority.

    Returns:
        One row per fact: use, region, id, year, value, value_reason, series, quality, published, sources, note,
        priority.
    """
    facts = pl.concat([_facts(name) for name in FILES])
    joined = facts.join(rules(catalogue), on=["indicator", "unit"], suffix="_rule")
    fits = (
        pl.col("file_rule").is_in(["*"]) | (pl.col("file_rule") == pl.col("file")),
        pl.col("basis").fill_null("") == pl.col("basis_rule"),
        pl.col("year").is_between("first_year", "last_year"),
        pl.col("use") != "skip",
        pl.col("region").is_in(list(catalogue.regions)),
    )
    return _shaped(_with_day(_with_quality(joined.filter(*fits))))


def _with_quality(rows: pl.DataFrame) -> pl.DataFrame:
    """Source ids without their prefix, and the quality that the prefix says."""
    prefix = pl.col("source").str.extract(r"^(derived|estimated):").fill_null("published")
    memory = pl.col("source").str.contains("memory")
    return rows.with_columns(
        quality=pl.when(memory).then(pl.lit("memory")).otherwise(prefix),
        sources=pl.col("source").str.replace(r"^\w+:", ""),
    )


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the value in the element's unit; a value from memory is rejected."""
    memory = pl.col("quality") == "memory"
    notes = pl.concat_str([pl.col("note"), pl.col("note_rule")], separator="; ", ignore_nulls=True)
    return rows.select(
        *("use", "region", "id", "year"),
        pl.when(~memory).then(pl.col("value") * pl.col("factor")).alias("value"),
        pl.when(memory).then(pl.lit("rejected")).alias("value_reason"),
        *("series", "quality", "published", "day", "sources"),
        notes.alias("note"),
        "priority",
    )


def _facts(name: str) -> pl.DataFrame:
    raw = pl.read_csv(FACTS / f"{name}.csv", infer_schema=False)
    basis = pl.col("basis") if "basis" in raw.columns else pl.lit(None, pl.String).alias("basis")
    note = pl.col("note") if "note" in raw.columns else pl.lit(None, pl.String).alias("note")
    return raw.select(
        pl.lit(name).alias("file"),
        pl.col("code").replace(NATION).alias("region"),
        pl.col("year").cast(pl.Int64),
        "indicator",
        "unit",
        pl.col("value").cast(pl.Float64),
        basis,
        "source",
        pl.when(note != "").then(note).alias("note"),
    )


def last_day(text: str) -> dt.date | None:
    """Latest day that a publication date can mean: 2024-04-17, 2024-04, 2024 or 2019-2020; None for nothing.

    >>> last_day("2024-02"), last_day("2019-2020"), last_day("")
    (datetime.date(2024, 2, 29), datetime.date(2020, 12, 31), None)
    """
    parts = text.replace("about ", "").split("-")
    if not parts[0]:
        return None
    if len(parts) == 2 and len(parts[1]) == 4:
        parts = parts[1:]
    numbers = [int(part) for part in parts]
    if len(numbers) == 3:
        return dt.date(*numbers)
    year, month = (numbers[0], numbers[1]) if len(numbers) == 2 else (numbers[0], 12)
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def _with_day(rows: pl.DataFrame) -> pl.DataFrame:
    """Publication day of each row (the latest of its sources), and the day from which it counts as known."""
    raw = pl.read_csv(FACTS / "sources.csv", infer_schema=False)
    days = {name: last_day(date or "") for name, date in raw.select("source", "date").iter_rows()}
    dated = rows.with_columns(
        published=pl.col("sources")
        .str.split(";")
        .list.eval(pl.element().replace_strict(days, default=None, return_dtype=pl.Date))
        .list.max()
    )
    unknown = pl.date(pl.col("year") + 1, 12, 31)
    return dated.with_columns(day=pl.coalesce("published", unknown))


def as_known(candidates: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """The winning row of each region, id and year on a day: lowest priority number, then the newest.

    A row is revised where the first value that was ever known for it was another one.
    """
    keys = ["use", "region", "id", "year"]
    known = candidates.filter(pl.col("day") <= day)
    first = known.sort("day", "priority", descending=[False, False], maintain_order=True)
    oldest = first.unique(keys, keep="first", maintain_order=True).select(*keys, first_value="value")
    best = known.sort("priority", "day", descending=[False, True], maintain_order=True)
    won = best.unique(keys, keep="first", maintain_order=True)
    return won.join(oldest, on=keys).with_columns(
        revised=(pl.col("value") != pl.col("first_value")).fill_null(False)
    )


def fact_versions(catalogue: Catalogue) -> Iterator[FactVersion]:
    """Versions of `elements` and `indicator_published` that the facts give, one per year and day of news."""
    candidates = mapped(catalogue)
    for use, dataset, key in (
        ("element", "elements", "element"),
        ("indicator", "indicator_published", "indicator"),
    ):
        of_use = candidates.filter(pl.col("use") == use)
        for (year,), rows in of_use.group_by("year", maintain_order=True):
            for day in sorted(rows["day"].unique().to_list()):
                known = as_known(rows, day).rename({"id": key}).select("region", key, *COLUMNS)
                yield FactVersion(dataset, str(year), day, known, _sources(known))


def _sources(rows: pl.DataFrame) -> tuple[str, ...]:
    lists = (text.split(";") for text in rows["sources"].to_list())
    return tuple(sorted(reduce(set.union, map(set, lists), set())))
