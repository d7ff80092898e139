"""`renben exchange`: snapshots into the workspace, a run's findings into tasks, signed messages with other systems."""

from pathlib import Path
from typing import Annotated

import typer

from renben.cli.common import JsonOption, progress
from renben.cli.exchange_options import DatabaseOption, DemoOption, FolderOption, show
from renben.cli.exchange_parties import COMMANDS
from renben.web import passage

app = typer.Typer(
    no_args_is_help=True,
    help="Publish registry snapshots; take findings into tasks; exchange signed messages.",
)
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
    with progress("publish") as tell:
        rows = passage.publish(passage.Place(folder, database, demo, at), period, tuple(only or ()), tell)
    show(rows, json_, f"published for {period}")


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
    show([row], json_, f"findings of {period}")


@app.command()
def recount(
    period: Annotated[str, typer.Option("--period", "-p", help="A counted period, such as 2026Q1.")],
    why: Annotated[str, typer.Option(help="What was wrong; the page shows it.")],
    folder: FolderOption = Path("renben-web"),
    database: DatabaseOption = "",
    demo: DemoOption = False,
    json_: JsonOption = False,
) -> None:
    """Count the equal-treatment audit of a period anew, as a further version that says why; the one before stays.

    Example:

        renben exchange recount --period 2026Q1 --why "three cases were entered under the wrong kind" --demo
    """
    row = passage.recount(passage.Place(folder, database, demo), period, why)
    show([row], json_, f"versions of {period}")


for name, command in COMMANDS.items():
    app.command(name)(command)
