"""The registry on PostgreSQL as the application role: its features work behind row policies, and no row leaves them.

The tests of the features are run once more in a process of their own, on PostgreSQL: each request and each step is
held by the policies of its actor. Then one person with every kind of row is looked for with plain SQL.
"""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

psycopg = pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")

from tests import once  # noqa: E402
from tests.faults.database import create, drop  # noqa: E402
from tests.web.service import ROOT, clean_environment  # noqa: E402
from tests.web.test_postgresql import SERVER, server_is_there  # noqa: E402

pytestmark = pytest.mark.skipif(not server_is_there(), reason=f"no PostgreSQL at {SERVER}")
OWNER, APP = "renben_registry_owner", "renben_registry_test"
"""Neither bypasses row policies: the owner of the tables is held by them too."""
FEATURES = (
    "test_photos.py",
    "test_proxies.py",
    "test_collecting.py",
    "test_stays.py",
    "test_fact_corrections.py",
    "test_holds_keep.py",
    "payments/test_batches.py",
    "claims/test_claiming.py",
    "exchange/test_sharing.py",
    "city/test_course.py",
    "city/test_routing.py",
    "offline/test_door.py",
    "api/test_declarations.py",
)
"""One or two of each family of rows, in every run."""
MORE = (
    "equality/test_page.py",
    "test_facts.py",
    "test_consents.py",
    "test_linking.py",
    "test_spot_checks.py",
    "claims/test_in_sets.py",
    "test_reconsideration.py",
    "exchange/test_transfers.py",
    "city/test_sensors.py",
    "programme/test_renewing.py",
    "test_household.py",
    "test_unnumbered.py",
    "test_wrong_number.py",
    "test_household_counter.py",
    "test_consents_paper.py",
    "test_schooling.py",
    "test_moving.py",
    "test_opinions.py",
    "payments/test_reconciling.py",
    "test_retention_periods.py",
    "test_holds.py",
    "claims/test_decided_again.py",
    "claims/test_offers.py",
    "claims/test_take_up.py",
    "claims/test_wards.py",
    "claims/test_parents.py",
    "test_guard_tokens.py",
    "test_recovery.py",
    "test_stay_accounts.py",
    "city/test_following.py",
    "city/test_public_page.py",
    "city/test_reporting_pages.py",
    "city/test_open311.py",
    "city/test_open311_reports.py",
    "exchange/test_receiving.py",
    "city/test_city_publishing.py",
    "city/test_desk.py",
    "city/test_grids.py",
    "city/test_results.py",
)
"""The others, where RENBEN_TESTS_WIDE is set: they meet the same policies by other ways, and take minutes."""
KEPT_APART = "not killed and not retired"
"""Of the rotation of keys: what needs no process of its own."""
HOME, ELSEWHERE = ("140105", "140106"), ("140106", "140107")
"""Ranges of two counties: where the planted person lives, and another."""
MAKE = "import django; django.setup(); from renben.web import checks; checks.migrate(); checks.application_role('%s')"
OPEN = {
    "registry_address": "addresses are no personal rows",
    "registry_nametoken": "a keyed hash and a key; the person behind the key is held by a policy",
    "registry_sameperson": "two keys",
    "flow_counter": "numbers given out",
    "flow_commandkey": "hashes",
    "flow_outbox": "references to cases",
    "flow_timer": "references to cases",
    "exchange_partner": "names of systems",
    "exchange_partnerkey": "public keys",
    "exchange_agreement": "what was agreed with systems",
    "spotcheck_draw": "counts of an office",
    "equality_snapshot": "counts, small ones withheld",
}
"""Tables of the registry and the flow without a row policy, and why."""


