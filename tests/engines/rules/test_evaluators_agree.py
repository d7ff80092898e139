"""One formula, many evaluators: the answers must be the same, row for row."""

import datetime as dt

import pytest

from renben.engines.rules import LoadedBook
from renben.engines.rules.adversarial import adversarial
from renben.engines.rules.compare import one_by_one, unequal
from renben.engines.rules.engine import DuckDB, run, table_source
from renben.engines.rules.select import decisions

DAYS = [dt.date(2024, 2, 29), dt.date(2025, 2, 28), dt.date(2025, 3, 31), dt.date(2023, 12, 31)]


@pytest.mark.parametrize("on", DAYS)
def test_duckdb_answers_every_adversarial_person_like_the_one_person_function(
    book: LoadedBook, on: dt.date
) -> None:
    table = adversarial(book, on, 20_000, seed=7)
    engine = DuckDB()
    engine.connection.register("people", table)
    source = table_source(engine, "people", book.book.facts)
    found = run(engine, decisions(book, on), source, book.book.facts, keep=("person",))
    expected = one_by_one(book, on, table)
    assert unequal(expected, found) == {}
    for name in book.decisions:
        assert {True, False, None} == set(expected[name]), (
            f"{name}: the people try only {set(expected[name])}"
        )
