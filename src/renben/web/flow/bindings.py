"""What a kind of case brings of its own: effects and facts, named in flow tables, written in Python."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.module_loading import import_string

from renben.web.flow.definition import Flow, Transition
from renben.web.flow.models import Case
from renben.web.guard.policy import Actor

BOUND = {
    "residence_registration": "renben.web.registry.bindings.REGISTRATION",
    "residence_permit": "renben.web.registry.bindings.PERMIT",
    "permit_life": "renben.web.registry.bindings.PERMIT_LIFE",
    "hukou_settlement": "renben.web.registry.bindings.SETTLEMENT",
    "record_correction": "renben.web.registry.bindings.CORRECTION",
    "fact_correction": "renben.web.registry.fact_corrections.FACT_CORRECTION",
    "duplicate_review": "renben.web.registry.bindings.DUPLICATE",
    "photo": "renben.web.registry.bindings.PHOTO",
    "household_change": "renben.web.registry.bindings.HOUSEHOLD",
    "reconsideration": "renben.web.registry.bindings.RECONSIDERATION",
    "registry_export": "renben.web.registry.exports.EXPORT",
    "school_place": "renben.web.registry.school_place.SCHOOL",
    "claim": "renben.web.claims.claiming.CLAIM",
    "institution": "renben.web.registry.institutions.INSTITUTION",
    "programme_task": "renben.web.programme.bindings.TASK",
    "residence_transfer": "renben.web.exchange.transfers.TRANSFER",
    "payment_batch": "renben.web.payments.bindings.BATCH",
    "spot_check": "renben.web.spotcheck.bindings.CHECK",
    "city_case": "renben.web.cases.bindings.CITY",
    "sharing_request": "renben.web.exchange.sharing.SHARING",
}
"""Kind of case -> its bindings. Written by hand, compared with the tables by a test."""


@dataclass
class Step:
    """One transition while it is carried out; effects change the case and add to detail and messages."""

    case: Case
    flow: Flow
    move: Transition
    actor: Actor
    payload: Mapping[str, Any]
    day: dt.date
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    """Goes into the event: references and field names, no personal values."""
    messages: list[str] = field(default_factory=list)
    """Topics of notices to the applicant."""


Effect = Callable[[Step], None]
Facts = Callable[[Case, Mapping[str, Any], dt.date], dict[str, Any]]


@dataclass(frozen=True)
class Bindings:
    """Effects by name and the function that finds a case's facts."""

    effects: Mapping[str, Effect]
    facts: Facts


@lru_cache(maxsize=16)
def bindings(kind: str) -> Bindings:
    """The bindings of a kind of case."""
    found = import_string(BOUND[kind])
    if not isinstance(found, Bindings):
        raise TypeError(f"{BOUND[kind]}: not Bindings but {type(found).__name__}.")
    return found
