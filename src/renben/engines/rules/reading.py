"""Provisions from the catalogue, from plain YAML trees and from scenario files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from renben.catalogue import Provision as Written
from renben.core.errors import did_you_mean
from renben.engines.rules.provisions import Dated, Provision, ProvisionError, Provisions, engine_value
from renben.engines.rules.types import Type


def from_catalogue(
    laws: Mapping[str, Written],
    confirmed: Iterable[str] = (),
    parents: Mapping[str, str | None] | None = None,
) -> Provisions:
    """The catalogue's provisions as the engine keeps them; a rule that asks for an unfit one is told why.

    Args:
        laws: provisions as written.
        confirmed: names of those of trust M that an operator has confirmed.
        parents: region code to the code of the region above it, for values of cities and provinces.
    """
    found, unfit = [], {}
    for name, law in laws.items():
        try:
            found.append(_from_written(name, law))
        except ProvisionError as error:
            unfit[name] = str(error)
    above = {int(code): int(up) if up else None for code, up in (parents or {}).items()}
    return Provisions(found, confirmed, unfit, above)


def _from_written(name: str, law: Written) -> Provision:
    rows = {start: dated.model_dump() for start, dated in law.values.items()}
    regions = {
        region: {start: dated.model_dump() for start, dated in values.items()}
        for region, values in law.regions.items()
    }
    entry = {
        "zh": law.zh,
        "en": law.en,
        "unit": law.unit,
        "floor": law.floor,
        "values": rows,
        "regions": regions,
    }
    return read_provision(name, entry, "catalogue/laws")


def read_topic(topic: str, tree: Mapping[str, Any], where: str = "") -> list[Provision]:
    """Provisions of one topic from its (nested) tree as written in YAML.

    Raises:
        ProvisionError: an entry is no provision, or a value is written wrongly.
    """
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


def read_changes(tree: Mapping[str, Any], known: Provisions, where: str) -> Provisions:
    """Changed values of known provisions, as a scenario file writes them (name: {date: value}).

    Raises:
        ProvisionError: a name is not known; a reform cannot invent a provision no rule reads.
    """
    found = []
    for name, change in tree.items():
        if name not in known:
            hint = did_you_mean(name, [provision.name for provision in known])
            raise ProvisionError(f"{where}: {name} is no provision.{hint} renben law list shows all names")
        if not isinstance(change, Mapping):
            raise ProvisionError(f"{where}: {name}: {change!r} has no day; write {{YYYY-MM-DD: VALUE}}")
        old = known[name]
        entry = change if "values" in change or "regions" in change else {"values": change}
        entry = {**entry, "zh": old.zh, "en": old.en, "unit": old.unit, "floor": old.floor}
        found.append(read_provision(name, entry, where, ref="scenario"))
    return Provisions(found)


def read_provision(name: str, entry: Mapping[str, Any], where: str, ref: str = "") -> Provision:
    """One provision from its entry as written in YAML; `ref` stands for a missing reference."""
    unit = str(entry.get("unit", ""))
    type_ = engine_value(None, unit, where)[1]
    rows, types = _rows(entry.get("values") or {}, unit, f"{where}: {name}", ref)
    regions = {}
    for region, values in (entry.get("regions") or {}).items():
        regions[int(region)], more = _rows(values, unit, f"{where}: {name} in {region}", ref)
        types |= more
    if len(types) > 1:
        raise ProvisionError(f"{where}: {name} mixes {', '.join(sorted(map(str, types)))}")
    zh, en = str(entry.get("zh", name)), str(entry.get("en", name))
    floor = bool(entry.get("floor", False))
    return Provision(name, zh, en, unit, next(iter(types), type_), rows, regions, floor)


def _rows(values: Mapping[Any, Any], unit: str, where: str, ref: str) -> tuple[tuple[Dated, ...], set[Type]]:
    rows, types = [], set()
    for start, row in values.items():
        day = start if isinstance(start, date) else _day(start, where)
        cell = row if isinstance(row, Mapping) else {"value": row}
        value, type_ = engine_value(cell.get("value"), unit, f"{where} from {day}")
        if value is not None:
            types.add(type_)
        said = {key: str(cell.get(key) or "") for key in ("ref", "trust", "note")}
        known = bool(cell.get("start_known", True))
        rows.append(Dated(day, value, said["ref"] or ref, said["trust"] or "D", said["note"], known))
    return tuple(sorted(rows, key=lambda r: r.start)), types


def _day(start: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(start))
    except ValueError:
        raise ProvisionError(f"{where}: {start!r} is no day; write YYYY-MM-DD: VALUE") from None
