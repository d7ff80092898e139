"""Homes, jobs, schooling and insurance as facts of two times; what proofs stated becomes a fact that points to its proof.

Every proof of a dwelling, a job or schooling gives one fact with the proof's days and the moment at which it was recorded;
one without that moment counts as known from the start, as it did. The last day of a proof is its fact's last day, too: a
fact ends on the day after. Nothing is added that the proof did not say. Row policies: through the person.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from renben.web.guard.row_policies import PERSON, hold, release

TABLES = ("registry_tenure", "registry_employment", "registry_schooling", "registry_insurance")
BECOMES = {
    "lease": ("Tenure", "lease"), "title": ("Tenure", "title"), "lodging": ("Tenure", "lodging"),
    "contract": ("Employment", "contract"), "licence": ("Employment", "licence"), "student": ("Schooling", "unsaid"),
}  # fmt: skip
"""Kind of proof -> the table of its fact, and the fact's kind."""
FROM_THE_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
BATCH = 1000


def move(apps: Any, editor: Any) -> None:
    """State what every proof states."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SELECT set_config('renben.job', 'setup', true)")
    for kind, (table, called) in BECOMES.items():
        model = apps.get_model("registry", table)
        for rows in _batches(apps.get_model("registry", "Proof").objects.filter(kind=kind)):
            model.objects.bulk_create(_fact(model, one, called) for one in rows)


def _batches(proofs: Any) -> Iterator[list[Any]]:
    last = 0
    while rows := list(proofs.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield rows
        last = rows[-1].pk


def _fact(model: Any, proof: Any, kind: str) -> Any:
    """The fact that a proof states, in the name of the proof's case."""
    endless = proof.valid_to is None or proof.valid_to == dt.date.max
    return model(
        key=uuid.uuid4(), person_key=proof.person_key, kind=kind, proof_id=proof.pk, source=str(proof.case),
        valid_from=proof.valid_from, valid_to=None if endless else proof.valid_to + dt.timedelta(days=1),
        recorded_at=proof.recorded_at or FROM_THE_START,
    )  # fmt: skip


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies: a row is seen by its person and by whoever may see that person."""
    if editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        seen = f"EXISTS (SELECT 1 FROM registry_person seen WHERE seen.key = {table}.person_key)"
        hold(editor, table, f"person_key::text = {PERSON} OR {seen}")


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        release(editor, table)


class Migration(migrations.Migration):
    """Four tables, their policies, and what was stated so far."""

    dependencies = [
        ("registry", "0013_opinions_of_reporters"),
    ]

    operations = [
        migrations.CreateModel(
            name="Employment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=64)),
                ("person_key", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                ("name_ct", models.BinaryField(null=True)),
                (
                    "proof",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.proof",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person_key"], name="registry_em_person__bc7867_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("key",),
                        name="one_current_employment",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Insurance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=64)),
                ("person_key", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                ("region", models.CharField(max_length=12)),
                (
                    "proof",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.proof",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person_key"], name="registry_in_person__c979bb_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("key",),
                        name="one_current_insurance",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Schooling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=64)),
                ("person_key", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                ("name_ct", models.BinaryField(null=True)),
                ("region", models.CharField(blank=True, max_length=12)),
                ("enrolled", models.BooleanField(null=True)),
                (
                    "proof",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.proof",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person_key"], name="registry_sc_person__25af8c_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("key",),
                        name="one_current_schooling",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tenure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=64)),
                ("person_key", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                (
                    "proof",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.proof",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person_key"], name="registry_te_person__6a9957_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("key",),
                        name="one_current_tenure",
                    )
                ],
            },
        ),
        migrations.RunPython(secure, open_up),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
