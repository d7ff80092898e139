"""Sensors of the water level, what they said, what was set aside, and the ponding they saw. Nothing personal."""

from django.db import models

from renben.web.flow.models import Case


class Sensor(models.Model):
    """A sensor that stands somewhere, and how far its readings have been followed."""

    id = models.CharField(max_length=40, primary_key=True)
    region = models.CharField(max_length=12)
    """County."""
    place = models.CharField(max_length=120)
    """Words for the place, which anybody may read."""
    lon = models.FloatField()
    lat = models.FloatField()
    made_by = models.BigIntegerField(null=True)
    """Account that registered it; empty for the operator's file."""
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """From when on it is no longer listened to."""
    heard = models.BigIntegerField(null=True)
    """Moment of the newest reading (ms since 1970)."""
    upto = models.BigIntegerField(null=True)
    """Readings up to this moment are settled (ms)."""
    course = models.JSONField(default=dict)
    """What the detector remembers behind the settled readings."""
    synthetic = models.BooleanField(default=False)

    class Meta:
        """Listed by county."""

        indexes = [models.Index(fields=["region"], name="sensor_by_region")]


class Reading(models.Model):
    """A depth at a moment, once."""

    sensor = models.ForeignKey(Sensor, models.PROTECT, related_name="readings", db_index=False)
    at = models.BigIntegerField(db_index=True)
    """Milliseconds since 1970 (UTC)."""
    depth = models.FloatField()
    """Metres."""
    quality = models.SmallIntegerField()
    """2 good, 3 checked; others are set aside."""

    class Meta:
        """One reading of a sensor at a moment."""

        constraints = [models.UniqueConstraint(fields=["sensor", "at"], name="one_reading_per_moment")]


class SetAside(models.Model):
    """How many readings of a day did not count, and why."""

    sensor = models.CharField(max_length=40, blank=True)
    """Empty where no sensor of that name is known to whoever sent them."""
    day = models.DateField()
    """On which they arrived."""
    reason = models.CharField(max_length=12)
    region = models.CharField(max_length=12, blank=True)
    readings = models.IntegerField(default=0)

    class Meta:
        """One count per sensor, day and reason."""

        constraints = [models.UniqueConstraint(fields=["sensor", "day", "reason"], name="one_count_aside")]


class Ponding(models.Model):
    """Water that stood at a sensor, and the case that was opened for it: one, however often it is told."""

    sensor = models.ForeignKey(Sensor, models.PROTECT, related_name="pondings")
    start = models.BigIntegerField()
    """As it was first told (ms)."""
    alarm = models.BigIntegerField()
    end = models.BigIntegerField(null=True)
    peak = models.FloatField()
    """Metres."""
    urgent = models.BooleanField(default=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="ponding")

    class Meta:
        """One for each sensor and start."""

        constraints = [models.UniqueConstraint(fields=["sensor", "start"], name="one_ponding_per_start")]
