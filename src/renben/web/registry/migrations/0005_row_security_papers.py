"""PostgreSQL: row policies on everything personal that hangs on a case or a person. Nothing to do on SQLite.

A row is reached through its case or its person, whose own policies say by whom (the inner query is held by them
too); else it is the actor's own. Name tokens stay without: a keyed hash and a key tell nothing without the person.
"""

from typing import Any

from django.db import migrations

from renben.web.guard import crypto
from renben.web.guard.row_policies import ACCOUNT, PERSON, hold, in_range, release


def _through(table: str, key: str, mine: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} seen WHERE seen.{key} = {mine})"


def _case(table: str, column: str = "case") -> str:
    return _through("flow_case", "id", f'{table}."{column}"')


def _person(table: str) -> str:
    return f"person_key::text = {PERSON} OR {_through('registry_person', 'key', f'{table}.person_key')}"


ALLOWED = {
    "flow_caseevent": _case("flow_caseevent", "case_id"),
    "flow_message": f"account::text = {ACCOUNT}",
    "registry_document": " OR ".join(
        [_case("registry_document"), _through("registry_proof", "document_id", "registry_document.id")]
    ),
    "registry_proof": f"{_person('registry_proof')} OR {_case('registry_proof')}",
    "registry_mandate": f"account::text = {ACCOUNT} OR {_person('registry_mandate')} OR {_case('registry_mandate')}",
    "registry_onetimecode": f"{_person('registry_onetimecode')} OR {_case('registry_onetimecode')}",
    "registry_photo": f"{_person('registry_photo')} OR {_case('registry_photo')}",
    "registry_photogrant": _through("registry_photo", "id", "registry_photogrant.photo_id"),
    "registry_endorsement": _through("registry_permit", "key", "registry_endorsement.permit"),
    "registry_householdmember": _person("registry_householdmember"),
    "registry_household": " OR ".join(
        [
            in_range(),
            _through("registry_householdmember", "household", "registry_household.key"),
        ]
    ),
}
"""Table -> what lets a row through beside the jobs of the system."""
BOUND = (
    'UPDATE registry_document d SET "case" = p."case" FROM registry_proof p WHERE p.document_id = d.id AND d."case" IS NULL',
    'UPDATE registry_document d SET "case" = m."case" FROM registry_mandate m WHERE m.document_id = d.id AND d."case" IS NULL',
    'UPDATE registry_document d SET "case" = r.task_id FROM programme_report r WHERE r.document = d.id AND d."case" IS NULL',
)
"""Files taken in before they were bound to their case; the rest are named in the answers of cases under way."""


def bind(apps: Any, _editor: Any) -> None:
    """Bind files to the cases whose answers name them."""
    documents = apps.get_model("registry", "Document").objects.filter(case=None)
    if not documents.exists():
        return
    for case in apps.get_model("flow", "Case").objects.filter(closed_on=None).exclude(answers_ct=None):
        named = crypto.decrypt_json(case.answers_ct, "case.answers", case.pk).get("document")
        if named:
            documents.filter(pk=named).update(case=case.pk)


def secure(apps: Any, editor: Any) -> None:
    """Bind files to their cases, then make the policies."""
    if editor.connection.vendor != "postgresql":
        bind(apps, editor)
        return
    editor.execute("SELECT set_config('renben.job', 'setup', true)")
    for statement in BOUND:
        editor.execute(statement)
    bind(apps, editor)
    editor.execute('ALTER TABLE registry_household ALTER COLUMN region TYPE varchar(12) COLLATE "C"')
    for table, rule in ALLOWED.items():
        hold(editor, table, rule)


def open_up(_apps: Any, editor: Any) -> None:
    """Take the policies away."""
    if editor.connection.vendor != "postgresql":
        return
    for table in ALLOWED:
        release(editor, table)


class Migration(migrations.Migration):
    """Row-level security of papers, codes, photos, mandates, households, events and notices."""

    dependencies = [
        ("registry", "0004_proxies"),
        ("flow", "0002_key_retention"),
        ("programme", "0002_evidence"),
    ]
    operations = [migrations.RunPython(secure, open_up)]
