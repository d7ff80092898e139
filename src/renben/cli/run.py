"""`renben run` and `renben findings`."""

import datetime as dt
from typing import Annotated

import polars as pl
import typer

from renben.cli.common import (
    JsonOption,
    WorkspaceOption,
    err,
    now,
    out,
    periods,
    print_frame,
    print_json,
    progress,
    workspace,
)
from renben.cli.steps import STEPS
from renben.core.finding import with_keys
from renben.core.period import Period
from renben.core.run import RunResult
from renben.core.run import run as run_steps
from renben.settings import Settings


def run(
    period: Annotated[str, typer.Option("--period", "-p", help="A period, or a range such as 2020..2024.")],
    at: WorkspaceOption = None,
    as_of: Annotated[
        str | None, typer.Option(help="Use only what was known on this day (2025-03-01).")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Root of all randomness (default: RENBEN_SEED or 0).")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Make every dataset of a period that is missing or out of date, and leave the rest.

    Examples:

        renben run --period 2024

        renben run --period 2020..2024 --as-of 2025-06-30
    """
    space = workspace(at)
    day = dt.date.fromisoformat(as_of) if as_of else None
    root = Settings().seed if seed is None else seed
    results = []
    for one in periods(period):
        with progress(str(one)) as tell:
            results.append(run_steps(space, STEPS, one, as_of=day, seed=root, now=now, tell=tell))
    if json_:
        print_json([{"period": str(r.period), "steps": [s.__dict__ for s in r.steps]} for r in results])
        return
    for result in results:
        tell_result(result)


def tell_result(result: RunResult) -> None:
    """What a run did, in words."""
    made, same, waiting = (result.names(o) for o in ("made", "unchanged", "waiting"))
    out.print(f"{result.period}: {len(made)} made, {len(same)} unchanged, {len(waiting)} waiting for data.")
    if made:
        out.print("  made: " + ", ".join(made))
    elif same or not waiting:
        out.print("  Nothing to do: inputs, provisions and code are the same as last time.")
    for step in result.steps:
        if step.outcome == "waiting" and "waits itself" not in step.why:
            err.print(f"  {step.name} waits: {step.why}", highlight=False)


def findings(
    period: Annotated[str, typer.Option("--period", "-p", help="The period.")],
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Show what checks found for a period, most severe first.

    Example:

        renben findings --period 2024
    """
    space = workspace(at)
    frames = [
        with_keys(version.scan(), period)
        for name in space.names()
        if name.startswith("findings_") and (version := space.latest(name, Period(period)))
    ]
    every = pl.concat(frames) if frames else pl.DataFrame()
    if json_:
        print_json(every.to_dicts())
    elif every.height:
        print_frame(
            f"{every.height} findings in {period}",
            every.select("severity", "kind", "subject", "owner", "text_zh"),
        )
    else:
        out.print(f"No findings for {period}. If nothing has run yet: renben run --period {period}")
