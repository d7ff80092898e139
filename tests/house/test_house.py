"""House rules a machine can see: sizes, places in code, addresses, licences, and what documents promise."""

import ast
import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest

from renben.catalogue import load

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "src" / "renben").rglob("*.py"))
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
).stdout.split()
LONGEST_FILE = 500
NAMED_ON_PURPOSE = (
    "src/renben/cli/",  # help pages show an example that can be typed
    "src/renben/web/demo/",  # demo people live somewhere
    "src/renben/measures/citizenization/entitlements/",  # a rule cites the act it carries out by its name
)
COPYLEFT = re.compile(r"\b(A?GPL)", re.I)


def outside_catalogue() -> list[Path]:
    return [p for p in CODE if "catalogue" not in p.parts[:-1] or p.parent.name == "catalogue"]


def test_no_file_is_500_lines_long():
    long = {
        str(p.relative_to(ROOT)): n
        for p in CODE
        if (n := len(p.read_text(encoding="utf-8").splitlines())) >= LONGEST_FILE
    }
    assert long == {}, "ask what idea is hiding in it, and give it a file"


def strings(path: Path) -> list[str]:
    """String constants of a module that are not docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    }
    return [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
    ]


def test_no_place_stands_in_code():
    regions = load().regions.values()
    names = {r.name_zh for r in regions if r.level != "nation" and len(r.name_zh) > 2}
    codes = re.compile(r"\b14\d{4}\b")
    found = [
        (str(path.relative_to(ROOT)), text[:60])
        for path in outside_catalogue()
        for text in strings(path)
        if ((hit := codes.search(text)) and hit.group() != "149901") or any(name in text for name in names)
    ]
    assert [f for f in found if not f[0].startswith(NAMED_ON_PURPOSE)] == []


def test_nothing_in_the_repository_names_a_machine_or_a_registry():
    forbidden = re.compile(r"/(work|farm|root)/|pypi\.org|registry\.npmjs|files\.pythonhosted|deb\.debian")
    found = []
    for name in TRACKED:
        path = ROOT / name
        if (
            path.suffix in (".png", ".parquet", ".xlsx", ".docx", ".pdf", ".jpg")
            or not path.is_file()
            or path == Path(__file__)
        ):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if forbidden.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []


def runtime_packages() -> list[str]:
    """What `pip install renben` and its extras bring, by the pinned list."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("==")[0] for line in lines if "==" in line]


@pytest.mark.parametrize("name", runtime_packages())
def test_no_package_that_users_install_is_copyleft(name):
    try:
        known = distribution(name).metadata
    except ModuleNotFoundError:
        pytest.skip(f"{name} is pinned for an extra that is not installed here")
    said = [
        known.get("License-Expression") or "",
        known.get("License") or "",
        *(known.get_all("Classifier") or []),
    ]
    licences = " ".join(s for s in said if "License" in s or s in said[:2])[:400]
    assert (
        not COPYLEFT.search(licences.replace("LGPL", "")) or " OR " in licences or "or later" in licences
    ), licences[:200]


def test_every_link_between_pages_leads_somewhere():
    broken = []
    for page in [ROOT / "README.md", ROOT / "README.zh.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:", "mailto:")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []
