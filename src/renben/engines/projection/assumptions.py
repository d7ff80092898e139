"""The assumptions a projection rests on, asked for by name and listed with every number.

For people: nobody should see a forecast without the sheet of what was assumed, by whom and how sure.
Values are provisions named ``projection.*``; one that is only from memory refuses to run.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from renben.catalogue import Catalogue, load
from renben.core.law import Law
from renben.engines.projection.states import Array

PREFIX = "projection."


@dataclass
class Assumptions:
    """Reads provisions and remembers which were asked for.

    Args:
        law: provisions in force on the day of the base population's last observation.
        changed: name (without prefix) -> value set for this run only, marked D.
    """

    law: Law
    changed: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """Value of an assumption in its own unit.

        Raises:
            LawError: unknown, not in force, or from memory only.
        """
        if name in self.changed:
            self.law.cite(PREFIX + name)
            return self.changed[name]
        return self.law.value(PREFIX + name)

    def number(self, name: str) -> float:
        """A single number."""
        return float(self.value(name))

    def row(self, name: str) -> Array:
        """A list of numbers."""
        return np.asarray(self.value(name), float)

    def by_year(self, name: str, years: Array) -> Array:
        """A value written for some years, straight between and beyond them (per year; lists by column)."""
        written = {float(k): np.asarray(v, float) for k, v in self.value(name).items()}
        known = sorted(written)
        table = np.stack([np.atleast_1d(written[k]) for k in known])
        out = np.stack(
            [_line(np.asarray(years, float), np.array(known), column) for column in table.T], axis=-1
        )
        return out[:, 0] if np.ndim(written[known[0]]) == 0 else out

    def sheet(self) -> list[dict[str, Any]]:
        """One row for each assumption used: name, value, unit, trust mark, reference, changed for this run or not."""
        rows = []
        for used in self.law.used.values():
            name = used.name.removeprefix(PREFIX)
            changed = name in self.changed
            rows.append(
                {
                    "name": name,
                    "value": self.changed[name] if changed else used.value,
                    "unit": self.law.unit(used.name),
                    "trust": "D" if changed else used.trust,
                    "ref": "set for this run" if changed else used.ref,
                }
            )
        return rows


def _line(at: Array, known: Array, values: Array) -> Array:
    out = np.interp(at, known, values)
    if len(known) > 1:
        first = (values[1] - values[0]) / (known[1] - known[0])
        last = (values[-1] - values[-2]) / (known[-1] - known[-2])
        out = np.where(at < known[0], values[0] + first * (at - known[0]), out)
        out = np.where(at > known[-1], values[-1] + last * (at - known[-1]), out)
    return np.asarray(out)


def default_assumptions(
    on: dt.date, changed: Mapping[str, Any] | None = None, catalogue: Catalogue | None = None
) -> Assumptions:
    """The written assumptions in force on a day; ``changed`` replaces some for this run."""
    cat = catalogue or load()
    known = {name.removeprefix(PREFIX) for name in cat.laws if name.startswith(PREFIX)}
    unknown = sorted(set(changed or {}) - known)
    if unknown:
        raise ValueError(
            f"no assumption is named {unknown}; see catalogue/laws/projection.yaml for the names"
        )
    return Assumptions(Law(cat.laws, on), changed or {})
