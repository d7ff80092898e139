"""`renben init`: a workspace to start from."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from renben.cli.common import now, out, periods, progress
from renben.core.period import Period
from renben.core.schema import canonical
from renben.core.workspace import Provenance, Workspace
from renben.engines.synthesis.examples import example_frames
from renben.evaluation.facts import store_facts


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new workspace; made if it does not exist.")],
    example: Annotated[
        bool,
        typer.Option(
            "--example", help="Fill sources that no fact feeds with seeded, synthetic example data."
        ),
    ] = False,
    period: Annotated[str, typer.Option(help="Periods of the example data.")] = "2023..2024",
    seed: Annotated[int, typer.Option(help="Seed of the example data.")] = 0,
) -> None:
    """Make a workspace with the sourced facts; with --example also synthetic data, marked so for ever.

    Examples:

        renben init demo --example

        renben init work
    """
    space = Workspace.create(folder)
    with progress("facts") as tell:
        store_facts(space, now, tell)
    if example:
        _examples(space, periods(period), seed)
    out.print(f"{folder}: workspace ready. Next: renben run --workspace {folder} --period 2024")


def fill(space: Workspace, examples: list[Period], seed: int) -> None:
    """Facts first, then example data for the sources that no fact feeds."""
    with progress("facts") as tell:
        store_facts(space, now, tell)
    if examples:
        _examples(space, examples, seed)


def _examples(space: Workspace, spans: list[Period], seed: int) -> None:
    catalogue = space.catalogue
    wanted = {
        n: d for n, d in catalogue.datasets.items() if d.source and d.examples and not space.versions(n)
    }
    levels = ("province", "prefecture", "county")
    regions = {r.code: r for r in catalogue.regions.values() if r.level in levels}
    with progress("example data") as tell:
        for number, period in enumerate(spans, start=1):
            tell(str(period), number, len(spans))
            frames = example_frames(
                wanted,
                list(regions),
                str(period),
                seed=seed,
                parents={code: r.parent for code, r in regions.items()},
                levels={code: r.level for code, r in regions.items()},
                offices=list(catalogue.offices),
            )
            for name, frame in frames.items():
                _write(space, name, period, frame.lazy())


def _write(space: Workspace, name: str, period: Period, frame: pl.LazyFrame) -> None:
    provenance = Provenance(
        dataset=name,
        period=str(period),
        made_by="renben init --example",
        synthetic=True,
        sources=("synthetic example data",),
        created_at=now(),
    )
    space.write_checked(
        canonical(frame, space.dataset(name)), space.dataset(name), provenance, _known(period)
    )


def _known(period: Period) -> dt.date:
    """Example data become known the day after their period."""
    return period.end + dt.timedelta(days=1)
