"""What applicants say about closed cases; on PostgreSQL only the author and jobs see a row."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from renben.web.guard.row_policies import ACCOUNT, hold, release

TABLE = "registry_opinion"
RULE = f"EXISTS (SELECT 1 FROM flow_case seen WHERE seen.id = {TABLE}.case_id AND seen.applicant::text = {ACCOUNT})"


def secure(_apps: Any, editor: Any) -> None:
    """Make the policy."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f'ALTER TABLE {TABLE} ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
        hold(editor, TABLE, RULE)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policy away."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)


class Migration(migrations.Migration):
    """Opinions and their policy."""

    dependencies = [
        ("flow", "0005_handovers"),
        ("registry", "0009_row_security_consents"),
    ]

    operations = [
        migrations.CreateModel(
            name="Opinion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("region", models.CharField(max_length=12)),
                ("score", models.SmallIntegerField()),
                ("word", models.CharField(blank=True, max_length=20)),
                ("given_on", models.DateField()),
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="flow.case")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["region", "given_on"], name="registry_op_region_8f03eb_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="one_to_five"
                    )
                ],
            },
        ),
        migrations.RunPython(secure, open_up),
    ]
