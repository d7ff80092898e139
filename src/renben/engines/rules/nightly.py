"""The nightly run: only who is due or touched by an event is decided again; the full run is its check.

The state of a day is a folder of Parquet files with one row per person: every decision, every amount and
`next_change`. A new day makes a new folder; nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from renben.engines.rules.binding import walk
from renben.engines.rules.changes import next_change
from renben.engines.rules.engine import DuckDB, EngineError, Selection, Source, gathers, read_files, run
from renben.engines.rules.population import Population
from renben.engines.rules.select import decisions
from renben.engines.rules.sql import Layout, rows_query

KEY = "person"


@dataclass(frozen=True)
class Refreshed:
    """What a nightly run did: people in all, decided again, and changed in at least one answer or amount."""

    people: int
    decided_again: int
    changed: int


def state_of(people: Population, rules: Iterable[str] | None = None) -> Selection:
    """Everything a state keeps of a person."""
    names = None if rules is None else list(rules)
    wanted = decisions(people.book, people.on, names).outputs
    return Selection({**wanted, "next_change": next_change(people.book, people.on, names)})


def write_state(
    people: Population, folder: Path, rules: Iterable[str] | None = None, keep: Sequence[str] = ("county",)
) -> int:
    """Decide everything for everybody and write it, file by file (people).

    Raises:
        EngineError: the folder already holds a state.
    """
    _new(folder)
    selection = state_of(people, rules)
    keys = [KEY, *(name for name in keep if name in people.source.columns)]
    relations = gathers(selection, people.source, people.book.book.facts)
    parts = list(people.source.parts(people.engine, relations) if relations else people.source.by_file())
    return sum(
        _write(people, selection, part, keys, folder / f"{_stem(part, i)}.parquet")
        for i, part in enumerate(parts or [people.source])
    )


def _new(folder: Path) -> None:
    if folder.is_dir() and any(folder.glob("*.parquet")):
        raise EngineError(f"{folder} already holds decisions; name a new folder, nothing is overwritten")
    folder.mkdir(parents=True, exist_ok=True)


def _stem(part: Source, number: int) -> str:
    return Path(part.files[0]).stem if part.files else f"part-{number:04d}"


def _write(people: Population, selection: Selection, source: Source, keys: Sequence[str], path: Path) -> int:
    engine, facts = people.engine, people.book.book.facts
    if isinstance(engine, DuckDB):
        layout = Layout(source.table, source.columns, facts.relations)
        return engine.write(rows_query(selection.outputs, keys, layout, engine.dialect), path)
    table = run(engine, selection, source, facts, keep=keys)
    part = path.with_suffix(".part")
    pq.write_table(table, part, compression="zstd")
    part.replace(path)
    return int(table.num_rows)


def refresh(
    people: Population,
    before: Path,
    after: Path,
    touched: Iterable[int] = (),
    rules: Iterable[str] | None = None,
) -> Refreshed:
    """Bring a state to the population's day: decide again only for people due or touched.

    Args:
        people: the population on the new day (DuckDB).
        before: the state of an earlier day.
        after: the folder for the new state.
        touched: people whose facts changed.
        rules: the decisions of the state (all active ones).

    Raises:
        EngineError: the new folder already holds a state, or the engine is not DuckDB.
    """
    engine = people.engine
    if not isinstance(engine, DuckDB):
        raise EngineError("a nightly run reads and writes state files, which needs the embedded engine")
    _new(after)
    old = read_files(sorted(str(path) for path in before.glob("*.parquet")))
    due = f"SELECT {KEY} FROM {old} WHERE next_change <= DATE '{people.on}'"
    events = ", ".join(str(int(person)) for person in touched)
    engine.connection.execute(f"CREATE OR REPLACE TEMP TABLE due AS {due}")
    selection = state_of(people, rules)
    if events:
        engine.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE events AS SELECT unnest([{events}]) AS {KEY}"
        )
        _spread(engine, people, selection)
        engine.connection.execute("INSERT INTO due FROM events")
    source = replace(people.source, table=_near(people, selection), files=())
    columns = [name for name in engine.columns(old) if name not in selection.outputs]
    layout = Layout(source.table, source.columns, people.book.book.facts.relations)
    new = rows_query(selection.outputs, columns, layout, engine.dialect)
    engine.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM ({new}) WHERE {KEY} IN (FROM due)"
    )
    return _merge(engine, old, list(selection.outputs), after)


def _spread(engine: DuckDB, people: Population, selection: Selection) -> None:
    """An event touches everybody whose rules look at the person: household members, children of guardians."""
    if not gathers(selection, people.source, people.book.book.facts):
        return
    columns, table = people.source.columns, people.source.table
    links = [t for t in walk(selection.outputs.values()) if t.kind == "link"]
    relations = [people.book.book.facts.relations[name] for name in {t.data[1] for t in links}]
    shared = {r.shared for r in relations if r.shared} | ({"household"} if people.source.windowed else set())
    tests = [f"{columns[p]} IN (FROM events)" for r in relations for p in r.pointers]
    tests += [_same(columns[key], columns[KEY], table).replace("FROM due", "FROM events") for key in shared]
    for _ in range(max(1, len(links))):
        found = f"SELECT {columns[KEY]} FROM {table} WHERE {' OR '.join(tests)}"
        engine.connection.execute(f"INSERT INTO events SELECT * FROM ({found}) EXCEPT FROM events")


def _near(people: Population, selection: Selection) -> str:
    """The rows of people due, and of everybody their rules look at."""
    columns, table = people.source.columns, people.source.table
    tests = [f"{columns[KEY]} IN (FROM due)"]
    if gathers(selection, people.source, people.book.book.facts):
        relations = people.book.book.facts.relations
        used = {t.data[1] for t in walk(selection.outputs.values()) if t.kind == "link"}
        keys = {relations[name].shared for name in used if relations[name].shared}
        keys |= {"household"} if people.source.windowed else set()
        tests += [_same(columns[key], columns[KEY], table) for key in sorted(keys)]
        pointers = [pointer for name in sorted(used) for pointer in relations[name].pointers]
        tests += [_same(columns[KEY], columns[KEY], table, columns[pointer]) for pointer in pointers]
    return f"(SELECT * FROM {table} WHERE {' OR '.join(tests)})"


def _same(column: str, key: str, table: str, wanted: str | None = None) -> str:
    return f"{column} IN (SELECT {wanted or column} FROM {table} WHERE {key} IN (FROM due))"


def _merge(engine: DuckDB, old: str, outputs: list[str], after: Path) -> Refreshed:
    answers = [engine.dialect.column(name) for name in outputs if name != "next_change"]
    same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM f.{name}" for name in answers)
    counted = f"SELECT count(*) FROM fresh f JOIN {old} o USING ({KEY}) WHERE NOT ({same})"
    changed = engine.connection.execute(counted).fetchone()
    again = engine.connection.execute("SELECT count(*) FROM fresh").fetchone()
    merged = f"SELECT * FROM {old} WHERE {KEY} NOT IN (SELECT {KEY} FROM fresh) UNION ALL BY NAME SELECT * FROM fresh"
    total = engine.write(merged, after / "state.parquet")
    return Refreshed(total, int(again[0]) if again else 0, int(changed[0]) if changed else 0)


def differing(engine: DuckDB, one: Path, other: Path) -> int:
    """How many people two states of a day disagree about in any column (0: the nightly run was right)."""
    first, second = (read_files(sorted(str(p) for p in folder.glob("*.parquet"))) for folder in (one, other))
    columns = ", ".join(engine.dialect.column(name) for name in sorted(engine.columns(first)))
    both = f"(SELECT {columns} FROM {first} EXCEPT SELECT {columns} FROM {second})"
    back = f"(SELECT {columns} FROM {second} EXCEPT SELECT {columns} FROM {first})"
    found = engine.connection.execute(
        f"SELECT count(DISTINCT {KEY}) FROM ({both} UNION ALL {back})"
    ).fetchone()
    return int(found[0]) if found else 0
