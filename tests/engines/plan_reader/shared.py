"""Where the official text of the plan is, if it was supplied; it is never part of the repository."""

import os
from pathlib import Path

import pytest


def official_text() -> Path | None:
    """The supplied text, from RENBEN_SHARED or a folder `shared` beside one of the parents."""
    folders = [Path(os.environ["RENBEN_SHARED"])] if "RENBEN_SHARED" in os.environ else []
    folders += [parent / "shared" for parent in Path(__file__).resolve().parents]
    for folder in folders:
        found = folder / "plans" / "shanxi-2024-20.txt"
        if found.is_file():
            return found
    return None


needs_text = pytest.mark.skipif(
    official_text() is None, reason="the official text is not supplied (shared/plans, or set RENBEN_SHARED)"
)
