"""`renben publish`: counts from the web service's registry into the workspace, for the next run."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from renben.cli.common import WorkspaceOption, out, workspace
from renben.cli.serve import FOLDER, web
from renben.web import start


def publish(
    period: Annotated[str, typer.Option(help="Year, quarter or month whose settlers are counted.")],
    folder: Annotated[Path, typer.Option(help="Folder of the web service.")] = FOLDER,
    database: Annotated[str, typer.Option(help="postgresql://...; empty for SQLite in the folder.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="The folder is a demo's; the data say so.")] = False,
    at: WorkspaceOption = None,
) -> None:
    """Count who settled, per region and origin, and add it to the workspace as a new vintage.

    Examples:

        renben publish --period 2026 --workspace demo --folder renben-web --demo
    """
    space = workspace(at)
    web(demo, folder, database, "127.0.0.1")
    start.prepare()
    version = importlib.import_module("renben.web.exchange.publish").publish_settlements(space, period)
    out.print(f"settlements {period}: added as vintage {version.vintage}.")
