"""PostgreSQL: a check is seen through its case, whose region says whose turn it is. Nothing to do on SQLite."""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import hold, release

TABLE = "spotcheck_check"
RULE = f"EXISTS (SELECT 1 FROM flow_case seen WHERE seen.id = {TABLE}.case_id)"


def secure(_apps: Any, editor: Any) -> None:
    """Make the policy."""
    if editor.connection.vendor == "postgresql":
        for table, column in ((TABLE, "region"), (TABLE, "office"), ("spotcheck_draw", "office")):
            editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(6) COLLATE "C"')
        hold(editor, TABLE, RULE)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policy away."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)


class Migration(migrations.Migration):
    """Row-level security of checks."""

    dependencies = [("spotcheck", "0001_initial"), ("registry", "0002_row_security")]
    operations = [migrations.RunPython(secure, open_up)]
