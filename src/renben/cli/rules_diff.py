"""Which provisions differ between two days or under a scenario, and the decisions that touches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.rules import ProvisionError, Provisions
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.provisions import shown


def changes(loaded: LoadedBook, new: Provisions, before: dt.date, after: dt.date) -> list[dict[str, Any]]:
    """One row per provision and region whose value differs: before, after, unit, article, decisions."""
    rows = []
    for provision in loaded.provisions:
        name = provision.name
        decisions = [n for n, rule in loaded.decisions.items() if name in rule.provisions]
        places = sorted({region for region, _ in new[name].all_values()}, key=lambda r: r or 0)
        for region in places if decisions else []:
            old_value, new_value = _at(loaded.provisions, name, before, region), _at(new, name, after, region)
            if old_value[0] != new_value[0]:
                row = {"provision": name, "region": region, "before": old_value[0], "after": new_value[0]}
                rows.append({**row, "unit": provision.unit, "article": new_value[1], "decisions": decisions})
    return rows


def _at(provisions: Provisions, name: str, on: dt.date, region: int | None) -> tuple[Any, str]:
    try:
        dated = provisions[name].at(on, provisions.chain(region))
    except ProvisionError:
        return "not in force", ""
    return (
        (None, "not published") if dated is None else (shown(dated.value, provisions[name].unit), dated.ref)
    )
