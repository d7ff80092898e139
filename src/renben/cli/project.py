"""`renben project`: people in numbers, with uncertainty."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from renben.cli.common import (
    JsonOption,
    WorkspaceOption,
    err,
    out,
    print_json,
    print_table,
    workspace,
)
from renben.cli.common import progress as bar
from renben.cli.project_backtest import backtest
from renben.cli.project_effects import counties, elasticities, ends, sensitivity
from renben.cli.project_options import DrawsOption, Facts, Fast, Seed, Sets, Threads, Until
from renben.cli.project_questions import inverse, service
from renben.cli.project_store import keep, refuse_what_if
from renben.engines.projection.scenario import parse, project
from renben.engines.projection.summary import report

app = typer.Typer(no_args_is_help=False)


@app.callback(invoke_without_command=True)
def main(
    ctx: typer.Context,
    until: Until = 2035,
    draws: DrawsOption = 1000,
    set_: Sets = None,
    scenario: Annotated[
        Path | None, typer.Option(help="YAML file: levers, assume, since, moves_share.")
    ] = None,
    regions: Annotated[
        str, typer.Option(help="Codes with commas, or: province, prefectures, counties.")
    ] = "prefectures",
    to: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for tables, the assumption sheet and finished blocks."),
    ] = None,
    seed: Seed = 20241101,
    threads: Threads = 2,
    fast: Fast = False,
    facts: Facts = None,
    store: Annotated[
        bool,
        typer.Option("--store", help="Let the workspace's run project with this many draws, and run it."),
    ] = False,
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Project residents and registered people by county, with both urbanization rates and their gap.

    Settlement levers raise the hukou rate and entitlements; they do not raise resident urbanization.

    Examples:

        renben project --until 2035 --draws 4000

        renben project --draws 1000 --set to_urban=1.2 --set attraction@potential_counties=1.3

        renben project --until 2030 --draws 500 --fast --regions counties --out results --json

        renben project --draws 4000 --store --workspace work
    """
    if ctx.invoked_subcommand is not None:
        return
    kinds = 1 if fast else 3
    if store:
        refuse_what_if({"set": set_, "scenario": scenario, "facts": facts, "out": to})
        keep(workspace(at), draws, until, kinds, json_)
        return
    wanted = parse(set_ or [], read_scenario(scenario))
    parts = None if to is None else to / "blocks"
    with bar("draws") as tell:
        done = project(
            wanted, until, draws, seed, kinds, threads, facts, parts, lambda n, m: tell("", n + 1, m)
        )
    result = report(done.draws, done.model.inputs.regions, done.codes(regions), done.model.assume)
    result["scenario"] = wanted.written()
    if to is not None:
        write(result, to)
    if json_:
        print_json(result)
    else:
        show(result, done.model.inputs.regions.names)


def read_scenario(path: Path | None) -> dict[str, Any]:
    """A scenario file as a mapping."""
    if path is None:
        return {}
    value = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{path}: a scenario is a mapping with levers, assume, since, moves_share")
    return value


def write(result: dict[str, Any], folder: Path) -> None:
    """Write the result as JSON into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / "projection.json.half"
    half.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    half.replace(folder / "projection.json")
    err.print(f"written: {folder / 'projection.json'}")


def show(result: dict[str, Any], names: dict[str, str]) -> None:
    """The result on the terminal."""
    year = str(result["p_target_year"])
    rows = []
    for code, by_year in result["resident_rate"].items():
        at = year if year in by_year else max(by_year)
        one, hukou, gap = by_year[at], result["hukou_rate"][code][at], result["gap"][code][at]
        rows.append(
            (
                names.get(code, code),
                f"{one['median']:.2f}",
                f"{one['p5']:.2f} to {one['p95']:.2f}",
                f"{hukou['median']:.2f}",
                f"{gap['median']:.2f}",
            )
        )
    print_table(f"{year}: percent", ("region", "resident rate", "90 % band", "hukou rate", "gap"), rows)
    reached = ", ".join(f"P(>= {k}) {p:.3f}" for k, p in result["p_target"].items())
    out.print(f"{reached}  ({result['draws']} draws)")
    weak = [a for a in result["assumptions"] if a["trust"] in ("S", "D", "M")]
    out.print(f"{len(result['assumptions'])} assumptions, {len(weak)} of them secondary (S) or ours (D):")
    for a in weak:
        out.print(f"  {a['trust']}  {a['name']} = {a['value']}  {a['ref']}", highlight=False)


app.command("inverse")(inverse)
app.command("backtest")(backtest)
app.command("service")(service)
app.command("elasticities")(elasticities)
app.command("sensitivity")(sensitivity)
app.command("counties")(counties)
app.command("ends")(ends)
