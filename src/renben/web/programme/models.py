"""What a task knows beside its case: commitment and owner, reports, findings that landed, seats of offices."""

from django.db import models
from django.db.models import Q

from renben.web.flow.models import Case
from renben.web.guard.models import User


class Task(models.Model):
    """One commitment of a plan for one owner. Where it stands is its case; columns change through `act`."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="task")
    plan = models.CharField(max_length=60)
    measure = models.IntegerField()
    """Number of the measure, 0 for the safeguards chapter."""
    order = models.IntegerField()
    """Place of the commitment in the document."""
    commitment = models.CharField(max_length=80)
    owner = models.CharField(max_length=60)
    leading = models.BooleanField()
    """The owner is the first that the document names."""
    collective = models.CharField(max_length=60, blank=True, default="")
    """The collective of which the owner is a member where the document names that; else empty."""
    line = models.BooleanField(default=False)
    """The owner is a collective: the task counts its members' and is carried by them."""
    deadline = models.DateField()
    progress = models.IntegerField(null=True)
    """Per cent, as last reported and taken; null until then."""
    progress_on = models.DateField(null=True)

    class Meta:
        """One task per commitment and owner, however often the plan is opened."""

        constraints = (models.UniqueConstraint(fields=["commitment", "owner"], name="one_task_per_owner"),)
        indexes = (
            models.Index(fields=["plan", "order"], name="task_by_place"),
            models.Index(fields=["owner", "order"], name="task_by_owner"),
            models.Index(fields=["plan", "measure"], name="task_by_measure"),
            models.Index(fields=["commitment", "collective"], name="task_by_collective"),
        )


class Report(models.Model):
    """One progress report with its evidence; it counts once the lead commission has taken it."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="reports")
    seq = models.IntegerField()
    day = models.DateField()
    progress = models.IntegerField()
    """Per cent."""
    text = models.TextField()
    evidence = models.TextField(blank=True)
    """Document number, file mark or address at which the evidence is found."""
    document = models.UUIDField(null=True)
    """The evidence itself where a file was sent: an encrypted document of the registry's store."""
    fingerprint = models.CharField(max_length=64, blank=True)
    """SHA-256 of the file as it was sent: the receipt by which it can be recognised."""
    state = models.CharField(max_length=10, default="sent")
    """sent, taken or rejected."""

    class Meta:
        """One report per step of the case."""

        constraints = (models.UniqueConstraint(fields=["task", "seq"], name="one_report_per_step"),)


class TaskFinding(models.Model):
    """A finding of a run. Its key is kind, subject and period, so a rerun lands nothing twice."""

    key = models.CharField(max_length=40, primary_key=True)
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="findings")
    """Null where no task of the plan answers for it."""
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    period = models.CharField(max_length=12)
    severity = models.CharField(max_length=10)
    owner = models.CharField(max_length=60, blank=True)
    text_zh = models.TextField()
    text_en = models.TextField()
    synthetic = models.BooleanField()
    vintage = models.CharField(max_length=20)
    """Vintage of the findings in which it was first seen."""
    landed_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)

    class Meta:
        """Read by task, open ones first."""

        indexes = (
            models.Index(fields=["task", "answered_on"], name="finding_by_task"),
            models.Index(fields=["period"], condition=Q(task__isnull=True), name="finding_without_task"),
        )


class Seat(models.Model):
    """The office for which an account works."""

    user = models.OneToOneField(User, models.PROTECT, related_name="seat")
    office = models.CharField(max_length=60)
