"""`renben demo`: the main job from beginning to end, on the facts of the first plan in the catalogue."""

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from renben.catalogue.plan import Plan
from renben.cli.common import now, out, periods, progress
from renben.cli.init import fill
from renben.cli.report import FORMATS, write_monitoring
from renben.cli.run import tell_result
from renben.cli.steps import STEPS
from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Workspace
from renben.report.evidence import Evidence
from renben.report.tongue import Tongue


def demo(
    folder: Annotated[Path, typer.Argument(help="Folder of the demo workspace; made or continued.")] = Path(
        "demo"
    ),
    period: Annotated[str, typer.Option("--period", "-p", help="Period of the report.")] = "2024",
) -> None:
    """Run the main job: plan, facts, mechanisms, indicators, status, monitoring report. Needs no network.

    Sources that no fact feeds are filled with synthetic example data; everything made from them says so.

    Examples:

        renben demo

        renben demo /tmp/demo --period 2024
    """
    at = Period(period)
    space = Workspace.create(folder)
    fill(space, [at.previous(), at], 0)
    for one in periods(f"{at.previous()}..{at}"):
        with progress(str(one)) as tell:
            tell_result(run(space, STEPS, one, now=now, tell=tell))
    plan = next(iter(space.catalogue.plans.values()))
    evidence = Evidence(space, plan, plan.region, at)
    paths = [
        p
        for t in (Tongue("zh"), Tongue("en"))
        for p in write_monitoring(evidence, t, list(FORMATS), space.root / "reports")
    ]
    for line in headlines(evidence, plan):
        out.print(line, highlight=False, soft_wrap=True)
    for path in paths:
        out.print(str(path), highlight=False, soft_wrap=True)


def headlines(evidence: Evidence, plan: Plan) -> list[str]:
    """One line for each goal of a plan that an indicator measures."""
    rows = [(g, evidence.own[g.indicator]) for g in plan.goals.values() if g.indicator in evidence.own]
    return [_headline(evidence, row) for goal, row in rows if row["value"] is not None and goal.rule]


def _headline(evidence: Evidence, row: dict[str, Any]) -> str:
    indicator = evidence.catalogue.indicators[row["indicator"]]
    unit, vintage = indicator.unit, evidence.values[indicator.id]["published"]
    text = f"{indicator.name_zh} {indicator.name_en}: {row['value']:.2f} {unit} ({evidence.period}, vintage {vintage})"
    if row["probability"] is None:
        return text
    target = f"P({'>=' if row['comparison'] == 'at_least' else '<='} {row['target']:g} {unit})"
    told = [
        f"median {middle:.1f}, 80 % interval {low:.1f}..{high:.1f}, {target} = {p:.2f} by {name}"
        for name, middle, low, high, p in _forecasts(evidence, row)
    ]
    return f"{text}; {row['target_year']}: {'; '.join(told)}"


def _forecasts(evidence: Evidence, row: dict[str, Any]) -> list[tuple[str, float, float, float, float]]:
    """Each forecast of the target year: who made it, median, band and probability; the judging one first."""
    names = ("forecast_by", "forecast_median", "forecast_p10", "forecast_p90", "probability")
    found = [tuple(row[name] for name in names)]
    if row["forecast_by"] != "drift" and row["drift_median"] is not None:
        fan = (
            evidence.forecast(row["indicator"])
            .filter(pl.col("year") == row["target_year"])
            .row(0, named=True)
        )
        found.append(("drift", row["drift_median"], fan["p10"], fan["p90"], row["drift_probability"]))
    return found
