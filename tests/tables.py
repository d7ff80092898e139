"""Helps tests of mechanisms: tables by the catalogue's schema, a law with an operator's values, checked results."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from renben.catalogue import load
from renben.catalogue.schema import Dated, Provision
from renben.core.finding import dataset_of
from renben.core.law import Law
from renben.core.schema import canonical, polars_schema, refuse_bad
from renben.core.table import TableFunction
from tests.plain_words import codes_in

CATALOGUE = load()
Rows = Sequence[Mapping[str, Any]]


def frame(name: str, rows: Rows = (), history: bool = False) -> pl.LazyFrame:
    """Rows as a table of the catalogue's schema; absent columns are null, a `period` column for histories."""
    schema = dict(polars_schema(CATALOGUE.datasets[name]))
    if history:
        schema["period"] = pl.String
    unknown = {key for row in rows for key in row} - set(schema)
    assert not unknown, f"{name} has no columns {unknown}"
    filled = [{key: _typed(row.get(key), schema[key]) for key in schema} for row in rows]
    return pl.LazyFrame(filled, schema=schema)


def _typed(value: Any, dtype: Any) -> Any:
    if isinstance(dtype, pl.Decimal) and value is not None:
        return Decimal(str(value))
    if dtype == pl.Float64 and isinstance(value, int):
        return float(value)
    if dtype == pl.String and value is not None:
        return str(value)
    return value


def law(on: str = "2024-12-31", **values: Any) -> Law:
    """The catalogue's provisions on a day, with values an operator has written (dots as two underscores)."""
    provisions = dict(CATALOGUE.laws)
    for key, value in values.items():
        name = key.replace("__", ".")
        dated = Dated(value=value, ref="an operator's provision, for tests", trust="D")
        known = provisions.get(name)
        texts = {"zh": known.zh, "en": known.en} if known else {"zh": name, "en": name}
        provisions[name] = Provision(name=name, values={dt.date(1990, 1, 1): dated}, **texts)
    return Law(provisions, dt.date.fromisoformat(on))


def made(function: TableFunction, result: Any, name: str | None = None) -> pl.DataFrame:
    """One table that a function returned, after the schema's checks, in grain order."""
    name = name or function.name
    table = result._asdict()[name] if hasattr(result, "_asdict") else result
    dataset = dataset_of(name) if function.is_check else CATALOGUE.datasets[name]
    assert function.is_check or dataset.grain == function.outputs[name]
    checked = canonical(table, dataset).collect().lazy()
    refuse_bad(checked, dataset, CATALOGUE)
    for zh, en in checked.select("text_zh", "text_en").collect().iter_rows() if function.is_check else ():
        assert not codes_in(zh, en), (zh, en)
    return checked.sort(dataset.grain).collect()
