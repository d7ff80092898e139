"""Publishes counts from the registry into the workspace: never a person, a number or a key.

Carries out: data duty of the office `police` for the dataset `settlements`. Not modelled: protection of small
counts; the dataset stays inside the administration.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import polars as pl
from django.conf import settings

from renben.catalogue import load
from renben.core.period import Period
from renben.core.workspace import Provenance, Version, Workspace
from renben.web import clock
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.registry.models import Residence, Settlement

PUBLISHER = Actor(None, job="registry")
ORIGINS = ("cross_province", "in_province", "in_city")
DATASET = "settlements"


def settlements(first: dt.date, last: dt.date) -> pl.DataFrame:
    """Settlers per region and origin decided in a period (persons), counties and the cities above them.

    A region appears with all three origins, 0 where nobody settled, as soon as somebody ever lived or settled
    there on record; where the registry knows nothing, there is no row.
    """
    rows = Settlement.objects.current().filter(decided__gte=first, decided__lte=last)
    counted: Counter[tuple[str, str]] = Counter()
    for region, origin in rows.values_list("region", "origin"):
        for place in _with_city(region):
            counted[place, origin] += 1
    known = {place for region in _covered() for place in _with_city(region)}
    cells = [(region, origin, counted[region, origin]) for region in sorted(known) for origin in ORIGINS]
    schema = {"region": pl.String, "origin": pl.String, "persons": pl.Int64}
    return pl.DataFrame(cells, schema=schema, orient="row")


def _covered() -> Iterable[str]:
    spells = Residence.objects.current().values_list("region", flat=True).distinct()
    return set(spells) | set(Settlement.objects.current().values_list("region", flat=True).distinct())


def _with_city(region: str) -> tuple[str, ...]:
    """A county and the city above it, as far as the catalogue knows them."""
    found = load().regions.get(region[:6])
    if found is None:
        return ()
    return (found.code, found.parent) if found.level == "county" and found.parent else (found.code,)


def publish_settlements(space: Workspace, period: str) -> Version:
    """Write the period's settlers as a new version of `settlements`, marked synthetic in demo mode.

    Raises:
        SchemaError: the counts do not fit the dataset's schema.
    """
    when = Period(period)
    frame = settlements(when.start, when.end)
    provenance = Provenance(
        dataset=DATASET,
        period=str(when),
        made_by="renben publish",
        synthetic=bool(settings.DEMO),
        sources=(f"registry, settlements decided {when.start} to {when.end}",),
        created_at=clock.now(),
    )
    version = space.write_checked(frame.lazy(), space.dataset(DATASET), provenance, clock.today())
    detail = {"dataset": DATASET, "period": str(when), "rows": frame.height}
    audit.record(PUBLISHER, "export", object_type="dataset", object_id=version.vintage, detail=detail)
    return version
