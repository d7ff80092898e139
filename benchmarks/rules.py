"""Entitlement rules: the bars of the specification, each beside a plain scan, hand-written SQL or a peer, in one run.

python -m benchmarks rules
RENBEN_BENCH_PEOPLE=34915616 python -m benchmarks rules       people in the batch (default 5,000,000)
RENBEN_BENCH_NATION=1 python -m benchmarks rules              also 1.4 billion rows (the files read again and again)
"""

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl

from benchmarks.harness import Row, child
from benchmarks.rules_engines import engine_rows
from benchmarks.rules_hand import hand
from benchmarks.rules_people import DECISIONS, ON, bench_book, make_people
from renben.engines.rules import Desk, LoadedBook, Person, read_changes
from renben.engines.rules.binding import Binding, walk
from renben.engines.rules.compiled import Compiled
from renben.engines.rules.engine import DuckDB, Selection, Source, parquet, read_files, run
from renben.engines.rules.rows import value_of
from renben.engines.rules.select import Scenario, active, decisions, with_scenarios
from renben.engines.rules.sql import Layout, groups_query

PEOPLE = int(os.environ.get("RENBEN_BENCH_PEOPLE", 5_000_000))
NATION = int(os.environ.get("RENBEN_BENCH_NATION", 0))
PEER = os.environ.get("RENBEN_OPENFISCA_PYTHON", "")
PEER_DECISIONS = (
    "residence_permit",
    "permit_holder",
    "settle",
    "local_gaokao",
    "elder_health",
    "training_subsidy",
    "public_rental",
    "minimum_living",
    "pension_claim_here",
)
CHILD = """
import sys
from pathlib import Path
from benchmarks.rules import batch
batch(Path(sys.argv[1]), int(sys.argv[2]))
"""


