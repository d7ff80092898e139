"""`renben entitle`: what a person, or everybody in a population, is entitled to, and why or why not."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from renben.cli.common import JsonOption, WorkspaceOption, err, out, print_json
from renben.cli.entitle_population import Asked, population
from renben.cli.rules_books import BookOption, day_of, opened
from renben.core.errors import RenbenError, did_you_mean
from renben.core.receipt import Receipt
from renben.engines.rules import Decision, Desk, FactError, Facts, Person, decide, plain, read_person
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.receipts import receipt

MARKS = {
    "grant": ("[green]可以办理[/] grant", "✔"),
    "deny": ("[red]不予办理[/] deny", "✘"),
    "need_info": ("[yellow]需补充信息[/] need_info", "?"),
}


def entitle(
    person: Annotated[Path | None, typer.Option(help="YAML or JSON file with one person's facts.")] = None,
    population_: Annotated[
        Path | None, typer.Option("--population", help="Folder of Parquet files with one row per person.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="Legal date (default: today).")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only these decisions (repeatable).")] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Give reasons; for a population: who is stopped by what alone.")
    ] = False,
    by: Annotated[str, typer.Option(help="Column to group a population by (several: a,b).")] = "county",
    scenario: Annotated[
        list[Path] | None, typer.Option(help="Scenario file (repeatable): gains, losses, money.")
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb, spark or postgresql://...")] = "duckdb",
    table: Annotated[str, typer.Option(help="Table of the population in PostgreSQL.")] = "",
    decisions: Annotated[
        Path | None, typer.Option(help="Write everybody's decisions to this folder as Parquet.")
    ] = None,
    refresh: Annotated[
        Path | None,
        typer.Option(help="Decisions of an earlier day: decide again only for people due, into --decisions."),
    ] = None,
    cube: Annotated[
        Path | None,
        typer.Option(help="Write counts by combination of decisions as Parquet, small cells folded."),
    ] = None,
    transitions: Annotated[
        bool,
        typer.Option("--transitions", help="With one --scenario: people by decisions before and after it."),
    ] = False,
    receipts: Annotated[Path | None, typer.Option(help="Folder in which receipts are kept as JSON.")] = None,
    at: WorkspaceOption = None,
    book: BookOption = None,
    json_: JsonOption = False,
) -> None:
    """Say what one person may have, or count it for everybody.

    Examples:

        renben entitle --person person.yaml --on 2025-03-01 --why

        renben entitle --population people/ --by county --scenario three_months.yaml --json

        renben entitle --population people/ --by county --scenario three_months.yaml --transitions

        renben entitle --population people/ --on 2025-03-02 --decisions day2/ --refresh day1/
    """
    loaded, day = opened(at, book), day_of(on)
    if (person is None) == (population_ is None and not table):
        raise RenbenError("say either --person FILE or --population FOLDER (or --table with PostgreSQL)")
    if person is None:
        groups = [name.strip() for name in by.split(",") if name.strip()]
        asked = Asked(groups, rule, scenario or [], why, json_, decisions, refresh, cube, transitions)
        population(loaded, day, population_, table, engine, asked)
        return
    _one(loaded, day, person, Wanted(rule, receipts, why, json_))


@dataclass(frozen=True)
class Wanted:
    """What is wanted about one person: which decisions, where receipts are kept, and how it is said."""

    rules: list[str] | None
    receipts: Path | None
    why: bool
    as_json: bool


def _one(loaded: LoadedBook, day: dt.date, path: Path, wanted: Wanted) -> None:
    """Decide about the person of a file, keep the receipts where asked, and say it."""
    written = _written(path)
    subject = str(written.pop("id", path.stem))
    synthetic = bool(written.pop("synthetic", False))
    someone = _person(loaded.book.facts, written, path)
    desk = Desk(loaded)
    results = [decide(desk, name, someone, day) for name in _asked(desk, wanted.rules, day)]
    kept = [receipt(desk, each, someone, subject, synthetic=synthetic) for each in results]
    if wanted.receipts is not None:
        _keep(wanted.receipts, kept)
    if wanted.as_json:
        print_json(
            [{**plain(each), "receipt": given.digest} for each, given in zip(results, kept, strict=True)]
        )
        return
    _print(desk, someone, day, results, kept, wanted.why)


def _written(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RenbenError(
            f"{path}: no such file; write the person's facts in YAML (renben rules show NAME lists facts)"
        )
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RenbenError(f"{path}: is no YAML that can be read: {' '.join(str(error).split())}") from None
    if not isinstance(tree, dict) or not tree:
        raise RenbenError(f"{path}: give facts as NAME: VALUE, for example registered_since: 2024-07-09")
    found = dict(tree.get("person", tree))
    return found


def _person(facts: Facts, written: dict[str, Any], path: Path) -> Person:
    try:
        return read_person(facts, written)
    except FactError as error:
        raise RenbenError(f"{path}: {error}") from None


def _asked(desk: Desk, rules: list[str] | None, day: dt.date) -> list[str]:
    """Decisions to answer: those asked for (refused if inactive), or all that are active and in force."""
    unknown = [name for name in rules or () if name not in desk.book.decisions]
    if unknown:
        hint = did_you_mean(unknown[0], desk.book.decisions)
        raise RenbenError(f"{', '.join(unknown)}: no such decision.{hint} renben rules list shows all names")
    if rules:
        return list(rules)
    active = desk.active()
    found = [name for name in active if desk.in_force(name, day)]
    later = [name for name in active if name not in found]
    if later:
        err.print(f"not in force on {day}: {', '.join(later)}", highlight=False, markup=False)
    return found


def _keep(folder: Path, receipts: list[Receipt]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for each in receipts:
        part = folder / f"{each.digest}.part"
        part.write_text(
            json.dumps(each.model_dump(mode="json"), ensure_ascii=False, indent=2), encoding="utf-8"
        )
        part.replace(folder / f"{each.digest}.json")


def _print(
    desk: Desk, someone: Person, day: dt.date, results: list[Decision], kept: list[Receipt], why: bool
) -> None:
    out.print(f"[bold]{day}[/]  {len(results)} decisions, {len(someone.facts)} facts known")
    for each, given in zip(results, kept, strict=True):
        label, mark = MARKS[each.answer]
        unit = desk.book.rules[each.rule].rule.unit
        money = "" if each.amount is None else f"  {each.amount} {unit}"
        out.print(f"{mark} {label}  [bold]{each.zh}[/] · {each.en}{money}{_dates(each)}", soft_wrap=True)
        if not why:
            continue
        for reason in each.because:
            out.print(f"    · {reason.zh}\n      {reason.en}", highlight=False, markup=False, soft_wrap=True)
            out.print(
                f"      〔{reason.article}〕", highlight=False, markup=False, soft_wrap=True, style="dim"
            )
        if each.answer != "grant":
            line = f"    → {given.next_step_zh}\n      {given.next_step_en}"
            out.print(line, highlight=False, markup=False, soft_wrap=True)
        out.print(f"      {given.digest}", style="dim", highlight=False)


def _dates(each: Decision) -> str:
    parts = []
    if each.answer == "grant":
        parts += [f"自{each.span.since}起 since"] if each.span.since else []
        parts += [f"至{each.span.until} until"] if each.span.until else []
    elif each.span.granted_from:
        parts.append(f"自{each.span.granted_from}起 from then on")
    return f"  ({', '.join(parts)})" if parts else ""
