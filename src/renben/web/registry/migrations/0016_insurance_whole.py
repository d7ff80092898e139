"""Whether the months of a scheme on record are all that were ever paid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, empty for what was stated before."""

    dependencies = [
        ("registry", "0015_photo_dropped_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="insurance",
            name="whole",
            field=models.BooleanField(null=True),
        ),
    ]
