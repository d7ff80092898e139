"""PostgreSQL: a batch and all that hangs on it is seen through its case, whose region is the payer. Nothing to do on SQLite."""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import hold, release

TABLES = {
    "payments_batch": "case_id",
    "payments_row": "batch_id",
    "payments_givenfile": "batch_id",
    "payments_returnfile": "batch_id",
    "payments_returnrow": "batch_id",
    "payments_outcome": "batch_id",
}
"""Table -> column with the key of the case."""


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies."""
    if editor.connection.vendor == "postgresql":
        editor.execute('ALTER TABLE payments_batch ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
        for table, column in TABLES.items():
            hold(editor, table, f"EXISTS (SELECT 1 FROM flow_case seen WHERE seen.id = {table}.{column})")


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            release(editor, table)


class Migration(migrations.Migration):
    """Row-level security of payments."""

    dependencies = [("payments", "0001_initial"), ("registry", "0002_row_security")]
    operations = [migrations.RunPython(secure, open_up)]
