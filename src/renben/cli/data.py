"""`renben data`: what datasets there are, forms for them, and the door through which data enter."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from renben.cli.common import (
    JsonOption,
    WorkspaceOption,
    err,
    now,
    out,
    print_frame,
    print_json,
    print_table,
    workspace,
)
from renben.cli.data_folder import add_folder
from renben.core.errors import WorkspaceError
from renben.core.period import Period
from renben.core.workspace import Provenance, Version, Workspace, write_whole
from renben.engines.intake import Intake, read_cells, take_in, write_template

app = typer.Typer(no_args_is_help=True, help="List, describe, add, check and trace datasets.")
NameArgument = Annotated[str, typer.Argument(help="Dataset, see renben data list.")]
FileArgument = Annotated[
    Path, typer.Argument(help="A .csv, .xlsx or .parquet file; for data add also a folder of Parquet files.")
]
PeriodOption = Annotated[
    str, typer.Option("--period", "-p", help="Period of the data: 2024, 2024Q3, 2024-07.")
]
SHOWN = 20


@app.command("list")
def list_(at: WorkspaceOption = None, json_: JsonOption = False) -> None:
    """Datasets with what they hold and which periods are there.

    Example:

        renben data list
    """
    space = workspace(at)
    rows = []
    for name, dataset in sorted(space.catalogue.datasets.items()):
        have = sorted({str(v.period) for v in space.versions(name)})
        span = have[0] if len(have) == 1 else f"{have[0]}..{have[-1]}" if have else None
        rows.append(
            {"name": name, "zh": dataset.zh, "kind": "source" if dataset.source else "made", "periods": span}
        )
    print_json(rows) if json_ else print_table(
        "Datasets", ["name", "zh", "kind", "periods"], [r.values() for r in rows]
    )


@app.command()
def describe(name: NameArgument, at: WorkspaceOption = None, json_: JsonOption = False) -> None:
    """Columns, units, limits, owner and due date of a dataset.

    Example:

        renben data describe elements
    """
    dataset = workspace(at).dataset(name)
    if json_:
        print_json(dataset.model_dump(mode="json"))
        return
    kind = "source: enters by data add" if dataset.source else "made by renben run"
    due = (
        f"due {dataset.lag_days} days after the period"
        if dataset.lag_days is not None
        else "no due date known"
    )
    out.print(
        f"{name} {dataset.zh} / {dataset.en}\n{dataset.note}\n{kind}; one row per {', '.join(dataset.grain)}; {due}; owner {dataset.owner or '—'}"
    )
    rows = [
        (n, c.zh, c.type, c.unit, c.min, c.max, ", ".join(c.codes or ()) or None, c.nullable or c.reasons)
        for n, c in dataset.columns.items()
    ]
    print_table("", ["column", "zh", "type", "unit", "min", "max", "codes", "may be missing"], rows)


@app.command()
def template(
    name: NameArgument,
    to: Annotated[Path, typer.Option("--to", help="The .xlsx file to write.")],
    at: WorkspaceOption = None,
) -> None:
    """Write an empty form for a dataset, with choices and limits.

    Example:

        renben data template elements --to elements.xlsx
    """
    space = workspace(at)
    write_template(space.dataset(name), space.catalogue, to)
    out.print(f"{to}: fill in the first sheet, then: renben data add {name} {to} --period PERIOD")


@app.command()
def check(
    name: NameArgument,
    file: FileArgument,
    period: PeriodOption = "",
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Say what is wrong with a file, without adding anything. Exit code 1 where something is.

    Example:

        renben data check elements elements.xlsx --period 2024
    """
    taken = _take_in(workspace(at), name, file, period)
    if json_:
        print_json(taken.failures.to_dicts())
    else:
        _show(taken, file)
    raise typer.Exit(1 if taken.failures.height else 0)


@app.command()
def add(
    name: NameArgument,
    file: FileArgument,
    period: PeriodOption,
    vintage: Annotated[
        str | None, typer.Option(help="Day on which the data became known (default: today).")
    ] = None,
    accept_valid: Annotated[
        bool, typer.Option("--accept-valid", help="Keep good rows; file the others as rejects.")
    ] = False,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="The data are made up; everything made from them says so.")
    ] = False,
    explain: Annotated[str, typer.Option(help="Why large changes are true.")] = "",
    sent_by: Annotated[str, typer.Option("--sent-by", help="Who sent the file: an office id or words.")] = "",
    at: WorkspaceOption = None,
) -> None:
    """Check a file and add it as a new version: all of it or nothing, unless --accept-valid.

    Examples:

        renben data add elements elements.xlsx --period 2024

        renben data add elements late.csv --period 2024 --vintage 2025-06-30 --accept-valid

        renben data add population people/ --period 2024

        renben data add elements jobs.xlsx --period 2024 --sent-by hrss
    """
    space = workspace(at)
    if not space.dataset(name).source:
        raise WorkspaceError(
            f"{name} is made by renben run and cannot be added; add what it is made from instead."
        )
    day = dt.date.fromisoformat(vintage) if vintage else now().date()
    if file.is_dir():
        made = add_folder(space, name, file, period, day, synthetic, sent_by)
        out.print(f"{name} {period}: {file} added as vintage {made.vintage}.")
        return
    taken = _take_in(space, name, file, period, bool(explain))
    if taken.failures.height and not (accept_valid and taken.good.height):
        _show(taken, file)
        err.print("Nothing was added. Mend these cells, or keep the good rows with --accept-valid.")
        raise typer.Exit(1)
    version = _write(space, name, period, taken, file, day, synthetic, explain, sent_by)
    out.print(f"{name} {period}: {taken.good.height} rows added as vintage {version.vintage}.")
    if taken.failures.height:
        out.print(f"{taken.rejected.height} rows rejected: {_file_rejects(space, version, taken)}")


