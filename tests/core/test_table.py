"""Declaring table functions: what the signature says, and what a pure function must not do."""

import datetime as dt
import os
import random
import time
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from renben.core.errors import DefinitionError
from renben.core.law import Law
from renben.core.randomness import stream
from renben.core.table import History, Previous, Table, functions_of, table
from tests.core import test_run

COUNTER = [0]


def test_the_signature_declares_what_is_read_and_how():
    @table(grain=("region",), basis=("law/5",))
    def made(settlements: Table, effort: Previous, elements: History, law: Law, seed: int) -> Table:
        """Made."""
        return (
            settlements.join(effort, on="region")
            .join(elements, on="region")
            .with_columns(x=seed + law.value("a"))
        )

    assert made.reads == {"settlements": "table", "effort": "previous", "elements": "history"}
    assert made.law and made.seed and not made.catalogue and made.outputs == {"made": ("region",)}


def test_a_simulator_may_return_several_tables():
    class Flows(NamedTuple):
        inflow: pl.LazyFrame
        outflow: pl.LazyFrame

    def simulate(moves: Table) -> Flows:
        """Flows (persons)."""
        return Flows(moves, moves)

    simulate.__annotations__["return"] = Flows
    made = table(grain={"inflow": ("region",), "outflow": ("region", "to")})(simulate)
    assert made.outputs == {"inflow": ("region",), "outflow": ("region", "to")}
    with pytest.raises(DefinitionError, match="a grain for exactly these"):
        table(grain={"inflow": ("region",)})(simulate)


def test_an_argument_without_a_known_annotation_is_refused():
    with pytest.raises(DefinitionError, match="parameter settlements is annotated None"):

        @table(grain=("region",))
        def made(settlements) -> Table:
            """Made."""
            return settlements


def reads_a_file(moves: Table) -> Table:
    return pl.scan_csv("x.csv")


def opens(moves: Table) -> Table:
    open("x")
    return moves


def clock(moves: Table) -> Table:
    return moves.with_columns(now=dt.date.today())


def sleeps(moves: Table) -> Table:
    time.sleep(1)
    return moves


def rolls(moves: Table) -> Table:
    return moves.with_columns(x=random.random())


def rolls_with_numpy(moves: Table) -> Table:
    return moves.with_columns(x=np.random.default_rng().random())


def environment(moves: Table) -> Table:
    return moves.with_columns(x=pl.lit(os.environ["HOME"]))


def counts(moves: Table) -> Table:
    COUNTER.append(1)
    return moves


def _helper(moves: pl.LazyFrame) -> pl.LazyFrame:
    moves.collect().write_csv("x.csv")
    return moves


def through_a_helper(moves: Table) -> Table:
    return _helper(moves)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (reads_a_file, r"uses \.scan_csv"),
        (opens, r"uses open\(\)"),
        (clock, r"uses \.today"),
        (sleeps, "uses time"),
        (rolls, "uses random"),
        (rolls_with_numpy, r"uses np\.random"),
        (environment, r"uses \.environ|uses os"),
        (counts, "reads COUNTER, which can change"),
        (through_a_helper, r"_helper .* uses \.write_csv"),
    ],
)
def test_what_is_not_pure_is_refused_when_it_is_defined(function, why):
    with pytest.raises(DefinitionError, match=why):
        table(grain=("region",))(function)


def test_randomness_as_an_argument_is_allowed():
    @table(grain=("region",))
    def made(moves: Table, seed: int) -> Table:
        """Made."""
        return moves.with_columns(x=float(stream(seed, "made").random()))

    assert made.seed


def _one(x: int) -> int:
    return x + 1


def test_the_digest_follows_what_a_function_computes_and_not_how_it_is_described():
    def first(moves: Table) -> Table:
        """One."""
        return moves.with_columns(x=_one(1))

    def second(moves: Table) -> Table:
        """Other words."""
        # a comment
        return moves.with_columns(x=_one(1))

    second.__name__ = second.__qualname__ = "first"

    def third(moves: Table) -> Table:
        """One."""
        return moves.with_columns(x=_one(2))

    codes = [table(grain=("region",))(f).code for f in (first, third)]
    assert codes[0] != codes[1]
    assert table(grain=("region",))(first).code == codes[0]


@table(grain=("region",))
def early(moves: Table) -> Table:
    """Uses a helper that is written below it."""
    return _late(moves)


@table(grain=("region",))
def early_and_impure(moves: Table) -> Table:
    """Uses an impure helper that is written below it."""
    return _late_and_impure(moves)


def _late(moves: pl.LazyFrame) -> pl.LazyFrame:
    return moves.with_columns(x=_one(1))


def _late_and_impure(moves: pl.LazyFrame) -> pl.LazyFrame:
    return moves.with_columns(now=dt.date.today())


def test_a_helper_written_below_a_function_counts_too(monkeypatch):
    before = table(grain=("region",))(early.function).code
    assert before == early.code
    monkeypatch.setitem(globals(), "_late", _one)
    assert table(grain=("region",))(early.function).code != before
    with pytest.raises(DefinitionError, match=r"_late_and_impure .* uses \.today"):
        _ = early_and_impure.code


def test_streams_are_the_same_for_the_same_keys_and_independent_for_others():
    draws = {key: stream(7, *key).random(4).tolist() for key in (("a", 1), ("a", 2), ("b", 1))}
    assert stream(7, "a", 1).random(4).tolist() == draws[("a", 1)]
    assert len({tuple(v) for v in draws.values()}) == 3
    assert stream(8, "a", 1).random(4).tolist() != draws[("a", 1)]
    assert stream(-3, "a").random() != stream(3, "a").random()


def test_functions_of_a_module_are_those_it_defines():
    assert {f.name for f in functions_of(test_run)} == {
        "score",
        "effort",
        "reward",
        "trend",
        "findings_nobody_settled",
    }
