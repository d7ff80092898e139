"""The README is true: every command of its ten-minute tour runs, in both languages the same tour."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.command import renben

ROOT = Path(__file__).parents[2]


def tour(name: str) -> list[list[str]]:
    """Commands of the tour: the shell block that begins by activating the environment."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.S)
    block = next(b for b in blocks if "activate" in b)
    return [shlex.split(line, comments=True) for line in block.splitlines() if line.strip()]


def test_both_readmes_show_the_same_tour():
    english, chinese = tour("README.md"), tour("README.zh.md")
    assert [c for c in english if "--language" not in c] == [
        c for c in chinese if c[:2] != ["renben", "report"]
    ]
    assert any(c[:2] == ["renben", "report"] for c in chinese)


def test_every_command_of_the_tour_runs(tmp_path):
    here, said = tmp_path, {}
    for command in tour("README.md"):
        if command[0] == "cd":
            here = here / command[1]
        elif command[0] == "renben":
            said[" ".join(command[1:3])] = renben(*command[1:], here=here)
        else:
            assert command[0] == ".", f"the tour has a line this test cannot run: {command}"
    assert "66.32" in said["indicators --region"]
    assert (here / "elements.xlsx").is_file() and list((here / "reports").glob("*.pdf"))


def test_the_command_that_people_type_is_there(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path])}
    command = [sys.executable, "-m", "renben", "init", "work"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "workspace ready" in done.stdout, done.stderr
