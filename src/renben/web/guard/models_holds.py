"""Holds on what is due for deletion, and every step of each."""

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Holds(models.QuerySet["Hold"]):
    """Queries over holds."""

    def running(self, day: dt.date) -> Self:
        """Those that keep something back on a day; the last day counts."""
        return self.filter(lifted_at=None, from_on__lte=day, until_on__gte=day)

    def over(self, day: dt.date) -> Self:
        """Those that ended by their last day, or were lifted before it."""
        return self.filter(Q(lifted_at__isnull=False) | Q(until_on__lt=day))


class Hold(models.Model):
    """That what is kept of a person or of a case is not deleted, until a day at the latest (`guard/holds.py`).

    Why, and everything that happened to it, stands in its steps.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_key = models.UUIDField(null=True)
    case = models.UUIDField(null=True)
    region = models.CharField(max_length=12)
    """Region of the person or the case when it was set: its officers see the hold."""
    kind = models.CharField(max_length=16)
    """For what it is needed: court, inspection, complaint, audit or reconsideration."""
    told = models.BooleanField(default=True)
    """Whether the person finds it under `my data`."""
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    from_on = models.DateField()
    until_on = models.DateField()
    """Last day on which it holds."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Who asked to lift it early; empty while nobody does."""
    asked_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = Holds.as_manager()

    class Meta:
        """About one thing, with an end; whoever asks to lift it does not lift it."""

        constraints = [
            models.CheckConstraint(
                condition=Q(person_key=None, case__isnull=False) | Q(person_key__isnull=False, case=None),
                name="hold_of_a_person_or_a_case",
            ),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="hold_ends_after_it_began"),
            models.CheckConstraint(condition=~Q(asked_by=F("lifted_by")), name="hold_maker_not_checker"),
            models.CheckConstraint(
                condition=Q(lifted_by=None) | Q(asked_by__isnull=False), name="hold_lifted_when_asked"
            ),
        ]
        indexes = [models.Index(fields=["region", "-set_at"]), models.Index(fields=["until_on"])]


class HoldStep(models.Model):
    """One step of a hold, appended: set, kept from the person, extended, asked to be lifted, kept on, lifted, told."""

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="steps")
    seq = models.IntegerField()
    key = models.CharField(max_length=80, unique=True)
    """Who and one-time key: the same form sent twice is one step."""
    what = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until_on = models.DateField(null=True)
    """Last day from then on, where the step names one."""
    why_ct = models.BinaryField(null=True)

    class Meta:
        """Numbered in order."""

        constraints = [models.UniqueConstraint(fields=["hold", "seq"], name="one_hold_step_per_number")]
