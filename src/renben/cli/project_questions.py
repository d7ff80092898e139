"""`renben project inverse`, `backtest` and `service`: what reaches a target, was it right before, what is needed."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from renben.cli.common import JsonOption, err, out, print_frame, print_json, print_table
from renben.cli.common import progress as bar
from renben.cli.project_options import DrawsOption, Facts, Fast, Seed, Sets, Threads, Until
from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.inverse import Goal, Mix, solve
from renben.engines.projection.levers import LeverError
from renben.engines.projection.model import prepare
from renben.engines.projection.run import run
from renben.engines.projection.scenario import parse, with_levers
from renben.engines.projection.service import by_county
from renben.engines.projection.service import table as service_table


def inverse(
    target: Annotated[float, typer.Option(help="Wanted rate, percent (for --rate gap: at most).")],
    year: Annotated[int, typer.Option(help="Year end.")] = 2029,
    probability: Annotated[float, typer.Option(min=0.01, max=0.99, help="Wanted probability.")] = 0.8,
    rate: Annotated[str, typer.Option(help="resident, hukou or gap.")] = "resident",
    lever: Annotated[
        list[str] | None,
        typer.Option("--lever", help="LEVER or LEVER=LIMIT; repeat it (default: the assumption sheet's)."),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", "-n", help="Draws of the search.")] = 200,
    verify: Annotated[int, typer.Option(help="Draws of the verifying run.")] = 1000,
    seed: Seed = 20241101,
    threads: Threads = 2,
    fast: Fast = False,
    facts: Facts = None,
    json_: JsonOption = False,
) -> None:
    """Find the least-cost mix of levers that reaches a target with a probability, and verify it by a full run.

    Settlement raises the hukou rate and entitlements, not resident urbanization: it is refused for --rate resident.

    Examples:

        renben project inverse --target 70 --year 2029 --probability 0.8

        renben project inverse --target 70 --probability 0.9 --lever to_urban=1.5 --lever urban_attraction@potential_counties=2

        renben project inverse --target 54 --rate hukou --lever settle=3 --json
    """
    model = prepare(year, 1 if fast else 3, facts)
    limits = lever_limits(lever or [], rate, model.assume)
    costs = model.assume.value("lever_cost")
    missing = [name for name in limits if name not in costs]
    if missing:
        raise LeverError(
            f"no unit cost for {missing}; write it in assumption lever_cost (laws/projection.yaml)"
        )
    rise = model.assume.value("lever_cost_rise")
    answer = solve(
        model, Goal(target, year, probability, rate), limits, costs, draws, verify, seed, threads, rise
    )
    if json_:
        print_json({**answer.as_json(), "assumptions": model.assume.sheet()})
    else:
        _say(f"{rate} {target:g} % in {year}", answer, verify)


def _say(goal: str, answer: Mix, draws: int) -> None:
    """The least-cost mix on the terminal, with the draws that verified it."""
    rows = [
        (name, f"{value:.3f}", f"{answer.persons[name]:,.0f}", f"{answer.cost[name]:,.0f}")
        for name, value in answer.levers.items()
    ]
    title = f"{goal}: P {answer.before:.3f} -> {answer.after:.3f} +- {answer.error:.3f} ({draws} draws)"
    print_table(title, ("lever", "value", "persons", "cost, 10k yuan"), rows)
    total = sum(answer.cost.values())
    out.print(f"{'reached' if answer.reached else 'NOT reached'}; total cost {total:,.0f} x 10k yuan")
    for note in answer.notes:
        out.print(note)


def lever_limits(chosen: list[str], rate: str, assume: Assumptions) -> dict[str, float]:
    """Levers and their limits: those given, or the sheet's defaults for the rate."""
    known = assume.value("lever_limit")
    if not chosen:
        names = assume.value("lever_default") if rate == "resident" else ["settle"]
        return {name: float(known[name]) for name in names}
    limits = {}
    for text in chosen:
        name, sign, value = text.partition("=")
        if not sign and name not in known:
            raise LeverError(f"{name}: no limit is written for it; give one, for example {name}=1.5")
        limits[name] = float(value) if sign else float(known[name])
    return limits


def service(
    until: Until = 2035,
    draws: DrawsOption = 200,
    set_: Sets = None,
    counties: Annotated[bool, typer.Option("--counties", help="By county instead of by prefecture.")] = False,
    split: Annotated[str, typer.Option(help="place, group, both with a comma, or none.")] = "group",
    to: Annotated[
        Path | None, typer.Option("--out", help="Parquet or CSV file (default: the terminal).")
    ] = None,
    seed: Seed = 20241101,
    threads: Threads = 2,
    fast: Fast = False,
    facts: Facts = None,
) -> None:
    """School seats by stage and school year, beds, households, homes and elderly care, as quantiles.

    Examples:

        renben project service --until 2030 --draws 200

        renben project service --counties --split place,group --out demand.parquet
    """
    model = prepare(until, 1 if fast else 3, facts)
    model = by_county(model) if counties else model
    changed, path = with_levers(model, parse(set_ or []))
    with bar("draws") as tell:
        done = run(changed, draws, seed, path, threads, lambda n, all_: tell("", n + 1, all_))
    frame = service_table(done, model, split=[p for p in split.split(",") if p in ("place", "group")])
    if to is None:
        last = frame.filter(pl.col("year") == until).with_columns(pl.col("median", "p10", "p90").round(0))
        print_frame(f"Demand at year end {until}", last)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    if to.suffix == ".csv":
        frame.write_csv(to)
    else:
        frame.write_parquet(to)
    err.print(f"written: {to}")
