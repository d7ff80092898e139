"""Cases that belong together: one is part of another, follows it, or is merely related; seen from both ends.

A link is made by an officer who may see both cases, with a reason, and taken back with a reason; neither is ever deleted.
It changes nothing in either case: clocks, stages and who may see what stay as they are. A case is part of one other at
most, and of none that is part of it.

Not modelled: a decision about the whole that decides its parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from renben.web.clock import now
from renben.web.flow.command import Result, once, result_of
from renben.web.flow.definition import Flow, Stage, flow_of
from renben.web.flow.models import Case, CaseLink
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard import audit, crypto, scope
from renben.web.guard.policy import Actor

LINK = "case.link"
PART, FOLLOWS, RELATED = "part_of", "follows", "related"
KINDS = (PART, FOLLOWS, RELATED)
TURNED = {PART: "has_part", FOLLOWS: "followed_by", RELATED: RELATED}
"""How a link reads from the other end."""
NOTE = "link.note"
SHORTEST, LONGEST, DEEPEST = 4, 400, 50


@dataclass(frozen=True)
class Line:
    """One link as one of its ends shows it; without the other case where it may not be seen."""

    link: CaseLink
    reads: str
    """part_of, has_part, follows, followed_by or related."""
    other: Case | None
    flow: Flow | None
    stage: Stage | None
    why: str
    undone_why: str


def lines(case: Case, may_see: Callable[[Case], bool]) -> list[Line]:
    """Links of a case, those that hold first and the newest of them first.

    Args:
        case: one end, which the reader may see.
        may_see: whether the reader may see the case at the other end.
    """
    with scope.reading_as("flow"):
        rows = list(
            CaseLink.objects.filter(Q(case=case) | Q(other=case))
            .select_related("case", "other")
            .order_by("-pk")
        )
    rows.sort(key=lambda one: one.undone_at is not None)
    return [_line(row, case, may_see) for row in rows]


def _line(row: CaseLink, case: Case, may_see: Callable[[Case], bool]) -> Line:
    mine = row.case_id == case.pk
    other, reads = (row.other, row.kind) if mine else (row.case, TURNED[row.kind])
    if not may_see(other):
        return Line(row, reads, None, None, None, "", "")
    flow = flow_of(other.kind, other.flow_version)
    why, undone = (crypto.decrypt(text, NOTE, row.pk) for text in (row.why_ct, row.undone_why_ct))
    return Line(row, reads, other, flow, flow.stages[other.stage], why, undone)


def link(actor: Actor, case: Case, other: Case, kind: str, why: str, key: str) -> Result:
    """Say that a case is part of another, follows it or is related to it; exactly once per key.

    Args:
        actor: an officer who may see both; the caller has asked.
        case: that is part, follows or is related.
        other: of which, after which, to which.
        kind: one of KINDS.
        why: the reason.
        key: one-time key.

    Raises:
        Incomplete: no such kind, or no reason.
        Guarded: a case linked with itself, linked already, part of another already, or going round in a circle.
    """
    why = why.strip()[:LONGEST]
    if kind not in KINDS or len(why) < SHORTEST:
        raise Incomplete(fields="why" if kind in KINDS else "kind")
    content = ["link", str(case.pk), str(other.pk), kind, why]
    return once(actor, key, content, lambda: _linked(actor, case, other, kind, why))


def _linked(actor: Actor, case: Case, other: Case, kind: str, why: str) -> Result:
    with scope.as_job("flow"):
        list(Case.objects.select_for_update().filter(pk__in=(case.pk, other.pk)).order_by("pk"))
        _fits(case, other, kind)
        row = CaseLink.objects.create(case=case, other=other, kind=kind, made_by=actor.user_id, made_at=now())
        CaseLink.objects.filter(pk=row.pk).update(why_ct=crypto.encrypt(why, NOTE, row.pk))
        _told(actor, row, "linked")
    return result_of(case)


def _fits(case: Case, other: Case, kind: str) -> None:
    if case.pk == other.pk:
        raise Guarded("refusal.link_itself")
    holds = CaseLink.objects.filter(undone_at=None)
    if holds.filter(Q(case=case, other=other) | Q(case=other, other=case)).exists():
        raise Guarded("refusal.link_known")
    if kind != PART:
        return
    if holds.filter(case=case, kind=PART).exists():
        raise Guarded("refusal.link_part")
    if case.pk in _above(other.pk):
        raise Guarded("refusal.link_circle")


def _above(key: UUID) -> list[UUID]:
    """The case, what it is part of, what that is part of, and so on."""
    found = [key]
    while len(found) <= DEEPEST:
        rows = CaseLink.objects.filter(case=found[-1], kind=PART, undone_at=None)
        above = rows.values_list("other", flat=True).first()
        if above is None:
            return found
        found.append(above)
    raise Guarded("refusal.link_deep", most=DEEPEST)


def undo(actor: Actor, case: Case, link_id: int, why: str, key: str) -> Result:
    """Take a link of a case back, exactly once per key; that there was one stays on record.

    Raises:
        Incomplete: no reason.
        Unknown: no such link of the case, or taken back already.
    """
    why = why.strip()[:LONGEST]
    if len(why) < SHORTEST:
        raise Incomplete(fields="why")
    return once(
        actor, key, ["unlink", str(case.pk), link_id, why], lambda: _undone(actor, case, link_id, why)
    )


def _undone(actor: Actor, case: Case, link_id: int, why: str) -> Result:
    with scope.as_job("flow"):
        found = CaseLink.objects.filter(Q(case=case) | Q(other=case), pk=link_id, undone_at=None)
        row = found.select_related("case", "other").first()
        values: dict[str, Any] = {"undone_by": actor.user_id, "undone_at": now()}
        if row is None or not found.update(**values, undone_why_ct=crypto.encrypt(why, NOTE, link_id)):
            raise Unknown("refusal.link_unknown")
        _told(actor, row, "unlinked")
    return result_of(case)


def _told(actor: Actor, row: CaseLink, what: str) -> None:
    """An audit row at each end, so that both persons can see it."""
    for end in (row.case, row.other):
        audit.record(actor, "command", LINK, object_type=end.kind, object_id=str(end.pk), subject=end.person_key,
                     region=end.region, detail={"action": what, "kind": row.kind, "link": row.pk})  # fmt: skip
