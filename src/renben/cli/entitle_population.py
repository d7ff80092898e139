"""The population side of `renben entitle`: counts, reforms, sole blockers, everybody's decisions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from renben.cli.common import err, out, print_frame, print_json
from renben.core.errors import RenbenError
from renben.engines.rules.connect import connect
from renben.engines.rules.engine import table_source
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.nightly import write_state
from renben.engines.rules.population import Population
from renben.engines.rules.scenario import read_scenario
from renben.engines.rules.select import Scenario
from renben.measures.citizenization.entitlements.register import register_source


def population(
    loaded: LoadedBook,
    day: dt.date,
    folder: Path | None,
    table: str,
    groups: list[str],
    rules: list[str] | None,
    scenarios: list[Path],
    engine_name: str,
    decisions: Path | None,
    why: bool,
    json_: bool,
) -> None:
    """Run the question asked over a population and print it."""
    engine = connect(engine_name)
    facts = loaded.book.facts
    if table:
        source = table_source(engine, table, facts)
    elif folder is not None:
        source = register_source(engine, folder, facts)
    else:
        raise RenbenError("--population FOLDER or --table NAME is needed")
    known = [fact.name for fact in facts if fact.name in source.columns]
    err.print(
        f"{len(known)} of {len(list(facts))} facts are in the population; the others are unknown",
        highlight=False,
    )
    for zh, en in source.readings:
        err.print(f"  {zh} · {en}", highlight=False, markup=False)
    people = Population(loaded, engine, source, day)
    if decisions is not None:
        out.print(f"{write_state(people, decisions, rules)} people written to {decisions}")
        return
    frame = _asked(people, groups, rules, [read_scenario(path, loaded) for path in scenarios], why)
    if json_:
        print_json(frame.to_dicts())
    else:
        print_frame(f"{day}", frame.drop("condition", "base", strict=False))


def _asked(
    people: Population, groups: list[str], rules: list[str] | None, scenarios: list[Scenario], why: bool
) -> pl.DataFrame:
    if scenarios:
        return people.reforms(groups, scenarios, rules)
    if why:
        return people.stopped_by(groups, rules).filter(pl.col("people") > 0).sort([*groups, "rule", "people"])
    return people.counts(groups, rules)
