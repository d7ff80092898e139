"""The ledger of one series: computed, approved, paid, explained and open by region, with the batches behind it."""

from typing import Any

from django.http import QueryDict

from renben.web.guard import audit
from renben.web.guard.policy import Actor, within
from renben.web.payments.drawing import KIND
from renben.web.payments.models import Batch
from renben.web.payments.pages import READ
from renben.web.payments.series import balances, total

MOST = 60
"""Series that can be chosen, the newest periods first."""


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """One series of an actor's regions: the one asked for, else the newest."""
    mine = Batch.objects.filter(within(actor, READ))
    names = ("dataset", "period", "region", "synthetic")
    series = list(mine.order_by("-period", "dataset", "region", "synthetic").values(*names).distinct()[:MOST])
    asked = {name: query.get(name, "") for name in names}
    chosen = next((one for one in series if all(_text(one[name]) == asked[name] for name in names)), None)
    chosen = chosen or (series[0] if series else None)
    rows = balances(chosen) if chosen else []
    audit.record(actor, "list", READ, object_type=KIND, detail={"rows": len(rows), "ledger": True})
    found = list(mine.filter(**chosen).select_related("case").order_by("seq")) if chosen else []
    return {
        "series": [(one, one == chosen) for one in series], "chosen": chosen, "rows": rows, "total": total(rows),
        "batches": [(one, one.case) for one in found],
    }  # fmt: skip


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
