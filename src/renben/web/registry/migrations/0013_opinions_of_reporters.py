"""A closed city case may be answered by every one of its reporters, those without an account too."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """One opinion of the applicant, and one of each reporter."""

    dependencies = [("flow", "0008_hours"), ("registry", "0012_recorded_times")]

    operations = [
        migrations.AlterField(
            "opinion", "case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="flow.case")
        ),
        migrations.AddField("opinion", "report", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "opinion",
            models.UniqueConstraint(
                fields=["case"], condition=Q(report=None), name="one_opinion_of_applicant"
            ),
        ),
        migrations.AddConstraint(
            "opinion", models.UniqueConstraint(fields=["case", "report"], name="one_opinion_of_reporter")
        ),
    ]
