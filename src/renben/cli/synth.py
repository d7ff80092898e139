"""`renben synth`: a synthetic population that keeps the census margins."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from renben.cli.common import JsonOption, err, now, out, print_json, print_table, progress
from renben.engines.synthesis.demo import demo_persons
from renben.engines.synthesis.examples import write_examples
from renben.engines.synthesis.fitting import FitError
from renben.engines.synthesis.margins import read_margins
from renben.engines.synthesis.planning import Plan, make_plan
from renben.engines.synthesis.population import Made, write_population

_DEMO_SHARE = 0.02


def synth(
    folder: Annotated[Path, typer.Option("--out", help="Folder to write to; made if it does not exist.")],
    persons: Annotated[str, typer.Option(help="`all`, or a number of persons.")] = "all",
    share: Annotated[float | None, typer.Option(help="Share of the population instead, e.g. 0.01.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives another population.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Counties made at the same time.")] = 2,
    county: Annotated[list[str] | None, typer.Option(help="Only this county code; may be repeated.")] = None,
    census: Annotated[
        Path | None, typer.Option(help="CSV of the census county table, for richer margins.")
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Catalogue folder laid over ours, e.g. with other assumptions.")
    ] = None,
    demo: Annotated[
        int | None, typer.Option(help="Instead: this many invented persons with names and unreal ID numbers.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a synthetic population in households and dwellings that keeps the published census margins.

    Nobody in it exists; every file says so. Rows depend on the seed, never on the number of threads. An
    interrupted run goes on where it stopped when called again.

    Examples:

        renben synth --persons all --out population

        renben synth --share 0.01 --out sample --seed 7

        renben synth --demo 3000 --out demo
    """
    chosen = share if share is not None else _share_of(persons)
    if demo is not None:
        _demo(make_plan(share or _DEMO_SHARE, overlay=catalogue), demo, folder, seed, county, json)
        return
    started = time.monotonic()
    plan = make_plan(chosen, overlay=catalogue, census=census)
    with progress("county") as tell:
        made = write_population(
            plan, folder, seed=seed, threads=threads, created_at=now(), counties=county, tell=tell
        )
    _show(made, folder, time.monotonic() - started, json)


def _share_of(persons: str) -> float:
    """Share of the population that a number of persons is."""
    if persons == "all":
        return 1.0
    if not persons.isdigit() or int(persons) == 0:
        raise FitError(f"--persons {persons}: write `all` or a number of persons, e.g. --persons 100000")
    return min(1.0, int(persons) / int(read_margins().residents.sum()))


def _demo(plan: Plan, persons: int, folder: Path, seed: int, counties: list[str] | None, json: bool) -> None:
    sample = demo_persons(plan, persons, seed=seed, counties=counties)
    (path,) = write_examples({"demo_persons": sample}, folder)
    if json:
        print_json(
            {"file": str(path), "persons": sample.height, "households": sample["household"].n_unique()}
        )
        return
    out.print(f"{path}: {sample.height} invented persons in {sample['household'].n_unique()} households")


def _show(made: Made, folder: Path, seconds: float, json: bool) -> None:
    if json:
        print_json(_summary(made, folder, seconds))
    else:
        header = ("margin", "kind", "cells", "SRMSE", "largest relative error", "kept")
        rows = [
            (
                r.margin,
                r.kind,
                r.cells,
                f"{r.srmse:.1e}",
                f"{r.largest_relative_error:.1e}",
                _verdict(r.kind, r.kept),
            )
            for r in made.fit
        ]
        print_table("How well the margins are kept", header, rows)
        out.print(
            f"{folder}: {made.persons:,} invented persons in {made.households:,} households, "
            f"{made.bytes / 1e6:.0f} MB, {seconds:.0f} s. Assumptions: {folder / 'assumptions.json'}"
        )
    lost = [row.margin for row in made.fit if not row.kept]
    if lost:
        err.print(f"Not kept: {'; '.join(lost)}. See {folder / 'fit.json'}; a larger share lowers rounding.")
        raise typer.Exit(1)


def _summary(made: Made, folder: Path, seconds: float) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "synthetic": True,
        "persons": made.persons,
        "households": made.households,
        "bytes": made.bytes,
        "seconds": round(seconds, 1),
        "counties_kept_from_before": made.kept_from_before,
        "fit": [row.row() for row in made.fit],
    }


def _verdict(kind: str, kept: bool) -> str:
    return "assumed" if kind == "assumed" else "yes" if kept else "NO"
