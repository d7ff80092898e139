"""PostgreSQL: row policies on messages, receipts, deliveries and certificates. Nothing to do on SQLite."""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import PERSON, hold, in_range, release

MINE = f"person_key::text = {PERSON} OR {in_range()}"
ALLOWED = {
    "exchange_message": MINE,
    "exchange_certificate": MINE,
    "exchange_messagereceipt": "EXISTS (SELECT 1 FROM exchange_message seen WHERE seen.id = exchange_messagereceipt.message_id)",
    "exchange_delivery": "EXISTS (SELECT 1 FROM exchange_message seen WHERE seen.id = exchange_delivery.message_id)",
}
"""Table -> what lets a row through beside the jobs of the system."""


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies."""
    if editor.connection.vendor != "postgresql":
        return
    for table in ("exchange_message", "exchange_certificate"):
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
    """Row-level security of the exchange."""

    dependencies = [("exchange", "0001_initial"), ("registry", "0005_row_security_papers")]
    operations = [migrations.RunPython(secure, open_up)]