def rows() -> list[Row]:
    """All measurements."""
    kept = os.environ.get("RENBEN_BENCH_FOLDER")
    with tempfile.TemporaryDirectory() as folder:
        people = Path(kept) if kept else Path(folder)
        if not any(people.glob("*.parquet")):
            make_people(people, PEOPLE, max(2, PEOPLE // 300_000))
        book = bench_book()
        engine = DuckDB()
        source = parquet(engine, people, book.book.facts)
        found = [*_batch_rows(engine, book, source), *_memory_row(people), _compile_row(book)]
        found += [
            *_scenario_rows(engine, book, source),
            _link_row(engine, book, source),
            *_person_rows(engine, book, source),
            *engine_rows(people, book),
        ]
        found += _nation_row(people, source) if NATION else []
    return found


def _cpu(*functions: Callable[[], object], repeat: int = 3) -> list[float]:
    """Least CPU seconds of each function, the functions taking turns."""
    best = [float("inf")] * len(functions)
    for _ in range(repeat):
        for i, function in enumerate(functions):
            start = time.process_time()
            function()
            best[i] = min(best[i], time.process_time() - start)
    return best


def _grouped(engine: DuckDB, book: LoadedBook, source: Source, selection: Selection):
    return run(engine, selection, source, book.book.facts, group_by=("county",), unknowns=False)


def _batch_rows(engine: DuckDB, book: LoadedBook, source: Source) -> list[Row]:
    selection = decisions(book, ON, DECISIONS)
    used = sorted({str(t.data) for t in walk(selection.outputs.values()) if t.kind == "fact"})
    scan = f"SELECT {', '.join(f'max({name})' for name in used)} FROM {source.table}"
    query = hand(source.table)
    _same(pl.from_arrow(engine.query(query)), pl.from_arrow(_grouped(engine, book, source, selection)))
    plain, by_hand, ours, full = _cpu(
        lambda: engine.query(scan),
        lambda: engine.query(query),
        lambda: _grouped(engine, book, source, selection),
        lambda: run(engine, selection, source, book.book.facts, group_by=("county",)),
    )
    what = f"{PEOPLE:,} people x {len(DECISIONS)} decisions and 4 amounts, by county (CPU)"
    speed = PEOPLE * len(DECISIONS) / ours / 1e6
    return [
        Row(
            what,
            f"{ours:.2f} s ({speed:.0f} M decisions a CPU second)",
            f"plain scan of the same {len(used)} columns {plain:.2f} s",
            f"{ours / plain:.2f}x",
            "at most 4x",
            ours <= 4 * plain,
        ),
        Row(
            "the same, equal sums in every county",
            f"{ours:.2f} s",
            f"hand-written SQL {by_hand:.2f} s",
            f"{ours / by_hand:.2f}x",
            "at most 1.1x",
            ours <= 1.1 * by_hand,
        ),
        Row(
            "the same with counts of what is unknown",
            f"{full:.2f} s",
            f"hand-written SQL without them {by_hand:.2f} s",
            f"{full / by_hand:.2f}x",
        ),
    ]


def _same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    """Refuse to compare the speed of two queries that do not give the same."""
    left, right = one.sort("county"), other.sort("county").select(one.columns)
    different = [name for name in left.columns if left[name].to_list() != right[name].to_list()]
    if different:
        raise ValueError(f"hand-written SQL and the rules differ in {different}")


def batch(people: Path, times: int) -> None:
    """The batch in a process of its own, over the files read so many times."""
    book = bench_book()
    engine = DuckDB()
    source = parquet(engine, people, book.book.facts)
    source = replace(source, table=read_files(source.files * times))
    start, cpu = time.perf_counter(), time.process_time()
    table = _grouped(engine, book, source, decisions(book, ON, DECISIONS))
    total = sum(table["people"].to_pylist())
    seconds = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    print(json.dumps({**seconds, "people": total}))


def _memory_row(people: Path) -> list[Row]:
    out, _, _, peak = child(CHILD, str(people), "1")
    done = json.loads(out)
    return [
        Row(
            f"peak memory of a process that decides for {done['people']:,} people",
            f"{peak:.0f} MB",
            "500 MB",
            f"{peak / 500:.2f}",
            "at most 0.5 GB",
            peak <= 500,
        )
    ]


def _compile_row(book: LoadedBook) -> Row:
    names = active(book)[:50]
    columns = {fact.name: fact.name for fact in book.book.facts} | {
        k: k for k in ("person", "mother", "father")
    }
    layout = Layout("people", columns, book.book.facts.relations)
    engine = DuckDB()
    texts: list[str] = []

    def compiled() -> None:
        texts.append(groups_query(decisions(book, ON, names).outputs, ["county"], layout, engine.dialect))

    seconds = min(_wall(compiled) for _ in range(9))
    return Row(
        f"compile {len(names)} rules to SQL ({len(texts[0]):,} characters, wall)",
        f"{seconds * 1e3:.1f} ms",
        "10 ms",
        f"{seconds / 0.010:.2f}",
        "at most 10 ms",
        seconds <= 0.010,
    )


def _wall(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _scenario_rows(engine: DuckDB, book: LoadedBook, source: Source) -> list[Row]:
    scenarios = [_scenario(book, i) for i in range(10)]
    base, ten = decisions(book, ON, DECISIONS), with_scenarios(book, ON, scenarios, DECISIONS)
    one, all_ten = _cpu(
        lambda: _grouped(engine, book, source, base), lambda: _grouped(engine, book, source, ten)
    )
    columns = len(ten.outputs)
    return [
        Row(
            f"ten reforms of two provisions with gains and losses ({columns} columns, CPU)",
            f"{all_ten:.2f} s",
            f"one run {one:.2f} s (eleven runs {11 * one:.1f} s)",
            f"{all_ten / one:.2f}x",
            "at most 2x",
            all_ten <= 2 * one,
        )
    ]


def _scenario(book: LoadedBook, number: int) -> Scenario:
    changes = {
        "residence_permit.min_months": {ON.replace(year=2021): 1 + number},
        "housing.stable_job_months": {ON.replace(year=2021): 3 + number},
    }
    return Scenario(f"s{number}", read_changes(changes, book.provisions, "benchmark"))


def _link_row(engine: DuckDB, book: LoadedBook, source: Source) -> Row:
    facts = book.book.facts
    binding = Binding(book.provisions, ON)
    household, guardians = facts.relations["household"], facts.relations["guardians"]
    income, permit = facts["household_income"].term, book.rules["permit_in_force"].term
    links = Selection({
        "income": binding.bind(household.sum(income)),
        "with_permit": binding.bind(household.count(permit)),
        "guardian": binding.bind(guardians.any(permit)),
    })  # fmt: skip
    rules, linked = _cpu(
        lambda: _grouped(engine, book, source, decisions(book, ON, DECISIONS)),
        lambda: _grouped(engine, book, source, links),
    )
    return Row(
        "household sum, household count, a guardian's permit (CPU)",
        f"{linked:.2f} s",
        f"the {len(DECISIONS)} decisions {rules:.2f} s",
        f"{linked / rules:.2f}x",
        "at most 1x",
        linked <= rules,
    )


def _person_rows(engine: DuckDB, book: LoadedBook, source: Source) -> list[Row]:
    facts = _someone(engine, book, source)
    outputs = {}
    for name in PEER_DECISIONS:
        loaded = book.rules[name]
        outputs[name] = loaded.term
        outputs |= {f"{name}.amount": loaded.amount} if loaded.amount is not None else {}
    compiled = Compiled(outputs)
    constants = compiled.constants(Desk(book).binding(ON))
    bare, traced = (_median(lambda f=f: f(facts, constants)) for f in (compiled.run, compiled.trace))
    answers = dict(zip(outputs, compiled.run(facts, constants), strict=True))
    peer = _peer(facts)
    if peer is None:
        missing = "OpenFisca-Core not installed: set RENBEN_OPENFISCA_PYTHON"
        return [
            Row(
                f"one person, {len(outputs)} outputs",
                f"{bare * 1e6:.1f} us, with trace {traced * 1e6:.1f} us",
                missing,
                "—",
                "at least 100x",
            )
        ]
    _equal(answers, peer["answers"])
    plain, slow = peer["seconds"], peer["traced"]
    return [
        Row(
            f"one person, {len(outputs)} outputs, same answers (median)",
            f"{bare * 1e6:.1f} us",
            f"OpenFisca-Core {plain * 1e6:.0f} us",
            f"{plain / bare:.0f}x",
            "at least 100x",
            plain >= 100 * bare,
        ),
        Row(
            "the same with every intermediate value",
            f"{traced * 1e6:.1f} us",
            f"OpenFisca-Core with trace {slow * 1e6:.0f} us",
            f"{slow / traced:.0f}x",
            "at least 50x",
            slow >= 50 * traced,
        ),
    ]


def _someone(engine: DuckDB, book: LoadedBook, source: Source) -> dict:
    """The first person all of whose facts are known, in engine units."""
    known = [fact for fact in book.book.facts if fact.name in source.columns]
    tests = " AND ".join(f"{fact.name} IS NOT NULL" for fact in known)
    row = engine.query(
        f"SELECT * FROM {source.table} WHERE {tests} AND hukou_county <> county AND household_size > 1 AND training_days > 10 ORDER BY person LIMIT 1"
    ).to_pylist()[0]
    return Person({fact.name: value_of(row[fact.name], fact.type) for fact in known}).facts


def _median(function: Callable[[], object]) -> float:
    times = []
    for _ in range(2000):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _peer(facts: dict) -> dict | None:
    if not PEER:
        return None
    script = Path(__file__).with_name("rules_openfisca.py")
    done = subprocess.run(
        [PEER, str(script)], input=json.dumps(facts), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _equal(ours: dict, theirs: dict) -> None:
    """Refuse to compare the speed of two systems that answer differently."""
    names = {"training_amount": "training_subsidy", "living_amount": "minimum_living"}
    for name, value in theirs.items():
        decision = names.get(name, name)
        own = ours[decision] if decision == name else (ours[f"{decision}.amount"] if ours[decision] else 0)
        if own != value:
            raise ValueError(f"{name}: OpenFisca says {value}, the rules {own}")


def _nation_row(people: Path, source: Source) -> list[Row]:
    rows_of = lambda times: json.loads(child(CHILD, str(people), str(times))[0])  # noqa: E731
    one = rows_of(1)
    times = -(-NATION // one["people"])
    out, _, _, peak = child(CHILD, str(people), str(times))
    whole = json.loads(out)
    ratio = (whole["cpu"] / whole["people"]) / (one["cpu"] / one["people"])
    what = f"{whole['people']:,} rows ({len(source.files)} files read {times} times)"
    speed = whole["people"] * len(DECISIONS) / whole["cpu"] / 1e6
    ours = f"{whole['cpu']:.0f} CPU s, {whole['seconds']:.0f} s, {speed:.0f} M decisions a CPU second, {peak:.0f} MB"
    beside = f"{one['people']:,} rows once: {one['cpu']:.1f} CPU s"
    met = ratio <= 1.1 and peak < 1000
    return [Row(what, ours, beside, f"{ratio:.2f}x per row", "at most 1.1x, below 1 GB", met)]
