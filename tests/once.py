"""What is costly to prepare is made once for all processes of a test run; each test then shares or copies it."""

import fcntl
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

HOME = "RENBEN_TESTS_ONCE"
"""Names the folder of the run; the processes that a run starts inherit it."""

DATABASE = "database"
"""File in which a folder names a PostgreSQL database that goes with it."""


def begin() -> str:
    """Open the folder of this run; empty where another process of the run has opened it already."""
    if HOME in os.environ:
        return ""
    os.environ[HOME] = tempfile.mkdtemp(prefix="renben-once-")
    Path(os.environ[HOME]).chmod(0o755)
    return os.environ[HOME]


def end(folder: str) -> None:
    """Remove what `begin` opened, and the databases that were made once."""
    if folder:
        os.environ.pop(HOME, None)
        for named in Path(folder).glob(f"*/{DATABASE}"):
            importlib.import_module("tests.faults.database").drop(named.read_text(encoding="utf-8"))
        shutil.rmtree(folder, ignore_errors=True)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of a name, made by whoever asks first; others wait until it is there.

    Args:
        name: what it is.
        make: fills the folder, whose place stays; it does not exist before.
    """
    home = Path(os.environ[HOME])
    place, done = home / name, home / f"{name}.made"
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(place, ignore_errors=True)
            make(place)
            done.touch()
    return place


def copied(name: str, make: Callable[[Path], object], target: Path) -> Path:
    """A copy of the folder of a name for somebody who will change it."""
    return Path(shutil.copytree(once(name, make), target, dirs_exist_ok=True))
