"""What somebody's standing rests on: a home, a job, schooling and insurance, each a fact that is corrected in two times.

No more is held than a rule of the rule book asks for, and, where a person may have several at once, the name by which he
knows which one is meant; that name is encrypted. The paper that shows a fact is its proof, whose file has a life of its own.
"""

from django.db import models

from renben.web.guard import crypto
from renben.web.registry.models.facts import Fact, only_one_current
from renben.web.registry.models.papers import Proof

UNSAID = "unsaid"
"""Kind of a schooling of which nobody said the stage."""
EMPLOYER = "employer"
"""Kind of a job that the employer itself stated."""


class Circumstance(Fact):
    """A statement about somebody's circumstances, with the paper that shows it."""

    person_key = models.UUIDField()
    kind = models.CharField(max_length=20)
    proof = models.ForeignKey(Proof, models.PROTECT, null=True, related_name="+")
    """Empty where an office or an institution said so without one."""

    class Meta:
        """Shared by the four tables."""

        abstract = True


class Named(Circumstance):
    """A circumstance of which a person may have several at once."""

    name_ct = models.BinaryField(null=True)
    """Employer or school, where it was said; no form asks for it unless this fact is to be corrected."""

    class Meta:
        """Shared by jobs and schooling."""

        abstract = True

    @property
    def field(self) -> str:
        """Name of the field under which its name is sealed."""
        return f"{self._meta.model_name}.name"

    @property
    def name(self) -> str:
        """Employer or school, decrypted; empty where it was not said."""
        return crypto.decrypt(self.name_ct, self.field, self.key)


class Tenure(Circumstance):
    """By what right somebody lives in a dwelling: lease, title, lodging. Where he lives is the residence."""

    class Meta:
        """One current row per tenure, found by person."""

        constraints = [only_one_current("one_current_tenure")]
        indexes = [models.Index(fields=["person_key"])]


class Employment(Named):
    """A job or a business: labour contract, business licence, or the employer's own word."""

    class Meta:
        """One current row per job, found by person."""

        constraints = [only_one_current("one_current_employment")]
        indexes = [models.Index(fields=["person_key"])]


class Schooling(Named):
    """Going to a school of a stage; the exams that may be taken ask for stage, province and student record."""

    region = models.CharField(max_length=12, blank=True)
    """County or province of the school; empty where it was not said."""
    enrolled = models.BooleanField(null=True)
    """Whether there is a formal student record; empty where nobody said."""

    class Meta:
        """One current row per schooling, found by person."""

        constraints = [only_one_current("one_current_schooling")]
        indexes = [models.Index(fields=["person_key"])]


class Insurance(Circumstance):
    """Months paid into a scheme at a place, from the first of a month to the first of the month not paid any more."""

    region = models.CharField(max_length=12)
    whole = models.BooleanField(null=True)
    """Whether, with it, all months ever paid into the scheme are on record; empty where nobody said."""

    class Meta:
        """One current row per stretch, found by person."""

        constraints = [only_one_current("one_current_insurance")]
        indexes = [models.Index(fields=["person_key"])]
