"""What several commands share: the workspace option, JSON output, tables and progress."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from renben.core.errors import RenbenError
from renben.core.period import Period
from renben.core.workspace import Workspace
from renben.settings import Settings

out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=True)

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Workspace folder (default: RENBEN_WORKSPACE or ./workspace)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else.")]


def workspace(path: Path | None) -> Workspace:
    """The workspace of a command: the option, the setting, or the folder one stands in."""
    if path is not None:
        return Workspace(path)
    here = Path()
    return Workspace(here if (here / "renben.yaml").is_file() else Settings().workspace)


def day_option(text: str | None) -> dt.date | None:
    """A day given as YYYY-MM-DD, or None.

    Raises:
        RenbenError: it is no such day.
    """
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError as error:
        raise RenbenError(f"{text!r} is not a day; write it as 2025-03-01.") from error


def periods(text: str) -> list[Period]:
    """One period, or all of a kind from one to another written FROM..TO.

    >>> [str(p) for p in periods("2023..2025")]
    ['2023', '2024', '2025']

    Raises:
        RenbenError: a bound is no period, the kinds differ, or the range runs backwards.
    """
    first, _, last = text.partition("..")
    if not last:
        return [Period(first)]
    start, at = Period(first), Period(last)
    if start.kind != at.kind or at < start:
        raise RenbenError(
            f"period range {text!r}: both ends must be of one kind and in order, e.g. 2020..2024."
        )
    found = [at]
    while start < found[-1]:
        found.append(found[-1].previous())
    return found[::-1]


def now() -> dt.datetime:
    """The clock of the command line."""
    return dt.datetime.now(dt.UTC)


def print_json(value: Any) -> None:
    """JSON on standard output, readable, Chinese as itself."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(title: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """A table on the terminal; missing values are shown as a dash, never as 0."""
    table = RichTable(title=title, title_justify="left", header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("—" if value is None else str(value) for value in row))
    out.print(table)


def print_frame(title: str, frame: pl.DataFrame) -> None:
    """A data frame on the terminal."""
    print_table(title, frame.columns, frame.iter_rows())


@contextmanager
def progress(title: str) -> Iterator[Any]:
    """A progress bar on standard error; yields tell(name, number, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda name, number, total: bar.update(
            task, description=f"{title} {name}", completed=number - 1, total=total
        )
