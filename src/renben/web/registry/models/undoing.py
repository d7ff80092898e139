"""Takes back everything one case stated: its rows are withdrawn, what was known before is stated again."""

from collections.abc import Iterable

from renben.web.clock import now
from renben.web.registry.models.facts import Fact, withdraw


def built_upon(models: Iterable[type[Fact]], source: str) -> bool:
    """Whether another case replaced something that this case stated."""
    for model in models:
        gone = model.objects.filter(source=source, replaced_at__isnull=False).values_list("key", flat=True)
        if model.objects.current().filter(key__in=list(gone)).exclude(source=source).exists():
            return True
    return False


def undo(models: Iterable[type[Fact]], source: str) -> int:
    """Withdraw every current row of a source and state its predecessors again (rows restored)."""
    mine = [row for model in models for row in model.objects.current().filter(source=source)]
    for row in mine:
        withdraw(row)
    return sum(_restored(row, source) for row in mine)


def _restored(row: Fact, source: str) -> bool:
    """State again what was known of a row's key just before this case first spoke of it, in its own source's name."""
    rows = type(row).objects.filter(key=row.key)
    first = rows.filter(source=source).order_by("recorded_at").values_list("recorded_at", flat=True)[0]
    known = rows.filter(recorded_at__lt=first).exclude(source=source).order_by("-recorded_at", "-pk").first()
    if known is None:
        return False
    fields = [f.attname for f in row._meta.concrete_fields if not f.primary_key]
    columns = {name: getattr(known, name) for name in fields}
    columns.update(recorded_at=now(), replaced_at=None)
    type(row)(**columns).save(force_insert=True)
    return True
