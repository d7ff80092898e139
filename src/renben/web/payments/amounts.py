"""Amounts in fen: converted exactly, rounded so that the sum is conserved, and compared with what was approved before.

A column of two decimals in yuan, or in ten thousands of yuan, is whole fen already, so nothing is rounded. Where a
unit would leave parts of a fen, the sum is rounded once (half up) and its fen go to the rows by largest remainder.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from renben.engines.allocation.apportion import apportion
from renben.web.exchange.payable import Parts

HALF = Fraction(1, 2)


def in_fen(exact: Mapping[str, Decimal], fen: int) -> dict[str, int]:
    """Amounts in whole fen whose sum is the exact sum, rounded once.

    Args:
        exact: amounts of 0 or more by key, in some unit.
        fen: fen in one of that unit.

    Raises:
        AllocationError: an amount is negative or not a number.

    >>> in_fen({"a": Decimal("0.005"), "b": Decimal("0.005"), "c": Decimal("1.25")}, 100)
    {'a': 1, 'b': 0, 'c': 125}
    """
    keys = sorted(exact)
    shares = [Fraction(exact[key]) * fen for key in keys]
    whole = floor(sum(shares) + HALF)
    if not any(shares):
        return dict.fromkeys(keys, 0)
    return dict(zip(keys, apportion(whole, shares), strict=True))


@dataclass(frozen=True)
class Line:
    """One region of a batch before it is stored; money in fen."""

    region: str
    parts: dict[str, str]
    lacking: dict[str, str]
    computed: int
    before: int
    carried: int

    @property
    def amount(self) -> int:
        """To be paid; negative: to be taken back."""
        return self.computed - self.before + self.carried


@dataclass(frozen=True)
class Known:
    """What the series says of its regions before a batch is drawn up (fen)."""

    parts: Mapping[str, Mapping[str, str]]
    """Region -> part -> amount in the dataset's unit, of the batch approved last."""
    before: Mapping[str, int]
    """Region -> approved so far."""
    carried: Mapping[str, int]
    """Region -> difference that the next batch pays or takes back."""


NOTHING = Known({}, {}, {})


def lines(
    regions: Mapping[str, Parts], reasons: Mapping[tuple[str, str], str], known: Known, fen: int
) -> list[Line]:
    """The rows of a batch: what a version computes, less what was approved before, plus what is carried over.

    A part that this version could not compute keeps what was approved of it: missing is not zero. So does a region that
    the version does not have at all; what it got is taken back only where a version says that nothing is due to it.
    """
    kept = {region: _kept(parts, known.parts.get(region, {})) for region, parts in regions.items()}
    exact = {
        region: sum((Decimal(one) for one in parts.values()), Decimal()) for region, parts in kept.items()
    }
    computed = in_fen(exact, fen)
    every = sorted({*computed, *(code for code, n in [*known.before.items(), *known.carried.items()] if n)})
    found = []
    for region in every:
        before, carried = known.before.get(region, 0), known.carried.get(region, 0)
        if region in regions:
            lacking = _lacking(region, regions[region], reasons)
            found.append(Line(region, kept[region], lacking, computed[region], before, carried))
        else:
            parts = dict(known.parts.get(region, {}))
            found.append(Line(region, parts, dict.fromkeys(parts, ""), before, before, carried))
    return found


def _kept(parts: Parts, before: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for part in sorted(parts):
        value = parts[part]
        if value is not None:
            found[part] = format(value, "f")
        elif part in before:
            found[part] = before[part]
    return found


def _lacking(region: str, parts: Parts, reasons: Mapping[tuple[str, str], str]) -> dict[str, str]:
    return {part: reasons.get((region, part), "") for part in sorted(parts) if parts[part] is None}


def exact_sum(found: Iterable[Line]) -> Decimal:
    """Sum of what was computed, in the dataset's unit."""
    return sum((Decimal(one) for line in found for one in line.parts.values()), Decimal())


def yuan(fen: int) -> str:
    """An amount in yuan with two decimals, as files write it.

    >>> yuan(-1205)
    '-12.05'
    """
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
