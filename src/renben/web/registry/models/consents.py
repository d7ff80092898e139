"""The register of consents: who agreed to what, on which ground, after which notice, when, and until when."""

import uuid

from django.db import models
from django.db.models import F, Q

PHOTO = "photo-"
"""What the purpose of one use of a child's photo begins with."""


def word_of(purpose: str) -> str:
    """Key of a purpose's name: a photo's use has a word of its own."""
    return (
        f"photo.use.{purpose.removeprefix(PHOTO)}" if purpose.startswith(PHOTO) else f"consent.of.{purpose}"
    )


class Consent(models.Model):
    """One consent to one purpose. Rows are never taken away: a withdrawal is a date."""

    person_key = models.UUIDField()
    purpose = models.CharField(max_length=32)
    legal_basis = models.CharField(max_length=120)
    notice = models.CharField(max_length=20)
    """Version of the notice that was shown."""
    language = models.CharField(max_length=10)
    account = models.BigIntegerField(null=True)
    """Empty where it was said at the counter and signed on paper."""
    as_guardian = models.BooleanField()
    given_at = models.DateTimeField()
    confirm_until = models.DateField(null=True)
    """Last day of the second confirmation, where one is needed."""
    confirmed_at = models.DateTimeField(null=True)
    """When it began to stand: at once for oneself, at the second confirmation for a child."""
    ends_on = models.DateField(null=True)
    """Day from which the person decides alone and the guardian's word no longer counts."""
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One consent to a purpose at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["person_key", "purpose"], condition=Q(withdrawn_at=None), name="one_open_consent"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("given_at")),
                name="confirmed_after_given",
            ),
        ]

    @property
    def word(self) -> str:
        """Key of the purpose's name."""
        return word_of(self.purpose)


class ConsentPaper(models.Model):
    """A consent or withdrawal signed on paper, with its scan; it goes with the record of the consent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    key = models.CharField(max_length=80, unique=True)
    """Officer and one-time key: the same form sent twice is one paper."""
    consent = models.ForeignKey(Consent, models.CASCADE, related_name="papers")
    what = models.CharField(max_length=10)
    """given or withdrawn."""
    notice = models.CharField(max_length=20)
    signed_on = models.DateField()
    officer = models.BigIntegerField()
    at = models.DateTimeField()
    region = models.CharField(max_length=12)
    media = models.CharField(max_length=20)
    hash = models.CharField(max_length=64)
    """Keyed hash of the scan."""
    content_ct = models.BinaryField()
    """The scan, sealed under a key of its own (guard.vault)."""
