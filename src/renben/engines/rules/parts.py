"""A population in parts: files or counties that can be answered one after the other.

Sorting and joining small parts is cheaper than one big join and needs little memory. It gives the same answer only
where nobody's household and nobody's guardian stands in another part; where that cannot be shown from the smallest
and largest ids of each part, the population is answered as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from renben.engines.rules.facts import Relation

Extent = Mapping[str, tuple[Any, Any] | None]
"""Id column -> smallest and largest id of a part; None where the part has none."""


def id_columns(relations: Iterable[Relation]) -> list[str]:
    """Columns by which rows find each other, each once."""
    found: dict[str, None] = {}
    for relation in relations:
        found |= dict.fromkeys([relation.shared] if relation.shared else [relation.key, *relation.pointers])
    return list(found)


def apart(extents: Sequence[Extent], relations: Iterable[Relation]) -> bool:
    """Whether no row of a part can be related to a row of another part."""
    return all(_apart(extents, relation) for relation in relations)


def _apart(extents: Sequence[Extent], relation: Relation) -> bool:
    own = relation.shared or relation.key
    if not _disjoint([extent.get(own) for extent in extents]):
        return False
    return all(
        _within(extent.get(pointer), extent.get(own)) for extent in extents for pointer in relation.pointers
    )


def _disjoint(spans: Iterable[tuple[Any, Any] | None]) -> bool:
    known = sorted(span for span in spans if span is not None)
    return all(before[1] < after[0] for before, after in pairwise(known))


def _within(inner: tuple[Any, Any] | None, outer: tuple[Any, Any] | None) -> bool:
    return inner is None or (outer is not None and outer[0] <= inner[0] and inner[1] <= outer[1])
