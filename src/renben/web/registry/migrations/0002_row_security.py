"""PostgreSQL: region columns in C collation and row policies as the second wall. Nothing to do on SQLite."""

from typing import Any

from django.db import migrations

JOBS = ("sweeper", "flow", "registry", "review", "search", "duplicates", "setup")
OWNED = {
    "flow_case": "applicant::text = (SELECT current_setting('renben.user', true))",
    "registry_person": "key::text = (SELECT current_setting('renben.person', true))",
    "registry_residence": "person_key::text = (SELECT current_setting('renben.person', true))",
    "registry_permit": "person_key::text = (SELECT current_setting('renben.person', true))",
    "registry_settlement": "person_key::text = (SELECT current_setting('renben.person', true))",
}
"""Table with a region column -> what makes a row the person's own."""


def _in_range(number: int) -> str:
    low = f"(SELECT current_setting('renben.low{number}', true))"
    high = f"(SELECT current_setting('renben.high{number}', true))"
    return f'(region >= {low} COLLATE "C" AND region < {high} COLLATE "C")'


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies."""
    if editor.connection.vendor != "postgresql":
        return
    jobs = ", ".join(f"'{job}'" for job in JOBS)
    for table, own in OWNED.items():
        parts = [f"(SELECT current_setting('renben.job', true)) IN ({jobs})", own]
        parts += [_in_range(number) for number in (1, 2, 3)]
        allowed = " OR ".join(parts)
        editor.execute(f'ALTER TABLE {table} ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
        editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        editor.execute(f"CREATE POLICY scope ON {table} USING ({allowed}) WITH CHECK ({allowed})")


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor != "postgresql":
        return
    for table in OWNED:
        editor.execute(f"DROP POLICY scope ON {table}")
        editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    """Row-level security."""

    dependencies = [("registry", "0001_initial"), ("flow", "0001_initial"), ("guard", "0001_initial")]
    operations = [migrations.RunPython(secure, open_up)]
