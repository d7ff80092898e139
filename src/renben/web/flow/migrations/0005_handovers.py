"""Handovers of cases between offices; on PostgreSQL both ends see them, and whoever sees the case."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from renben.web.guard.row_policies import hold, in_range, release

TABLE = "flow_handover"
RULE = (
    f"{in_range('from_region')} OR {in_range('to_region')} "
    f"OR EXISTS (SELECT 1 FROM flow_case seen WHERE seen.id = {TABLE}.case_id)"
)


def secure(_apps: Any, editor: Any) -> None:
    """Make the policy."""
    if editor.connection.vendor == "postgresql":
        for column in ("from_region", "to_region"):
            editor.execute(f'ALTER TABLE {TABLE} ALTER COLUMN {column} TYPE varchar(12) COLLATE "C"')
        hold(editor, TABLE, RULE)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policy away."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)


class Migration(migrations.Migration):
    """Handovers and their policy."""

    dependencies = [
        ("flow", "0004_more_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.IntegerField()),
                ("from_region", models.CharField(max_length=12)),
                ("to_region", models.CharField(max_length=12)),
                ("sent_on", models.DateField()),
                ("answer", models.CharField(blank=True, max_length=12)),
                ("answered_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="flow.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["from_region", "sent_on"], name="flow_handov_from_re_20a58c_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "seq"), name="one_handover_per_event"),
                    models.UniqueConstraint(
                        condition=models.Q(("answer", "")), fields=("case",), name="one_handover_at_a_time"
                    ),
                ],
            },
        ),
        migrations.RunPython(secure, open_up),
    ]
