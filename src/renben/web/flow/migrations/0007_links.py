"""Links between cases; on PostgreSQL whoever sees one of the two cases sees that there is a link."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from renben.web.guard.row_policies import hold, release

TABLE = "flow_caselink"
RULE = f"EXISTS (SELECT 1 FROM flow_case seen WHERE seen.id IN ({TABLE}.case_id, {TABLE}.other_id))"


def secure(_apps: Any, editor: Any) -> None:
    """Make the policy."""
    if editor.connection.vendor == "postgresql":
        hold(editor, TABLE, RULE)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policy away."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)


class Migration(migrations.Migration):
    """Links and their policy."""

    dependencies = [
        ("flow", "0006_case_office"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("made_by", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("why_ct", models.BinaryField(null=True)),
                ("undone_by", models.BigIntegerField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_why_ct", models.BinaryField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="flow.case"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="linked", to="flow.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("case", "other"),
                        name="one_link_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "part_of"), ("undone_at__isnull", True)),
                        fields=("case",),
                        name="part_of_one_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("case", models.F("other")), _negated=True),
                        name="no_case_with_itself",
                    ),
                ],
            },
        ),
        migrations.RunPython(secure, open_up),
    ]
