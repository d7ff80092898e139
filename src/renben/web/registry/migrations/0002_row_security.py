"""PostgreSQL: region columns in C collation and row policies as the second wall. Nothing to do on SQLite."""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import ACCOUNT, PERSON, hold, in_range, release

OWNED = {
    "flow_case": f"applicant::text = {ACCOUNT}",
    "registry_person": f"key::text = {PERSON}",
    "registry_residence": f"person_key::text = {PERSON}",
    "registry_permit": f"person_key::text = {PERSON}",
    "registry_settlement": f"person_key::text = {PERSON}",
}
"""Table with a region column -> what makes a row the person's own."""


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies."""
    if editor.connection.vendor != "postgresql":
        return
    for table, own in OWNED.items():
        editor.execute(f'ALTER TABLE {table} ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
        hold(editor, table, f"{own} OR {in_range()}")


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor != "postgresql":
        return
    for table in OWNED:
        release(editor, table)


class Migration(migrations.Migration):
    """Row-level security."""

    dependencies = [("registry", "0001_initial"), ("flow", "0001_initial"), ("guard", "0001_initial")]
    operations = [migrations.RunPython(secure, open_up)]
