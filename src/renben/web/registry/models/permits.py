"""Residence permits, their endorsements, and hukou settlements."""

from django.db import models
from django.db.models import Q

from renben.web.registry.models.facts import Fact, only_one_current


class Permit(Fact):
    """A residence permit: one open permit per person; what it may be used for follows from its life case."""

    number = models.CharField(max_length=32)
    person_key = models.UUIDField()
    region = models.CharField(max_length=12)
    issued = models.DateField()
    anchor = models.DateField()
    """Day from which full years are counted."""
    next_due = models.DateField()
    expires = models.DateField()
    state = models.CharField(max_length=16, default="in_force")
    """in_force, suspended or closed."""
    life = models.UUIDField(null=True)
    """Case in which the permit's life is carried."""

    class Meta:
        """One current row per permit, one open permit per person."""

        constraints = [
            only_one_current("one_current_permit"),
            models.UniqueConstraint(
                fields=["person_key"],
                condition=Q(replaced_at__isnull=True, valid_to__isnull=True) & ~Q(state="closed"),
                name="one_open_permit_per_person",
            ),
        ]
        indexes = [models.Index(fields=["region", "state"]), models.Index(fields=["person_key"])]


class Endorsement(models.Model):
    """A yearly endorsement: when it was due, when it was done."""

    permit = models.UUIDField()
    due = models.DateField()
    done = models.DateField()
    late = models.BooleanField()
    recorded_at = models.DateTimeField(null=True)
    """When it was recorded; empty in rows from before that was kept."""

    class Meta:
        """Each due day is endorsed once."""

        constraints = [models.UniqueConstraint(fields=["permit", "due"], name="one_endorsement_per_due_day")]


class Settlement(Fact):
    """A hukou settlement: who, from where, to where, on which ground, in which origin class."""

    person_key = models.UUIDField()
    from_region = models.CharField(max_length=12)
    region = models.CharField(max_length=12)
    basis = models.CharField(max_length=20)
    origin = models.CharField(max_length=16)
    """cross_province, in_province or in_city."""
    decided = models.DateField()

    class Meta:
        """One current row per settlement."""

        constraints = [only_one_current("one_current_settlement")]
        indexes = [models.Index(fields=["region", "decided"]), models.Index(fields=["person_key"])]
