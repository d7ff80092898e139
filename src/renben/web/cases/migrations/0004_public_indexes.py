"""The public page reads filed cases and Open311 what was reported, both the newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index by the moment of filing, and one by that of the report."""

    dependencies = [("cases", "0003_sensors")]

    operations = [
        migrations.AddIndex("citycase", models.Index(fields=["filed_at"], name="city_by_filing")),
        migrations.AddIndex("citycase", models.Index(fields=["reported_at"], name="city_by_report")),
    ]
