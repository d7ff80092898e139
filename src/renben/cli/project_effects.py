"""`renben project elasticities`, `sensitivity`, `counties` and `ends`: what moves the rates, who carries the change, what is not known."""

from typing import Annotated, Any

import polars as pl
import typer

from renben.cli.common import JsonOption, out, print_frame, print_json
from renben.cli.common import progress as bar
from renben.cli.project_options import DrawsOption, Facts, Fast, Seed, Sets, Threads
from renben.engines.projection.draws import theta
from renben.engines.projection.levers import LEVERS
from renben.engines.projection.model import prepare
from renben.engines.projection.questions import both_ends, carriers
from renben.engines.projection.questions import elasticities as effects
from renben.engines.projection.run import run
from renben.engines.projection.scenario import parse, with_levers
from renben.engines.projection.sensitivity import indices

Year = Annotated[int, typer.Option(help="Year end.")]


def elasticities(
    year: Year = 2029,
    lever: Annotated[
        list[str] | None,
        typer.Option("--lever", help="LEVER or LEVER@PLACES; repeat it (default: every lever)."),
    ] = None,
    fast: Fast = False,
    facts: Facts = None,
    json_: JsonOption = False,
) -> None:
    """Show what ten percent more of each lever brings to both rates, their gap and people.

    Settlement raises the hukou rate and entitlements, not resident urbanization.

    Examples:

        renben project elasticities --year 2029 --fast

        renben project elasticities --lever settle --lever attraction@potential_counties --json
    """
    model = prepare(year, 1 if fast else 3, facts)
    table = effects(model, lever or list(LEVERS), year).sort(pl.col("resident").abs(), descending=True)
    if json_:
        print_json({"year": year, "effects": table.to_dicts(), "assumptions": model.assume.sheet()})
        return
    points = pl.col("resident", "hukou", "gap").round(3)
    print_frame(
        f"{year}: effect of +10 % (shares: +0.1), percentage points and persons",
        table.select("lever", points, pl.col("persons", "registered").round(0).cast(pl.Int64)),
    )
    out.print("persons: additional urban residents; registered: additional people with an urban hukou")


def sensitivity(
    year: Year = 2029,
    draws: DrawsOption = 1024,
    seed: Seed = 20241101,
    threads: Threads = 2,
    fast: Fast = False,
    facts: Facts = None,
    json_: JsonOption = False,
) -> None:
    """Show which unknown the spread comes from: first-order Sobol indices of both rates and their gap.

    Examples:

        renben project sensitivity --year 2029 --fast

        renben project sensitivity --draws 4096 --json
    """
    model = prepare(year, 1 if fast else 3, facts)
    with bar("draws") as tell:
        done = run(model, draws, seed, None, threads, lambda n, all_: tell("", n + 1, all_))
    table = indices(done, model, theta(model, draws, seed), year)
    if json_:
        print_json({"year": year, "draws": draws, "first_order": table.to_dicts()})
        return
    print_frame(
        f"{year}: share of the variance", table.with_columns(pl.col("resident", "hukou", "gap").round(3))
    )
    out.print("rest: what no unknown explains alone (local luck, interactions, sampling)")


def counties(
    year: Year = 2029,
    draws: DrawsOption = 200,
    top: Annotated[int, typer.Option(help="Rows on the terminal; JSON has every county.")] = 20,
    set_: Sets = None,
    seed: Seed = 20241101,
    threads: Threads = 2,
    fast: Fast = False,
    facts: Facts = None,
    json_: JsonOption = False,
) -> None:
    """Show which counties carry the change of the province's resident rate, and through what.

    within: the county's own urban share rises; between: its weight changes. Both add up to the province's change.

    Examples:

        renben project counties --year 2029 --fast

        renben project counties --draws 400 --set mobility=1.2 --json
    """
    model = prepare(year, 1 if fast else 3, facts)
    changed, path = with_levers(model, parse(set_ or []))
    with bar("draws") as tell:
        done = run(changed, draws, seed, path, threads, lambda n, all_: tell("", n + 1, all_))
    table = carriers(done, model, year)
    whole = {name: float(table[name].sum()) for name in ("total", "within", "between")}
    if json_:
        print_json({"year": year, "draws": draws, **whole, "counties": table.to_dicts()})
        return
    people = (
        pl.col("urban_gain", "to_urban", "reclassified", "net_arrived", "natural").round(0).cast(pl.Int64)
    )
    shown = table.head(top).select(
        "name",
        pl.col("total", "within", "between").round(3),
        pl.col("share_start", "share_end").round(1),
        people,
    )
    print_frame(f"{year}: points of the province's change, by county", shown)
    told = ", ".join(f"{name} {value:.2f}" for name, value in whole.items())
    out.print(f"all {table.height} counties: {told} points; {min(top, table.height)} shown")


def ends(
    year: Year = 2029,
    low: Annotated[float, typer.Option(min=0.01, max=0.99, help="Smallest share of moves.")] = 0.25,
    high: Annotated[float, typer.Option(min=0.01, max=0.99, help="Largest share of moves.")] = 0.9,
    fast: Fast = False,
    facts: Facts = None,
    json_: JsonOption = False,
) -> None:
    """Show both ends of what cannot be known: how much of the urban gain is people moving, how much places reclassified.

    Examples:

        renben project ends --year 2029 --fast

        renben project ends --low 0.1 --high 0.95 --json
    """
    table = both_ends(year, year, 1 if fast else 3, (low, high), facts=facts)
    if json_:
        rows: list[dict[str, Any]] = table.to_dicts()
        print_json({"year": year, "ends": rows})
        return
    counts = pl.col("moved_net", "reclassified").round(0).cast(pl.Int64)
    print_frame(
        f"{year}: both ends of moves and reclassification",
        table.with_columns(pl.col("resident", "hukou", "lever_to_urban_10_percent").round(2), counts),
    )
    out.print(
        "The resident rate is the same at both ends; the hukou rate and what a lever on moves brings are not."
    )
