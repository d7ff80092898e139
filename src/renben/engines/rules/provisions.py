"""Dated provisions as the rule engine sees them: whole numbers, days and truths with article and trust mark.

Money is kept in fen, ratios and percentages in ten-thousandths, so that no rule ever meets a fraction.
A provision without any value is *declared but not published*: rules that need it answer need_info.
Where a national value is a legal floor, a lower local value is refused at load.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from renben.core.errors import RenbenError
from renben.engines.rules import kernel
from renben.engines.rules.types import BOOL, DATE, INT, Type

SCALES = MappingProxyType({"yuan": 100, "ratio": 10_000, "share": 10_000, "percent": 100})
TRUSTS = frozenset("LPSMD")


class ProvisionError(RenbenError):
    """A provision is written wrongly, not in force, or not yet confirmed."""


@dataclass(frozen=True)
class Dated:
    """A provision's value from a day on, with its article and trust mark."""

    start: date
    value: int | bool | None
    ref: str
    trust: str
    note: str = ""
    start_known: bool = True

    @property
    def since(self) -> str:
        """The first day, or that it is only used from that day on."""
        return f"{self.start}" if self.start_known else f"not known (used from {self.start} on)"


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
    floor: bool = False

    def all_values(self) -> Iterator[tuple[int | None, Dated]]:
        """Every dated value with its region (None: the whole country)."""
        yield from ((None, dated) for dated in self.values)
        for region, values in self.regions.items():
            yield from ((region, dated) for dated in values)

    def at(self, on: date, places: Sequence[int] = (), confirmed: bool = True) -> Dated | None:
        """The value in force on the day in the first of the places that has one, else the nation's.

        Local values from memory (trust M) are passed over until confirmed. Returns None where the provision is
        declared without any value.

        Raises:
            ProvisionError: values exist, but none is in force yet.
        """
        for place in places:
            found = _in_force((v for v in self.regions.get(place, ()) if confirmed or v.trust != "M"), on)
            if found:
                return found
        found = _in_force(self.values, on)
        if found or not self.values:
            return found
        first = self.values[0]
        raise ProvisionError(
            f"{self.name}: nothing in force on {on}; the first is {first.since} ({first.ref}). Ask for a later day."
        )


def by_code(region: int) -> tuple[int, ...]:
    """A county's code, its city's and its province's as GB/T 2260 composes them, most specific first."""
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
        raise ProvisionError(
            f"{where}: {value} {unit} is finer than the engine keeps (1/{scale_of(unit)} {unit})"
        )
    return int(scaled), INT


class Provisions:
    """All provisions by name, laid over by reforms without being changed."""

    def __init__(
        self,
        provisions: Iterable[Provision],
        confirmed: Iterable[str] = (),
        unfit: Mapping[str, str] | None = None,
        parents: Mapping[int, int | None] | None = None,
    ) -> None:
        """Keep provisions by name.

        Args:
            provisions: dated provisions.
            confirmed: names of those of trust M that an operator has confirmed.
            unfit: names of provisions no rule can read (lists, texts, too fine numbers), and why.
            parents: region code to the region above it; a region that is not here is placed by its code.
        """
        self.by_name = {provision.name: provision for provision in provisions}
        self.unfit = dict(unfit or {})
        self.confirmed = frozenset(confirmed)
        self.parents = dict(parents or {})

    def chain(self, region: int | None) -> tuple[int, ...]:
        """A region and the regions above it, most specific first (county, city, province)."""
        found: dict[int, None] = {}
        at = region
        while at is not None and at not in found:
            if at not in self.parents:
                found |= dict.fromkeys(by_code(at))
                break
            found[at] = None
            at = self.parents[at]
        return tuple(found)

    def __contains__(self, name: object) -> bool:
        """Whether a provision of that name is declared."""
        return name in self.by_name

    def __getitem__(self, name: str) -> Provision:
        """The provision of that name."""
        return self.by_name[name]

    def __iter__(self) -> Iterator[Provision]:
        """All provisions, by name."""
        return iter(sorted(self.by_name.values(), key=lambda p: p.name))

    def in_force(self, name: str, on: date, region: int | None = None) -> Dated | None:
        """The usable value in force; None where none is published, or only one from memory nobody confirmed.

        Raises:
            ProvisionError: nothing in force yet.
        """
        confirmed = name in self.confirmed
        found = self.by_name[name].at(on, self.chain(region), confirmed)
        if found is None or found.value is None or (found.trust == "M" and not confirmed):
            return None
        return found

    def places(self, name: str, on: date) -> set[int]:
        """Regions with a usable value of their own on the day."""
        confirmed = name in self.confirmed
        return {
            region
            for region, values in self.by_name[name].regions.items()
            if any(v.start <= on and (confirmed or v.trust != "M") for v in values)
        }

    def overlay(self, more: Provisions) -> Provisions:
        """These provisions with the dated values of others added or put in their place."""
        merged = dict(self.by_name)
        for provision in more:
            merged[provision.name] = _merge(merged.get(provision.name), provision)
        return Provisions(merged.values(), self.confirmed | more.confirmed, self.unfit, self.parents)

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
    if not (provision.floor and region and nation) or dated.value is None or nation.value is None:
        return []
    if dated.value >= nation.value:
        return []
    low, legal = shown(dated.value, provision.unit), shown(nation.value, provision.unit)
    return [
        f"{where}: {low} is below the legal floor {legal} ({nation.ref}); a region may raise it, never lower it"
    ]


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


def shown(value: int | bool | None, unit: str) -> Any:
    """An engine value in the unit it was written in (fen to yuan, ten-thousandths to percent, days to a date)."""
    if value is None or isinstance(value, bool):
        return value
    if unit == "date":
        return str(kernel.to_date(value))
    scale = scale_of(unit)
    return value // scale if value % scale == 0 else float(Decimal(value) / scale)
