"""Dated provisions as the rule engine sees them: whole numbers, days and truths with article and trust mark.

Money is kept in fen, ratios and percentages in ten-thousandths, so that no rule ever meets a fraction.
A provision without any value is *declared but not published*: rules that need it answer need_info.
A local value may be demanded to be at least as favourable as the nation's (`favourable: lower | higher`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from renben.engines.rules import kernel
from renben.engines.rules.types import BOOL, DATE, INT, Type

SCALES = {"yuan": 100, "ratio": 10_000, "percent": 100}
TRUSTS = frozenset("LPSMD")


class ProvisionError(ValueError):
    """A provision is written wrongly, not in force, or not yet confirmed."""


@dataclass(frozen=True)
class Dated:
    """A provision's value from a day on, with its article and trust mark."""

    start: date
    value: int | bool | None
    ref: str
    trust: str
    note: str = ""


@dataclass(frozen=True)
class Provision:
    """One dated number of law or practice; `regions` holds local values by region code."""

    name: str
    zh: str
    en: str
    unit: str
    type: Type
    values: tuple[Dated, ...]
    regions: Mapping[int, tuple[Dated, ...]] = field(default_factory=dict)
    favourable: str = ""

    def all_values(self) -> Iterator[tuple[int | None, Dated]]:
        """Every dated value with its region (None: the whole country)."""
        yield from ((None, dated) for dated in self.values)
        for region, values in self.regions.items():
            yield from ((region, dated) for dated in values)

    def at(self, on: date, region: int | None = None) -> Dated | None:
        """The value in force on the day in the region: county before city before province before nation.

        Returns None where the provision is declared without any value.

        Raises:
            ProvisionError: values exist, but none is in force yet.
        """
        for place in chain(region):
            found = _in_force(self.regions.get(place, ()), on)
            if found:
                return found
        found = _in_force(self.values, on)
        if found or not self.values:
            return found
        first = self.values[0]
        raise ProvisionError(
            f"{self.name}: nothing in force on {on}; the first is {first.start} ({first.ref}). Ask for a later day."
        )


