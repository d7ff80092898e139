"""Related people in other files, columns that are not there, and regions that stand below another than their code says."""

import datetime as dt
from pathlib import Path

import polars as pl
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from renben.engines.rules import Desk, LoadedBook, Person, Provisions, read_topic
from renben.engines.rules.adversarial import adversarial
from renben.engines.rules.changes import next_change
from renben.engines.rules.compare import one_by_one, unequal
from renben.engines.rules.engine import DuckDB, Selection, parquet, run, table_source
from renben.engines.rules.kernel import to_days
from renben.engines.rules.nightly import write_state
from renben.engines.rules.parts import apart
from renben.engines.rules.population import Population
from renben.engines.rules.select import decisions
from tests.engines.rules.conftest import FACTS, LAWS, RULES, book_of

ON = dt.date(2024, 11, 15)
RELATIONS = tuple(FACTS.relations.values())


def by_county(book: LoadedBook, folder: Path):
    """One table of adversarial people, written one file per county, so that relatives stand in other files."""
    table = adversarial(book, ON, 2_000, seed=11)
    for i, county in enumerate(pc.unique(table["county"]).to_pylist()):
        here = pc.is_null(table["county"]) if county is None else pc.equal(table["county"], county)
        pq.write_table(table.filter(here), folder / f"{i}.parquet")
    return table


def test_relatives_in_another_countys_file_are_found(book: LoadedBook, tmp_path: Path) -> None:
    table = by_county(book, tmp_path)
    engine = DuckDB()
    source = parquet(engine, tmp_path, book.book.facts)
    assert len(source.files) > 2
    selection = decisions(book, ON)
    rows = run(engine, selection, source, book.book.facts, keep=("person",))
    assert unequal(one_by_one(book, ON, table), rows) == {}


def test_the_state_of_files_with_relatives_elsewhere_is_that_of_the_whole(
    book: LoadedBook, tmp_path: Path
) -> None:
    table = by_county(book, tmp_path)
    engine = DuckDB()
    write_state(Population(book, engine, parquet(engine, tmp_path, book.book.facts), ON), tmp_path / "state")
    found = pl.read_parquet(tmp_path / "state").sort("person")
    single = one_by_one(book, ON, table)
    for rule in book.decisions:
        assert found[rule].to_list() == single[rule], rule


def test_a_pointer_to_nobody_in_the_population_is_unknown_and_never_no(book: LoadedBook) -> None:
    people = pl.DataFrame(
        {"person": [1, 2], "birth": [dt.date(2015, 1, 1)] * 2, "mother": [99, None], "father": [None, None]},
        schema_overrides={"father": pl.Int64},
    )
    engine = DuckDB()
    engine.put("people", people.to_arrow())
    rows = run(
        engine,
        decisions(book, ON, ["child_help"]),
        table_source(engine, "people", book.book.facts),
        book.book.facts,
        keep=("person",),
    )
    assert {r["person"]: r["child_help"] for r in rows.to_pylist()} == {1: None, 2: False}


def test_a_guardians_coming_change_counts_though_the_other_guardian_is_not_known(book: LoadedBook) -> None:
    people = pl.DataFrame(
        {
            "person": [1, 2],
            "birth": [dt.date(2015, 1, 1), dt.date(1985, 1, 1)],
            "arrived": [None, ON + dt.timedelta(days=1)],
            "mother": [99, None],
            "father": [2, None],
        }
    )
    engine = DuckDB()
    engine.put("people", people.to_arrow())
    wanted = Selection({"next_change": next_change(book, ON, ["child_help"])})
    source = table_source(engine, "people", book.book.facts)
    rows = run(engine, wanted, source, book.book.facts, keep=("person",)).to_pylist()
    assert {row["person"]: row["next_change"] for row in rows}[1] == ON + dt.timedelta(days=1)


@pytest.mark.parametrize("lacking", ["mother", "person", "household", "income", "works"])
def test_a_column_that_is_not_there_is_unknown_for_everybody(book: LoadedBook, lacking: str) -> None:
    table = adversarial(book, ON, 200, seed=3).drop_columns([lacking])
    engine = DuckDB()
    engine.put("people", table)
    source = table_source(engine, "people", book.book.facts)
    counted = Population(book, engine, source, ON).counts(["county"])
    assert counted["people"].sum() == 200 * len(book.decisions)
    touched = {"mother": "child_help", "person": "child_help", "works": "settling"}.get(
        lacking, "family_help"
    )
    assert counted.filter(pl.col("rule") == touched)["need_info"].sum() > 0


@pytest.mark.parametrize(
    ("extents", "expected", "why"),
    [
        ([{"household": (1, 4)}, {"household": (5, 9)}], True, "households in separate ranges"),
        ([{"household": (1, 5)}, {"household": (5, 9)}], False, "one household may be in both"),
        ([{"household": None}, {"household": (5, 9)}], True, "a part without households"),
    ],
)
def test_households_are_apart_only_in_separate_ranges(extents, expected: bool, why: str) -> None:
    assert apart(extents, RELATIONS[:1]) is expected, why


@pytest.mark.parametrize(
    ("mothers", "expected"), [((1, 3), True), (None, True), ((1, 12), False), ((11, 12), False)]
)
def test_guardians_are_apart_only_within_the_own_range(mothers, expected: bool) -> None:
    parts = [{"person": (1, 9), "mother": mothers}, {"person": (10, 19), "mother": None}]
    assert apart(parts, RELATIONS[1:]) is expected


def placed(parents: dict[int, int | None]) -> LoadedBook:
    """The test book whose provisions follow these parents."""
    return book_of(RULES, Provisions(read_topic("test", LAWS), parents=parents))


def test_a_local_value_follows_the_region_above_not_the_digits_of_the_code() -> None:
    adopted, lost = (
        149001,
        140110,
    )  # a county that stands below another city than its code says, and one that left
    laws = placed({adopted: 140100, lost: 149000, 140100: 140000, 149000: 140000, 140000: None}).provisions
    value = {
        place: laws.in_force("test.wait_months", ON, place).value for place in (adopted, lost, 140105, 140107)
    }
    assert value == {adopted: 3, lost: 6, 140105: 1, 140107: 3}


def test_every_engine_follows_the_region_above(book: LoadedBook) -> None:
    moved = placed({140105: 140000, 149901: 140100, 140100: 140000, 140000: None})
    assert moved.provisions.chain(149901) == (149901, 140100, 140000)
    table = adversarial(moved, ON, 3_000, seed=8)
    codes = pl.DataFrame({"county": [140105, 149901, 140107] * 1000}, schema={"county": pl.Int32})
    table = table.set_column(table.column_names.index("county"), "county", codes.to_arrow()["county"])
    engine = DuckDB()
    engine.put("people", table)
    rows = run(
        engine,
        decisions(moved, ON, ["settling"]),
        table_source(engine, "people", FACTS),
        FACTS,
        keep=("person",),
    )
    assert unequal(one_by_one(moved, ON, table, ["settling"]), rows) == {}
    someone = {"arrived": to_days(dt.date(2024, 8, 1)), "works": True}
    asked = [Person({**someone, "county": county}) for county in (149901, 149902)]
    assert [Desk(moved).truth("settling", each, ON) for each in asked] == [True, False]


def test_a_reform_keeps_the_regions_above() -> None:
    reformed = placed({149901: 140100, 140100: 140000}).provisions.overlay(Provisions([]))
    assert reformed.chain(149901) == (149901, 140100, 140000)
    assert reformed.chain(149902) == (149902, 149900, 140000), "a region nobody placed is placed by its code"
