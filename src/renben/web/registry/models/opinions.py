"""What applicants say about how a case was handled."""

from django.db import models
from django.db.models import Q

from renben.web.flow.models import Case


class Opinion(models.Model):
    """One answer about one closed case: 1 to 5 and a word from a list. Only its author and the counting see the row."""

    case = models.ForeignKey(Case, models.PROTECT)
    report = models.BigIntegerField(null=True)
    """Report of a city case whose author answers without an account; empty for the applicant of the case."""
    kind = models.CharField(max_length=40)
    region = models.CharField(max_length=12)
    """Office that closed the case."""
    score = models.SmallIntegerField()
    word = models.CharField(max_length=20, blank=True)
    given_on = models.DateField()

    class Meta:
        """Five marks, counted by office and year; each author answers once."""

        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="one_to_five"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(report=None), name="one_opinion_of_applicant"
            ),
            models.UniqueConstraint(fields=["case", "report"], name="one_opinion_of_reporter"),
        ]
        indexes = [models.Index(fields=["region", "given_on"])]
