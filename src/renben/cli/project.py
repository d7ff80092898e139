"""`renben project`: people in numbers, with uncertainty."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from renben.catalogue import FACTS
from renben.cli.common import JsonOption, WorkspaceOption, err, now, out, print_json, print_table, workspace
from renben.cli.common import progress as bar
from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.hindcast import GATES
from renben.engines.projection.hindcast import table as hindcast_table
from renben.engines.projection.inverse import Goal, solve
from renben.engines.projection.levers import LeverError
from renben.engines.projection.model import prepare
from renben.engines.projection.rolling import evaluate, summary
from renben.engines.projection.scenario import parse, project
from renben.engines.projection.store import save
from renben.engines.projection.summary import report

app = typer.Typer(
    no_args_is_help=False,
    help="Project people and both urbanization rates, with draws; back-test; solve for what reaches a target.",
)

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
        bool, typer.Option("--store", help="Put the result into the workspace, for reports and evaluation.")
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
    wanted = parse(set_ or [], read_scenario(scenario))
    with bar("draws") as tell:
        done = project(
            wanted,
            until,
            draws,
            seed,
            1 if fast else 3,
            threads,
            facts,
            _parts(to),
            lambda n, all_: tell("", n + 1, all_),
        )
    result = report(done.draws, done.model.inputs.regions, done.codes(regions), done.model.assume)
    result["scenario"] = wanted.written()
    if to is not None:
        write(result, to)
    if store:
        names = save(workspace(at), done.draws, done.model, done.codes(regions), wanted.written(), seed, now)
        err.print(f"stored: {', '.join(names)}")
    if json_:
        print_json(result)
        return
    show(result, done.model.inputs.regions.names)


def _parts(to: Path | None) -> Path | None:
    return None if to is None else to / "blocks"


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


@app.command("inverse")
def inverse(
    target: Annotated[float, typer.Option(help="Wanted rate, percent (for --metric gap: at most).")],
    year: Annotated[int, typer.Option(help="Year end.")] = 2029,
    probability: Annotated[float, typer.Option(min=0.01, max=0.99, help="Wanted probability.")] = 0.8,
    metric: Annotated[str, typer.Option(help="resident, hukou or gap.")] = "resident",
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

    Settlement raises the hukou rate and entitlements, not resident urbanization: it is refused for --metric resident.

    Examples:

        renben project inverse --target 70 --year 2029 --probability 0.8

        renben project inverse --target 70 --probability 0.9 --lever to_urban=1.5 --lever urban_attraction@potential_counties=2

        renben project inverse --target 54 --metric hukou --lever settle=3 --json
    """
    model = prepare(year, 1 if fast else 3, facts)
    limits = lever_limits(lever or [], metric, model.assume)
    costs = model.assume.value("lever_cost")
    missing = [name for name in limits if name not in costs]
    if missing:
        raise LeverError(
            f"no unit cost for {missing}; write it in assumption lever_cost (laws/projection.yaml)"
        )
    answer = solve(
        model, Goal(target, year, probability, metric), limits, costs, draws, verify, seed, threads
    )
    result = {**answer.as_json(), "assumptions": model.assume.sheet()}
    if json_:
        print_json(result)
        return
    rows = [
        (name, f"{value:.3f}", f"{answer.persons[name]:,.0f}", f"{answer.cost[name]:,.0f}")
        for name, value in answer.levers.items()
    ]
    title = f"{metric} {target:g} % in {year}: P {answer.before:.2f} -> {answer.after:.2f} ({verify} draws)"
    print_table(title, ("lever", "value", "persons", "cost, 10k yuan"), rows)
    for note in answer.notes:
        out.print(note)


def lever_limits(chosen: list[str], metric: str, assume: Assumptions) -> dict[str, float]:
    """Levers and their limits: those given, or the sheet's defaults for the metric."""
    known = assume.value("lever_limit")
    if not chosen:
        names = assume.value("lever_default") if metric == "resident" else ["settle"]
        return {name: float(known[name]) for name in names}
    limits = {}
    for text in chosen:
        name, sign, value = text.partition("=")
        if not sign and name not in known:
            raise LeverError(f"{name}: no limit is written for it; give one, for example {name}=1.5")
        limits[name] = float(value) if sign else float(known[name])
    return limits


@app.command("backtest")
def backtest(
    reference: Annotated[
        Path, typer.Option(help="Folder of reference tables (earlier and later census, city series).")
    ],
    rolling: Annotated[
        bool, typer.Option("--rolling", help="Also the rolling origins (takes minutes).")
    ] = False,
    draws: Annotated[int, typer.Option("--draws", "-n", help="Draws of each rolling origin.")] = 200,
    facts: Facts = None,
    json_: JsonOption = False,
) -> None:
    """Hindcast from one census to the next beside the baselines, with gates; optionally rolling origins.

    Reference tables belong to the operator and are not shipped.

    Examples:

        renben project backtest --reference ../shared/reference

        renben project backtest --reference ../shared/reference --rolling --draws 200 --json
    """
    where = facts or FACTS
    result: dict[str, Any] = {"hindcast": hindcast_table(reference, where)}
    if rolling:
        result["rolling"] = summary(evaluate(reference, where, draws=draws))
    if json_:
        print_json(result)
        return
    names = [k for k in result["hindcast"][0] if k not in ("forecast", "gates")]
    rows = [(r["forecast"], *(f"{r[n]:.2f}" for n in names)) for r in result["hindcast"]]
    print_table("Hindcast", ("forecast", *names), rows)
    for name, met in result["hindcast"][0]["gates"].items():
        out.print(f"{'met ' if met else 'NOT met'}  {name} <= {GATES[name]:g}")
    if rolling:
        print_json(result["rolling"])
