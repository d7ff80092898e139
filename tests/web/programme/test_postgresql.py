"""The programme leaves the same ledger on PostgreSQL, as the role that row policies hold, as on SQLite."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from renben.core.workspace import Workspace
from tests.web.service import ROOT
from tests.web.test_postgresql import SERVER, server_is_there

pytestmark = pytest.mark.skipif(not server_is_there(), reason=f"no PostgreSQL at {SERVER}")
ROLE = "renben_programme_test"
SETUP = "import django; django.setup(); from renben.web import checks; checks.migrate()"


def told(folder: Path, database: str, role: str = "") -> dict[str, Any]:
    """The ledger of a telling on a database; tables are made as its owner."""
    space = Workspace.create(folder / "workspace")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RENBEN_")} | {
        "RENBEN_WEB_FOLDER": str(folder), "RENBEN_WEB_DATABASE": database, "RENBEN_WEB_DEMO": "1",
        "RENBEN_WEB_HTTPS": "0", "RENBEN_WEB_SECOND_FACTOR": "0", "RENBEN_WEB_HOSTS": '["testserver"]',
        "DJANGO_SETTINGS_MODULE": "renben.web.settings", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "RENBEN_WORKSPACE": str(space.root),
    }  # fmt: skip
    grant = f"; checks.application_role('{role}')" if role else ""
    subprocess.run([sys.executable, "-c", SETUP + grant], env=environment, check=True, capture_output=True)
    if role:
        environment["RENBEN_WEB_DATABASE"] = database.replace("//postgres@", f"//{role}@")
    command = [sys.executable, "-m", "tests.web.programme.telling", str(space.root)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def postgresql() -> Iterator[str]:
    """A fresh database."""
    from tests.faults.database import create, drop  # noqa: PLC0415

    database = create()
    yield database
    drop(database)


def test_the_ledger_is_the_same_on_both_databases_and_no_other_province_sees_it(
    tmp_path: Path, postgresql: str
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    small, large = told(tmp_path / "a", ""), told(tmp_path / "b", postgresql, ROLE)
    assert small == large
    assert small["opened"] == small["tasks"] and small["again"] == 0 and small["landed"] == [1, 0, 1]
    assert small["steps"][0] == "in_progress" and small["steps"][-1] == "closed"
    assert small["steps"][4] == "Guarded:refusal.findings_open"
    assert [action for _, action, _ in small["events"]].count("find") == 1
    statuses = {name: (status, rows) for name, status, rows in small["pages"]}
    assert (
        statuses["lead /programme/tasks/TASK/"][0] == 200
        and statuses["abroad /programme/tasks/TASK/"][0] == 404
    )
    assert (
        statuses["abroad /programme/tasks/?view=closed"][1]
        == 0
        < statuses["lead /programme/tasks/?view=closed"][1]
    )
