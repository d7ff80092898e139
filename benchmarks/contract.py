"""The contract: help page, streaming over 35 million rows, and a rerun that makes nothing."""

import tempfile
from pathlib import Path

from benchmarks.harness import Row, child, wall_seconds

MAKE = """
import sys, numpy as np, polars as pl
rows, folder = 35_000_000, sys.argv[1]
for part in range(7):
    rng = np.random.Generator(np.random.Philox(part))
    n = rows // 7
    pl.DataFrame({"region": rng.integers(0, 117, n).astype("i2"), "age": rng.integers(0, 101, n).astype("i2"), "income": rng.integers(0, 90000, n).astype("i4")}).write_parquet(f"{folder}/{part}.parquet")
"""
STREAM = """
import sys
from pathlib import Path
import datetime as dt, polars as pl
from renben.core.table import Table, table
from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Provenance, Workspace
import benchmarks.contract_steps as steps
space = Workspace(Path(sys.argv[1]))
result = run(space, (steps.adults,), Period("2024"), now=lambda: dt.datetime(2026, 1, 1))
print(result.names("made"), space.read("adults", "2024").height)
"""
PLAIN = """
import sys, polars as pl
frame = pl.scan_parquet(sys.argv[1] + "/*.parquet").filter(pl.col("age") >= 18).group_by("region").agg(pl.len(), pl.col("income").sum())
print(frame.collect(engine="streaming").height)
"""
DATASETS = """
persons: {zh: 人, en: Persons, source: true, grain: [id], columns: {id: {type: int}, region: {type: int}, age: {type: int}, income: {type: int}}}
adults: {zh: 成人, en: Adults, grain: [region], columns: {region: {type: int}, persons: {type: int}, income: {type: int}}}
"""


def rows() -> list[Row]:
    """Measured lines."""
    return [_help(), *_streaming()]


def _help() -> Row:
    seconds = wall_seconds(
        lambda: child(
            "import sys; sys.argv = ['renben', '--help']\nfrom renben.cli import app\ntry: app()\nexcept SystemExit: pass"
        )
    )
    bare = wall_seconds(lambda: child("pass"))
    return Row(
        "renben --help (wall)",
        f"{seconds:.2f} s",
        f"bare Python {bare:.2f} s",
        f"{seconds / bare:.1f}x",
        "under 0.5 s",
        seconds < 0.5,
    )


def _streaming() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder) / "parts"
        parts.mkdir()
        child(MAKE, str(parts))
        space = _workspace(Path(folder) / "space", parts)
        _, cpu, _, memory = child(STREAM, str(space))
        _, plain, _, _ = child(PLAIN, str(parts))
    return [
        Row(
            "filter + group-by of 35 M rows through the runner (CPU)",
            f"{cpu:.1f} s",
            f"plain Polars scan {plain:.1f} s",
            f"{cpu / plain:.2f}x",
            "",
            None,
        ),
        Row(
            "peak memory of it",
            f"{memory:.0f} MB",
            "2,000 MB",
            f"{memory / 2000:.2f}",
            "under 2 GB",
            memory < 2000,
        ),
    ]


def _workspace(root: Path, parts: Path) -> Path:
    """A workspace whose dataset `persons` is one file of 35 million rows."""
    code = f"""
import sys, datetime as dt, polars as pl
from pathlib import Path
from renben.core.workspace import Provenance, Workspace
root, parts = Path(sys.argv[1]), sys.argv[2]
space = Workspace.create(root)
(root / "catalogue" / "datasets").mkdir()
(root / "catalogue" / "datasets" / "b.yaml").write_text({DATASETS!r})
folder = root / "data" / "persons" / "2024"
folder.mkdir(parents=True)
frame = pl.scan_parquet(parts + "/*.parquet").with_row_index("id").select(pl.col("id", "region", "age", "income").cast(pl.Int64))
known = Provenance(dataset="persons", period="2024", made_by="benchmark", synthetic=True, created_at=dt.datetime(2026, 1, 1))
frame.sink_parquet(folder / "2025-01-01.parquet", metadata={{"renben": known.model_dump_json()}}, engine="streaming")
"""
    child(code, str(root), str(parts))
    return root
