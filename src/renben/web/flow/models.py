"""Cases and everything one command writes: event, idempotency row, outbox message, timers, counters."""

import uuid

from django.db import models
from django.db.models import Q


class Case(models.Model):
    """One matter of one person on its way through a flow version. Its columns change only through `act`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    flow_version = models.IntegerField()
    number = models.CharField(max_length=32, null=True, unique=True)
    stage = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    visit = models.IntegerField(default=1)
    """Counts stage changes; timers belong to one visit."""
    region = models.CharField(max_length=12, blank=True)
    office = models.CharField(max_length=60, blank=True, default="")
    """The one office that handles it inside the region; empty where roles of the region do."""
    applicant = models.BigIntegerField(null=True)
    person_key = models.UUIDField(null=True)
    holder = models.BigIntegerField(null=True)
    """Account of the officer who claimed the case."""
    opened_at = models.DateTimeField()
    stage_since = models.DateField()
    clock = models.CharField(max_length=40, blank=True)
    """Name of the running deadline."""
    started_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """Last moment of a deadline that counts in hours; empty where it counts in days."""
    paused_at = models.DateTimeField(null=True)
    paused_since = models.DateField(null=True)
    paused_days = models.IntegerField(default=0)
    """Calendar days for which the clock stood; elapsed minus these is the legal time."""
    wait_on = models.DateField(null=True)
    """Last day of the wait in this stage."""
    level = models.IntegerField(default=0)
    """0 in time, 1 warned, 2 urged, 3 supervised, 4 escalated."""
    returns = models.IntegerField(default=0)
    closed_on = models.DateField(null=True)
    answers_ct = models.BinaryField(null=True)
    marks = models.JSONField(default=list)
    """Names of the fields an officer marked for the applicant."""
    result = models.JSONField(default=dict)
    """References made by effects: keys and numbers of records, article of a refusal."""

    @property
    def taken_down(self) -> bool:
        """Whether an officer took it down at a counter, for somebody without an account."""
        return self.applicant is None and "assisted_by" in self.result

    @property
    def collected_by(self) -> str:
        """Region of the office that takes it in for the competent one elsewhere; empty where none does."""
        return str(self.result.get("collected_by", ""))

    @property
    def at_collector(self) -> bool:
        """Whether it lies at the counter of the office that takes it in for another."""
        return bool(self.collected_by) and self.region == self.collected_by

    class Meta:
        """Queues read by region, stage and due day."""

        indexes = [
            models.Index(fields=["kind", "stage", "region", "due_on"]),
            models.Index(fields=["region", "stage", "due_on"]),
            models.Index(fields=["applicant", "opened_at"]),
            models.Index(fields=["person_key"]),
            models.Index(
                fields=["due_on", "opened_at"], condition=Q(closed_on__isnull=True), name="open_in_order"
            ),
            models.Index(
                fields=["-closed_on", "-opened_at"],
                condition=Q(closed_on__isnull=False),
                name="closed_in_order",
            ),
            models.Index(
                fields=["holder", "due_on"],
                condition=Q(closed_on__isnull=True, holder__isnull=False),
                name="open_by_holder",
            ),
        ]


class CaseEvent(models.Model):
    """One step of a case, appended by `act`; personal words only encrypted."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    seq = models.IntegerField()
    action = models.CharField(max_length=40)
    from_stage = models.CharField(max_length=40, blank=True)
    to_stage = models.CharField(max_length=40)
    actor = models.CharField(max_length=40)
    account = models.BigIntegerField(null=True)
    role = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    day = models.DateField()
    detail = models.JSONField(default=dict)
    note_ct = models.BinaryField(null=True)

    class Meta:
        """A case's events are numbered without gaps; the number is the case's version."""

        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_version")]


