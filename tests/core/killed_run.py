"""A run in a process of its own, for the test that kills it: imports, says so, then makes three datasets."""

import sys
from pathlib import Path

import polars as pl

from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Workspace
from tests.core.conftest import now
from tests.core.test_run import CHAIN

if __name__ == "__main__":
    space = Workspace(Path(sys.argv[1]))
    pl.LazyFrame({"x": range(int(sys.argv[2]))}).select(pl.col("x").sum()).collect()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    result = run(space, CHAIN, Period("2024"), now=now)
    sys.stdout.write(f"{len(result.names('made'))} made, {len(result.names('unchanged'))} unchanged\n")
