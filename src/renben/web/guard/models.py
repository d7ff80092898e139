"""Accounts, grants of roles over ranges of regions, the append-only audit with its seals, and what was deleted."""

from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from renben.web.guard.models_holds import Hold, HoldStep

__all__ = (
    "DUTY_ROLES",
    "ApiToken",
    "AuditEvent",
    "AuditSeal",
    "Deletion",
    "Emergency",
    "Grant",
    "Hold",
    "HoldStep",
    "Instance",
    "Recovery",
    "UsedPassword",
    "User",
)
DUTY_ROLES = ("system_admin", "security_admin", "auditor")
"""The three administrations that GB/T 22239 keeps apart."""


class CurrentTransaction(Func):
    """Number of the writing transaction on PostgreSQL, 0 on SQLite (whose ids commit in order)."""

    output_field = models.BigIntegerField()
    template = "0"
    arity = 0

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """The transaction id that decides whether a row can still be overtaken."""
        template = "(pg_current_xact_id()::text::bigint)"
        return self.as_sql(compiler, connection, template=template, **extra)


class User(AbstractUser):
    """An account. It carries no name, address or number of a person; a resident's points to a person key."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    person_key = models.UUIDField(null=True, unique=True)
    demo = models.BooleanField(default=False)
    password_set_at = models.DateTimeField(null=True)

    def set_password(self, raw_password: str | None) -> None:
        """Set a password and note when; the one before joins the used ones when the account is saved."""
        self._left = self.password
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep the hash of a password that was left."""
        super().save(*args, **kwargs)
        left, self._left = getattr(self, "_left", ""), ""
        if left and is_password_usable(left):
            UsedPassword.objects.create(user=self, hash=left, at=timezone.now())


class UsedPassword(models.Model):
    """The hash of a password that an account no longer has, so that it is not taken again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="used_passwords")
    hash = models.CharField(max_length=128)
    at = models.DateTimeField()


class ApiToken(models.Model):
    """A program's key to some permissions of one account, for a time; only its hash is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    hash = models.CharField(max_length=64, unique=True)
    start = models.CharField(max_length=12)
    """First characters, by which its owner recognises it."""
    permissions = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Recovery(models.Model):
    """A way back into an account whose password was forgotten: who identified its owner, who agreed, and a slip.

    The slip's code is never kept, only its hash, and a hash of the code with what its owner has to know as well.
    """

    key = models.CharField(max_length=80, unique=True)
    """Asker and one-time key: the same form sent twice prints one slip."""
    user = models.ForeignKey(User, models.PROTECT, related_name="recoveries")
    person_key = models.UUIDField(null=True)
    region = models.CharField(max_length=12, blank=True)
    """Region of the counter; empty for accounts of staff."""
    staff = models.BooleanField()
    seen = models.CharField(max_length=12)
    """Which document was seen."""
    reason = models.CharField(max_length=12)
    factors_lost = models.BooleanField()
    """The second factors were lost too: they go when the slip is used."""
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    seconded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, null=True, unique=True)
    """Empty while a second officer's word is waited for."""
    known_hash = models.CharField(max_length=64, blank=True)
    tries = models.IntegerField(default=0)
    """Times that the right code came with the wrong knowledge."""
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """Turned down, taken back, or replaced by another slip."""

    class Meta:
        """One open way back per account; maker is not checker, and nobody lets himself in."""

        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, ended_at=None), name="one_open_recovery"
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("seconded_by")), name="recovery_maker_not_checker"
            ),
            models.CheckConstraint(
                condition=~Q(user=F("asked_by")) & ~Q(user=F("seconded_by")), name="nobody_lets_himself_in"
            ),
        ]
        indexes = [models.Index(fields=["staff", "-asked_at"])]


class Grant(models.Model):
    """One role of one account over one range of regions, for a time; taken back, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    region = models.CharField(max_length=12, blank=True)
    """Code whose significant digits are the range: 140000 a province, 140100 a city, 140105 a county."""
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        """The three administrations exclude each other, in the database."""

        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=DUTY_ROLES, taken_at__isnull=True),
                name="one_administration_per_account",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region"], condition=Q(taken_at__isnull=True), name="one_open_grant"
            ),
            models.CheckConstraint(condition=~Q(user=F("given_by")), name="nobody_grants_himself"),
        ]


class AuditEvent(models.Model):
    """One thing that somebody did or read. Rows are only added; personal values never enter."""

    position = models.BigIntegerField(db_default=CurrentTransaction())
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    actor = models.BigIntegerField(null=True)
    role = models.CharField(max_length=80, blank=True)
    permission = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=12, blank=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    subject = models.UUIDField(null=True)
    """Key of the person whom the event is about: what `my data` shows."""
    request = models.CharField(max_length=32, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        """Read by subject, by actor and in order."""

        indexes = [
            models.Index(fields=["subject", "at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["position", "id"]),
        ]


class AuditSeal(models.Model):
    """A Merkle root over the audit rows after one position and up to another, chained to the seal before."""

    after = models.BigIntegerField(unique=True)
    upto = models.BigIntegerField()
    count = models.IntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()


class Emergency(models.Model):
    """Break-glass: one officer, one person, a stated reason, a short time, and a review by somebody else."""

    user = models.ForeignKey(User, models.PROTECT)
    person_key = models.UUIDField()
    reason = models.TextField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, blank=True)

    class Meta:
        """Nobody reviews himself."""

        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(user=F("reviewed_by")),
                name="nobody_reviews_his_own_emergency",
            )
        ]


class Deletion(models.Model):
    """The deletion register: what was deleted, under which rule, without the data."""

    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    rule = models.CharField(max_length=80)
    evidence = models.CharField(max_length=64)
    """Hash of the deleted row's identity, so that the register cannot be rewritten unseen."""


class Instance(models.Model):
    """Facts about this installation, one row per name (demo day, first start)."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=200)
