"""A report that an officer takes down for somebody who called, or that an inspector makes on patrol.

It is nobody's application: whoever takes it down may file it, and the caller gets the code to follow it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from renben.web.cases.board import counties, grouped
from renben.web.cases.classes import SEVERITIES
from renben.web.cases.reporting import LONGEST, TAKE_DOWN, TAKEN_DOWN, Receipt, Told, report
from renben.web.flow.refusals import Incomplete
from renben.web.guard.policy import Actor

TEXTS = ("subclass", "region", "words", "place", "phone", "severity", "channel")


@dataclass
class Taken:
    """What the form came to: a receipt, or the fields that are missing or wrong."""

    receipt: Receipt | None = None
    wrong: list[str] = field(default_factory=list)


def form(actor: Actor, data: QueryDict | None = None) -> dict[str, Any]:
    """What the form shows, with what was typed."""
    return {
        "classes": grouped(), "severities": SEVERITIES, "counties": counties(actor, TAKE_DOWN), "channels": TAKEN_DOWN,
        "longest": LONGEST, "typed": data.dict() if data else {},
    }  # fmt: skip


def take(actor: Actor, data: QueryDict) -> Taken:
    """Take a report down, once per key of the form."""
    given = {name: data.get(name, "").strip() for name in TEXTS}
    if given["channel"] not in TAKEN_DOWN:
        return Taken(wrong=["channel"])
    try:
        lon, lat = (_degrees(data.get(name, "")) for name in ("lon", "lat"))
        return Taken(report(actor, Told(**given, lon=lon, lat=lat), data.get("key", "")))
    except Incomplete as refused:
        return Taken(wrong=str(refused.values["fields"]).split(", "))


def _degrees(text: str) -> float | None:
    """A number of degrees, None for an empty field.

    Raises:
        Incomplete: no number.
    """
    try:
        return float(text) if text.strip() else None
    except ValueError as error:
        raise Incomplete(fields="point") from error
