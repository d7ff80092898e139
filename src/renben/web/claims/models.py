"""What hangs on a claim beside its case, and what was offered to whom. Neither holds a personal value."""

from django.db import models
from django.db.models import Q

from renben.web.flow.models import Case

OPEN, REOPENED, GRANTED, REFUSED, ENDED = "open", "reopened", "granted", "refused", "ended"
RUNNING = (OPEN, REOPENED)
"""States of a claim that is not decided."""


class Claim(models.Model):
    """Which service a case of the kind `claim` asks for, and how it stands; the office is the case's own."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="claim")
    person_key = models.UUIDField()
    item = models.CharField(max_length=60)
    """Decision of the rule book."""
    region = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default=OPEN)
    sent_on = models.DateField(null=True)
    """Empty while it is being filled in."""
    decided_on = models.DateField(null=True)

    class Meta:
        """One claim of a service is under way at a time; what a reconsideration reopened stands beside a newer one."""

        constraints = [
            models.UniqueConstraint(
                fields=["person_key", "item"], condition=Q(state="open"), name="one_open_claim"
            )
        ]
        indexes = [models.Index(fields=["item", "region"])]


class Offer(models.Model):
    """A service that was offered to a person who is entitled to it, and whether he wants to hear of it."""

    person_key = models.UUIDField()
    item = models.CharField(max_length=60)
    region = models.CharField(max_length=12)
    offered_on = models.DateField(null=True)
    """Day on which it first stood on the person's start page; empty where it was declined before."""
    declined_on = models.DateField(null=True)
    """Day on which the person said `do not offer me this`; empty again once that is taken back."""

    class Meta:
        """One row for a person and a service."""

        constraints = [models.UniqueConstraint(fields=["person_key", "item"], name="one_offer")]
        indexes = [models.Index(fields=["item", "region"])]
