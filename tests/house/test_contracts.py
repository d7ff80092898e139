"""Import contracts hold, and each of them can fail: one forbidden import is tried for each."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BREACHES = {
    "Rooms look down, never up": ("core/breach.py", "import renben.measures"),
    "a folder without a height": ("newroom/__init__.py", '"""A new room."""'),
    "The four actions meet only through tables": ("measures/county/breach.py", "import renben.measures.city"),
    "Evaluation never imports what it judges": ("evaluation/breach.py", "import renben.measures.city"),
    "Only web knows Django": ("engines/breach.py", "import django"),
    "Inside web only exchange opens the workspace": (
        "web/registry/breach.py",
        "import renben.core.workspace",
    ),
}


def lint(root: Path) -> subprocess.CompletedProcess:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(root / "pyproject.toml"),
    ]
    return subprocess.run(
        command,
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    return root


def test_every_contract_is_kept():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_each_contract_is_refused(contract, copy):
    name, line = BREACHES[contract]
    path = copy / "src" / "renben" / name
    made = not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n", encoding="utf-8")
    try:
        result = lint(copy)
    finally:
        shutil.rmtree(path.parent) if made else path.unlink()
    assert result.returncode != 0
    said = result.stdout + result.stderr
    assert ("BROKEN" in said and contract in said) or "newroom" in said, said[-2000:]
