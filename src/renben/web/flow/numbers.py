"""Gives out numbers without gaps: one counter row per region, year and kind, locked last in the transaction."""

from django.db import IntegrityError, transaction
from django.db.models import F

from renben.web.flow.models import Counter


def next_number(region: str, year: int, kind: str, prefix: str) -> str:
    """The next number of a series, such as JZ-1401-2026-000017."""
    series = Counter.objects.filter(region=region, year=year, kind=kind)
    if not series.update(value=F("value") + 1):
        _begin(region, year, kind)
        series.update(value=F("value") + 1)
    value = series.values_list("value", flat=True).get()
    return f"{prefix}-{region}-{year}-{value:06d}"


def _begin(region: str, year: int, kind: str) -> None:
    """Begin a series; somebody else may have done so meanwhile."""
    try:
        with transaction.atomic():
            Counter.objects.create(region=region, year=year, kind=kind)
    except IntegrityError:
        return
