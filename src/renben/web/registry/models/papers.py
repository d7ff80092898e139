"""Documents, proofs, mandates of proxies, photos and the ledger of their sharing."""

import uuid

from django.db import models


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


class Proof(models.Model):
    """Proof of a job, a dwelling or schooling, with the days for which it stands."""

    person_key = models.UUIDField()
    kind = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    case = models.UUIDField()

    class Meta:
        """Found by person."""

        indexes = [models.Index(fields=["person_key", "kind"])]


class Mandate(models.Model):
    """That an account may act for a person: guardian, landlord, employer or school, with evidence and end."""

    account = models.BigIntegerField()
    person_key = models.UUIDField()
    kind = models.CharField(max_length=12)
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    case = models.UUIDField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Photo(models.Model):
    """A master photo, kept under its own encryption context; no features are ever extracted from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_key = models.UUIDField()
    taken_on = models.DateField()
    width = models.IntegerField()
    height = models.IntegerField()
    hash = models.CharField(max_length=64)
    content_ct = models.BinaryField()
    codes = models.JSONField(default=list)
    verdict = models.CharField(max_length=16)


class PhotoGrant(models.Model):
    """One use of a photo by one organ for one purpose; the resident sees and revokes it."""

    photo = models.ForeignKey(Photo, models.PROTECT)
    profile = models.CharField(max_length=20)
    recipient = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    legal_basis = models.CharField(max_length=120)
    notified_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
