"""`renben project backtest`: was the projection right before?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from renben.catalogue import FACTS
from renben.cli.common import JsonOption, out, print_json, print_table
from renben.cli.project_options import Facts
from renben.engines.projection.hindcast import GATES, REASONS
from renben.engines.projection.hindcast import table as hindcast_table
from renben.engines.projection.rolling import KNOWN_THEN, evaluate
from renben.engines.projection.rolling_scores import summary

MET = {True: "met", False: "NOT met", None: "not run"}


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
    result: dict[str, Any] = {"hindcast": hindcast_table(reference, where), "not_run": dict(REASONS)}
    if rolling:
        result["rolling"] = summary(evaluate(reference, where, draws=draws))
        result["as_known_then"] = summary(evaluate(reference, where, KNOWN_THEN, draws, then=True))
    if json_:
        print_json(result)
        return
    names = [k for k in result["hindcast"][0] if k not in ("forecast", "gates")]
    rows = [(r["forecast"], *(f"{r[n]:.2f}" for n in names)) for r in result["hindcast"]]
    print_table("Hindcast", ("forecast", *names), rows)
    for name, met in result["hindcast"][0]["gates"].items():
        out.print(f"{MET[met]}  {name} <= {GATES[name]:g}")
    for name, why in REASONS:
        out.print(f"{MET[None]}  {name}: {why}")
    if rolling:
        for name in ("rolling", "as_known_then"):
            show_rolling(name.replace("_", " "), result[name])


def show_rolling(title: str, found: dict[str, Any]) -> None:
    """Scores of the rolling origins beside the random walk, and whether the gates are met."""
    names = ("crps", "interval80", "interval95")
    rows = []
    for what in ("urban", "residents"):
        part = found[what]
        pairs = [f"{part[name]:.4f} / {plain(part[name + '_b1'])}" for name in names]
        rows.append((what, part["count"], *pairs, f"{part['coverage80']:.0%}"))
    head = (
        "logit urban share, log residents",
        "truths",
        *(f"{name} / B1" for name in names),
        "in 80 % bands",
    )
    print_table(f"{title}: energy score {plain(found['energy']['ratio'])} x B1", head, rows)
    for name, met in found["gates"].items():
        out.print(f"{MET[met]}  {name}")


def plain(value: float | None) -> str:
    """A number, or that there is none."""
    return "none" if value is None else f"{value:.4f}"
