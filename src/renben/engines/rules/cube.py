"""The decision cube: counts by group and combination of decisions, without anybody's row, small cells folded.

`mask` is a sum of powers of two, one per granted decision. Cells below the least size are folded into one cell of
their first group (mask empty); where that is still too small, the group's smallest other cells join it; a first group
that is too small as a whole is folded into one cell without any group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl

from renben.engines.rules.binding import Binding
from renben.engines.rules.engine import Selection, run
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.population import Population
from renben.engines.rules.select import Scenario, decisions
from renben.engines.rules.terms import Term, const
from renben.engines.rules.types import BOOL
from renben.engines.rules.words import at_least, otherwise, when

MOST_BITS = 62
AGES = (3, 6, 15, 18, 35, 50, 60, 65, 80)


@dataclass(frozen=True)
class Cube:
    """Counts by group and combination of decisions.

    Args:
        cells: groups, mask, people, and sums of amounts (fen).
        rules: the decision behind each bit of the mask, lowest first.
        folded: people in cells that were folded because they were too small.
    """

    cells: pl.DataFrame
    rules: tuple[str, ...]
    folded: int

    def granted(self, rule: str, by: Sequence[str]) -> pl.DataFrame:
        """People granted a decision per group, and people of folded cells, about whom the cube does not say."""
        bit = 1 << self.rules.index(rule)
        yes = pl.col("mask").is_not_null() & ((pl.col("mask") & bit) > 0)
        return self.cells.group_by(list(by)).agg(
            granted=pl.col("people").filter(yes).sum(),
            folded=pl.col("people").filter(pl.col("mask").is_null()).sum(),
            people=pl.col("people").sum(),
        )

    def named(self) -> pl.DataFrame:
        """The cells with the names of the decisions instead of masks; none (null) in folded cells."""
        masks = [name for name in ("before", "mask") if name in self.cells.columns]
        lists = [
            pl.col(name).map_elements(self._names, return_dtype=pl.List(pl.String), skip_nulls=True)
            for name in masks
        ]
        return self.cells.with_columns(lists)

    def _names(self, mask: int) -> list[str]:
        return [rule for bit, rule in enumerate(self.rules) if mask >> bit & 1]

    def write(self, path: Path) -> None:
        """Write the cells as Parquet with the names of the bits beside them."""
        part = path.with_suffix(".part")
        self.cells.write_parquet(part, metadata={"rules": ",".join(self.rules), "folded": str(self.folded)})
        part.replace(path)


def _yes(term: Any) -> Any:
    return otherwise(term, const(False, BOOL))


def mask(terms: Mapping[str, Term]) -> Term:
    """Sum of powers of two over the decisions that are granted (bound truths)."""
    if len(terms) > MOST_BITS:
        raise ValueError(f"a cube holds at most {MOST_BITS} decisions, not {len(terms)}; name fewer")
    bits = [when(_yes(term), 1 << i, 0) for i, term in enumerate(terms.values())]
    return reduce(lambda total, bit: total + bit, bits)  # type: ignore[no-any-return]


def age_band(book: LoadedBook, on: date) -> Term:
    """How many of the ages in AGES somebody has reached (bound; birth unknown: unknown)."""
    birth = book.book.facts["birth"].term
    reached = [when(at_least(birth, years=age), 1, 0) for age in AGES]  # type: ignore[arg-type]
    return Binding(book.provisions, on).bind(reduce(lambda total, one: total + one, reached))


def cube(
    people: Population, group_by: Sequence[str], rules: Iterable[str] | None = None, least: int = 10
) -> Cube:
    """Counts and money by group, sex, age band and combination of decisions (people; amounts in fen).

    Args:
        people: the population.
        group_by: key columns; the first is the one small cells are folded within.
        rules: decisions to count (all active ones).
        least: cells below this many people are folded.
    """
    selection = decisions(people.book, people.on, rules)
    truths = {name: term for name, term in selection.outputs.items() if term.type == BOOL}
    amounts = {name: term for name, term in selection.outputs.items() if term.type != BOOL}
    made = {"age_band": age_band(people.book, people.on), "mask": mask(truths)}
    table = run(
        people.engine,
        Selection(amounts),
        people.source,
        people.book.book.facts,
        group_by=group_by,
        computed=made,
    )
    cells, folded = fold(pl.DataFrame(pl.from_arrow(table)), [*group_by, *made], least)
    return Cube(cells, tuple(truths), folded)


def transitions(
    people: Population,
    group_by: Sequence[str],
    scenario: Scenario,
    rules: Iterable[str] | None = None,
    least: int = 10,
) -> Cube:
    """Counts by the combination of decisions before and after a reform, for the decisions it touches (people).

    The mask holds the bits after the reform; `before` those of today.
    """
    base = decisions(people.book, people.on, rules).outputs
    merged = people.book.provisions.overlay(scenario.provisions)
    changed = decisions(scenario.book or people.book, people.on, rules, merged).outputs
    touched = [n for n, t in changed.items() if t.type == BOOL and n in base and t is not base[n]]
    if not touched:
        return Cube(pl.DataFrame(), (), 0)
    made = {"before": mask({n: base[n] for n in touched}), "mask": mask({n: changed[n] for n in touched})}
    table = run(
        people.engine, Selection({}), people.source, people.book.book.facts, group_by=group_by, computed=made
    )
    cells, folded = fold(pl.DataFrame(pl.from_arrow(table)), [*group_by, *made], least)
    return Cube(cells, tuple(touched), folded)


def fold(cells: pl.DataFrame, keys: Sequence[str], least: int) -> tuple[pl.DataFrame, int]:
    """Fold cells of fewer than `least` people, so that no cell and no difference to the group's total shows them.

    Returns:
        The cells that remain, and how many people stand in folded ones.
    """
    first, rest = keys[0], list(keys[1:])
    numbers = [name for name in cells.columns if name not in keys]
    kept, folded = [], []
    for group in cells.sort("people", maintain_order=True).partition_by(first, maintain_order=True):
        small = _small(group["people"].to_list(), least)
        kept.append(group.slice(small))
        folded.append(group.head(small).group_by(first).agg(pl.col(numbers).sum()))
    remainder = pl.concat(folded)
    alone = remainder.filter(pl.col("people") < least)
    remainder = remainder.filter(pl.col("people") >= least)
    without = alone.select(pl.lit(None).cast(cells[first].dtype).alias(first), pl.col(numbers).sum()).head(1)
    parts = [remainder, without] if alone.height else [remainder]
    empty = [pl.lit(None).cast(cells[name].dtype).alias(name) for name in rest]
    together = pl.concat([part.with_columns(empty).select(cells.columns) for part in parts])
    whole = pl.concat([*kept, together]).sort(list(keys), nulls_last=True)
    return whole, int(together["people"].sum())


def _small(people: list[int], least: int) -> int:
    """How many of the smallest cells are folded: all too small ones, and more until the fold is big enough."""
    count = sum(1 for each in people if each < least)
    if count == 0:
        return 0
    while count < len(people) and sum(people[:count]) < least:
        count += 1
    return count
