"""Everybody at once: counts by group, reforms, and who is stopped by one condition alone.

Rows are never materialised: each question is one pass of one SELECT with GROUP BY.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from renben.engines.rules.engine import Engine, Selection, Source, run
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.naming import condition_name
from renben.engines.rules.provisions import shown
from renben.engines.rules.select import Scenario, blockers, decisions, with_scenarios
from renben.engines.rules.terms import describe


@dataclass(frozen=True)
class Population:
    """A rule book, an engine and a population on one legal date."""

    book: LoadedBook
    engine: Engine
    source: Source
    on: date

    def _grouped(self, selection: Selection, group_by: Sequence[str], unknowns: bool = False) -> pl.DataFrame:
        facts = self.book.book.facts
        table = run(self.engine, selection, self.source, facts, group_by=group_by, unknowns=unknowns)
        frame = pl.DataFrame(pl.from_arrow(table))
        return frame.sort(list(group_by), nulls_last=True) if group_by else frame

    def counts(self, group_by: Sequence[str], rules: Iterable[str] | None = None) -> pl.DataFrame:
        """People and answers per group and decision (persons; amounts in the decision's unit).

        Columns: the groups, rule, people, grant, deny, need_info, amount.
        """
        selection = decisions(self.book, self.on, rules)
        wide = self._grouped(selection, group_by, unknowns=True)
        names = [name for name in selection.outputs if not name.endswith(".amount")]
        parts = [self._long(wide, group_by, name) for name in names]
        return pl.concat(parts) if parts else wide

    def _long(self, wide: pl.DataFrame, group_by: Sequence[str], name: str) -> pl.DataFrame:
        grant, unknown = pl.col(name), pl.col(f"{name}?")
        amount = f"{name}.amount"
        return wide.select(
            *group_by,
            rule=pl.lit(name),
            people=pl.col("people"),
            grant=grant,
            deny=pl.col("people") - grant - unknown,
            need_info=unknown,
            amount=self._money(name, amount) if amount in wide.columns else pl.lit(None, pl.Float64),
        )

    def _money(self, rule: str, column: str) -> pl.Expr:
        scale: float = shown(10_000, self.book.rules[rule].rule.unit) / 10_000
        return pl.col(column) * scale

    def reforms(
        self, group_by: Sequence[str], scenarios: Sequence[Scenario], rules: Iterable[str] | None = None
    ) -> pl.DataFrame:
        """Per group, scenario and touched decision: before, after, gains, losses (persons) and money that changes.

        Columns: the groups, scenario, rule, before, after, gains, losses, amount_change, base. `base` is the
        digest of the rule book compared with.
        """
        selection = with_scenarios(self.book, self.on, scenarios, rules)
        wide = self._grouped(selection, group_by)
        base = self.book.digest()[:16]
        parts = [
            self._moved(wide, group_by, scenario.name, name, base)
            for scenario in scenarios
            for name in self.book.decisions
            if f"{name}@{scenario.name}" in selection.outputs
            or f"{name}.amount@{scenario.name}" in selection.outputs
        ]
        return (
            pl.concat(parts)
            if parts
            else pl.DataFrame(schema={**{g: pl.Int64 for g in group_by}, "scenario": pl.String})
        )

    def _moved(
        self, wide: pl.DataFrame, group_by: Sequence[str], scenario: str, name: str, base: str
    ) -> pl.DataFrame:
        def column(suffix: str, fallback: Any) -> Any:
            found = f"{name}{suffix}"
            return pl.col(found) if found in wide.columns else fallback

        change = pl.lit(None, pl.Float64)
        if f"{name}.amount@{scenario}" in wide.columns:
            change = self._money(name, f"{name}.amount@{scenario}") - self._money(name, f"{name}.amount")
        return wide.select(
            *group_by,
            scenario=pl.lit(scenario),
            rule=pl.lit(name),
            before=pl.col(name),
            after=column(f"@{scenario}", pl.col(name)),
            gains=column(f"@{scenario}+", pl.lit(0, pl.Int64)),
            losses=column(f"@{scenario}-", pl.lit(0, pl.Int64)),
            amount_change=change,
            base=pl.lit(base),
        )

    def stopped_by(self, group_by: Sequence[str], rules: Iterable[str] | None = None) -> pl.DataFrame:
        """Per group, decision and condition: how many are stopped by this condition alone (persons).

        Columns: the groups, rule, condition, zh, en, people.
        """
        selection, conditions = blockers(self.book, self.on, rules)
        wide = self._grouped(selection, group_by)
        names = {c: condition_name(self.book, c.split("#")[0], t, self.on) for c, t in conditions.items()}
        parts = [
            wide.select(
                *group_by,
                rule=pl.lit(column.split("#")[0]),
                condition=pl.lit(describe(term, self.book.names)),
                zh=pl.lit(names[column].zh),
                en=pl.lit(names[column].en),
                people=pl.col(column),
            )
            for column, term in conditions.items()
        ]
        return pl.concat(parts)
