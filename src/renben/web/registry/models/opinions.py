"""What applicants say about how a case was handled."""

from django.db import models
from django.db.models import Q

from renben.web.flow.models import Case


class Opinion(models.Model):
    """One answer about one closed case: 1 to 5 and a word from a list. Only its author and the counting see the row."""

    case = models.OneToOneField(Case, models.PROTECT)
    kind = models.CharField(max_length=40)
    region = models.CharField(max_length=12)
    """Office that closed the case."""
    score = models.SmallIntegerField()
    word = models.CharField(max_length=20, blank=True)
    given_on = models.DateField()

    class Meta:
        """Five marks, counted by office and year."""

        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="one_to_five")]
        indexes = [models.Index(fields=["region", "given_on"])]
