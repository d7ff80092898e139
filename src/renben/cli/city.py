"""`renben city`: sensors of the water level and their readings, from files into the web service."""

from pathlib import Path
from typing import Annotated

import typer

from renben.cli.common import JsonOption
from renben.cli.exchange_options import DatabaseOption, DemoOption, FolderOption, show
from renben.web import passage

app = typer.Typer(
    no_args_is_help=True, help="Register water-level sensors of a city; take in their readings from a file."
)
FileArgument = Annotated[
    Path, typer.Argument(help="A .csv with a header, or JSON lines.", exists=True, dir_okay=False)
]


@app.command()
def sensors(
    file: FileArgument,
    folder: FolderOption = Path("renben-web"),
    database: DatabaseOption = "",
    demo: DemoOption = False,
    json_: JsonOption = False,
) -> None:
    """Register sensors: id, region (county), place, lon, lat; all of the file or none, the same again changes nothing.

    Example:

        renben city sensors sensors.csv --demo
    """
    show([passage.sensors(passage.Place(folder, database, demo), file)], json_, "sensors")


@app.command()
def readings(
    file: FileArgument,
    folder: FolderOption = Path("renben-web"),
    database: DatabaseOption = "",
    demo: DemoOption = False,
    json_: JsonOption = False,
) -> None:
    """Take in readings: s (sensor), t (ms since 1970), v (m), q (0 bad, 1 doubtful, 2 good, 3 checked), each once.

    Example:

        renben city readings readings.jsonl --demo
    """
    show([passage.readings(passage.Place(folder, database, demo), file)], json_, "readings")
