"""PostgreSQL: row policies on institutions, their reports and the stays they report. Nothing to do on SQLite.

An institution is seen by its own account and by the officers of its regions; a report through its institution; a stay
by the officers, by the institution, and by the person whom it is about.
"""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import ACCOUNT, PERSON, hold, in_range, release

TEXT = ("registry_institution", "registry_stay")
"""Tables whose regions are compared byte by byte."""


def _institution(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM registry_institution seen WHERE seen.id = {table}.institution_id)"


ALLOWED = {
    "registry_institution": f"account::text = {ACCOUNT} OR {in_range()}",
    "registry_stayreport": _institution("registry_stayreport"),
    "registry_stay": f"person_key::text = {PERSON} OR {in_range()} OR {_institution('registry_stay')}",
}
"""Table -> what lets a row through beside the jobs of the system."""


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies."""
    if editor.connection.vendor != "postgresql":
        return
    for table in TEXT:
        editor.execute(f'ALTER TABLE {table} ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
    for table, rule in ALLOWED.items():
        hold(editor, table, rule)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor != "postgresql":
        return
    for table in ALLOWED:
        release(editor, table)


class Migration(migrations.Migration):
    """Row-level security of institutions, reports and stays."""

    dependencies = [("registry", "0006_stays")]
    operations = [migrations.RunPython(secure, open_up)]
