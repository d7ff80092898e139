"""The office that a claim asks is the case's own; on PostgreSQL the policy of cases holds it beside the region.

A case with an office is seen by who applied, by that office's accounts inside their regions, and by the jobs of the
system. What hangs on a case (claim, events, files) is seen through it.
"""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery

from renben.web.guard.row_policies import ACCOUNT, hold, in_range, of_office, release

TABLE = "flow_case"
OWN = f"applicant::text = {ACCOUNT}"


def move(apps: Any, editor: Any) -> None:
    """Write the office of every claim into its case."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SELECT set_config('renben.job', 'setup', true)")
    claims = apps.get_model("claims", "Claim").objects.filter(case_id=OuterRef("pk"))
    cases = apps.get_model("flow", "Case").objects.filter(kind="claim", claim__isnull=False)
    cases.update(office=Subquery(claims.values("office")[:1]))


def move_back(apps: Any, editor: Any) -> None:
    """Write the office of every case into its claim."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SELECT set_config('renben.job', 'setup', true)")
    cases = apps.get_model("flow", "Case").objects.filter(pk=OuterRef("case_id"))
    apps.get_model("claims", "Claim").objects.update(office=Subquery(cases.values("office")[:1]))


def secure(_apps: Any, editor: Any) -> None:
    """Make the policy of cases anew."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)
        hold(editor, TABLE, f"{OWN} OR (({in_range()}) AND {of_office()})")


def open_up(_apps: Any, editor: Any) -> None:
    """Make the policy as it was before."""
    if editor.connection.vendor == "postgresql":
        release(editor, TABLE)
        hold(editor, TABLE, f"{OWN} OR {in_range()}")


class Migration(migrations.Migration):
    """One office of a case, held by the second wall."""

    dependencies = [
        ("claims", "0002_row_security"),
        ("flow", "0006_case_office"),
        ("programme", "0003_collectives"),
        ("registry", "0012_recorded_times"),
    ]
    operations = [
        migrations.RunPython(move, move_back),
        migrations.RunPython(secure, open_up),
        migrations.RemoveField("claim", "office"),
    ]
