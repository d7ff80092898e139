"""What was counted of a period, as it was counted: rows are added and never changed."""

from django.db import models


class Snapshot(models.Model):
    """The comparison of one period in one range of regions; a correction is a further version that says why."""

    range = models.CharField(max_length=6, blank=True)
    """Region whose accounts see it; empty for everything that is decided in this service."""
    period = models.CharField(max_length=10)
    """As in core/period.py: 2026-03, 2026Q1 or 2026."""
    version = models.IntegerField(default=1)
    made_on = models.DateField()
    why = models.TextField(blank=True)
    """Why an earlier version was not right; empty for the first."""
    group = models.IntegerField()
    count = models.IntegerField()
    confidence = models.FloatField()
    """The limits under which it was counted."""
    cells = models.JSONField()

    class Meta:
        """One per range, period and version."""

        constraints = (
            models.UniqueConstraint(fields=["range", "period", "version"], name="one_snapshot_per_version"),
        )
