"""`renben exchange`: publish the registry's snapshots into the workspace; take a run's findings into tasks."""

from pathlib import Path
from typing import Annotated, Any

import typer

from renben.cli.common import JsonOption, out, print_json, print_table
from renben.web import passage

app = typer.Typer(no_args_is_help=True, help="Publish registry snapshots; take findings into tasks.")
FolderOption = Annotated[Path, typer.Option(help="Folder of the web service's embedded database.")]
DatabaseOption = Annotated[str, typer.Option(help="postgresql://...; empty for SQLite in the folder.")]
DemoOption = Annotated[bool, typer.Option("--demo", help="The folder is a demo's.")]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Workspace folder (default: RENBEN_WORKSPACE or ./workspace)."),
]
PeriodOption = Annotated[str, typer.Option("--period", "-p", help="A year, such as 2026.")]


@app.command()
def publish(
    period: PeriodOption,
    only: Annotated[
        list[str] | None, typer.Option(help="Name of a dataset; may be given several times.")
    ] = None,
    folder: FolderOption = Path("renben-web"),
    database: DatabaseOption = "",
    demo: DemoOption = False,
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Publish counts and yearly pseudonyms of the registry as new vintages; unchanged rows make none.

    Example:

        renben exchange publish --period 2026 --demo
    """
    rows = passage.publish(passage.Place(folder, database, demo, at), period, tuple(only or ()))
    _show(rows, json_, f"published for {period}")


@app.command()
def intake(
    period: PeriodOption,
    folder: FolderOption = Path("renben-web"),
    database: DatabaseOption = "",
    demo: DemoOption = False,
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Let the findings of a period land in the programme's tasks, each once; a second call changes nothing.

    Example:

        renben exchange intake --period 2024 --demo
    """
    row = passage.intake(passage.Place(folder, database, demo, at), period)
    _show([row], json_, f"findings of {period}")


def _show(rows: list[dict[str, Any]], json_: bool, title: str) -> None:
    if json_:
        print_json(rows)
    elif rows:
        print_table(title, rows[0], [row.values() for row in rows])
    else:
        out.print(f"{title}: nothing")
