"""Collectives such as "every city": who their members are, and the line that counts the members' tasks.

A collective is an office of the catalogue that names levels of government below its region, or the departments that
the plan itself names. Each member gets a task of its own; the collective's own task is the line that counts them.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db.models import Count, Q

from renben.catalogue import Catalogue, Office, Plan
from renben.web.clock import today
from renben.web.exchange.door import catalogue
from renben.web.programme.models import Task

GOVERNMENT = "gov_"
"""Prefix of the office that is the government of a region."""


def offices(known: Catalogue | None = None) -> Mapping[str, Office]:
    """Every office that may own a task: those of the catalogue and the governments of its cities and counties.

    Args:
        known: the catalogue, where it is at hand already.
    """
    return _offices(known or catalogue())


@lru_cache(maxsize=4)
def _offices(known: Catalogue) -> dict[str, Office]:
    made = {
        f"{GOVERNMENT}{region.code}": Office(
            id=f"{GOVERNMENT}{region.code}", zh=f"{region.name_zh}人民政府", level=region.level, region=region.code,
            en=f"People's Government of {region.name_en}", kind="government",
        )
        for region in known.regions.values()
        if region.level in ("prefecture", "county") and region.valid_to is None
    }  # fmt: skip
    return {**made, **known.offices}


def is_collective(office: str) -> bool:
    """Whether an office stands for several."""
    found = offices().get(office)
    return bool(found and found.members)


def members(office: str, plan: Plan, owners: Iterable[str]) -> list[str]:
    """Offices for which a collective stands, in the order of their codes; empty for a single office.

    Args:
        office: id of the owner that the plan names.
        plan: the plan, whose region bounds a collective without one.
        owners: every owner that the plan names, for collectives of departments.
    """
    found = offices().get(office)
    if found is None or not found.members:
        return []
    regions = catalogue().regions
    inside = {f"{GOVERNMENT}{code}" for code, one in regions.items()
              if one.level in found.members and one.valid_to is None and _under(code, found.region or plan.region)}  # fmt: skip
    if "department" in found.members:
        inside |= {one for one in owners if (known := offices().get(one)) and known.kind == "department"}
    return sorted(inside - {office})


def _under(code: str, above: str) -> bool:
    regions, at = catalogue().regions, code
    while at in regions and at != above:
        at = regions[at].parent or ""
    return at == above


def counts(lines: Iterable[Task]) -> dict[tuple[str, str], dict[str, int]]:
    """What the members of each line have come to, by commitment and collective (tasks)."""
    wanted = list(lines)
    rows = (
        Task.objects.filter(
            commitment__in={one.commitment for one in wanted}, collective__in={one.owner for one in wanted}
        )
        .values("commitment", "collective")
        .annotate(
            all=Count("pk"),
            closed=Count("pk", filter=~Q(case__closed_on=None)),
            late=Count("pk", filter=Q(case__closed_on=None, case__due_on__lt=today())),
            reported=Count("pk", filter=~Q(progress=None)),
        )
    )
    return {(row["commitment"], row["collective"]): row for row in rows} if wanted else {}


def line_of(task: Task) -> Task | None:
    """The line of the collective through which a task came to its owner."""
    if not task.collective:
        return None
    found = Task.objects.filter(commitment=task.commitment, owner=task.collective, line=True)
    return found.select_related("case").first()
