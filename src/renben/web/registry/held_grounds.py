"""What homes, jobs, schooling and insurance on record say, in the names of the rule book.

A labour contract says since when; that somebody is employed is said by the employer alone. Months are those that a scheme's
paper lists, each counted once, the running month not yet; they are counted only where it was said that these are all, since
others may have been paid elsewhere. What no statement says is left out: it is unknown, not absent.
Not modelled: deemed months, temporary accounts, gaps between schemes, stages of schooling that are finished.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from renben.web.registry.circumstances import months_of
from renben.web.registry.held_rows import Ground, Paid
from renben.web.registry.models.circumstances import EMPLOYER

SINCE = {"home": "stable_home_since", "job": "stable_job_since", "study": "study_since"}
"""Matter -> fact of the rule book that says since when."""
SENIOR = "senior"
PENSION = "employee_pension"
COUNTED = {
    PENSION: "pension_months",
    "employee_medical": "medical_months_paid",
    "unemployment": "unemployment_months",
}
"""Scheme -> fact of the rule book that counts its months."""
JOINED = {"employee_medical": "employee_insured", "resident_medical": "resident_insured"}
"""Scheme -> fact of the rule book that says somebody is in it."""
PROVINCE, CITY = 2, 4
"""Digits of a region code that name its province and its city."""


def standing(grounds: Iterable[Ground], region: str) -> dict[str, Any]:
    """Facts of what stands on the day, the first begun first.

    Args:
        grounds: homes, jobs and schooling of one person, in order of their first day.
        region: where the person lives.
    """
    found: dict[str, Any] = {}
    for one in grounds:
        found.setdefault(SINCE[one.matter], one.since)
        if one.kind == EMPLOYER:
            found["employed"] = True
        if one.enrolled is not None:
            found["student_record"] = found.get("student_record", False) or one.enrolled
        if one.kind == SENIOR and one.region and one.region[:PROVINCE] == region[:PROVINCE]:
            found.setdefault("senior_high_since", one.since)
    return found


def insured(paid: Iterable[Paid], region: str, day: dt.date) -> dict[str, Any]:
    """Facts of the months paid into insurance; of a scheme whose months are not all on record none are counted.

    Args:
        paid: stretches of one person.
        region: where the person lives.
        day: the day on which they are counted.
    """
    rows, found = list(paid), dict[str, Any]()
    complete = {one.scheme for one in rows if one.whole}
    for scheme, name in COUNTED.items():
        if scheme in complete:
            found[name] = len(months_of(((one.since, one.ends) for one in rows if one.scheme == scheme), day))
    here = [one for one in rows if one.scheme == PENSION and one.region[:CITY] == region[:CITY]]
    if PENSION in complete:
        found["pension_months_here"] = len(months_of(((one.since, one.ends) for one in here), day))
    for one in rows:
        if one.ends is not None and one.ends <= day:
            continue
        if one.scheme in JOINED:
            found[JOINED[one.scheme]] = True
        if one.scheme == PENSION:
            found["insured_county"] = one.region
    return found
