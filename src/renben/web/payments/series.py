"""What a series of batches (dataset, period, payer, synthetic mark) has approved, paid and left open, by region (fen)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from renben.web.payments.amounts import Known
from renben.web.payments.models import Batch, Outcome, ReturnFile, Row

EXPLAINED, CARRIED = "explained", "carried"
WAYS = (EXPLAINED, CARRIED)


def key_of(batch: Batch) -> dict[str, Any]:
    """The series of a batch."""
    return {name: getattr(batch, name) for name in ("dataset", "period", "region", "synthetic")}


def last_approved(series: Mapping[str, Any]) -> Batch | None:
    """The batch of a series that was approved last."""
    return Batch.objects.filter(**series, approved_on__isnull=False).order_by("-seq").first()


def outcomes(series: Mapping[str, Any]) -> QuerySet[Outcome]:
    """What came of the last return file of every batch of a series."""
    later = ReturnFile.objects.filter(batch=OuterRef("batch"), seq__gt=OuterRef("file__seq"))
    mine = {f"batch__{name}": value for name, value in series.items()}
    return Outcome.objects.filter(~Exists(later), **mine)


def known(series: Mapping[str, Any], last: Batch | None) -> Known:
    """What the next batch of a series starts from."""
    if last is None:
        return Known({}, {}, {})
    parts = {row.region: row.parts for row in Row.objects.filter(batch=last)}
    carried = Counter(
        _sums(outcomes(series).filter(way=CARRIED, batch__case__closed_on__isnull=False), _short())
    )
    carried.subtract(_sums(_approved(series), Sum("carried")))
    return Known(parts, _sums(_approved(series), Sum(F("computed") - F("before"))), dict(carried))


def _short() -> Any:
    return Sum(F("expected") - F("paid"))


def _approved(series: Mapping[str, Any]) -> QuerySet[Row]:
    mine = {f"batch__{name}": value for name, value in series.items()}
    return Row.objects.filter(**mine, batch__approved_on__isnull=False)


def _sums(rows: QuerySet[Any], what: Any) -> dict[str, int]:
    return dict(rows.order_by().values("region").annotate(n=what).values_list("region", "n"))


@dataclass(frozen=True)
class Balance:
    """One region of a series (fen)."""

    region: str
    computed: int
    approved: int
    paid: int
    explained: int

    @property
    def waiting(self) -> int:
        """Computed and not approved yet."""
        return self.computed - self.approved

    @property
    def open(self) -> int:
        """Approved, and neither paid nor explained."""
        return self.approved - self.paid - self.explained


def balances(series: Mapping[str, Any]) -> list[Balance]:
    """Every region of a series, in the order of the codes."""
    newest = Batch.objects.filter(**series).exclude(pending=False, approved_on=None).order_by("-seq").first()
    computed = dict(Row.objects.filter(batch=newest).values_list("region", "computed")) if newest else {}
    approved = _sums(_approved(series), Sum(F("computed") - F("before")))
    current = outcomes(series)
    paid = _sums(current, Sum("paid"))
    explained = _sums(current.filter(way=EXPLAINED, closed_on__isnull=False), _short())
    every = sorted({*computed, *approved, *paid})
    return [
        Balance(one, computed.get(one, 0), approved.get(one, 0), paid.get(one, 0), explained.get(one, 0))
        for one in every
    ]


def total(rows: list[Balance]) -> Balance:
    """The sum of some regions."""
    names = ("computed", "approved", "paid", "explained")
    return Balance("", *(sum(getattr(row, name) for row in rows) for name in names))
