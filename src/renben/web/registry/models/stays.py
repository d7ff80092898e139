"""Institutions that report who stays with them, their reports, and the stays: no residence, and kept apart from it."""

import uuid

from django.db import models
from django.db.models import Q

from renben.web.guard import crypto
from renben.web.registry.models.facts import Fact, only_one_current
from renben.web.registry.models.places import Address


class Institution(models.Model):
    """A hotel, hospital, boarding school or relief station, whose account reports; its key is the enrolment's case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    region = models.CharField(max_length=12)
    address = models.ForeignKey(Address, models.PROTECT)
    document = models.UUIDField(null=True)
    """Its licence, which came with the enrolment."""
    valid_from = models.DateField()
    valid_to = models.DateField()
    """First day on which it reports no more."""

    class Meta:
        """Found by account and by region."""

        indexes = [models.Index(fields=["account"]), models.Index(fields=["region", "valid_to"])]


class InstitutionAccount(models.Model):
    """One more account that reports for an institution: invited by its first account, joined by a code of one use."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="colleagues")
    region = models.CharField(max_length=12)
    """The institution's: officers of the region see who reports."""
    key = models.CharField(max_length=80, unique=True)
    """Inviter and one-time key: the same form sent twice makes one code."""
    label = models.CharField(max_length=40)
    """What the account is for, such as the night desk; no name of a person."""
    invited_by = models.BigIntegerField()
    invited_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, unique=True)
    expires_on = models.DateField()
    """Last day on which the code is taken."""
    account = models.BigIntegerField(null=True)
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)

    class Meta:
        """An account reports for an institution once at a time; the first account invites no other self."""

        constraints = [
            models.UniqueConstraint(
                fields=["institution", "account"], condition=Q(ended_at=None), name="one_open_colleague"
            ),
            models.CheckConstraint(
                condition=~Q(account=models.F("invited_by")), name="nobody_invites_himself"
            ),
        ]
        indexes = [models.Index(fields=["account"]), models.Index(fields=["region"])]


class StayReport(models.Model):
    """One report of an institution: taken in whole or not at all."""

    id = models.UUIDField(primary_key=True)
    institution = models.ForeignKey(Institution, models.PROTECT)
    account = models.BigIntegerField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=8)
    """form or file."""
    hash = models.CharField(max_length=64)
    """Keyed hash of its rows."""
    came = models.IntegerField()
    left = models.IntegerField()


class Stay(Fact):
    """That somebody stays, or stayed, with an institution; names and numbers are encrypted under the stay's key."""

    institution = models.ForeignKey(Institution, models.PROTECT)
    region = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    person_key = models.UUIDField(null=True)
    """The person on record with this number when it was reported."""
    document_kind = models.CharField(max_length=20)
    number_ct = models.BinaryField()
    number_index = models.CharField(max_length=32)
    name_ct = models.BinaryField()
    name_differs = models.BooleanField(default=False)
    """Whether the record with this number has another name: for officers alone."""
    registration = models.UUIDField(null=True)
    """Case by which it becomes a residence, where a stay of this kind counts as one."""

    class Meta:
        """One current row per stay; nobody stays twice with one institution at the same time."""

        constraints = [
            only_one_current("one_current_stay"),
            models.UniqueConstraint(
                fields=["institution", "number_index"],
                condition=Q(replaced_at__isnull=True, valid_to__isnull=True),
                name="one_open_stay",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "valid_to"]),
            models.Index(fields=["number_index"]),
            models.Index(fields=["person_key"]),
        ]

    @property
    def name(self) -> str:
        """The name, decrypted."""
        return crypto.decrypt(self.name_ct, "stay.name", self.key)

    @property
    def number(self) -> str:
        """The document number, decrypted."""
        return crypto.decrypt(self.number_ct, "stay.number", self.key)
