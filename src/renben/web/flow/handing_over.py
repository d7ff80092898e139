"""A case under way goes from one office to another and is never without one; what each end held it is counted.

The step that hands over names no office: where a case goes is a fact that the kind of case finds. The region of the case
changes with the step, so that from then on the other office sees it and the one before does not; what stays for both is
the handover itself, without anything about the person. The legal clock runs on.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from renben.web.append import append
from renben.web.flow.bindings import Effect, Step
from renben.web.flow.definition import Flow
from renben.web.flow.models import Case, CaseEvent, Handover
from renben.web.guard import scope

TAKEN, SENT_BACK, LAPSED = "taken", "sent_back", "lapsed"
COLLECTED, COMPLETION, HOME = "collected", "completion", "home"
"""Of a case that one office takes in for another (flow/collecting): handed in, back to be completed, ended there."""
SENDING = ("submit", "hand_in")
HAND_OVER = "hand_over"


def hand_over(step: Step, to_region: str) -> None:
    """Give the case to the office of another region; the one before is written down with it."""
    case = step.case
    append(
        Handover(
            case=case, seq=case.version + 1, from_region=case.region, to_region=to_region, sent_on=step.day
        )
    )
    step.detail |= {"from": case.region, "to": to_region}
    case.region, case.holder = to_region, None


def take_over(step: Step) -> None:
    """The other office keeps the case."""
    _answer(step, TAKEN)


def send_back(step: Step) -> None:
    """The other office does not keep the case: it is with the office before again."""
    _return(step, _answer(step, SENT_BACK))


def come_home(step: Step) -> None:
    """Nobody answered in time: the case is with the office before again."""
    _return(step, _answer(step, LAPSED))


def _answer(step: Step, answer: str) -> Handover:
    row = Handover.objects.get(case=step.case, answer="")
    Handover.objects.filter(pk=row.pk).update(answer=answer, answered_on=step.day)
    step.detail |= {"from": row.from_region, "to": row.to_region}
    return row


def _return(step: Step, row: Handover) -> None:
    step.case.region, step.case.holder = row.from_region, None


EFFECTS: dict[str, Effect] = {"take_over": take_over, "send_back": send_back, "come_home": come_home}


@dataclass(frozen=True)
class Share:
    """How long one end held a case (calendar days)."""

    region: str
    elapsed: int
    legal: int
    """Without the days in which the applicant was asked for more."""


@dataclass(frozen=True)
class Ways:
    """Where a case was, and for how long."""

    handovers: list[Handover]
    shares: list[Share]

    @property
    def elapsed(self) -> int:
        """Days of all ends together."""
        return sum(one.elapsed for one in self.shares)

    @property
    def legal(self) -> int:
        """Legal days of all ends together."""
        return sum(one.legal for one in self.shares)

    @property
    def collected(self) -> Handover | None:
        """That one office took it in for another, which decides."""
        return self.handovers[0] if self.handovers[0].answer == COLLECTED else None


def ways(case: Case, flow: Flow, day: dt.date) -> Ways | None:
    """Where a case was since it was handed in; None where it never went anywhere."""
    return ways_of([(case, flow)], day).get(case.pk)


def ways_of(cases: Sequence[tuple[Case, Flow]], day: dt.date) -> dict[UUID, Ways]:
    """Where some cases were, by their keys, in two queries; a case that never went anywhere is left out."""
    rows: dict[UUID, list[Handover]] = defaultdict(list)
    events: dict[UUID, list[CaseEvent]] = defaultdict(list)
    with scope.reading_as("flow"):
        for row in Handover.objects.filter(case__in=[case.pk for case, _ in cases]).order_by("seq"):
            rows[row.case_id].append(row)
        if rows:
            for one in CaseEvent.objects.filter(case__in=list(rows)).defer("note_ct").order_by("seq"):
                events[one.case_id].append(one)
    flows = {case.pk: flow for case, flow in cases}
    return {key: Ways(mine, shares(mine, events[key], flows[key], day)) for key, mine in rows.items()}


def shares(rows: list[Handover], events: list[CaseEvent], flow: Flow, day: dt.date) -> list[Share]:
    """Days of each end from the sending to the end of the case, or to a day: together they are all days.

    A case that one office took in for another is counted from the day on which it was begun at the counter; there no
    deadline runs yet, and those days are none of the legal ones.

    Args:
        rows: handovers of the case, oldest first, one at least.
        events: events of the case, oldest first.
        flow: version of the flow that the case runs under.
        day: today.
    """
    taken_in = rows[0].answer == COLLECTED
    sent = events[0] if taken_in else next((one for one in events if one.action in SENDING), events[0])
    places = {row.seq: row.to_region for row in rows}
    whole, stood, region = Counter[str](), Counter[str](), rows[0].from_region
    for before, after in pairwise([*events, None]):
        if before is None:
            break
        region = _region(before, places, region)
        end = day if after is None else after.day
        if before.seq < sent.seq or (after is None and flow.stages[before.to_stage].final):
            continue
        days = max(0, (end - before.day).days)
        whole[region] += days
        stage = flow.stages[before.to_stage]
        stood[region] += days * (stage.clock == "stopped" or not stage.deadline)
    order = dict.fromkeys([rows[0].from_region, *(row.to_region for row in rows)])
    return [Share(one, whole[one], whole[one] - stood[one]) for one in order]


def _region(event: CaseEvent, places: dict[int, str], now: str) -> str:
    """Where the case was after an event."""
    if event.seq in places:
        return places[event.seq]
    return str(event.detail["from"]) if event.action in ("send_back", "come_home") else now
