"""`renben project --store`: more draws for the projection that a workspace's run makes.

There is one maker and one rule: the tables are made by `renben run`, with as many draws as the provision
projection_run.draws says. Storing writes that provision into the workspace's overlay and runs the newest period.
"""

from pathlib import Path
from typing import Any

import polars as pl
import typer
import yaml

from renben.cli.common import now, out, print_json, progress
from renben.cli.steps import STEPS
from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Workspace, write_whole
from renben.settings import Settings

SHOWN = ("69", "69.5", "70", "national")


def refuse_what_if(given: dict[str, Any]) -> None:
    """A what-if is no forecast, and the run knows its own seed, facts and regions.

    Raises:
        typer.BadParameter: names the options that do not go with --store.
    """
    extra = [f"--{name}" for name, value in given.items() if value]
    if extra:
        raise typer.BadParameter(
            f"--store does not go with {', '.join(extra)}: it sets draws, last year and origin classes of the projection that "
            "renben run makes. For a what-if leave --store out; to change an assumption for good, write it in the overlay's laws/."
        )


def keep(space: Workspace, draws: int, until: int, kinds: int, json_: bool) -> None:
    """Write the provisions, run the newest period and say what came out."""
    folder = space.root / "catalogue" / "laws"
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "projection_run.yaml", provisions(draws, until, kinds).encode())
    fresh = Workspace(space.root)
    period = newest(fresh)
    with progress(str(period)) as tell:
        run(fresh, STEPS, period, seed=Settings().seed, now=now, tell=tell)
    tell_targets(fresh, period, folder / "projection_run.yaml", json_)


def provisions(draws: int, until: int, kinds: int) -> str:
    """The overlay's file: our entries with the operator's values."""
    ours = yaml.safe_load(
        (Path(__file__).parents[1] / "catalogue/laws/projection_run.yaml").read_text("utf-8")
    )
    for name, value in (("draws", draws), ("until", until), ("origin_classes", kinds)):
        for dated in ours[name]["values"].values():
            dated |= {"value": value, "ref": f"renben project --store, {now().date()}", "trust": "D"}
    return "# Written by renben project --store; delete it to return to the default.\n" + yaml.safe_dump(
        ours, allow_unicode=True, sort_keys=False
    )


def newest(space: Workspace) -> Period:
    """Newest year that has base data.

    Raises:
        typer.BadParameter: there are none yet.
    """
    years = [v.period for v in space.versions("elements") if v.period.kind == "annual"]
    if not years:
        raise typer.BadParameter(f"{space.root} has no base data (elements); make it with renben init")
    return max(years)


def tell_targets(space: Workspace, period: Period, path: Path, json_: bool) -> None:
    """Chances of the target, with the number of draws behind them and the file that sets it."""
    rows = space.read("projection_targets", str(period)).filter(pl.col("target").is_in(SHOWN)).to_dicts()
    if json_:
        print_json({"period": str(period), "setting": str(path), "p_target": rows})
        return
    for row in rows:
        out.print(
            f"{row['year']}: P(>= {row['target']}) = {row['probability']:.3f} +- {row['error']:.3f} ({row['draws']} draws)"
        )
    out.print(f"stored for {period}; renben run keeps it so as long as {path} stands", soft_wrap=True)
