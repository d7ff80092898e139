"""Runs the table cases of tests/rules/*.yaml: `table:` names a table function, `given` its tables, `expect` rows.

Files with another top-level key (`rule:`) belong to another collector.
"""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tables import CATALOGUE, frame, law, made

HERE = Path(__file__).parent / "rules"


def _cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yaml")):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "table" in written:
            found += [
                pytest.param(written, case, id=f"{path.stem}: {case['name']}") for case in written["cases"]
            ]
    return found


@pytest.mark.parametrize(("written", "case"), _cases())
def test_the_table_says_what_the_case_expects(written: dict[str, Any], case: dict[str, Any]) -> None:
    module, _, name = written["table"].rpartition(".")
    function = getattr(importlib.import_module(module), name)
    arguments: dict[str, Any] = {
        dataset: frame(dataset, case["given"].get(dataset, ()), history=how == "history")
        for dataset, how in function.reads.items()
    }
    if function.law:
        arguments["law"] = law(str(case.get("on", "2024-12-31")), **case.get("law", {}))
    if function.catalogue:
        arguments["cat"] = CATALOGUE
    if function.seed:
        arguments["seed"] = case.get("seed", 1)
    output = written.get("output", name)
    rows = made(function, function(**arguments), output).to_dicts()
    expected = case["expect"]
    assert len(rows) == len(expected), f"{len(rows)} rows: {rows}"
    for row, want in zip(rows, expected, strict=True):
        got = {key: row[key] for key in want}
        assert got == pytest.approx(want) if _numeric(want) else got == want


def _numeric(want: dict[str, Any]) -> bool:
    return any(isinstance(value, float) for value in want.values())