def chain(region: int | None) -> tuple[int, ...]:
    """A county's code, its city's and its province's, most specific first."""
    if region is None:
        return ()
    return tuple(dict.fromkeys((region, region // 100 * 100, region // 10000 * 10000)))


def _in_force(values: Iterable[Dated], on: date) -> Dated | None:
    return max((v for v in values if v.start <= on), key=lambda v: v.start, default=None)


def scale_of(unit: str) -> int:
    """How many engine units one written unit is (yuan: 100 fen; percent: 100 ten-thousandths)."""
    return SCALES.get(unit.split("/")[0].strip(), 1)


def engine_value(value: Any, unit: str, where: str) -> tuple[int | bool | None, Type]:
    """A written value as the engine keeps it, and its type.

    Raises:
        ProvisionError: the value is no number, date or yes/no, or finer than fen or ten-thousandths.
    """
    if isinstance(value, bool):
        return value, BOOL
    if isinstance(value, date):
        return kernel.to_days(value), DATE
    if value is None:
        return None, DATE if unit == "date" else BOOL if unit == "yes_no" else INT
    if not isinstance(value, int | float | Decimal):
        raise ProvisionError(f"{where}: {value!r} is neither a number, a date nor true/false")
    scaled = Decimal(str(value)) * scale_of(unit)
    if scaled != scaled.to_integral_value():
        raise ProvisionError(f"{where}: {value} {unit} is finer than the engine keeps (1/{scale_of(unit)} {unit})")
    return int(scaled), INT


class Provisions:
    """All provisions by name, laid over by reforms without being changed."""

    def __init__(self, provisions: Iterable[Provision], confirmed: Iterable[str] = ()) -> None:
        """Keep provisions by name; `confirmed` names those of trust M that an operator has confirmed."""
        self.by_name = {provision.name: provision for provision in provisions}
        self.confirmed = frozenset(confirmed)

    def __contains__(self, name: object) -> bool:
        """Whether a provision of that name is declared."""
        return name in self.by_name

    def __getitem__(self, name: str) -> Provision:
        """The provision of that name."""
        return self.by_name[name]

    def __iter__(self) -> Iterator[Provision]:
        """All provisions, by name."""
        return iter(sorted(self.by_name.values(), key=lambda p: p.name))

    def usable(self, dated: Dated | None, name: str) -> bool:
        """Whether a value may be used: trust M only after confirmation."""
        return dated is None or dated.trust != "M" or name in self.confirmed

    def overlay(self, more: Provisions) -> Provisions:
        """These provisions with the dated values of others added or put in their place."""
        merged = dict(self.by_name)
        for provision in more:
            merged[provision.name] = _merge(merged.get(provision.name), provision)
        return Provisions(merged.values(), self.confirmed | more.confirmed)

    def problems(self) -> list[str]:
        """What is wrong with the provisions: values without article, less favourable local values."""
        found = []
        for provision in self:
            for region, dated in provision.all_values():
                where = f"{provision.name}{f' in {region}' if region else ''} from {dated.start}"
                if not dated.ref.strip():
                    found.append(f"{where}: no ref; write the document and article the value is read in")
                if dated.trust not in TRUSTS:
                    found.append(f"{where}: trust {dated.trust!r}; it must be one of L P S M D")
                found += _below_floor(provision, region, dated, where)
        return found


def _below_floor(provision: Provision, region: int | None, dated: Dated, where: str) -> list[str]:
    nation = _in_force(provision.values, dated.start)
    if not (provision.favourable and region and nation) or None in (dated.value, nation.value):
        return []
    lower_is_better = provision.favourable == "lower"
    worse = dated.value > nation.value if lower_is_better else dated.value < nation.value  # type: ignore[operator]
    if not worse:
        return []
    return [f"{where}: {dated.value} is less favourable than the nation's {nation.value} ({nation.ref})"]


def _merge(old: Provision | None, new: Provision) -> Provision:
    if old is None:
        return new
    regions = dict(old.regions)
    for region, values in new.regions.items():
        regions[region] = _later(regions.get(region, ()), values)
    return replace(old, values=_later(old.values, new.values), regions=regions)


def _later(old: tuple[Dated, ...], new: tuple[Dated, ...]) -> tuple[Dated, ...]:
    """The old values up to the new ones' first day, then the new ones."""
    if not new:
        return old
    kept = [dated for dated in old if dated.start < new[0].start]
    return (*kept, *new)


def read_folder(folder: Path) -> Provisions:
    """Provisions of all YAML files of a folder; a file's name is the first part of their names.

    Raises:
        ProvisionError: a value is written wrongly; file and name are said.
    """
    found: list[Provision] = []
    for path in sorted(folder.glob("*.yaml")):
        found += read_topic(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")) or {}, str(path))
    return Provisions(found)


def read_topic(topic: str, tree: Mapping[str, Any], where: str = "") -> list[Provision]:
    """Provisions of one topic from its (nested) tree as written in YAML."""
    found: list[Provision] = []
    for key, entry in tree.items():
        name = f"{topic}.{key}"
        if not isinstance(entry, Mapping):
            raise ProvisionError(f"{where}: {name} is not a provision: give zh, en, unit and values")
        if "values" in entry or "regions" in entry:
            found.append(read_provision(name, entry, where or name))
        else:
            found += read_topic(name, entry, where)
    return found


def read_provision(name: str, entry: Mapping[str, Any], where: str) -> Provision:
    """One provision from its entry as written in YAML."""
    unit = str(entry.get("unit", ""))
    type_ = engine_value(None, unit, where)[1]
    rows, types = _rows(entry.get("values") or {}, unit, f"{where}: {name}")
    regions = {}
    for region, values in (entry.get("regions") or {}).items():
        regions[int(region)], more = _rows(values, unit, f"{where}: {name} in {region}")
        types |= more
    if len(types) > 1:
        raise ProvisionError(f"{where}: {name} mixes {', '.join(sorted(map(str, types)))}")
    zh, en = str(entry.get("zh", name)), str(entry.get("en", name))
    return Provision(
        name, zh, en, unit, next(iter(types), type_), rows, regions, str(entry.get("favourable", ""))
    )


def _rows(values: Mapping[Any, Any], unit: str, where: str) -> tuple[tuple[Dated, ...], set[Type]]:
    rows, types = [], set()
    for start, row in values.items():
        day = start if isinstance(start, date) else date.fromisoformat(str(start))
        cell = row if isinstance(row, Mapping) else {"value": row}
        value, type_ = engine_value(cell.get("value"), unit, f"{where} from {day}")
        if value is not None:
            types.add(type_)
        rows.append(Dated(day, value, str(cell.get("ref", "")), str(cell.get("trust", "D")), str(cell.get("note", ""))))
    return tuple(sorted(rows, key=lambda r: r.start)), types
