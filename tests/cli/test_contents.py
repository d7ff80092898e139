"""Contents pages are written by hand and compared with the folders they list."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import renben
from renben.cli import COMMANDS, app
from renben.measures import MECHANISMS

HOME = Path(renben.__file__).parent
HELPERS = {"__init__", "common", "steps"}


def test_every_command_module_is_in_the_table_and_every_line_leads_somewhere():
    listed = {where.split(":")[0].rsplit(".", 1)[1] for where, _ in COMMANDS.values()}
    modules = {p.stem for p in (HOME / "cli").glob("*.py")} - HELPERS
    private = {m for m in modules if any(m.startswith(f"{name}_") for name in listed)}
    assert listed == modules - private
    for where, _ in COMMANDS.values():
        module, attribute = where.split(":")
        assert hasattr(importlib.import_module(module), attribute), where


def test_every_mechanism_is_in_the_list_and_is_listed_once():
    listed = [m.__name__.removeprefix("renben.measures.").replace(".", "/") for m in MECHANISMS]
    folder = HOME / "measures"
    found = [
        f"{p.parent.name}/{p.stem}"
        for action in folder.iterdir()
        if action.is_dir()
        for p in action.iterdir()
        if p.name != "__init__.py"
        and p.name != "__pycache__"
        and (p.suffix == ".py" or (p / "__init__.py").is_file())
    ]
    assert sorted(listed) == sorted(found)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_page_shows_an_example(name):
    result = CliRunner().invoke(
        app, [name, "--help"], env={"NO_COLOR": "1", "COLUMNS": "200"}, terminal_width=200
    )
    assert result.exit_code == 0, result.output
    group = "Commands" in result.output
    assert group or ("Example" in result.output and f"renben {name}" in result.output)


def test_the_help_page_imports_no_command_module():
    code = "import sys, renben.cli; print([m for m in sys.modules if m.startswith(('polars', 'numpy', 'renben.core'))])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    out = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"
