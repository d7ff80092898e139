"""Everybody at once: counts, reforms, sole blockers, the cube and the nightly run, against one by one."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renben.engines.rules import LoadedBook, read_changes
from renben.engines.rules.adversarial import adversarial
from renben.engines.rules.compare import one_by_one
from renben.engines.rules.cube import cube, fold, transitions
from renben.engines.rules.engine import DuckDB, EngineError, parquet, table_source
from renben.engines.rules.nightly import differing, refresh, write_state
from renben.engines.rules.population import Population
from renben.engines.rules.select import Scenario

ON = dt.date(2024, 11, 15)


@pytest.fixture(scope="module")
def people(book: LoadedBook) -> tuple[Population, object]:
    table = adversarial(book, ON, 8_000, seed=21)
    engine = DuckDB()
    engine.connection.register("everybody", table)
    return Population(book, engine, table_source(engine, "everybody", book.book.facts), ON), table


def shorter(book: LoadedBook, months: int = 3) -> Scenario:
    changes = {"test.wait_months": {dt.date(2024, 1, 1): months}}
    return Scenario("shorter", read_changes(changes, book.provisions, "test"))


def test_counts_by_county_are_the_sums_of_the_single_answers(people):
    population, table = people
    single = one_by_one(population.book, ON, table)
    counted = population.counts(["county"])
    for rule in population.book.decisions:
        rows = counted.filter(pl.col("rule") == rule)
        answers = {
            a: single[rule].count(v) for a, v in (("grant", True), ("deny", False), ("need_info", None))
        }
        assert {a: rows[a].sum() for a in answers} == answers
        assert rows["people"].sum() == table.num_rows


def test_money_is_summed_in_yuan_over_granted_people(people):
    population, table = people
    single = one_by_one(population.book, ON, table)
    paid = sum(
        a for a, t in zip(single["family_help.amount"], single["family_help"], strict=True) if t is True
    )
    assert population.counts([], ["family_help"])["amount"][0] == pytest.approx(paid / 100)


def test_a_reform_counts_who_gains_and_who_loses(people):
    population, table = people
    scenario = shorter(population.book, 9)
    before = one_by_one(population.book, ON, table, ["settling"])["settling"]
    reformed = replace(population.book, provisions=population.book.provisions.overlay(scenario.provisions))
    after = one_by_one(reformed, ON, table, ["settling"])["settling"]
    row = population.reforms([], [scenario]).row(0, named=True)
    assert row["rule"] == "settling" and row["base"] == population.book.digest()[:16]
    assert row["gains"] == sum(a is True and b is not True for b, a in zip(before, after, strict=True))
    assert row["losses"] == sum(b is True and a is not True for b, a in zip(before, after, strict=True)) > 0
    assert (row["before"], row["after"]) == (before.count(True), after.count(True))


def test_a_reform_leaves_decisions_alone_that_it_does_not_touch(people):
    population, _ = people
    assert set(population.reforms([], [shorter(population.book)])["rule"]) == {"settling"}


def test_ten_reforms_run_in_one_pass_and_keep_their_names(people):
    population, _ = people
    scenarios = [replace(shorter(population.book, n), name=f"m{n}") for n in range(7, 17)]
    assert set(population.reforms([], scenarios)["scenario"]) == {f"m{n}" for n in range(7, 17)}


def test_sole_blockers_are_the_people_whom_one_condition_alone_stops(people):
    population, table = people
    found = {r["condition"]: r["people"] for r in population.stopped_by([], ["settling"]).to_dicts()}
    frame = pl.from_arrow(table)
    working = frame["works"].fill_null(False) | frame["studies"].fill_null(False)
    idle = (~frame["works"].fill_null(True)) & (~frame["studies"].fill_null(True))
    single = one_by_one(population.book, ON, table, ["settling"])["settling"]
    refused = pl.Series(single).fill_null(True).not_()
    by_waiting = (refused & working).sum()
    assert found["arrived <= back_months(today, test.wait_months)"] == by_waiting > 0
    assert found["(works | studies)"] <= (refused & idle).sum()


def test_the_cube_answers_like_the_counts(people):
    population, _ = people
    found = cube(population, ["county"], least=1)
    assert found.folded == 0
    granted = found.granted("settling", ["county"]).sort("county", nulls_last=True)
    counted = population.counts(["county"], ["settling"]).sort("county", nulls_last=True)
    assert granted["granted"].to_list() == counted["grant"].to_list()


def test_no_published_cell_is_smaller_than_the_least_size(people):
    population, _ = people
    found = cube(population, ["county"], least=25)
    assert found.folded > 0
    assert found.cells["people"].min() >= 25
    assert found.cells["people"].sum() == 8_000


def test_folding_never_leaves_a_lone_small_remainder():
    cells = pl.DataFrame({"county": [1, 1, 1, 2, 3], "mask": [0, 1, 2, 0, 0], "people": [100, 30, 3, 4, 50]})
    whole, folded = fold(cells, ["county", "mask"], 10)
    assert whole.filter(county=1)["people"].to_list() == [100, 33]
    assert whole.filter(pl.col("county").is_null())["people"].to_list() == [4]
    assert folded == 37


def test_a_transition_cube_says_from_what_to_what(people):
    population, _ = people
    found = transitions(population, ["county"], shorter(population.book, 9), least=1)
    assert found.rules == ("settling",)
    lost = found.cells.filter((pl.col("before") == 1) & (pl.col("mask") == 0))["people"].sum()
    assert lost == population.reforms([], [shorter(population.book, 9)])["losses"][0]


@pytest.mark.parametrize("days", [1, 30, 70])
def test_the_nightly_run_gives_what_the_full_run_gives(book: LoadedBook, tmp_path: Path, days: int) -> None:
    first, then = ON, ON + dt.timedelta(days=days)
    pq.write_table(adversarial(book, first, 4_000, seed=9), tmp_path / "a.parquet")
    engine = DuckDB()
    source = parquet(engine, tmp_path / "a.parquet", book.book.facts)
    write_state(Population(book, engine, source, first), tmp_path / "day1")
    write_state(Population(book, engine, source, then), tmp_path / "full")
    done = refresh(Population(book, engine, source, then), tmp_path / "day1", tmp_path / "night")
    assert differing(engine, tmp_path / "full", tmp_path / "night") == 0
    assert done.people == 4_000 and 0 < done.changed <= done.decided_again < 4_000


def test_an_event_is_decided_again_the_same_night(book: LoadedBook, tmp_path: Path) -> None:
    table = adversarial(book, ON, 500, seed=4)
    pq.write_table(table, tmp_path / "old.parquet")
    works = [
        False if p == 7 else w
        for p, w in zip(table["person"].to_pylist(), table["works"].to_pylist(), strict=True)
    ]
    changed = table.set_column(table.column_names.index("works"), "works", [works])
    pq.write_table(changed, tmp_path / "new.parquet")
    engine = DuckDB()
    old = parquet(engine, tmp_path / "old.parquet", book.book.facts)
    new = parquet(engine, tmp_path / "new.parquet", book.book.facts)
    write_state(Population(book, engine, old, ON), tmp_path / "day1", ["settling"])
    write_state(Population(book, engine, new, ON), tmp_path / "full", ["settling"])
    refresh(Population(book, engine, new, ON), tmp_path / "day1", tmp_path / "night", [7], ["settling"])
    assert differing(engine, tmp_path / "full", tmp_path / "night") == 0


def test_an_event_reaches_the_household_and_the_children(book: LoadedBook, tmp_path: Path) -> None:
    table = adversarial(book, ON, 900, seed=4)
    pq.write_table(table, tmp_path / "old.parquet")
    for column, value in (("income", 10), ("arrived", dt.date(2020, 1, 1))):
        at = table.column_names.index(column)
        values = [value if p in (7, 8, 9) else v for p, v in enumerate(table[column].to_pylist())]
        table = table.set_column(
            at, table.schema.field(column), [pa.array(values, table.schema.field(column).type)]
        )
    pq.write_table(table, tmp_path / "new.parquet")
    engine = DuckDB()
    old = parquet(engine, tmp_path / "old.parquet", book.book.facts)
    new = parquet(engine, tmp_path / "new.parquet", book.book.facts)
    write_state(Population(book, engine, old, ON), tmp_path / "day1")
    write_state(Population(book, engine, new, ON), tmp_path / "full")
    assert differing(engine, tmp_path / "full", tmp_path / "day1") > 3
    refresh(Population(book, engine, new, ON), tmp_path / "day1", tmp_path / "night", [7, 8, 9])
    assert differing(engine, tmp_path / "full", tmp_path / "night") == 0


def test_a_state_is_never_overwritten(book: LoadedBook, tmp_path: Path) -> None:
    pq.write_table(adversarial(book, ON, 50, seed=4), tmp_path / "a.parquet")
    engine = DuckDB()
    population = Population(book, engine, parquet(engine, tmp_path / "a.parquet", book.book.facts), ON)
    write_state(population, tmp_path / "day")
    with pytest.raises(EngineError, match="already holds decisions"):
        write_state(population, tmp_path / "day")


def test_households_computed_file_by_file_add_up_to_the_whole(book: LoadedBook, tmp_path: Path) -> None:
    for i in range(3):
        pq.write_table(adversarial(book, ON, 600, seed=i, first=i * 100_000), tmp_path / f"{i}.parquet")
    engine = DuckDB()
    source = parquet(engine, tmp_path, book.book.facts)
    apart = Population(book, engine, source, ON).counts(["county"], ["family_help"])
    whole = Population(book, engine, replace(source, files=()), ON).counts(["county"], ["family_help"])
    assert apart.equals(whole)


def test_a_folder_without_facts_is_refused(book: LoadedBook, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no Parquet file found"):
        parquet(DuckDB(), tmp_path, book.book.facts)
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(EngineError, match="none of its columns is a fact"):
        parquet(DuckDB(), tmp_path, book.book.facts)
