"""`renben keys`: the web service's keys and their rotation."""

from pathlib import Path
from typing import Annotated

import typer

from renben.cli.serve import FOLDER, web
from renben.web import keyring, start

app = typer.Typer(no_args_is_help=True, help="Show, add, change over to and retire the web service's keys.")
FolderOption = Annotated[Path, typer.Option(help="Folder of the embedded database.")]
DatabaseOption = Annotated[
    str, typer.Option(help="postgresql://... as the owner of the tables; empty for SQLite.")
]
DemoOption = Annotated[bool, typer.Option("--demo", help="The folder is a demo's.")]
IndexOption = Annotated[bool, typer.Option("--index", help="The key of the blind indexes instead.")]


def _enter(folder: Path, database: str, demo: bool) -> None:
    web(demo, folder, database, "127.0.0.1")
    start.prepare()


@app.command()
def status(folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False) -> None:
    """Say which key seals how many values, and whether the blind indexes fit.

    Example:

        renben keys status --folder renben-web
    """
    _enter(folder, database, demo)
    for line in keyring.lines():
        typer.echo(line)


@app.command()
def new(
    index: IndexOption = False,
    folder: FolderOption = FOLDER,
    database: DatabaseOption = "",
    demo: DemoOption = False,
) -> None:
    """Put a new key into the key file; the old ones stay until they are retired.

    Example:

        renben keys new --folder renben-web
    """
    web(demo, folder, database, "127.0.0.1")
    typer.echo(keyring.add(index))


@app.command()
def rotate(
    index: IndexOption = False,
    folder: FolderOption = FOLDER,
    database: DatabaseOption = "",
    demo: DemoOption = False,
) -> None:
    """Seal every value anew with the newest key (while the service runs), or make the indexes anew (while it is stopped).

    Can be killed and called again at any time; it goes on where it was.

    Examples:

        renben keys rotate --folder renben-web

        renben keys rotate --index --folder renben-web
    """
    _enter(folder, database, demo)
    typer.echo(keyring.rotate(index, lambda name, rows: typer.echo(f"{name} {rows}")))


@app.command()
def retire(
    number: Annotated[int, typer.Argument(help="Number of the data key.")],
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """Take a data key out of the key file once nothing is sealed with it.

    Example:

        renben keys retire 1 --folder renben-web
    """
    _enter(folder, database, demo)
    typer.echo(keyring.retire(number))
