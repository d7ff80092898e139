"""Unit grids with their days; in which one a case lies, and rules that name one. PostgreSQL holds grids by their region."""

from typing import Any

from django.db import migrations, models

from renben.web.guard.row_policies import hold, in_range, release

TABLE = "cases_grid"


def secure(_apps: Any, editor: Any) -> None:
    """Make the policy. Nothing to do on SQLite."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f'ALTER TABLE {TABLE} ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
        hold(editor, TABLE, in_range())


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policy away."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_public_indexes"),
        ("flow", "0008_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="Grid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=12)),
                ("code", models.CharField(max_length=20)),
                ("zh", models.CharField(max_length=60)),
                ("en", models.CharField(blank=True, max_length=80)),
                ("account", models.BigIntegerField(null=True)),
                ("office", models.CharField(blank=True, max_length=60)),
                ("towns", models.CharField(blank=True, max_length=200)),
                ("shape", models.JSONField(default=list)),
                ("west", models.IntegerField(null=True)),
                ("south", models.IntegerField(null=True)),
                ("east", models.IntegerField(null=True)),
                ("north", models.IntegerField(null=True)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="citycase",
            name="grid",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="routerule",
            name="grid",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddIndex(
            model_name="citycase",
            index=models.Index(fields=["grid"], name="city_by_grid"),
        ),
        migrations.AddConstraint(
            model_name="grid",
            constraint=models.UniqueConstraint(
                fields=("region", "code", "first_day"), name="one_grid_from_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="grid",
            constraint=models.UniqueConstraint(
                condition=models.Q(("last_day", None)), fields=("region", "code"), name="one_grid_without_end"
            ),
        ),
        migrations.RunPython(secure, open_up),
    ]