class Handover(models.Model):
    """A case that one office handed to another: both ends may see that, only the holder sees the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="handovers")
    seq = models.IntegerField()
    """Number of the event."""
    from_region = models.CharField(max_length=12)
    to_region = models.CharField(max_length=12)
    sent_on = models.DateField()
    answer = models.CharField(max_length=12, blank=True)
    """taken, sent_back, or lapsed where nobody answered in time; collected, completion or home of a case that one office
    takes in for another (flow/collecting), where nothing is to be answered."""
    answered_on = models.DateField(null=True)

    class Meta:
        """One per event, and one at a time that waits for an answer."""

        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_handover_per_event"),
            models.UniqueConstraint(fields=["case"], condition=Q(answer=""), name="one_handover_at_a_time"),
        ]
        indexes = [models.Index(fields=["from_region", "sent_on"])]


class CaseLink(models.Model):
    """That a case is part of another, follows it or is related to it; taken back, it stays on record."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked")
    kind = models.CharField(max_length=12)
    """part_of, follows or related, read from `case` to `other`."""
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    why_ct = models.BinaryField(null=True)
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_why_ct = models.BinaryField(null=True)

    class Meta:
        """Two cases are linked once at a time, and a case is part of one other."""

        constraints = [
            models.UniqueConstraint(
                fields=["case", "other"], condition=Q(undone_at__isnull=True), name="one_link_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(undone_at__isnull=True, kind="part_of"), name="part_of_one_case"
            ),
            models.CheckConstraint(condition=~Q(case=models.F("other")), name="no_case_with_itself"),
        ]


class CommandKey(models.Model):
    """One accepted command: a repeated key answers with the stored result and changes nothing."""

    key = models.CharField(max_length=64, primary_key=True)
    digest = models.CharField(max_length=64)
    nonce = models.CharField(max_length=32)
    result = models.JSONField(null=True)
    at = models.DateTimeField()
    keep_until = models.DateField(null=True)
    """Last day on which a repetition is recognised; none for the system's own commands, kept for good."""

    class Meta:
        """The day's deletion finds what is past."""

        indexes = [
            models.Index(fields=["keep_until"], condition=Q(keep_until__isnull=False), name="keys_to_delete")
        ]


class Outbox(models.Model):
    """A message to be delivered after the commit, with its attempts; dead letters stay and are shown."""

    topic = models.CharField(max_length=60)
    case = models.ForeignKey(Case, models.PROTECT)
    seq = models.IntegerField()
    body = models.JSONField(default=dict)
    attempts = models.IntegerField(default=0)
    next_try = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        """One message per topic and event."""

        constraints = [models.UniqueConstraint(fields=["topic", "case", "seq"], name="one_message_per_event")]
        indexes = [models.Index(fields=["next_try"], condition=Q(done_at__isnull=True), name="undelivered")]


class Timer(models.Model):
    """Something due on a day in one visit of a stage; firing it is a command with its own key."""

    case = models.ForeignKey(Case, models.PROTECT)
    visit = models.IntegerField()
    kind = models.CharField(max_length=20)
    action = models.CharField(max_length=40)
    fire_on = models.DateField()
    fire_at = models.DateTimeField(null=True)
    """Moment on that day, where the deadline counts in hours."""
    done_at = models.DateTimeField(null=True)

    class Meta:
        """One timer per visit and kind."""

        constraints = [models.UniqueConstraint(fields=["case", "visit", "kind"], name="one_timer_per_visit")]
        indexes = [models.Index(fields=["fire_on"], condition=Q(done_at__isnull=True), name="timers_to_fire")]


class Counter(models.Model):
    """Last number given out per region, year and kind: gap-free, taken last in the transaction."""

    region = models.CharField(max_length=12)
    year = models.IntegerField()
    kind = models.CharField(max_length=40)
    value = models.IntegerField(default=0)

    class Meta:
        """One row per series."""

        constraints = [models.UniqueConstraint(fields=["region", "year", "kind"], name="one_counter")]


class Message(models.Model):
    """A notice in the applicant's inbox, delivered from the outbox: a word key and its references."""

    account = models.BigIntegerField()
    case = models.ForeignKey(Case, models.PROTECT)
    seq = models.IntegerField()
    topic = models.CharField(max_length=60)
    body = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        """Delivered once, however often the outbox tries."""

        constraints = [models.UniqueConstraint(fields=["case", "seq", "topic"], name="one_notice_per_event")]
        indexes = [models.Index(fields=["account", "at"])]
