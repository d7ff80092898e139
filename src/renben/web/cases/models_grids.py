"""The unit grids of a county: who is in charge of which piece of it, from which day to which. Nothing personal."""

from django.db import models
from django.db.models import Q


class Grid(models.Model):
    """A grid as it stood for some days; a change ends it the day before and is a row of its own."""

    region = models.CharField(max_length=12)
    """County, whose own code it is."""
    code = models.CharField(max_length=20)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=80, blank=True)
    account = models.BigIntegerField(null=True)
    """Account of whoever is in charge; empty where an office is."""
    office = models.CharField(max_length=60, blank=True)
    """Office in charge, an id of the catalogue; empty where an account is."""
    towns = models.CharField(max_length=200, blank=True)
    """Towns and communities in words."""
    shape = models.JSONField(default=list)
    """Polygons, each its outer ring and its holes, as longitude and latitude in ten-millionths of a degree; may be empty."""
    west = models.IntegerField(null=True)
    south = models.IntegerField(null=True)
    east = models.IntegerField(null=True)
    north = models.IntegerField(null=True)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        """Of one code one row begins on a day, and one has no end."""

        constraints = [
            models.UniqueConstraint(fields=["region", "code", "first_day"], name="one_grid_from_a_day"),
            models.UniqueConstraint(
                fields=["region", "code"], condition=Q(last_day=None), name="one_grid_without_end"
            ),
        ]

    @property
    def key(self) -> str:
        """By what cases and rules name it: codes are each county's own."""
        return f"{self.region}:{self.code}"
