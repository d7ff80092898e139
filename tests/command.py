"""The command line without a process for every call; what belongs to another process has one of its own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from renben.cli import app


def renben(*words: str, code: int = 0, here: Path | None = None) -> str:
    """Run a command as if typed in a folder; what it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        if here is not None:
            patch.chdir(here)
        result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output