def _take_in(space: Workspace, name: str, file: Path, period: str, explained: bool = False) -> Intake:
    dataset = space.dataset(name)
    before = space.latest(name, Period(period).previous()) if period and not explained else None
    return take_in(read_cells(file), dataset, space.catalogue, before.scan().collect() if before else None)


def _write(
    space: Workspace,
    name: str,
    period: str,
    taken: Intake,
    file: Path,
    day: dt.date,
    synthetic: bool,
    explain: str,
    sent_by: str,
) -> Version:
    digest = hashlib.blake2b(file.read_bytes(), digest_size=8).hexdigest()
    dataset = space.dataset(name)
    kept = space.latest(name, Period(period), day) if dataset.partial else None
    provenance = Provenance(
        dataset=name,
        period=str(Period(period)),
        made_by="renben data add",
        synthetic=synthetic or (kept is not None and kept.provenance.synthetic),
        sources=(*(kept.provenance.sources if kept else ()), f"{file.name}#{digest}"),
        note=explain,
        sent_by=sent_by,
        created_at=now(),
    )
    return space.write_checked(_beside(kept, taken.good, dataset.grain).lazy(), dataset, provenance, day)


def _beside(kept: Version | None, fresh: pl.DataFrame, grain: tuple[str, ...]) -> pl.DataFrame:
    """New rows, and those of the version before that no new row replaces."""
    if kept is None:
        return fresh
    others = kept.scan().collect().join(fresh, on=grain, how="anti", nulls_equal=True)
    return pl.concat([fresh, others.select(fresh.columns)])


def _file_rejects(space: Workspace, version: Version, taken: Intake) -> Path:
    folder = space.root / "rejects" / version.dataset / str(version.period)
    folder.mkdir(parents=True, exist_ok=True)
    why = taken.failures.group_by("row").agg(
        why=pl.format("{}: {} ({})", "column", "rule", "fix").str.join("; ")
    )
    rows = taken.rejected.join(why, left_on="__row", right_on="row").rename({"__row": "row"})
    path = folder / f"{version.vintage}.csv"
    write_whole(path, rows.write_csv(include_bom=True).encode())
    return path


def _show(taken: Intake, file: Path) -> None:
    if not taken.failures.height:
        out.print(f"{file}: {taken.good.height} rows, nothing to mend.")
        return
    print_frame(
        f"{file}: {taken.failures.height} cells to mend in {taken.rejected.height} rows",
        taken.failures.head(SHOWN),
    )
    if taken.failures.height > SHOWN:
        err.print(f"... and {taken.failures.height - SHOWN} more; --json with renben data check lists all.")


@app.command()
def history(
    name: NameArgument, period: PeriodOption = "", at: WorkspaceOption = None, json_: JsonOption = False
) -> None:
    """Versions of a dataset: vintage, rows, where they come from, and whether they are synthetic.

    Example:

        renben data history elements --period 2024
    """
    space = workspace(at)
    space.dataset(name)
    rows = [_traced(v) for v in space.versions(name, Period(period) if period else None)]
    if json_:
        print_json(rows)
    elif rows:
        header = ["period", "vintage", "rows", "made by", "synthetic", "rests on", "sources"]
        print_table(
            name,
            header,
            [
                [*list(r.values())[:5], "; ".join(r["uncertain"]) or None, ", ".join(r["sources"])]
                for r in rows
            ],
        )
    else:
        out.print(f"{name}: no version yet.")


def _traced(version: Version) -> dict[str, Any]:
    known = version.provenance
    return {
        "period": str(version.period),
        "vintage": version.vintage,
        "rows": version.scan().select(pl.len()).collect().item(),
        "made_by": known.made_by,
        "synthetic": known.synthetic,
        "uncertain": [f"{c.name} ({c.trust})" for c in known.uncertain()],
        "sources": list(known.sources),
        "sent_by": known.sent_by or None,
        "reads": [f"{r.dataset} {r.period} {r.vintage}" for r in known.reads],
    }
