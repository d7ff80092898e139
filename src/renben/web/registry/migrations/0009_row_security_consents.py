"""PostgreSQL: a row policy on the register of consents. Nothing to do on SQLite.

A consent is seen by the account that gave it, by the person whom it is about, and by whoever may see that person.
"""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import ACCOUNT, PERSON, hold, release

TABLE = "registry_consent"
RULE = (
    f"account::text = {ACCOUNT} OR person_key::text = {PERSON} "
    f"OR EXISTS (SELECT 1 FROM registry_person seen WHERE seen.key = {TABLE}.person_key)"
)


def secure(_apps: Any, editor: Any) -> None:
    """Make the policy."""
    if editor.connection.vendor == "postgresql":
        hold(editor, TABLE, RULE)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policy away."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)


class Migration(migrations.Migration):
    """Row-level security of consents."""

    dependencies = [("registry", "0008_consents")]
    operations = [migrations.RunPython(secure, open_up)]
