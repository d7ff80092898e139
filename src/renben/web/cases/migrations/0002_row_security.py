"""PostgreSQL: a city case and its reports are seen through their case, rules by their region. Nothing to do on SQLite."""

from typing import Any

from django.db import migrations

from renben.web.guard.row_policies import hold, in_range, release

SEEN = "EXISTS (SELECT 1 FROM flow_case seen WHERE seen.id = {})"
RULES = {
    "cases_citycase": SEEN.format("cases_citycase.case_id"),
    "cases_report": SEEN.format("cases_report.city_id"),
    "cases_routeset": in_range(),
    "cases_routerule": (
        "EXISTS (SELECT 1 FROM cases_routeset routes WHERE routes.id = cases_routerule.routes_id)"
    ),
}
"""Table -> what lets a row through beside the jobs of the system."""
REGIONS = ("cases_citycase", "cases_routeset")


def secure(_apps: Any, editor: Any) -> None:
    """Make the policies."""
    if editor.connection.vendor == "postgresql":
        for table in REGIONS:
            editor.execute(f'ALTER TABLE {table} ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
        for table, rule in RULES.items():
            hold(editor, table, rule)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor == "postgresql":
        for table in RULES:
            release(editor, table)


class Migration(migrations.Migration):
    """Row-level security of city cases."""

    dependencies = [("cases", "0001_initial"), ("registry", "0002_row_security")]
    operations = [migrations.RunPython(secure, open_up)]
