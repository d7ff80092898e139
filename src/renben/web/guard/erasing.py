"""Deletes one batch of what is due: the one door through which everything goes that is past its period.

Carries out: Personal Information Protection Law arts. 19 and 47. A keeping part says which rows are due and how they go
(`Due`); what a hold keeps back stays (`guard/subjects.py`), the rest goes here, each thing with a line in the deletion
register. A batch is one transaction, and the holds are looked at when it begins: a hold that is set meanwhile keeps
everything from the next batch on, and what the batch before had already taken stays gone.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from renben.web.clock import now
from renben.web.guard import audit, subjects
from renben.web.guard.models import Deletion
from renben.web.guard.policy import Actor

KEEPER = Actor(None, job="sweeper")
BATCH = 200
FILES = "registry.Document"
"""Where stored files are."""


@dataclass(frozen=True)
class Due:
    """Rows that are past their period, and how they go."""

    rows: QuerySet[Any]
    what: str
    """Kind of thing, as the register names it; empty for what is about nobody and needs no line."""
    rule: str
    """Provision under which they go."""
    empty: Mapping[str, Any] = field(default_factory=dict)
    """Columns that lose their value, and what stands there afterwards; where there are none the rows go."""
    one: str = "pk"
    """Column that makes one thing: a fact goes with every row of its key."""
    order: tuple[str, ...] = ("pk",)
    """By which the oldest come first."""
    along: tuple[tuple[str, str], ...] = ()
    """Model and column that names the thing: rows that go with it."""
    unnamed: tuple[tuple[str, str], ...] = ()
    """Model and column that names the thing: a column that is emptied with it."""
    file: str = ""
    """Column that names a stored file: it goes too, unless another row still names it."""
    most: int = 0
    """Things in a batch, where it is another number than usual."""


def erase(due: Due, day: dt.date) -> int:
    """Delete a batch of what is due and not held, the oldest first (things); the caller holds the transaction.

    Raises:
        Undeclared: nobody has said about whom the rows are.
        ValueError: rows about somebody are to go without a line in the register.
    """
    label = due.rows.model._meta.label
    if not due.what and not subjects.about(label).nobody:
        raise ValueError(
            f"{label}: what is about somebody goes with a line in the register; give Due a `what`."
        )
    found = subjects.free(due.rows, due.one, day).order_by(*due.order)
    keys = list(dict.fromkeys(found.values_list(due.one, flat=True)[: due.most or BATCH]))
    if keys:
        _taken(due, keys, day)
    for key in keys if due.what else ():
        register(due.what, str(key), due.rule)
    return len(keys)


def _taken(due: Due, keys: list[Any], day: dt.date) -> None:
    rows = due.rows.model._default_manager.filter(**{f"{due.one}__in": keys})
    files = set(rows.exclude(**{due.file: None}).values_list(due.file, flat=True)) if due.file else set()
    for label, column in due.unnamed:
        _naming(label, column, keys).update(**{column: None})
    for label, column in due.along:
        _naming(label, column, keys).delete()
    if due.empty:
        rows.update(**due.empty)
    else:
        rows.delete()
    if files:
        files -= set(_naming(due.rows.model._meta.label, due.file, files).values_list(due.file, flat=True))
        subjects.free(_naming(FILES, "pk", files), "pk", day).delete()


def _naming(label: str, column: str, keys: Iterable[Any]) -> QuerySet[Any]:
    """Rows of a model whose column names one of some things; the model has to be in the table of subjects, too."""
    subjects.about(label)
    return apps.get_model(label)._default_manager.filter(**{f"{column}__in": list(keys)})


def register(what: str, key: str, rule: str) -> None:
    """Note that something was deleted, under which rule, without the data."""
    moment = now()
    evidence = hashlib.sha256(f"{what}|{key}|{moment.isoformat()}".encode()).hexdigest()
    Deletion.objects.create(at=moment, what=what, object_id=key, rule=rule, evidence=evidence)
    audit.record(KEEPER, "system", object_type=what, object_id=key, detail={"deleted_under": rule})
