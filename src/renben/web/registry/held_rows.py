"""The queries by which the facts of people are read: a fixed number for one person as for a thousand.

Each takes keys and the moment as of which rows are wanted (None: as known now); rows come as plain values, not as objects.
"""

import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.db.models import BooleanField, CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast

from renben.web.flow.models import Case, CaseEvent
from renben.web.guard.models import User
from renben.web.prepared import ByKeys
from renben.web.registry.models import (
    Employment,
    Endorsement,
    HouseholdMember,
    Insurance,
    Mandate,
    Permit,
    Residence,
    Schooling,
    Tenure,
)
from renben.web.registry.models.papers import written_by

TRANSFER = "residence_transfer"
"""Flow in which years from another city are decided."""
Key = uuid.UUID


class Spell(NamedTuple):
    """An open residence."""

    region: str
    since: dt.date
    registered_on: dt.date


class Ground(NamedTuple):
    """A home, a job or schooling that stands on the day."""

    person: Key
    matter: str
    kind: str
    region: str
    enrolled: bool | None
    since: dt.date


class Paid(NamedTuple):
    """A stretch of months paid into a scheme, or one that is still paid."""

    person: Key
    scheme: str
    region: str
    since: dt.date
    ends: dt.date | None
    whole: bool | None


class PermitRow(NamedTuple):
    """A permit that is not closed."""

    key: Key
    person: Key
    issued: dt.date
    anchor: dt.date
    next_due: dt.date
    state: str


class Seat(NamedTuple):
    """An open membership of a household."""

    household: Key
    person: Key
    relation: str


SPELLS = ByKeys(
    lambda keys, moment: Residence.objects.as_of(moment)
    .filter(person_key__in=keys, valid_to=None).order_by("valid_from", "pk")
    .values_list("person_key", "region", "valid_from", "registered_on")
)  # fmt: skip


def _grounds(keys: list[Key], day: dt.date, moment: dt.datetime | None) -> Any:
    """Homes, jobs and schooling that stand on a day, in one query."""
    unsaid = {
        "of": Value("", CharField()),
        "formal": Cast(None, BooleanField()),
    }  # typed, for PostgreSQL's sake
    own = {"of": F("region"), "formal": F("enrolled")}
    homes, jobs, studies = (
        model.objects.as_of(moment).on(day).filter(person_key__in=keys)
        .annotate(matter=Value(matter, CharField()), **more)
        .values_list("person_key", "matter", "kind", "of", "formal", "valid_from")
        for matter, model, more in (("home", Tenure, unsaid), ("job", Employment, unsaid), ("study", Schooling, own))
    )  # fmt: skip
    return homes.union(jobs, studies, all=True).order_by("valid_from")


GROUNDS = ByKeys(_grounds)
INSURED = ByKeys(
    lambda keys, day, moment: Insurance.objects.as_of(moment)
    .filter(person_key__in=keys, valid_from__lte=day).order_by("valid_from", "pk")
    .values_list("person_key", "kind", "region", "valid_from", "valid_to", "whole")
)  # fmt: skip
PERMITS = ByKeys(
    lambda keys, moment: Permit.objects.as_of(moment)
    .filter(person_key__in=keys, valid_to=None).exclude(state="closed").order_by("pk")
    .values_list("key", "person_key", "issued", "anchor", "next_due", "state")
)  # fmt: skip
LATE = ByKeys(
    lambda permits, moment: Endorsement.objects.filter(written_by(moment), permit__in=permits)
    .order_by("due").values_list("permit", "late")
)  # fmt: skip
SEATS = ByKeys(
    lambda keys, moment: HouseholdMember.objects.as_of(moment)
    .filter(person_key__in=keys, valid_to=None).order_by("valid_from", "pk")
    .values_list("household", "person_key", "relation")
)  # fmt: skip
HOUSEHOLDS = ByKeys(
    lambda households, moment: HouseholdMember.objects.as_of(moment)
    .filter(household__in=households, valid_to=None).order_by("pk").values_list("household", "person_key", "relation")
)  # fmt: skip
MANDATES = ByKeys(
    lambda keys, day, moment: Mandate.objects.running(day, moment)
    .filter(person_key__in=keys, kind="guardian").order_by("pk").values_list("person_key", "account")
)  # fmt: skip
ACCOUNTS = ByKeys(
    lambda accounts, **_: User.objects.filter(pk__in=accounts).exclude(person_key=None)
    .order_by("pk").values_list("pk", "person_key")
)  # fmt: skip


def _transfers(keys: list[Key], moment: dt.datetime | None) -> Any:
    rows = Case.objects.filter(kind=TRANSFER, stage="counted", person_key__in=keys)
    if moment is not None:
        counted = CaseEvent.objects.filter(case=OuterRef("pk"), to_stage="counted", at__lte=moment)
        rows = rows.filter(Exists(counted))
    return rows.order_by("closed_on", "opened_at").values_list("person_key", "closed_on", "result")


TRANSFERS = ByKeys(_transfers)
