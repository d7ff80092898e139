"""Amounts that a run computed and that may be paid: which datasets, which versions, and what one version says.

Only computed tables by region are listed here; nothing personal is among them. Adding a dataset is adding a line
to `PAYABLES`: a decimal column whose unit is money, the payer of each row, and the column of its parts if it has any.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from renben.catalogue.schema import Column, Dataset
from renben.core.period import Period
from renben.core.workspace import Version
from renben.web.exchange import door

FEN = {"yuan": 100, "CNY": 100, "10k yuan": 1_000_000, "10k CNY": 1_000_000}
"""Fen in one of a column's unit."""
NEWEST = 12
"""Versions of a dataset that are offered, the newest ones."""


@dataclass(frozen=True)
class Payable:
    """A dataset whose amounts may be paid."""

    dataset: str
    column: str
    payer: str
    """Column of the region that pays."""
    part: str = ""
    """Column of the parts of a region's amount; empty where a region has one row."""


PAYABLES = {
    one.dataset: one
    for one in (
        Payable("settlement_reward", "amount", "payer", "part"),
        Payable("fiscal_transfer", "amount", "payer"),
    )
}
Parts = Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Amounts:
    """What one version of a payable dataset says; amounts in the column's unit, None where it could not be computed."""

    dataset: str
    period: str
    vintage: str
    digest: str
    synthetic: bool
    unit: str
    payers: Mapping[str, Mapping[str, Parts]]
    """Payer -> region -> part -> amount."""
    reasons: Mapping[tuple[str, str], str]
    """(region, part) -> code of the reason why there is no amount."""

    @property
    def fen(self) -> int:
        """Fen in one of the unit."""
        return FEN[self.unit]


def order(vintage: str) -> tuple[str, int]:
    """Sort key of a vintage: its day, and its number on that day."""
    return vintage[:10], int(vintage[11:] or 1)


def offered() -> list[Amounts]:
    """Versions that may be paid, each dataset's newest period and vintage first; none without a workspace."""
    if not door.is_there():
        return []
    space = door.workspace()
    newest = ((space.versions(name)[::-1][:NEWEST], one) for name, one in PAYABLES.items())
    return [_read(version, one) for versions, one in newest for version in versions]


def find(dataset: str, period: str, vintage: str) -> Amounts | None:
    """One version by its names, None where there is none or it is not one that may be paid."""
    known = PAYABLES.get(dataset)
    if known is None or not door.is_there():
        return None
    found = (
        one
        for one in door.workspace().versions(dataset)
        if (str(one.period), one.vintage) == (period, vintage)
    )
    version = next(found, None)
    return _read(version, known) if version else None


def schema(dataset: str) -> Dataset:
    """The declared schema of a payable dataset."""
    return door.catalogue().datasets[dataset]


@lru_cache(maxsize=128)
def _read(version: Version, payable: Payable) -> Amounts:
    """The amounts of a version; a file never changes once it is there."""
    column = schema(payable.dataset).columns[payable.column]
    payers: dict[str, dict[str, dict[str, Decimal | None]]] = {}
    reasons = {}
    for payer, region, part, amount, reason in _rows(version, payable, column):
        payers.setdefault(payer, {}).setdefault(region, {})[part] = amount
        if amount is None:
            reasons[region, part] = reason
    return Amounts(
        version.dataset, str(Period(str(version.period))), version.vintage, version.digest,
        version.provenance.synthetic, _unit(version, column), payers, reasons,
    )  # fmt: skip


def _rows(
    version: Version, payable: Payable, column: Column
) -> Iterator[tuple[str, str, str, Decimal | None, str]]:
    for row in version.scan().collect().to_dicts():
        reason = str(row.get(f"{payable.column}_reason") or "") if column.reasons else ""
        part = str(row[payable.part]) if payable.part else ""
        yield str(row[payable.payer]), str(row["region"]), part, row[payable.column], reason


def _unit(version: Version, column: Column) -> str:
    unit = column.unit or ""
    if column.type != "decimal" or unit not in FEN:
        raise door.ExchangeError(
            f"{version.dataset}: amounts in {unit or 'no unit'} ({column.type}) cannot be paid; declare a decimal column "
            f"in one of {', '.join(FEN)}."
        )
    return unit
