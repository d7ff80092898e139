"""The queries by which the facts of people are read: a fixed number for one person as for a thousand.

Each takes keys and the moment as of which rows are wanted (None: as known now); rows come as plain values, not as objects.
"""

import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from renben.web.flow.models import Case, CaseEvent
from renben.web.guard.models import User
from renben.web.prepared import ByKeys
from renben.web.registry.models import Endorsement, HouseholdMember, Mandate, Permit, Proof, Residence
from renben.web.registry.models.papers import written_by

GROUNDS = {
    "stable_home_since": ("lease", "title", "lodging"),
    "stable_job_since": ("contract", "licence"),
    "study_since": ("student",),
}
"""Fact of the rule book -> kinds of proof that show it."""
SHOWN_BY = {kind: fact for fact, kinds in GROUNDS.items() for kind in kinds}
TRANSFER = "residence_transfer"
"""Flow in which years from another city are decided."""
Key = uuid.UUID


class Spell(NamedTuple):
    """An open residence."""

    region: str
    since: dt.date
    registered_on: dt.date


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
PROOFS = ByKeys(
    lambda keys, day, moment: Proof.objects.filter(
        written_by(moment), person_key__in=keys, kind__in=list(SHOWN_BY), valid_from__lte=day
    ).order_by("valid_from", "pk").values_list("person_key", "kind", "valid_from", "valid_to")
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
