"""A batch of payments with its rows, the files given out, what the treasury sent back, and what came of comparing.

Amounts are whole fen; negative ones are to be taken back. Rows are only ever added: a later vintage makes a batch of
its own, and a second return file stands beside the first. Regions only, no person.
"""

from django.db import models
from django.db.models import F, Q

from renben.web.flow.models import Case


class Batch(models.Model):
    """What one version of a dataset lets one payer pay. Where it stands is its case."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="payment")
    dataset = models.CharField(max_length=60)
    period = models.CharField(max_length=12)
    vintage = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    """Digest of the version's rows and marks, as its receipt names it."""
    unit = models.CharField(max_length=20)
    synthetic = models.BooleanField()
    region = models.CharField(max_length=12)
    """The payer."""
    seq = models.IntegerField()
    """Number in the series of dataset, period, payer and synthetic mark."""
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    """The batch approved before it in the series: this one pays the difference. Null for the first."""
    exact = models.CharField(max_length=40)
    """Sum of what was computed, in the dataset's unit, before it was rounded to fen."""
    total = models.BigIntegerField()
    """Fen."""
    rows_digest = models.CharField(max_length=64)
    """SHA-256 of the rows."""
    made_by = models.BigIntegerField()
    made_on = models.DateField()
    pending = models.BooleanField(default=True)
    """Neither approved nor withdrawn; a series has one such batch at a time."""
    approved_on = models.DateField(null=True)

    class Meta:
        """Numbered in its series, and one at a time that waits for approval."""

        constraints = (
            models.UniqueConstraint(
                fields=["dataset", "period", "region", "synthetic", "seq"], name="one_batch_per_number"
            ),
            models.UniqueConstraint(
                fields=["dataset", "period", "region", "synthetic"],
                condition=Q(pending=True),
                name="one_pending_batch",
            ),
        )


class Row(models.Model):
    """One region of a batch: computed, what was approved before, what is carried over, and so to be paid (fen)."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    number = models.IntegerField()
    region = models.CharField(max_length=40)
    """Code; one that the treasury wrote and nobody knows where its money is taken back."""
    parts = models.JSONField(default=dict)
    """Part -> amount in the dataset's unit, as text; a part not computed now keeps what was approved of it before."""
    lacking = models.JSONField(default=dict)
    """Part -> code of the reason why this version has no amount for it."""
    computed = models.BigIntegerField()
    before = models.BigIntegerField()
    carried = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        """A region once per batch, and the amount is what its columns say."""

        constraints = (
            models.UniqueConstraint(fields=["batch", "region"], name="one_row_per_region"),
            models.UniqueConstraint(fields=["batch", "number"], name="one_row_per_number"),
            models.CheckConstraint(
                condition=Q(amount=F("computed") - F("before") + F("carried")),
                name="amount_is_the_difference",
            ),
        )


class GivenFile(models.Model):
    """A file that is given out, byte for byte as it was made."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="files")
    form = models.CharField(max_length=4)
    """csv or xlsx."""
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        """Made once."""

        constraints = (models.UniqueConstraint(fields=["batch", "form"], name="one_file_per_form"),)


class ReturnFile(models.Model):
    """What the treasury sent back about a batch; the last one counts, earlier ones stay."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="returns")
    seq = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    account = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        """Numbered per batch."""

        constraints = (models.UniqueConstraint(fields=["batch", "seq"], name="one_return_per_number"),)


class ReturnRow(models.Model):
    """A line of a return file as it was read."""

    file = models.ForeignKey(ReturnFile, models.PROTECT, related_name="rows")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    line = models.IntegerField()
    region = models.CharField(max_length=40)
    """Region that the line is about, or its code as written where the batch has no such region."""
    amount = models.BigIntegerField()
    day = models.DateField()
    reference = models.CharField(max_length=60)

    class Meta:
        """A line once."""

        constraints = (models.UniqueConstraint(fields=["file", "line"], name="one_return_row_per_line"),)


class Outcome(models.Model):
    """One region of a return file compared with the batch (fen), and how a difference was dealt with."""

    file = models.ForeignKey(ReturnFile, models.PROTECT, related_name="outcomes")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="outcomes")
    region = models.CharField(max_length=40)
    expected = models.BigIntegerField()
    paid = models.BigIntegerField()
    lines = models.IntegerField()
    found = models.CharField(max_length=10)
    """matched, differs, missing, unknown or twice."""
    way = models.CharField(max_length=10, blank=True)
    """explained: it stays as it was paid; carried: the next batch pays it or takes it back."""
    said_by = models.BigIntegerField(null=True)
    closed_by = models.BigIntegerField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        """A region once per file; whoever closes is not who explained."""

        constraints = (
            models.UniqueConstraint(fields=["file", "region"], name="one_outcome_per_region"),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("said_by")), name="closed_by_another"
            ),
        )
