"""PostgreSQL: row policies on claims and offers. Nothing to do on SQLite.

A claim is seen through its case, whose own policy says by whom. An offer, and that it was declined, is the person's alone.
"""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import PERSON, hold, release

ALLOWED = {
    "claims_claim": "EXISTS (SELECT 1 FROM flow_case seen WHERE seen.id = claims_claim.case_id)",
    "claims_offer": f"person_key::text = {PERSON}",
}
"""Table -> what lets a row through beside the jobs of the system."""


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies."""
    if editor.connection.vendor == "postgresql":
        for table, rule in ALLOWED.items():
            hold(editor, table, rule)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor == "postgresql":
        for table in ALLOWED:
            release(editor, table)


class Migration(migrations.Migration):
    """Row-level security of claims and offers."""

    dependencies = [("claims", "0001_initial"), ("registry", "0009_row_security_consents")]
    operations = [migrations.RunPython(secure, open_up)]
