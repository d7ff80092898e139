"""A return file compared with what was ordered, region by region; pure, so that its sums can be tested.

Several lines of one region that add up to what was ordered are instalments, and match.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MATCHED, DIFFERS, MISSING, UNKNOWN, TWICE = "matched", "differs", "missing", "unknown", "twice"


@dataclass(frozen=True)
class Compared:
    """One region: ordered and paid (fen), on how many lines, and what that means."""

    region: str
    expected: int
    paid: int
    lines: int
    found: str


def compare(ordered: Mapping[str, int], paid: Iterable[tuple[str, int]]) -> list[Compared]:
    """Every region that was ordered or paid, once.

    Args:
        ordered: Fen by region; rows of nothing are not ordered.
        paid: (region, fen) of every line of the file.
    """
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for region, amount in paid:
        lines[region].append(amount)
    wanted = {region: amount for region, amount in ordered.items() if amount}
    return [
        _compared(region, wanted.get(region), lines.get(region, [])) for region in sorted({*wanted, *lines})
    ]


def _compared(region: str, wanted: int | None, lines: list[int]) -> Compared:
    paid = sum(lines)
    found = MATCHED if paid == wanted else DIFFERS
    if wanted is None:
        found = UNKNOWN
    elif not lines:
        found = MISSING
    elif found == DIFFERS and len(lines) > 1:
        found = TWICE
    return Compared(region, wanted or 0, paid, len(lines), found)
