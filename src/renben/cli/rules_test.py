"""`renben rules test`: cases a jurist reads, on the one-person function and on SQL, with branch coverage per rule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renben.cli.common import WorkspaceOption, out, print_table
from renben.cli.rules_books import BookOption, opened
from renben.core.errors import RenbenError
from renben.engines.rules.casefiles import Check, Coverage, differences, read_cases, sql_differences
from renben.engines.rules.connect import connect
from renben.engines.rules.loading import LoadedBook
from renben.measures.citizenization.entitlements import CASES


def test(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="YAML files of cases, or folders of them (default: the cases of our rule book)."),
    ] = None,
    at: WorkspaceOption = None,
    book: BookOption = None,
    engine: Annotated[
        list[str] | None,
        typer.Option(help="duckdb, spark or postgresql://... (repeatable; default: duckdb)."),
    ] = None,
    uncovered: Annotated[bool, typer.Option("--uncovered", help="List conditions no case has seen.")] = False,
) -> None:
    """Run YAML cases on the one-person function and on SQL; print branch coverage per decision.

    Examples:

        renben rules test

        renben rules test my_cases.yaml --book my_rules.py --uncovered

        renben rules test --engine duckdb --engine postgresql://USER@HOST/DATABASE
    """
    paths, engines = _paths(files, book), engine or ["duckdb"]
    loaded = opened(at, book)
    checks = [each for path in paths for each in read_cases(path, loaded)]
    failed = [line for each in checks for line in differences(loaded, each)]
    failed += [line for name in engines for line in sql_differences(loaded, checks, connect(name))]
    _covered(loaded, checks, uncovered)
    out.print(f"{len(checks)} checks on {1 + len(engines)} evaluators, {len(failed)} differences")
    if failed:
        out.print("\n".join(failed), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1)


def _paths(files: list[Path] | None, book: Path | None) -> list[Path]:
    if not files and book is not None:
        raise RenbenError(f"{book}: name the YAML files of its cases: renben rules test CASES --book {book}")
    found = [
        p for path in files or [CASES] for p in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])
    ]
    absent = [str(path) for path in found if not path.is_file()]
    if absent or not found:
        raise RenbenError(f"{', '.join(absent or map(str, files or ()))}: no YAML file of cases")
    return found


def _covered(loaded: LoadedBook, checks: list[Check], uncovered: bool) -> None:
    """Outcomes (true, false) of each decision's conditions that the cases have seen."""
    coverage = Coverage()
    for each in checks:
        coverage.add(loaded, each)
    rows = [row for row in coverage.rows(loaded) if row[2]]
    seen, of = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print_table(
        "Outcomes of conditions seen",
        ["decision", "seen", "of", "%"],
        [*([name, s, t, s * 100 // t] for name, s, t, _ in rows), ["(all)", seen, of, seen * 100 // of]],
    )
    for name, _, _, lacking in rows if uncovered else ():
        for line in lacking:
            out.print(f"{name}: {line}", highlight=False, markup=False, soft_wrap=True)
