"""The tables of before are brought up to date: every statement of a proof is a fact, known since when it was known."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.database import create, drop
from tests.web.service import ROOT
from tests.web.test_postgresql import SERVER, server_is_there
from tests.web.test_postgresql_registry import OWNER, as_role, environment


def run(folder: Path, database: str, *words: str) -> str:
    command = [sys.executable, "-m", "tests.web.moved_facts", *words]
    done = subprocess.run(
        command, env=environment(folder, database), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[:6000]
    return done.stdout


def moved(folder: Path, database: str = "") -> dict[str, int]:
    run(folder, database, "before")
    found: dict[str, int] = json.loads(run(folder, database))
    return found


def whole(found: dict[str, int]) -> None:
    assert (found["facts"], found["receipts"]) == (400, 120)
    assert found["read"] > 100, "readings in which nothing was known prove nothing"


def test_what_proofs_stated_is_read_the_same_at_every_moment_and_receipts_come_out_the_same(
    tmp_path: Path,
) -> None:
    whole(moved(tmp_path))


@pytest.mark.skipif(not server_is_there(), reason=f"no PostgreSQL at {SERVER}")
def test_behind_row_policies_it_moves_as_well(tmp_path: Path) -> None:
    import psycopg  # noqa: PLC0415

    name = create(SERVER)
    try:
        with psycopg.connect(name, autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
                server.execute(f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS")
            server.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}")
        whole(moved(tmp_path, as_role(name, OWNER)))
    finally:
        drop(name)
