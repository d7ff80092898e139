"""Partners with their keys and agreements, every message in and out with its receipt, certificates taken in."""

from django.db import models
from django.db.models import Q

WAYS = ("in", "out")


class Partner(models.Model):
    """A system with which messages are exchanged; our own party stands here too, with its keys."""

    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    """Where its door is, such as https://example.org/api/v1/exchange/messages."""
    office = models.CharField(max_length=60, blank=True)
    """Office of the catalogue whose system it is: only that office's requests are answered to it."""
    added_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    @property
    def zh(self) -> str:
        """Its name in Chinese."""
        return str(self.name_zh)

    @property
    def en(self) -> str:
        """Its name in English."""
        return str(self.name_en)


class PartnerKey(models.Model):
    """The public part of a signing key of a party, and from when until when it signs."""

    party = models.ForeignKey(Partner, models.PROTECT, related_name="keys")
    key = models.CharField(max_length=16, unique=True)
    public = models.CharField(max_length=64)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    """End of its use; what it signed before still fits."""
    broken_at = models.DateTimeField(null=True)
    """When it was found that somebody else may have the key: nothing that it signed is taken any more."""


class Agreement(models.Model):
    """What may be exchanged with a partner: a kind of message for a purpose and basis over a range; the rest is denied."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    way = models.CharField(max_length=3)
    kind = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    basis = models.CharField(max_length=200)
    region = models.CharField(max_length=12, blank=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One open agreement per way, kind, purpose and range."""

        constraints = [
            models.UniqueConstraint(
                fields=["partner", "way", "kind", "purpose", "region"],
                condition=Q(ended_at__isnull=True),
                name="one_open_agreement",
            )
        ]


class Message(models.Model):
    """A message in or out. Rows are only added; the content is encrypted, its digest stands in the sealed audit.

    The content alone has a last day (`exchange/keeping.py`); the digest still says what it was.
    """

    way = models.CharField(max_length=3)
    party = models.CharField(max_length=40)
    """The other side's code."""
    message = models.UUIDField()
    kind = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    basis = models.CharField(max_length=200)
    region = models.CharField(max_length=12)
    answers = models.UUIDField(null=True)
    person_key = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    content_ct = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        """A message id is taken once per party and way: replay is refused by the database."""

        constraints = [models.UniqueConstraint(fields=["way", "party", "message"], name="one_message_per_id")]
        indexes = [models.Index(fields=["region", "at"]), models.Index(fields=["person_key"])]


class MessageReceipt(models.Model):
    """The signed receipt of a message: ours for one that came in, the partner's for one that went out."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="receipt")
    outcome = models.CharField(max_length=10)
    """accepted or refused."""
    document = models.JSONField()
    """The receipt with its signature; it carries no personal values."""
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


class Delivery(models.Model):
    """How far the delivery of a message that goes out has come."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="delivery")
    attempts = models.IntegerField(default=0)
    next_try = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        """The next round finds what is still to be delivered."""

        indexes = [
            models.Index(fields=["next_try"], condition=Q(done_at__isnull=True), name="messages_to_deliver")
        ]


class Certificate(models.Model):
    """A certificate of residence that another city issued and this service took in, decided upon through its case."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="certificate")
    serial = models.UUIDField()
    issuer = models.CharField(max_length=40)
    person_key = models.UUIDField()
    region = models.CharField(max_length=12)
    issued_on = models.DateField()
    expires_on = models.DateField()
    document_ct = models.BinaryField()
    case = models.UUIDField()

    class Meta:
        """A certificate is taken in once."""

        constraints = [models.UniqueConstraint(fields=["issuer", "serial"], name="one_certificate")]
        indexes = [models.Index(fields=["region"]), models.Index(fields=["person_key"])]
