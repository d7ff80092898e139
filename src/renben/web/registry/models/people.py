"""Persons, how they can be found by name, households, and reversible statements that two are the same."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

from renben.web.guard import crypto
from renben.web.registry.models.facts import Fact, only_one_current


class Person(Fact):
    """What is known of a person. The key is ours, never a document number; names and numbers are encrypted."""

    document_kind = models.CharField(max_length=20)
    number_ct = models.BinaryField()
    number_index = models.CharField(max_length=32)
    name_ct = models.BinaryField()
    name_index = models.CharField(max_length=32)
    phone_ct = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=32, blank=True)
    sex = models.CharField(max_length=1)
    """GB/T 2261.1: 1 male, 2 female, 0 unknown, 9 not stated."""
    birth = models.DateField()
    hukou_region = models.CharField(max_length=12)
    hukou_kind = models.CharField(max_length=2)
    """GA/T 2000.27: 10 family, 20 collective, 30 no permanent registration, 90 other."""
    hukou_rural = models.BooleanField(null=True)
    region = models.CharField(max_length=12)
    """Where the person lives now: decides who may open the file."""

    class Meta:
        """One current row per key and per document number."""

        constraints = [
            only_one_current("one_current_person"),
            models.UniqueConstraint(
                fields=["number_index"],
                condition=Q(replaced_at__isnull=True, valid_to__isnull=True),
                name="one_person_per_number",
            ),
        ]
        indexes = [
            models.Index(fields=["name_index"]),
            models.Index(fields=["phone_index"]),
            models.Index(fields=["region", "key"]),
            models.Index(fields=["birth", "sex"]),
        ]

    @property
    def name(self) -> str:
        """The name, decrypted."""
        return crypto.decrypt(self.name_ct, "person.name", self.key)

    @property
    def number(self) -> str:
        """The document number, decrypted."""
        return crypto.decrypt(self.number_ct, "person.number", self.key)

    @property
    def phone(self) -> str:
        """The phone number, decrypted."""
        return crypto.decrypt(self.phone_ct, "person.phone", self.key)

    @property
    def masked(self) -> str:
        """The document number as lists show it."""
        return crypto.masked_number(self.number)

    @property
    def masked_phone(self) -> str:
        """The phone number as lists show it."""
        return crypto.masked_phone(self.phone)


class NameToken(models.Model):
    """Keyed hash of a prefix or bigram of a person's name: two-character names are found as well."""

    person_key = models.UUIDField()
    token = models.CharField(max_length=32)

    class Meta:
        """Each token once per person."""

        constraints = [models.UniqueConstraint(fields=["token", "person_key"], name="one_name_token")]
        indexes = [models.Index(fields=["person_key"])]


class Household(Fact):
    """People who live together, or a collective household."""

    region = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, default="family")

    class Meta:
        """One current row per key."""

        constraints = [only_one_current("one_current_household")]


class HouseholdMember(Fact):
    """A person in a household and the relation to its head (GB/T 4761 in words)."""

    household = models.UUIDField()
    person_key = models.UUIDField()
    relation = models.CharField(max_length=20)

    class Meta:
        """Found from either side."""

        constraints = [only_one_current("one_current_membership")]
        indexes = [models.Index(fields=["household"]), models.Index(fields=["person_key"])]


class Statements(models.QuerySet["SamePerson"]):
    """Queries over statements that two are the same."""

    def standing(self, moment: dt.datetime | None = None) -> Self:
        """Those that stand now, or stood at a moment."""
        if moment is None:
            return self.filter(undone_at=None)
        return self.filter(Q(undone_at=None) | Q(undone_at__gt=moment), made_at__lte=moment)


class SamePerson(models.Model):
    """The statement that two records are one person. Undone by a date, never by deleting; nothing is rewritten."""

    kept = models.UUIDField()
    other = models.UUIDField()
    case = models.UUIDField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    objects = Statements.as_manager()

    class Meta:
        """A record points to one other at a time, never to itself."""

        constraints = [
            models.UniqueConstraint(
                fields=["other"], condition=Q(undone_at__isnull=True), name="merged_once"
            ),
            models.CheckConstraint(condition=~Q(kept=models.F("other")), name="not_merged_with_itself"),
        ]
        indexes = [models.Index(fields=["kept"])]
