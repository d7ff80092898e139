"""Standard addresses and residence spells."""

from django.db import models
from django.db.models import Q

from renben.web.registry.models.facts import Fact, only_one_current


class Address(models.Model):
    """A standard address: registrations pick one, they never write their own."""

    region = models.CharField(max_length=12)
    """County code."""
    township = models.CharField(max_length=12)
    """Township code (9 digits)."""
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, default="home")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    usable_until = models.DateField(null=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        """A text once per township."""

        constraints = [models.UniqueConstraint(fields=["township", "text"], name="one_address")]
        indexes = [models.Index(fields=["region", "text"])]


class Residence(Fact):
    """A spell of living at an address: valid from arrival until departure."""

    person_key = models.UUIDField()
    address = models.ForeignKey(Address, models.PROTECT)
    region = models.CharField(max_length=12)
    township = models.CharField(max_length=12)
    hukou_region = models.CharField(max_length=12)
    """Registered place during the spell, as far as it is known (6 or 9 digits)."""
    reason = models.CharField(max_length=12)
    housing = models.CharField(max_length=12)
    registered_on = models.DateField()
    channel = models.CharField(max_length=12)
    verified_by = models.BigIntegerField(null=True)

    class Meta:
        """One current row per spell; one open spell per person."""

        constraints = [
            only_one_current("one_current_spell"),
            models.UniqueConstraint(
                fields=["person_key"],
                condition=Q(replaced_at__isnull=True, valid_to__isnull=True),
                name="one_open_spell_per_person",
            ),
        ]
        indexes = [models.Index(fields=["region", "valid_from"]), models.Index(fields=["person_key"])]
