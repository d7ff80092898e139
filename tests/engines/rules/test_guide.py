"""The guide is run: its files are written, its commands called, and what it promises to print is looked for."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from renben.cli import app

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "rules.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str, str]]:
    return [match.groups(default="") for match in BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))]


def test_the_guide_does_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    commands = 0
    for language, name, text in blocks():
        if name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        if language == "console":
            commands += console(text, tmp_path)
    assert commands >= 7


def console(text: str, folder: Path) -> int:
    """Call each command of a block and look for the lines printed below it."""
    called = 0
    for part in text.split("$ ")[1:]:
        command, *promised = part.strip().split("\n")
        output = call(command, folder)
        for line in promised:
            assert line in output, f"{command}\ndoes not print\n{line}\nbut\n{output}"
        called += 1
    return called


def call(command: str, folder: Path) -> str:
    words = shlex.split(command)
    if words[0] == "python":
        code = f"import sys; sys.path[:0] = {[str(Path(p).resolve()) for p in sys.path if p]}; sys.path.insert(0, '.')\n"
        code += (folder / words[1]).read_text(encoding="utf-8")
        done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout
    result = CliRunner().invoke(app, words[1:])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout
