"""The population side of `renben entitle`: counts, reforms, sole blockers, everybody's decisions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from renben.cli.common import err, out, print_frame, print_json
from renben.core.errors import RenbenError
from renben.engines.rules.connect import connect
from renben.engines.rules.cube import Cube, cube, transitions
from renben.engines.rules.engine import Engine, Source, table_source
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.nightly import refresh, write_state
from renben.engines.rules.population import Population
from renben.engines.rules.scenario import read_scenario
from renben.measures.citizenization.entitlements.register import register_source


@dataclass(frozen=True)
class Asked:
    """What is asked of a population."""

    groups: list[str]
    rules: list[str] | None
    scenarios: list[Path]
    why: bool
    json: bool
    decisions: Path | None
    refresh: Path | None
    cube: Path | None
    transitions: bool


def population(
    loaded: LoadedBook, day: dt.date, folder: Path | None, table: str, engine_name: str, asked: Asked
) -> None:
    """Run the question asked over a population and print it."""
    people = Population(loaded, *_source(loaded, folder, table, engine_name), day)
    _say(people)
    if asked.decisions is not None:
        out.print(_written(people, asked, asked.decisions))
    elif asked.transitions or asked.cube is not None:
        _cube(people, asked)
    else:
        found = _answer(people, asked)
        _show(day, found, asked.json)
        if not found.height:
            err.print("人口数据为空，没有可统计的人 the population holds nobody to count", highlight=False)


def _cube(people: Population, asked: Asked) -> None:
    """The decision cube, or the cube of one reform, written as Parquet or shown."""
    found = _moved(people, asked) if asked.transitions else cube(people, asked.groups, asked.rules)
    if asked.cube is not None:
        found.write(asked.cube)
        out.print(f"{found.cells.height:,} cells in {asked.cube}; {found.folded:,} people in folded cells")
        return
    moved = found.named().rename({"mask": "after"}).filter(pl.col("before").ne_missing(pl.col("after")))
    _show(people.on, moved.sort([*asked.groups, "people"], descending=False, nulls_last=True), asked.json)
    err.print(f"{found.folded:,} people stand in cells too small to show", highlight=False)


def _moved(people: Population, asked: Asked) -> Cube:
    if len(asked.scenarios) != 1:
        raise RenbenError(
            f"--transitions compares with one --scenario FILE; {len(asked.scenarios)} were given"
        )
    scenario = read_scenario(asked.scenarios[0], people.book)
    found = transitions(people, asked.groups, scenario, asked.rules)
    if not found.rules:
        raise RenbenError(
            f"{asked.scenarios[0]}: changes no decision on {people.on}; renben rules diff shows why"
        )
    return found


def _written(people: Population, asked: Asked, folder: Path) -> str:
    if asked.refresh is None:
        return f"{write_state(people, folder, asked.rules):,} people written to {folder}"
    done = refresh(people, asked.refresh, folder, rules=asked.rules)
    return (
        f"{done.people:,} people in {folder}; {done.decided_again:,} decided again, {done.changed:,} changed"
    )


def _source(loaded: LoadedBook, folder: Path | None, table: str, engine_name: str) -> tuple[Engine, Source]:
    engine = connect(engine_name)
    if table:
        return engine, table_source(engine, table, loaded.book.facts)
    if folder is None:
        raise RenbenError("--population FOLDER or --table NAME is needed")
    return engine, register_source(engine, folder, loaded.book.facts)


def _say(people: Population) -> None:
    facts = list(people.book.book.facts)
    known = sum(fact.name in people.source.columns for fact in facts)
    err.print(f"{known} of {len(facts)} facts are in the population; the others are unknown", highlight=False)
    for zh, en in people.source.readings:
        err.print(f"  {zh} · {en}", highlight=False, markup=False)


def _answer(people: Population, asked: Asked) -> pl.DataFrame:
    if asked.scenarios:
        scenarios = [read_scenario(path, people.book) for path in asked.scenarios]
        return people.reforms(asked.groups, scenarios, asked.rules)
    if asked.why:
        stopped = people.stopped_by(asked.groups, asked.rules).filter(pl.col("people") > 0)
        return stopped.sort([*asked.groups, "rule", "people"])
    return people.counts(asked.groups, asked.rules)


def _show(day: dt.date, frame: pl.DataFrame, json_: bool) -> None:
    if json_:
        print_json(frame.to_dicts())
    else:
        words = [pl.col(n).list.join(", ") for n, t in frame.schema.items() if isinstance(t, pl.List)]
        print_frame(f"{day}", frame.drop("condition", "base", strict=False).with_columns(words))
