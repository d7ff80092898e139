"""Documents, proofs, mandates of proxies, photos and the ledger of their sharing."""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import Q


class Document(models.Model):
    """An uploaded file, encrypted in the database so that it lives and dies with its row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.UUIDField(null=True)
    kind = models.CharField(max_length=20)
    media = models.CharField(max_length=20)
    size = models.IntegerField()
    hash = models.CharField(max_length=64)
    """Keyed hash of the content."""
    content_ct = models.BinaryField()
    at = models.DateTimeField()


def written_by(moment: dt.datetime | None) -> Q:
    """Rows that were there at a moment, all where none is given; one without its time counts as there from the start."""
    return Q() if moment is None else Q(recorded_at=None) | Q(recorded_at__lte=moment)


class Proof(models.Model):
    """Proof of a job, a dwelling or schooling, with the days for which it stands."""

    person_key = models.UUIDField()
    kind = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    case = models.UUIDField()
    recorded_at = models.DateTimeField(null=True)
    """When we came to know of it; empty in rows from before that was kept."""

    class Meta:
        """Found by person."""

        indexes = [models.Index(fields=["person_key", "kind"])]


class Mandates(models.QuerySet["Mandate"]):
    """Queries over mandates."""

    def running(self, day: dt.date, moment: dt.datetime | None = None) -> Self:
        """Those that stand on a day, as known now or at a moment: what was ended later still stood then."""
        lasting = Q(valid_to=None) | Q(valid_to__gt=day)
        if moment is not None:
            lasting |= Q(ended_at__gt=moment)
        return self.filter(lasting, written_by(moment), valid_from__lte=day)


class Mandate(models.Model):
    """That an account may act for a person: guardian, landlord, employer or school, with evidence and end."""

    account = models.BigIntegerField()
    person_key = models.UUIDField()
    kind = models.CharField(max_length=12)
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    case = models.UUIDField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    """When it was made; empty in rows from before that was kept."""
    ended_at = models.DateTimeField(null=True)
    """When it was ended before its time; empty where it was not."""

    objects = Mandates.as_manager()

    class Meta:
        """Counted per account, found by person."""

        indexes = [models.Index(fields=["account", "kind"]), models.Index(fields=["person_key"])]


class OneTimeCode(models.Model):
    """A code on paper or in an inbox, by which a person confirms what a proxy registered, or takes over an account."""

    purpose = models.CharField(max_length=12)
    """confirm or bind."""
    case = models.UUIDField()
    person_key = models.UUIDField(null=True)
    code_ct = models.BinaryField()
    code_index = models.CharField(max_length=32, unique=True)
    expires_on = models.DateField()
    used_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    """Wrong numbers given with the right code."""

    class Meta:
        """One code per case and purpose."""

        constraints = [models.UniqueConstraint(fields=["case", "purpose"], name="one_code_per_purpose")]
        indexes = [models.Index(fields=["person_key", "purpose"])]


class Photo(models.Model):
    """A master photo, sealed under a key of its own; no features are ever extracted from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_key = models.UUIDField()
    case = models.UUIDField(null=True)
    """Case in which it was handed in."""
    kind = models.CharField(max_length=8, default="master")
    """`id` for a photo of exactly the identity photo's size, else `master`."""
    taken_on = models.DateField()
    decided_on = models.DateField(null=True)
    width = models.IntegerField()
    height = models.IntegerField()
    hash = models.CharField(max_length=64)
    content_ct = models.BinaryField()
    """Empty once the photo was dropped or replaced and no hold keeps it: the ledger stays, the picture goes."""
    codes = models.JSONField(default=list)
    crops = models.JSONField(default=dict)
    """Picture -> box in the master; the points from which it was made are not kept."""
    verdict = models.CharField(max_length=16)
    """draft, waiting, accepted, dropped or replaced."""
    dropped_on = models.DateField(null=True)
    """Day on which it was dropped or replaced; empty for those whose picture went before that was kept."""

    class Meta:
        """One photo of a person is in use."""

        constraints = [
            models.UniqueConstraint(
                fields=["person_key"], condition=Q(verdict="accepted"), name="one_photo_in_use"
            )
        ]
        indexes = [models.Index(fields=["case"]), models.Index(fields=["person_key"])]


class PhotoGrant(models.Model):
    """One use of a photo by one organ for one purpose; the resident sees and revokes it."""

    photo = models.ForeignKey(Photo, models.PROTECT)
    use = models.CharField(max_length=20, default="")
    profile = models.CharField(max_length=20)
    recipient = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    legal_basis = models.CharField(max_length=120)
    consent = models.BooleanField(default=True)
    """False where the law itself is the ground; such a use cannot be revoked by the resident."""
    notified_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    deliveries = models.IntegerField(default=0)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    code_ct = models.BinaryField(null=True)
    code_index = models.CharField(max_length=32, blank=True)

    class Meta:
        """A use is granted once at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["photo", "use"], condition=Q(revoked_at__isnull=True), name="one_open_photo_grant"
            )
        ]
        indexes = [models.Index(fields=["code_index"])]
