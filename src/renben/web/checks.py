"""Start-up checks: what must hold before the service takes a request."""

import importlib
from typing import Any

from django.core.management import call_command
from django.db import connection

from renben.web.config import web_settings

OLDEST_POSTGRESQL = 15_00_00


class StartError(ValueError):
    """The service must not start; the message says what to do."""

    shown_to_users = True


def migrate() -> None:
    """Bring the tables up to date."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def check_start() -> list[str]:
    """Everything that must hold, and remarks worth printing.

    Raises:
        StartError: one of the checks failed.
    """
    importlib.import_module("renben.web.flow.verification").check_all()
    crypto = importlib.import_module("renben.web.guard.crypto")
    if crypto.decrypt(crypto.encrypt("self-test", "start", "1"), "start", "1") != "self-test":
        raise StartError("the key file does not decrypt what it encrypts; restore it.")
    if not importlib.import_module("renben.web.guard.rotation").index_in_use():
        raise StartError("the blind indexes were made with another index key or cipher: nobody would be found. "
                         "Run `renben keys rotate --index` to the end, or restore the key file.")  # fmt: skip
    return _postgresql() if connection.vendor == "postgresql" else _sqlite()


def _sqlite() -> list[str]:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        wait = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
    if mode != "wal" or wait < 5000:
        raise StartError(f"SQLite runs with journal_mode={mode}, busy_timeout={wait}; wal and 5000 are needed. "
                         "Keep the folder on a local disk.")  # fmt: skip
    if not web_settings().demo:
        return ["SQLite has no row-level security; use PostgreSQL for real persons."]
    return []


def _postgresql() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        if cursor.fetchone()[0] < OLDEST_POSTGRESQL:
            raise StartError("PostgreSQL 15 or newer is needed.")
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        over = cursor.fetchone()[0]
        cursor.execute("SELECT has_table_privilege('guard_auditevent', 'UPDATE') "
                       "OR has_table_privilege('guard_auditevent', 'DELETE')")  # fmt: skip
        rewrites = cursor.fetchone()[0]
    if (over or rewrites) and not web_settings().demo:
        raise StartError("the database role may bypass row-level security or rewrite the audit; start as the "
                         "application role that `renben serve --roles` sets up.")  # fmt: skip
    return ["the database role may bypass row-level security (demo only)"] if over else []


def check_owner() -> None:
    """Refuse work that changes what the application may only add to.

    Raises:
        StartError: on PostgreSQL, not as the owner of the tables.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, has_table_privilege('flow_caseevent', 'UPDATE')")
        name, may = cursor.fetchone()
    if not may:
        raise StartError(
            f"--database: role {name} may not change notes of cases; call this as the owner of the tables."
        )


def release() -> None:
    """Let go of every database connection: worker processes must open their own, never inherit ours."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def demo() -> tuple[str, list[dict[str, Any]]]:
    """Set the demo up where there is none; its password and accounts."""
    password, accounts = importlib.import_module("renben.web.demo.setup").set_up()
    importlib.import_module("renben.web.demo.partner").set_up()
    return password, accounts + importlib.import_module("renben.web.programme.demo").set_up(password)


APPEND_ONLY = (
    "guard_auditevent",
    "guard_auditseal",
    "flow_caseevent",
    "guard_deletion",
    "exchange_message",
    "exchange_messagereceipt",
    "equality_snapshot",
    "payments_row",
    "payments_givenfile",
    "payments_returnfile",
    "payments_returnrow",
)
"""Tables to which the application role may add, and which it may read, and nothing else."""
FORGETTING = {"exchange_message": "content_ct"}
"""Of these, the column whose value has a last day: taking it away leaves the row and a line in the deletion register."""


def application_role(name: str) -> str:
    """Set up the PostgreSQL role under which the service runs, as the owner of the tables.

    Args:
        name: the role; it is made without a password if it is not there.

    Raises:
        StartError: not on PostgreSQL, or an unfit name.
    """
    if connection.vendor != "postgresql":
        raise StartError("--roles: only PostgreSQL has roles; SQLite is for one trusted machine.")
    if not name.isidentifier():
        raise StartError(f"--roles {name!r}: a role is named with letters, digits and underscores.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in APPEND_ONLY:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
        for table, column in FORGETTING.items():
            cursor.execute(f"GRANT UPDATE ({column}) ON {table} TO {name}")
    return f"role {name} is ready: it adds to the audit and reads it, and is held by row-level security."
