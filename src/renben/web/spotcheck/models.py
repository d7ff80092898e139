"""Draws of closed cases, and each drawn case with what another office said of it."""

from django.db import models
from django.db.models import Q

from renben.web.flow.models import Case


class Draw(models.Model):
    """The lot of one office and month: from how many closed cases how many were drawn, and how to repeat it."""

    office = models.CharField(max_length=6)
    """County whose office closed the cases."""
    period = models.CharField(max_length=7)
    """Month in which they were closed, as 2026-05."""
    closed = models.IntegerField()
    drawn = models.IntegerField()
    share = models.FloatField()
    """Share in force on the last day of the month."""
    seed = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    """SHA-256 of the sorted keys of the closed cases: that the same ones are there when the draw is repeated."""
    made_on = models.DateField()

    class Meta:
        """Drawn once, however often the sweep comes by."""

        constraints = (models.UniqueConstraint(fields=["office", "period"], name="one_draw_per_month"),)


class Check(models.Model):
    """One drawn case. Where its look stands is a case of its own, which the other office holds."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="checks")
    about = models.ForeignKey(Case, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    """Kind of the drawn case."""
    office = models.CharField(max_length=6)
    """Office that closed it."""
    region = models.CharField(max_length=6, blank=True)
    """Office that looks at it; empty as long as there is none that could."""
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="check_of")
    verdict = models.CharField(max_length=12, blank=True)
    """confirmed, disputed or unclear; what was said first stays, whatever is put right afterwards."""
    ways = models.JSONField(default=list)
    """How it was looked at."""
    reason = models.CharField(max_length=20, blank=True)
    """Why it is not confirmed, from a list."""
    said_on = models.DateField(null=True)
    document = models.UUIDField(null=True)
    """The evidence where a file was sent: an encrypted document of the registry's store."""
    fingerprint = models.CharField(max_length=64, blank=True)
    """SHA-256 of the file as it was sent."""

    class Meta:
        """Once per draw; read by office for the counts."""

        constraints = (models.UniqueConstraint(fields=["draw", "about"], name="one_check_per_draw"),)
        indexes = (
            models.Index(fields=["office", "said_on"], name="check_by_office"),
            models.Index(fields=["draw"], condition=Q(case__isnull=True), name="check_without_office"),
        )
