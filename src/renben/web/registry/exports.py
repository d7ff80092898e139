"""Lists of people that leave the service as a file: only with a reason and somebody else's approval, for some days.

Carries out: Personal Information Protection Law arts. 6 (smallest extent), 19 and 51 (measures by sensitivity). The
file says in its first and last line who took it, when, why and under which number; everybody on it can see that.
Not modelled: what becomes of a file once it has been taken.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from renben.web.append import append_each
from renben.web.clock import now
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.course import note_of
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.numbers import next_number
from renben.web.guard import audit
from renben.web.guard.policy import Actor, bounds
from renben.web.law import provision
from renben.web.registry import people
from renben.web.registry.models import Permit, Person, Residence
from renben.web.words import say_now, written

KIND = "registry_export"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters at which a spreadsheet would calculate a cell instead of showing it."""


@dataclass(frozen=True)
class Listing:
    """One kind of list: the facts it goes through and its columns beside the person's."""

    name: str
    facts: Callable[[dt.date], QuerySet[Any]]
    columns: tuple[str, ...]
    cells: Callable[[Any], tuple[Any, ...]]


def _residents(day: dt.date) -> QuerySet[Any]:
    return Residence.objects.current().on(day).select_related("address")


def _permits(day: dt.date) -> QuerySet[Any]:
    return Permit.objects.current().on(day).exclude(state="closed")


LISTS = {
    one.name: one
    for one in (
        Listing("residents", _residents, ("address", "since"), lambda spell: (spell.address.text, spell.valid_from)),
        Listing("permits", _permits, ("permit", "issued", "expires"), lambda p: (p.number, p.issued, p.expires)),
    )
}  # fmt: skip
PERSONAL = ("name", "number", "birth")


def inside(region: str) -> Q:
    """Rows whose region lies in a range."""
    low, high = bounds(region)
    return Q(region__gte=low, region__lt=high)


def counted(name: str, where: Q, day: dt.date) -> dict[str, int]:
    """Persons on a list by region (persons): what anybody who may ask sees without approval."""
    rows = (
        LISTS[name]
        .facts(day)
        .filter(where)
        .order_by()
        .values("region")
        .annotate(n=Count("person_key", distinct=True))
    )
    return {row["region"]: row["n"] for row in rows}


def _wanted(case: Case) -> tuple[Listing, str]:
    return LISTS[case.result["list"]], case.result["of"]


def rows_of(case: Case, day: dt.date) -> int:
    """Persons on the list of a request (persons)."""
    listing, region = _wanted(case)
    return listing.facts(day).filter(inside(region)).values("person_key").distinct().count()


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guard of a request asks for."""
    rows = rows_of(case, day)
    return {
        "rows": rows,
        "too_many": rows > int(provision("registry_export.most_rows", day, case.region).value),
    }


def number_export(step: Step) -> None:
    """On sending: the receipt number, and how many rows were asked for."""
    case = step.case
    case.number = next_number(case.region[:6], step.day.year, case.kind, step.flow.prefix)
    case.result = {**case.result, "rows": rows_of(case, step.day)}
    step.detail.update(number=case.number, rows=case.result["rows"], list=case.result["list"])


def fix_day(step: Step) -> None:
    """The list is drawn as of the day of approval, however often it is downloaded."""
    step.case.result = {**step.case.result, "day": step.day.isoformat(), "rows": rows_of(step.case, step.day)}
    step.detail["rows"] = step.case.result["rows"]


def reason_of(case: Case) -> str:
    """Why the list was asked for."""
    event = CaseEvent.objects.filter(case=case, action="submit").first()
    return note_of(event)


def approver_of(case: Case) -> CaseEvent | None:
    """The step by which it was approved."""
    return CaseEvent.objects.filter(case=case, action="approve").order_by("-seq").first()


def open_on(case: Case, day: dt.date) -> bool:
    """Whether the list can be downloaded on a day."""
    return case.stage == "approved" and case.wait_on is not None and day <= case.wait_on


@written()
def file_of(actor: Actor, case: Case, username: str) -> bytes:
    """The approved list as CSV with its watermark; the audit gets one row for the file and one for each person.

    Args:
        actor: who asked for it and takes it now.
        case: an approved request.
        username: of the actor's account, for the watermark.
    """
    listing, region = _wanted(case)
    day = dt.date.fromisoformat(case.result["day"])
    found = _distinct(listing.facts(day).filter(inside(region)).order_by("region", "pk"))
    mark = _watermark(case, username, len(found))
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(mark)
    table.writerow([say_now(f"export.column.{name}") for name in (*PERSONAL, *listing.columns)])
    table.writerows(_cells(listing, found))
    table.writerow(mark)
    content = out.getvalue().encode("utf-8-sig")
    _recorded(actor, case, list(found), hashlib.sha256(content).hexdigest())
    return content


def _distinct(rows: QuerySet[Any]) -> dict[UUID, Any]:
    """One fact per person, records that were merged under the one that is kept."""
    kept, found = people.merged(), dict[UUID, Any]()
    for row in rows:
        found.setdefault(kept.get(row.person_key, row.person_key), row)
    return found


def _cells(listing: Listing, found: Mapping[UUID, Any]) -> Iterator[list[str]]:
    people = {one.key: one for one in Person.objects.current().filter(key__in=list(found), valid_to=None)}
    for key, row in found.items():
        person = people.get(key)
        mine = (person.name, person.number, person.birth) if person else ("", "", "")
        yield [_safe(value) for value in (*mine, *listing.cells(row))]


def _safe(value: Any) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _watermark(case: Case, username: str, rows: int) -> list[str]:
    by = approver_of(case)
    moment = now().astimezone().strftime("%Y-%m-%d %H:%M %z")
    return [_safe(say_now("export.watermark", number=case.number, who=username, when=moment, rows=rows,
                          approver=by.account if by else "", why=reason_of(case)))]  # fmt: skip


def _recorded(actor: Actor, case: Case, keys: list[UUID], digest: str) -> None:
    what = {"object_type": KIND, "object_id": str(case.pk), "region": case.region}
    detail = {"rows": len(keys), "list": case.result["list"], "number": case.number, "sha256": digest}
    whole = audit.event(actor, "export", "export.request", detail=detail, **what)
    append_each(audit.event(actor, "export", "export.request", **what), "subject", keys, whole)


EXPORT = Bindings({"number_export": number_export, "fix_day": fix_day}, facts)
