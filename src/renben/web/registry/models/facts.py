"""Bitemporal rows: when something was so, and when we knew it. A correction closes a row and adds one."""

import datetime as dt
import uuid
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from renben.web.clock import now

FROM_THE_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""Since when something is known that was stated before times were kept: as of every moment."""


class FactQuery(models.QuerySet["Fact"]):
    """Queries over bitemporal rows."""

    def current(self) -> Self:
        """Rows as we know them now."""
        return self.filter(replaced_at__isnull=True)

    def on(self, day: dt.date) -> Self:
        """Rows that are valid on a day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)

    def as_of(self, moment: dt.datetime | None) -> Self:
        """Rows as we knew them at a moment, as we know them now where none is given."""
        return self.current() if moment is None else self.known(moment)

    def known(self, moment: dt.datetime) -> Self:
        """Rows as we knew them at a moment."""
        return self.filter(Q(replaced_at__isnull=True) | Q(replaced_at__gt=moment), recorded_at__lte=moment)


class Fact(models.Model):
    """One statement about one thing: its key, the days on which it holds (end not included), what we knew when."""

    key = models.UUIDField(default=uuid.uuid4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=64)
    """Case or import that stated it."""

    objects = FactQuery.as_manager()

    class Meta:
        """Shared by every bitemporal table."""

        abstract = True


FactModel = TypeVar("FactModel", bound=Fact)


def record(model: type[FactModel], source: str, **columns: Any) -> FactModel:
    """Add a fact as known from now on."""
    fact = model(recorded_at=now(), source=source, **columns)
    fact.save(force_insert=True)
    return fact


def replace(fact: FactModel, source: str, **changes: Any) -> FactModel:
    """State a fact anew with changes; the old row stays as what we knew before."""
    moment = now()  # one for both: at no moment two rows are known, or none
    fields = [f.attname for f in fact._meta.concrete_fields if not f.primary_key]
    columns = {name: getattr(fact, name) for name in fields}
    columns.update(changes, recorded_at=moment, replaced_at=None, source=source)
    type(fact)._default_manager.filter(pk=fact.pk, replaced_at__isnull=True).update(replaced_at=moment)
    successor = type(fact)(**columns)
    successor.save(force_insert=True)
    return successor


def withdraw(fact: Fact) -> None:
    """State that a fact was never so; the row stays as what we knew before."""
    type(fact)._default_manager.filter(pk=fact.pk, replaced_at__isnull=True).update(replaced_at=now())


def only_one_current(name: str, *extra: str) -> models.UniqueConstraint:
    """The constraint that each key has one current row."""
    return models.UniqueConstraint(
        fields=["key", *extra], condition=Q(replaced_at__isnull=True, valid_to__isnull=True), name=name
    )
