"""The second wall: on PostgreSQL no row leaves its region, and the audit cannot be rewritten.

Needs a local server that trusts its own machine; skipped where there is none.
"""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from renben.web.guard.row_policies import JOBS

psycopg = pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")
SERVER = os.environ.get("RENBEN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
APP = "renben_app_test"
PERSON = "00000000-0000-4000-8000-000000000001"
INSERT = """INSERT INTO registry_residence
(key, valid_from, recorded_at, source, person_key, address_id, region, township, hukou_region, reason, housing, registered_on, channel)
VALUES (gen_random_uuid(), '2026-03-01', now(), 't', %s, %s, %s, '', '141002', 'work', 'rent', '2026-03-01', 'online')"""


def server_is_there() -> bool:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


pytestmark = pytest.mark.skipif(not server_is_there(), reason=f"no PostgreSQL at {SERVER}")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A fresh database with the tables and the application role."""
    name = f"renben_test_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
    environment = {**os.environ, "RENBEN_WEB_DATABASE": f"{SERVER}/{name}"}
    code = "import django; django.setup(); from renben.web import checks; checks.migrate(); print(checks.application_role('%s'))"
    subprocess.run([sys.executable, "-c", code % APP], env=environment, check=True, capture_output=True)
    with psycopg.connect(f"{SERVER}/{name}", autocommit=True) as owner:
        owner.execute(
            "INSERT INTO registry_address (region, township, text, kind, synthetic) VALUES ('140105','140105001','x','home',true)"
        )
        for n in range(40):
            owner.execute(
                INSERT,
                [PERSON if n == 0 else str(uuid.uuid4()), 1, ("140105", "140106", "141002", "140200")[n % 4]],
            )
    yield f"{SERVER.replace('//postgres@', f'//{APP}@')}/{name}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def count(connection, **scope: str) -> int:  # type: ignore[no-untyped-def]
    with connection.transaction():
        for name, value in scope.items():
            connection.execute("SELECT set_config(%s, %s, true)", [f"renben.{name}", value])
        return int(connection.execute("SELECT count(*) FROM registry_residence").fetchone()[0])


def test_without_a_scope_there_are_no_rows_and_a_scope_ends_with_its_transaction(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as app:
        assert count(app) == 0
        assert count(app, low1="140105", high1="140106") == 10
        assert count(app) == 0, "nothing stays on the connection"


@pytest.mark.parametrize(
    ("scope", "rows"),
    [
        ({"low1": "1401", "high1": "1402"}, 20),
        ({"low1": "14", "high1": "15"}, 40),
        ({"low1": "140105", "high1": "140106", "low2": "141002", "high2": "141003"}, 20),
        ({"low1": "", "high1": "\x7f"}, 40),
        ({"person": PERSON}, 1),
        ({"job": "sweeper"}, 40),
        ({"job": "anything else"}, 0),
        ({"low1": "13", "high1": "14"}, 0),
    ],
)
def test_a_scope_sees_its_rows_and_no_others(database: str, scope: dict[str, str], rows: int) -> None:
    with psycopg.connect(database, autocommit=True) as app:
        assert count(app, **scope) == rows


def test_a_row_cannot_be_written_into_or_moved_to_another_region(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as app, app.transaction(force_rollback=True):
        for name, value in (("low1", "140105"), ("high1", "140106")):
            app.execute("SELECT set_config(%s, %s, true)", [f"renben.{name}", value])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute(INSERT, [str(uuid.uuid4()), 1, "141002"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute("UPDATE registry_residence SET region = '141002'")
        assert (
            app.execute("UPDATE registry_residence SET channel = 'x' WHERE region = '141002'").rowcount == 0
        )


@pytest.mark.parametrize(
    "table",
    [
        "guard_auditevent", "guard_auditseal", "flow_caseevent", "guard_deletion",
        "payments_row", "payments_givenfile", "payments_returnfile", "payments_returnrow",
    ],
)  # fmt: skip
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_rewrite_history(database: str, table: str, statement: str) -> None:
    with (
        psycopg.connect(database, autocommit=True) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute(statement.format(table))


def test_every_policy_of_the_database_lets_through_the_jobs_that_the_code_names(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as app:
        rules = dict(
            app.execute("SELECT tablename, qual FROM pg_policies WHERE policyname = 'scope'").fetchall()
        )
    assert {"flow_case", "registry_person", "registry_photo"} <= set(rules)
    for table, rule in rules.items():
        named = re.search(r"renben\.job.*?ARRAY\[(.*?)\]", rule)
        assert named and set(re.findall(r"'(\w+)'", named[1])) == set(JOBS), table


def test_the_service_refuses_to_start_as_a_role_that_can_rewrite_the_audit(database: str) -> None:
    owner = SERVER + "/" + database.rsplit("/", 1)[1]
    code = "import django; django.setup(); from renben.web import checks; checks.check_start()"
    keys = os.path.join(os.environ["RENBEN_WEB_FOLDER"], "keys.json")
    earnest = {**os.environ, "RENBEN_WEB_DEMO": "0", "RENBEN_WEB_HTTPS": "1", "RENBEN_WEB_KEY_FILE": keys}
    for url, good in ((owner, False), (database, True)):
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={**earnest, "RENBEN_WEB_DATABASE": url},
            capture_output=True,
            text=True,
        )
        assert (run.returncode == 0) is good, run.stderr
        assert good or "rewrite the audit" in run.stderr


def test_the_tables_match_the_models() -> None:
    code = "import django; django.setup(); from django.core.management import call_command; call_command('makemigrations', check=True, dry_run=True)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
