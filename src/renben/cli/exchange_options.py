"""Options and output that the commands of `renben exchange` share."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from renben.cli.common import out, print_json, print_table

FolderOption = Annotated[Path, typer.Option(help="Folder of the web service's embedded database.")]
DatabaseOption = Annotated[str, typer.Option(help="postgresql://...; empty for SQLite in the folder.")]
DemoOption = Annotated[bool, typer.Option("--demo", help="The folder is a demo's.")]


def show(rows: Sequence[Mapping[str, Any]], json_: bool, title: str) -> None:
    """Rows as a table or as JSON."""
    if json_:
        print_json(list(rows))
    elif rows:
        print_table(title, rows[0], [row.values() for row in rows])
    else:
        out.print(f"{title}: nothing")
