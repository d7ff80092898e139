"""The public page reads filed cases of a place, the newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index by place and day of filing."""

    dependencies = [("cases", "0002_row_security")]

    operations = [
        migrations.AddIndex("citycase", models.Index(fields=["region", "filed_at"], name="city_by_filing")),
    ]
