"""Options that the projection commands share."""

from pathlib import Path
from typing import Annotated

import typer

Until = Annotated[int, typer.Option(help="Last year end.")]
DrawsOption = Annotated[
    int, typer.Option("--draws", "-n", help="Number of draws; 4000 or more for published numbers.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="LEVER=VALUE, LEVER@CODE,CODE=VALUE, LEVER@GROUP=VALUE or assume.NAME=VALUE; repeat it."
    ),
]
Seed = Annotated[int, typer.Option(help="Seed of the draws.")]
Threads = Annotated[int, typer.Option(help="Worker threads; the answer does not depend on them.")]
Fast = Annotated[bool, typer.Option("--fast", help="Pool the three origin classes (8 states instead of 20).")]
Facts = Annotated[Path | None, typer.Option(help="Folder of facts tables (default: the shipped facts).")]
