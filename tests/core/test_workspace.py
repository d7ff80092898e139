"""The workspace: whole versions or none, nothing overwritten, and a killed run that continues."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from renben.cli.common import periods
from renben.core.errors import RenbenError, WorkspaceError
from renben.core.period import Period
from renben.core.workspace import Provenance, Workspace
from tests.core.conftest import add, now

RUNNER = Path(__file__).with_name("killed_run.py")


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path):
    with pytest.raises(WorkspaceError, match="renben init"):
        Workspace(tmp_path)


def test_a_full_folder_is_not_made_a_workspace(tmp_path):
    (tmp_path / "thesis.docx").write_text("x")
    with pytest.raises(WorkspaceError, match="not empty"):
        Workspace.create(tmp_path)


def test_a_correction_is_a_new_vintage_and_the_old_one_stays(workspace):
    for persons in (1, 2, 3):
        add(workspace, "settlements", "2024", {"region": ["140100"], "persons": [persons]}, "2025-03-01")
    vintages = [v.vintage for v in workspace.versions("settlements", Period("2024"))]
    assert vintages == ["2025-03-01", "2025-03-01.2", "2025-03-01.3"]
    assert workspace.read("settlements", "2024")["persons"].to_list() == [3]


def test_equal_rows_in_another_order_are_the_same_content(workspace):
    add(workspace, "settlements", "2023", {"region": ["140100", "140200"], "persons": [1, 2]}, "2025-03-01")
    add(workspace, "settlements", "2024", {"region": ["140200", "140100"], "persons": [2, 1]}, "2025-03-02")
    first, second = workspace.versions("settlements")
    assert first.digest == second.digest
    add(
        workspace,
        "settlements",
        "2024",
        {"region": ["140100", "140200"], "persons": [1, 2]},
        "2025-03-03",
        synthetic=True,
    )
    assert workspace.latest("settlements", Period("2024")).digest != second.digest


def test_a_version_carries_where_it_comes_from(workspace):
    add(
        workspace, "settlements", "2024", {"region": ["140100"], "persons": [1]}, "2025-03-01", synthetic=True
    )
    known = workspace.latest("settlements", Period("2024")).provenance
    assert (known.dataset, known.period, known.made_by, known.synthetic) == (
        "settlements",
        "2024",
        "test",
        True,
    )


def test_a_damaged_version_is_named(workspace):
    add(workspace, "settlements", "2024", {"region": ["140100"], "persons": [1]}, "2025-03-01")
    version = workspace.latest("settlements", Period("2024"))
    version.path.write_bytes(version.path.read_bytes()[:40])
    with pytest.raises(WorkspaceError, match=r"2025-03-01\.parquet: damaged"):
        _ = Workspace(workspace.root).latest("settlements", Period("2024")).provenance


def test_an_unknown_dataset_names_the_nearest(workspace):
    with pytest.raises(WorkspaceError, match=r"Did you mean settlements\?"):
        workspace.dataset("settlement")


def test_reading_a_period_that_is_not_there_says_which_are(workspace):
    add(workspace, "settlements", "2023", {"region": ["140100"], "persons": [1]}, "2025-03-01")
    with pytest.raises(WorkspaceError, match="no version for 2024; it has 2023"):
        workspace.read("settlements", "2024")


@pytest.mark.parametrize("text", ["24", "2024Q5", "2024-13", "2024-02-30", "next year", ""])
def test_a_period_that_is_none_is_refused(text):
    with pytest.raises(RenbenError, match="is not a year, quarter, month or day"):
        Period(text)


@pytest.mark.parametrize(
    ("text", "start", "end", "previous"),
    [
        ("2024", "2024-01-01", "2024-12-31", "2023"),
        ("2024Q1", "2024-01-01", "2024-03-31", "2023Q4"),
        ("2024-03", "2024-03-01", "2024-03-31", "2024-02"),
        ("2024-03-01", "2024-03-01", "2024-03-01", "2024-02-29"),
    ],
)
def test_a_period_knows_its_days_and_the_one_before(text, start, end, previous):
    period = Period(text)
    assert (str(period.start), str(period.end), str(period.previous())) == (start, end, previous)


def test_a_range_of_periods_runs_forward_only():
    assert [str(p) for p in periods("2023Q3..2024Q1")] == ["2023Q3", "2023Q4", "2024Q1"]
    with pytest.raises(RenbenError, match="in order"):
        periods("2024..2020")


def test_a_failed_write_leaves_nothing_behind(workspace):
    provenance = Provenance(dataset="settlements", period="2024", made_by="test", created_at=now())
    broken = pl.LazyFrame({"region": ["140100"], "persons": ["x"]}).with_columns(
        pl.col("persons").cast(pl.Int64)
    )
    with pytest.raises(pl.exceptions.PolarsError):
        workspace.write_checked(broken, workspace.dataset("settlements"), provenance, dt.date(2025, 1, 1))
    assert [p.name for p in workspace.data.rglob("*") if p.is_file()] == []


def test_a_run_killed_at_any_moment_leaves_whole_versions_and_continues(workspace):
    """Kill -9 at 12 different moments; every version on disk can be read, and the last run finishes the work."""
    rows = 400_000
    regions = [code for code in workspace.catalogue.regions]
    persons = list(range(len(regions)))
    add(workspace, "settlements", "2024", {"region": regions, "persons": persons}, "2025-03-01")
    command = [sys.executable, str(RUNNER), str(workspace.root), str(rows)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = 0
    for attempt in range(12):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        process.stdout.readline()  # the imports are done
        time.sleep(0.004 * attempt)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        for version in (v for name in workspace.names() for v in Workspace(workspace.root).versions(name)):
            assert version.provenance.dataset == version.dataset
            assert version.scan().collect().height > 0
    assert killed >= 6
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "unchanged" in done.stdout or "made" in done.stdout
    assert workspace.read("score", "2024").height == len(regions)
    assert list(workspace.data.rglob(".*")) == []
