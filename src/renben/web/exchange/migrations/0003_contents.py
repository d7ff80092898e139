"""A message may have lost its content, once the content's period is over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The content may be gone."""

    dependencies = [("exchange", "0002_row_security")]
    operations = [migrations.AlterField("message", "content_ct", models.BinaryField(null=True))]
