"""Adds and rewrites rows with statements that are written once per model: what every request does must cost little.

Django's own insert and update spend most of their time on writing the statement anew. Columns without a value take the
database's default; no signals, no keys read back, no files.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models
from django.db.models import Field

PARAMETERS = 900
"""Values in one statement at most; old SQLite libraries stop at 999."""


def append(*rows: models.Model, skip_known: bool = False) -> int:
    """Insert rows of one model and return how many were added (rows).

    Args:
        rows: instances that are not in the database yet.
        skip_known: leave out rows whose key is there already instead of failing.
    """
    added = 0
    for part in _parts(rows):
        with connection.cursor() as cursor:
            cursor.execute(_statement(part[0]._meta.label, len(part), skip_known), _values(part))
            added += cursor.rowcount
    return added


def append_each(row: models.Model, column: str, values: Sequence[Any], *before: models.Model) -> int:
    """Insert a row once for each of some values of one column, and return how many were added (rows).

    Args:
        row: what all of them have in common; not in the database yet.
        column: name of the field that differs.
        values: what it holds, one row each.
        before: rows of the same model that go in first.
    """
    if not values:
        return append(*before)
    label = row._meta.label
    fields = _columns(label)
    at = next(n for n, field in enumerate(fields) if field.attname == column)
    common = _values([row])
    lines = [_values([one]) for one in before]
    for value in values:
        line = common.copy()
        line[at] = fields[at].get_db_prep_save(value, connection)
        lines.append(line)
    most, added = max(1, PARAMETERS // len(fields)), 0
    for start in range(0, len(lines), most):
        part = lines[start : start + most]
        with connection.cursor() as cursor:
            cursor.execute(_statement(label, len(part), False), [one for line in part for one in line])
            added += cursor.rowcount
    return added


def rewrite(row: models.Model, *columns: str) -> None:
    """Write a row's columns back under its key: those named, or all of them.

    Raises:
        DatabaseError: the row is not there, or not the actor's to change.
    """
    label = row._meta.label
    written = tuple(columns) or tuple(f.attname for f in row._meta.concrete_fields if not f.primary_key)
    fields = [row._meta.get_field(name) for name in (*written, row._meta.pk.attname)]
    values = [f.get_db_prep_save(f.pre_save(row, False), connection) for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(_update(label, written), values)
        if cursor.rowcount != 1:
            raise DatabaseError(f"{label} {row.pk}: {cursor.rowcount} rows rewritten instead of one.")


@lru_cache(maxsize=64)
def _update(label: str, written: tuple[str, ...]) -> str:
    quote, meta = connection.ops.quote_name, apps.get_model(label)._meta
    pairs = ", ".join(f"{quote(meta.get_field(name).column)} = %s" for name in written)
    return f"UPDATE {quote(meta.db_table)} SET {pairs} WHERE {quote(meta.pk.column)} = %s"


def _parts(rows: Sequence[models.Model]) -> list[Sequence[models.Model]]:
    most = max(1, PARAMETERS // len(_columns(rows[0]._meta.label))) if rows else 1
    return [rows[start : start + most] for start in range(0, len(rows), most)]


@lru_cache(maxsize=64)
def _columns(label: str) -> tuple["Field[Any, Any]", ...]:
    """Columns that we write: all but the counted key and those that the database fills."""
    counted = (models.AutoField, models.BigAutoField)
    fields = apps.get_model(label)._meta.concrete_fields
    return tuple(f for f in fields if not isinstance(f, counted) and not f.has_db_default())


@lru_cache(maxsize=512)
def _statement(label: str, count: int, skip_known: bool) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(f.column) for f in _columns(label))
    row = "(" + ", ".join(["%s"] * len(_columns(label))) + ")"
    known = " ON CONFLICT DO NOTHING" if skip_known else ""
    rows = ", ".join([row] * count)
    return f"INSERT INTO {quote(apps.get_model(label)._meta.db_table)} ({names}) VALUES {rows}{known}"


def _values(rows: Sequence[models.Model]) -> list[Any]:
    fields = _columns(rows[0]._meta.label)
    return [f.get_db_prep_save(f.pre_save(row, True), connection) for row in rows for f in fields]
