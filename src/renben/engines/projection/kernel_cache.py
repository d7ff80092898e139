"""Compiled code that is kept on disk is thrown away when any part of the kernel changed.

The compiler compares only the file of the function itself, but the code of one kernel file is built into that of
another: after an update of one file, an old neighbour would run on tables it does not know.
"""

from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = ("kernel*.py", "states.py")


def forget_outdated(folder: Path = HERE, kept: Path | None = None) -> int:
    """Delete compiled kernels older than the newest source; returns how many indexes went.

    Args:
        folder: where the sources are.
        kept: where compiled code is kept (default: beside the sources). What cannot be deleted stays.
    """
    newest = max(file.stat().st_mtime_ns for pattern in SOURCES for file in folder.glob(pattern))
    gone = 0
    for index in (kept or folder / "__pycache__").glob("kernel*.nbi"):
        with suppress(OSError):
            if index.stat().st_mtime_ns < newest:
                index.unlink()
                gone += 1
    return gone