def environment(folder: Path, database: str) -> dict[str, str]:
    """The environment of a process that works on a database."""
    return clean_environment() | {
        "RENBEN_WEB_FOLDER": str(folder), "RENBEN_WEB_DATABASE": database, "RENBEN_WEB_DEMO": "1",
        "RENBEN_WEB_HTTPS": "0", "RENBEN_WEB_SECOND_FACTOR": "0", "RENBEN_WEB_HOSTS": '["testserver"]',
        "DJANGO_SETTINGS_MODULE": "renben.web.settings", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh database with the tables and the application role; its address for that role."""
    name = create(SERVER)
    with psycopg.connect(name, autocommit=True) as server:
        for role in (OWNER, APP):
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                server.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")  # type: ignore[arg-type]
        server.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}")  # type: ignore[arg-type]
    owned = as_role(name, OWNER)
    folder = tmp_path_factory.mktemp("owner")
    subprocess.run([sys.executable, "-c", MAKE % APP], env=environment(folder, owned), check=True)
    yield as_role(name, APP)
    drop(name)


def as_role(database: str, role: str) -> str:
    """The address of a database for a role."""
    return re.sub("//[^@]+@", f"//{role}@", database)


def run_tests(folder: Path, database: str, *words: str) -> None:
    """Run tests of the web on a database, in a process of their own."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *words]
    shared = {name: os.environ[name] for name in ("CI", once.HOME) if name in os.environ}
    done = subprocess.run(
        command, env=environment(folder, database) | shared, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-6000:]


def test_every_feature_works_behind_the_row_policies(database: str, tmp_path: Path) -> None:
    run_tests(
        tmp_path,
        database,
        *(
            f"tests/web/{name}"
            for name in (*FEATURES, *(MORE if os.environ.get("RENBEN_TESTS_WIDE") else ()))
        ),
    )


def test_the_owner_of_the_tables_seals_anew_what_the_policies_hold(database: str, tmp_path: Path) -> None:
    run_tests(tmp_path, as_role(database, OWNER), "tests/web/test_guard_rotation.py", "-k", KEPT_APART)


def test_the_application_is_told_that_the_owner_changes_keys(database: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "renben", "keys", "rotate", "--demo", "--folder", str(tmp_path)]
    done = subprocess.run(command, env=environment(tmp_path, database), capture_output=True, text=True)
    assert done.returncode != 0 and f"role {APP}" in done.stderr and "owner of the tables" in done.stderr


@pytest.fixture(scope="module")
def planted(database: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One person with every kind of row, planted through the commands; keys and counts."""
    command = [sys.executable, "-m", "tests.web.planting"]
    done = subprocess.run(
        command,
        env=environment(tmp_path_factory.mktemp("plant"), database),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def seen(database: str, tables: list[str], **scope: str) -> dict[str, int]:
    """Rows that the application role sees in each table under a scope, in plain SQL."""
    with psycopg.connect(database) as app:
        for name, value in scope.items():
            app.execute("SELECT set_config(%s, %s, true)", [f"renben.{name}", value])
        return {table: app.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # type: ignore[index]


def ranged(county: tuple[str, str]) -> dict[str, str]:
    return {"low1": county[0], "high1": county[1]}


def test_plain_sql_shows_a_person_at_home_to_himself_and_nowhere_else(
    database: str, planted: dict[str, Any]
) -> None:
    held, none = planted["rows"], dict.fromkeys(planted["rows"], 0)
    assert all(held.values()), "every kind of row is planted"
    tables = list(held)
    assert seen(database, tables) == none
    assert seen(database, tables, **ranged(ELSEWHERE)) == none
    assert seen(database, tables, **ranged(ELSEWHERE), user="999", person=str(uuid.uuid4())) == none
    assert seen(database, tables, job="anything else") == none
    home = seen(database, tables, **ranged(HOME))
    elses = {name: held[name] - count for name, count in planted["claims"].items()}
    assert home == {**held, **elses, "flow_message": 0, "registry_opinion": 0, "claims_offer": 0}, (
        "notices, opinions and offers are their account's alone, a claim is its office's"
    )
    mine = seen(database, tables, user=str(planted["account"]), person=planted["person"])
    money = {table for table in tables if table.startswith("payments_")}
    assert {table for table in tables if not mine[table]} == {
        "spotcheck_check", "cases_citycase", "cases_report", "cases_routeset", "cases_routerule", "cases_grid", "guard_holdstep", *money,
    }, "grounds of holds, what another office looks at, a case reported without an account, and payments are of no person here"  # fmt: skip


def of_claim(database: str, planted: dict[str, Any], **scope: str) -> dict[str, int]:
    """Rows of the planted claim that plain SQL shows under a scope: the case, its events, the claim, its file."""
    case = planted["claim"]
    asked = {
        "flow_case": f"id = '{case}'", "flow_caseevent": f"case_id = '{case}'", "claims_claim": f"case_id = '{case}'",
    }  # fmt: skip
    with psycopg.connect(database) as app:
        for name, value in scope.items():
            app.execute("SELECT set_config(%s, %s, true)", [f"renben.{name}", value])
        return {
            table: app.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]  # type: ignore[index,arg-type]
            for table, where in asked.items()
        }


def test_plain_sql_shows_a_claim_to_its_office_in_its_county_and_to_no_other_office(
    database: str, planted: dict[str, Any]
) -> None:
    desks, none = planted["desks"], dict.fromkeys(planted["claims"], 0)
    assert of_claim(database, planted, **ranged(HOME), user=str(desks["health"])) == planted["claims"]
    for user in (desks["hrss"], desks[""], "", 999_999):
        assert of_claim(database, planted, **ranged(HOME), user=str(user)) == none, user
    assert of_claim(database, planted, **ranged(ELSEWHERE), user=str(desks["health"])) == none
    assert of_claim(database, planted, user=str(desks["health"])) == none
    assert of_claim(database, planted, user=str(planted["account"])) == planted["claims"], (
        "who claims sees it"
    )
    assert of_claim(database, planted, job="review") == planted["claims"]


def test_another_office_can_neither_take_a_claim_nor_open_one_in_its_name(
    database: str, planted: dict[str, Any]
) -> None:
    desks = planted["desks"]
    with psycopg.connect(database) as app, app.transaction(force_rollback=True):
        for name, value in (*ranged(HOME).items(), ("user", str(desks["hrss"]))):
            app.execute("SELECT set_config(%s, %s, true)", [f"renben.{name}", value])
        changed = app.execute("UPDATE flow_case SET office = 'hrss' WHERE id = %s", [planted["claim"]])
        assert changed.rowcount == 0
        app.execute("SELECT set_config('renben.user', %s, true)", [str(desks["health"])])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute("UPDATE flow_case SET office = 'hrss' WHERE id = %s", [planted["claim"]])


def test_nothing_is_written_into_or_taken_from_another_county(database: str, planted: dict[str, Any]) -> None:
    with psycopg.connect(database) as app:
        for name, value in ranged(ELSEWHERE).items():
            app.execute("SELECT set_config(%s, %s, true)", [f"renben.{name}", value])
        for table in ("registry_photo", "registry_document", "registry_mandate", "registry_onetimecode"):
            assert app.execute(f"DELETE FROM {table}").rowcount == 0, table
        refused = "INSERT INTO registry_proof (person_key, kind, valid_from, \"case\") VALUES (%s, 'lease', now(), %s)"
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute(refused, [planted["person"], planted["case"]])


def test_every_table_of_persons_has_a_row_policy_or_a_reason(database: str) -> None:
    query = """SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c
        WHERE c.relkind = 'r' AND (c.relname LIKE 'registry\\_%' OR c.relname LIKE 'flow\\_%'
        OR c.relname LIKE 'exchange\\_%' OR c.relname LIKE 'claims\\_%' OR c.relname LIKE 'spotcheck\\_%'
        OR c.relname LIKE 'cases\\_%' OR c.relname LIKE 'payments\\_%' OR c.relname LIKE 'equality\\_%' OR c.relname = 'guard_recovery' OR c.relname LIKE 'guard\\_hold%')"""
    with psycopg.connect(database) as app:
        found = dict(app.execute(query).fetchall())
    assert {name for name, held in found.items() if not held} == set(OPEN)
