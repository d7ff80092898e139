"""The runner: orders table functions by what they read, refuses what cannot run, makes what has changed.

It materialises each dataset, checks its schema and grain, and writes provenance; what is unchanged (same inputs,
same provisions in force, same code) is left as it is. It knows nothing about what the functions are about.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from renben.catalogue import CatalogueView
from renben.core import schema
from renben.core.errors import RenbenError, RunError
from renben.core.law import Law
from renben.core.order import ordered
from renben.core.period import Period
from renben.core.randomness import derived_seed
from renben.core.table import TableFunction
from renben.core.workspace import Cite, Provenance, Read, Version, Workspace

Outcome = Literal["made", "unchanged", "waiting"]


@dataclass(frozen=True)
class Step:
    """What became of one function in a run."""

    name: str
    outcome: Outcome
    why: str = ""
    """For waiting: the input that has no version, and how to add it."""


@dataclass
class RunResult:
    """What a run did, in order."""

    period: Period
    steps: list[Step] = field(default_factory=list)

    def names(self, outcome: Outcome) -> list[str]:
        """Datasets with one outcome."""
        return [step.name for step in self.steps if step.outcome == outcome]


def run(
    workspace: Workspace,
    functions: Iterable[TableFunction],
    period: Period,
    *,
    as_of: dt.date | None = None,
    seed: int = 0,
    now: Callable[[], dt.datetime],
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> RunResult:
    """Make every dataset of a period that is missing or out of date.

    Args:
        workspace: where versions are read and written.
        functions: table functions and checks, in any order.
        period: what to run for; provisions are those in force on its last day.
        as_of: only versions known on this day are read.
        seed: root of all randomness.
        now: clock, used for `created_at` only.
        tell: called with name, number and total before each function.

    Raises:
        OrderError: the functions do not fit together.
        RunError: a function failed; names it, its dataset and the period.
    """
    steps = ordered(functions, workspace.catalogue.datasets)
    workspace.sweep()
    result = RunResult(period)
    for number, function in enumerate(steps, start=1):
        tell(function.name, number, len(steps))
        attempt = _Attempt(workspace, function, period, as_of, seed, now)
        try:
            result.steps.append(attempt.carry_out())
        except RenbenError as error:
            raise RunError(f"{function.place} ({function.name}, {period}): {error}") from error
        except (pl.exceptions.PolarsError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise RunError(
                f"{function.place} ({function.name}, {period}): {type(error).__name__}: {error}"
            ) from error
    return result


@dataclass
class _Attempt:
    """One function for one period."""

    workspace: Workspace
    function: TableFunction
    period: Period
    as_of: dt.date | None
    seed: int
    now: Callable[[], dt.datetime]

    def carry_out(self) -> Step:
        """Make the function's outputs, unless an input is missing or nothing has changed."""
        inputs, lacking = self._inputs()
        if lacking:
            return Step(self.function.name, "waiting", lacking)
        if self._unchanged(inputs):
            return Step(self.function.name, "unchanged")
        law = self._law()
        view = CatalogueView(self.workspace.catalogue)
        arguments: dict[str, Any] = {
            name: self._frame(name, how, inputs) for name, how in self.function.reads.items()
        }
        result = self.function(**arguments, **self._extras(law, view))
        provenance = self._provenance(inputs, law, view)
        tables = result._asdict() if hasattr(result, "_asdict") else {self.function.name: result}
        for name, frame in tables.items():
            self._keep(name, frame, provenance, inputs)
        return Step(self.function.name, "made")

    def _inputs(self) -> tuple[dict[str, list[Version]], str]:
        """Versions of each input, and what is lacking."""
        found: dict[str, list[Version]] = {}
        for name, how in self.function.reads.items():
            if how == "history":
                found[name] = self.workspace.history(name, self.period, self.as_of)
            else:
                at = self.period.previous() if how == "previous" else self.period
                latest = self.workspace.latest(name, at, self.as_of)
                found[name] = [latest] if latest else []
            if not found[name] and how not in ("previous", "maybe"):
                source = self.workspace.dataset(name).source
                cure = f"renben data add {name} FILE --period {self.period}" if source else "it waits itself"
                return found, f"{name} has no version for {self.period}; {cure}"
        return found, ""

    def _frame(self, name: str, how: str, inputs: Mapping[str, list[Version]]) -> pl.LazyFrame:
        versions = inputs[name]
        if not versions:
            nothing = schema.empty(self.workspace.dataset(name))
            return nothing.with_columns(synthetic=pl.lit(False)) if how == "maybe" else nothing
        if how == "maybe":
            return versions[0].scan().with_columns(synthetic=pl.lit(versions[0].provenance.synthetic))
        if how == "history":
            marks = [(v, {"period": str(v.period), "synthetic": v.provenance.synthetic}) for v in versions]
            frames = [v.scan().with_columns(**{k: pl.lit(x) for k, x in mark.items()}) for v, mark in marks]
            return pl.concat(frames, how="vertical_relaxed")
        return versions[0].scan()

    def _law(self) -> Law:
        catalogue = self.workspace.catalogue
        parents = {code: region.parent for code, region in catalogue.regions.items()}
        return Law(catalogue.laws, self.period.end, self.workspace.confirmed, parents)

    def _extras(self, law: Law, view: "CatalogueView") -> dict[str, Any]:
        extras: dict[str, Any] = {}
        if self.function.law:
            extras["law"] = law
        if self.function.catalogue:
            extras["cat"] = view
        if self.function.seed:
            extras["seed"] = self._seed()
        return extras

    def _seed(self) -> int | None:
        return derived_seed(self.seed, self.function.name, str(self.period)) if self.function.seed else None

    def _unchanged(self, inputs: Mapping[str, list[Version]]) -> bool:
        return all(self._current(name, inputs) for name in self.function.outputs)

    def _current(self, name: str, inputs: Mapping[str, list[Version]]) -> bool:
        """Whether the newest version of an output rests on the same code, inputs, catalogue and law."""
        latest = self.workspace.latest(name, self.period, self.as_of)
        if latest is None or latest.period != self.period:
            return False
        known = latest.provenance
        before = [(r.dataset, r.period, r.digest) for r in known.reads]
        after = [(r.dataset, r.period, r.digest) for r in _reads(inputs)]
        kinds = {kind: self.workspace.catalogue.digest(kind) for kind in known.catalogue}
        same = (known.code, known.seed, known.catalogue) == (self.function.code, self._seed(), kinds)
        return same and before == after and self._same_law(known.provisions)

    def _same_law(self, provisions: Iterable[Cite]) -> bool:
        law = self._law()
        for cite in provisions:
            if cite.trust == "absent":
                if law.has(cite.name, cite.region):
                    return False
                continue
            if not law.has(cite.name, cite.region):
                return False
            used = law.cite(cite.name, cite.region)
            if (_plain(used.value), used.since, used.ref, used.trust) != (
                cite.value,
                cite.since,
                cite.ref,
                cite.trust,
            ):
                return False
        return True

    def _provenance(self, inputs: Mapping[str, list[Version]], law: Law, view: "CatalogueView") -> Provenance:
        versions = [v for every in inputs.values() for v in every]
        inherited = {(c.name, c.region, c.since): c for v in versions for c in v.provenance.uncertain()}
        kinds = view.kinds | ({"laws"} if law.whole else set())
        return Provenance(
            dataset=self.function.name,
            period=str(self.period),
            made_by=self.function.place,
            code=self.function.code,
            reads=tuple(_reads(inputs)),
            provisions=tuple(
                Cite(
                    name=u.name,
                    region=u.region,
                    value=_plain(u.value),
                    since=u.since,
                    ref=u.ref,
                    trust=u.trust,
                )
                for u in law.used.values()
            ),
            inherited=tuple(inherited[k] for k in sorted(inherited, key=str)),
            catalogue={kind: self.workspace.catalogue.digest(kind) for kind in sorted(kinds)},
            seed=self._seed(),
            synthetic=any(v.provenance.synthetic for v in versions),
            sources=tuple(sorted({s for v in versions for s in v.provenance.sources})),
            created_at=self.now(),
        )

    def _keep(
        self, name: str, frame: Any, provenance: Provenance, inputs: Mapping[str, list[Version]]
    ) -> None:
        if not isinstance(frame, pl.LazyFrame):
            raise RunError(f"{name}: returned {type(frame).__name__}; return a Table (a Polars LazyFrame)")
        dataset = self.workspace.dataset(name)
        if dataset.grain != self.function.outputs[name]:
            raise RunError(
                f"{name}: its schema says grain {dataset.grain}, its function {self.function.outputs[name]}"
            )
        days = [v.day for every in inputs.values() for v in every]
        day = max(days, default=self.period.end)
        self.workspace.write_checked(frame, dataset, provenance.model_copy(update={"dataset": name}), day)


def _reads(inputs: Mapping[str, list[Version]]) -> list[Read]:
    return [
        Read(dataset=v.dataset, period=str(v.period), vintage=v.vintage, digest=v.digest)
        for every in inputs.values()
        for v in every
    ]


def _plain(value: Any) -> Any:
    """A provision's value as it comes back from JSON."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value
