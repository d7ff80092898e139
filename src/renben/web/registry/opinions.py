"""The applicant's word on a closed case, said once, and what it comes to for each office.

The word is chosen from a list: nobody writes about a person in it, and it can be counted. Officers see counts of an
office, never a row, so that nobody is treated by what was said. Asked for in the specification (feature 31).

A closed case is looked at by another office in `spotcheck/`, whatever the applicant said.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from renben.engines.statistics.comparing import wilson
from renben.web.clock import today
from renben.web.flow.command import Result, once, result_of
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor, within
from renben.web.law import provision
from renben.web.registry.models import Opinion
from renben.web.withholding import Limits

GIVE, READ = "opinion.give", "opinion.read"
TABLE = "opinion"
"""Whose limits hold for the counts."""
SCORES = (5, 4, 3, 2, 1)
WORDS = ("quick", "clear", "friendly", "slow", "unclear", "unfriendly", "too_many_papers", "too_many_trips")
CONTENT = 4
"""Marks from which somebody counts as content."""
COUNTY = 6
ASKED = ("granted", "refused")
"""Outcomes about which an applicant is asked."""


@dataclass(frozen=True)
class Offer:
    """What the applicant of a closed case is shown: the answer given, or until when one can be."""

    until: dt.date
    given: Opinion | None
    open: bool
    words: tuple[str, ...] = WORDS
    scores: tuple[int, ...] = SCORES


def offer(case: Case, report: int | None = None) -> Offer | None:
    """The question to the applicant; None while the case runs or where it was withdrawn or expired.

    Args:
        case: the case.
        report: whose author is asked instead, where a city case was reported without an account.
    """
    if case.closed_on is None or _outcome(case) not in ASKED:
        return None
    until = _until(case, case.closed_on)
    given = Opinion.objects.filter(case=case, report=report).first()
    return Offer(until, given, given is None and today() <= until)


def _outcome(case: Case) -> str:
    return flow_of(case.kind, case.flow_version).stages[case.stage].outcome


def _until(case: Case, closed: dt.date) -> dt.date:
    return closed + dt.timedelta(days=int(provision("opinion.days", closed, case.region).value))


def give(actor: Actor, case: Case, score: str, word: str, key: str, report: int | None = None) -> Result:
    """Say what one thinks of how one's own closed case was handled, once.

    Args:
        actor: the applicant, or the job that takes down what a reporter without an account says.
        case: the closed case.
        score: 1 to 5.
        word: from the list, or empty.
        key: one-time key of the form.
        report: report of a city case whose author says it; None for the applicant.

    Raises:
        Incomplete: no mark from 1 to 5, or a word that is not on the list.
        Guarded: the case is not closed, the time is over, or it was said before.
    """
    if score not in {str(one) for one in SCORES} or word not in ("", *WORDS):
        raise Incomplete(fields="score")
    content = ["opinion", str(case.pk), score, word, *([report] if report else [])]
    return once(actor, key, content, lambda: _given(actor, case, int(score), word, report))


def _given(actor: Actor, case: Case, score: int, word: str, report: int | None) -> Result:
    found = offer(case, report)
    if found is None:
        raise Guarded("refusal.opinion_not_closed")
    if found.given is not None:
        raise Guarded("refusal.opinion_given")
    if not found.open:
        raise Guarded("refusal.opinion_late")
    with scope.as_job("flow"):
        Opinion.objects.create(
            case=case, report=report, kind=case.kind, region=case.region[:COUNTY], score=score, word=word,
            given_on=today(),
        )  # fmt: skip
        audit.record(actor, "command", GIVE, object_type="opinion", object_id=str(case.pk), subject=case.person_key,
                     region=case.region)  # fmt: skip
    return result_of(case)


@dataclass(frozen=True)
class Line:
    """The answers about one kind of case of one office; everything is None where it is withheld."""

    region: str
    kind: str
    n: int | None = None
    content: float | None = None
    """Share of marks of 4 and 5."""
    low: float | None = None
    high: float | None = None
    words: tuple[tuple[str, int], ...] = ()
    """Words with how often they were chosen, small counts left out."""


def lines(actor: Actor, first: dt.date, last: dt.date, bounds: Limits) -> list[Line]:
    """What was said about the offices of an actor's regions in a period, both days included."""
    with scope.reading_as("review"):
        rows = Opinion.objects.filter(within(actor, READ), given_on__range=(first, last))
        said: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for region, kind, score, word in rows.values_list("region", "kind", "score", "word"):
            said.setdefault((region, kind), []).append((score, word))
    return [_line(region, kind, said[region, kind], bounds) for region, kind in sorted(said)]


def _line(region: str, kind: str, said: list[tuple[int, str]], bounds: Limits) -> Line:
    """A line, withheld as a whole where its answers are few or where nearly all say the same; no totals are shown."""
    n, content = len(said), sum(score >= CONTENT for score, _ in said)
    if n < bounds.group or min(content, n - content) < bounds.count:
        return Line(region, kind)
    low, high = wilson(content, n, bounds.confidence)
    return Line(region, kind, n, content / n, low, high, _common((word for _, word in said), bounds))


def _common(said: Iterable[str], bounds: Limits) -> tuple[tuple[str, int], ...]:
    counted = Counter(word for word in said if word)
    return tuple((word, n) for word, n in counted.most_common() if n >= bounds.count)


def of(actor: Actor) -> list[Any]:
    """What somebody said so far, for the file of one's data."""
    return list(Opinion.objects.filter(case__applicant=actor.user_id, report=None).order_by("given_on", "pk"))
