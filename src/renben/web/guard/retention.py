"""Deletes what is no longer needed, once a day, and registers every deletion without the data.

Carries out: Personal Information Protection Law arts. 19 and 47 (shortest period, deletion of one's own accord).
Events and audit are kept; answers of applications that led to nothing go, and one-time
keys of people's commands. Keys of the system's own commands stay: they are what keeps a timer or a finding from
counting twice. Periods for records
themselves are the registry's (`registry.keeping`), where the catalogue has one in force. A part only says what is due
(`guard.erasing.Due`); what a hold keeps back stays until the hold ends, and goes in the next round.
"""

import datetime as dt
import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max, Q

from renben.catalogue import load
from renben.core.errors import LawError
from renben.web.clock import today
from renben.web.flow.definition import flows
from renben.web.flow.models import Case, CommandKey
from renben.web.guard import scope, subjects
from renben.web.guard.erasing import KEEPER, Due, erase
from renben.web.guard.models import Deletion, Hold, Instance, Recovery
from renben.web.law import provision

DONE_ON = "retained_on"
ENDED = ("refused", "ended")
KEEPERS = (
    "renben.web.registry.keeping",
    "renben.web.claims.keeping",
    "renben.web.exchange.keeping",
    "renben.web.spotcheck.keeping",
    "renben.web.cases.keeping",
)
"""Modules whose PARTS say which of their own rows are due: name -> what is due on a day, asked for every batch."""
Part = Callable[[dt.date], Iterable[Due]]


def due(day: dt.date) -> bool:
    """Whether today's round is still to be made; says so to one process only."""
    with transaction.atomic():
        row, _ = Instance.objects.select_for_update().get_or_create(name=DONE_ON, defaults={"value": ""})
        if row.value == day.isoformat():
            return False
        Instance.objects.filter(name=DONE_ON).update(value=day.isoformat())
    return True


def daily() -> int:
    """Make today's round unless it was made; one that fails is to be made again (things)."""
    day, done = today(), False
    if not due(day):
        return 0
    try:
        count = sum(retain(day).values())
        done = True
    finally:
        if not done:
            Instance.objects.filter(name=DONE_ON).update(value="")
    return count


def parts() -> dict[str, Part]:
    """Every keeping part by name, our own and those of the other modules."""
    found: dict[str, Part] = {"answers": _answers, "keys": _keys, "recoveries": _recoveries, "holds": _holds}
    for name in KEEPERS:
        found |= importlib.import_module(name).PARTS
    return found


def retain(day: dt.date) -> dict[str, int]:
    """Delete what is past its period on a day and not held; how much of each kind (things)."""
    return {name: _all(part, day) for name, part in parts().items()}


def _all(part: Part, day: dt.date) -> int:
    """Batch after batch, each in a transaction of its own so that nobody waits long for the lock."""
    done = 0
    while count := _batch(part, day):
        done += count
    return done


def _batch(part: Part, day: dt.date) -> int:
    with transaction.atomic():
        scope.enter(KEEPER)
        return next((count for due in part(day) if (count := erase(due, day))), 0)


def kept_back(day: dt.date) -> Counter[str]:
    """Rule -> how much is past its period under it on a day and kept back by a hold (things)."""
    found: Counter[str] = Counter()
    with scope.reading_as(KEEPER.job):
        for part in parts().values() if Hold.objects.running(day).exists() else ():
            for due in part(day):
                found[due.rule] += subjects.kept_back(due.rows, due.one, day)
    return found


PERIODS = "retention."
"""What the names of all periods begin with."""


@dataclass(frozen=True)
class Period:
    """A period of the catalogue: what it is about, its value in force or none, the reference, what went under it."""

    zh: str
    en: str
    value: str
    ref: str
    held: int
    """How much is past it and kept back by a hold."""
    gone: int
    """Lines of the deletion register that name it."""
    last: dt.datetime | None
    """When the last of them was written."""


def periods(day: dt.date) -> list[Period]:
    """Every period that is written, with what is in force on a day; an empty value means that nothing is deleted."""
    found, gone, held = [], _gone(), kept_back(day)
    for name, law in sorted(load().laws.items()):
        if not name.startswith(PERIODS):
            continue
        try:
            used = provision(name, day)
            parts = used.value.values() if isinstance(used.value, dict) else [used.value]
            value, ref = " / ".join(dict.fromkeys(str(one) for one in parts)), used.mark
        except LawError:
            value, ref = "", law.values[max(law.values)].ref
        found.append(Period(law.zh, law.en, value, ref, held[name], *gone.get(name, (0, None))))
    return found


def _gone() -> dict[str, tuple[int, dt.datetime]]:
    """Rule -> how much went under it, and when last."""
    rows = Deletion.objects.order_by().values_list("rule").annotate(Count("pk"), Max("at"))
    return {rule: (count, last) for rule, count, last in rows}


def days(name: str, day: dt.date) -> tuple[str, dt.date]:
    """A period counted in days: its name, and the day before which something has to have ended on a day."""
    law = provision(f"{PERIODS}{name}", day)
    return law.name, day - dt.timedelta(days=int(law.value))


def _answers(day: dt.date) -> Iterator[Due]:
    """Answers of applications that led to nothing; the case stays."""
    rule, last = days("ended_case_days", day)
    found = Case.objects.filter(led_to_nothing(), closed_on__lt=last, answers_ct__isnull=False)
    yield Due(found, "case.answers", rule, empty={"answers_ct": None}, order=("closed_on", "pk"))


def led_to_nothing() -> Q:
    """Cases in a stage whose outcome is refusal or the end without a decision, in every flow version."""
    found = Q(pk__in=[])
    for flow in flows().values():
        stages = [name for name, stage in flow.stages.items() if stage.outcome in ENDED]
        found |= Q(kind=flow.name, flow_version=flow.version, stage__in=stages)
    return found


def _keys(day: dt.date) -> Iterator[Due]:
    """One-time keys of people's commands; a key without a last day is kept for good."""
    rule, _ = days("command_key_days", day)
    yield Due(CommandKey.objects.filter(keep_until__lt=day), "", rule)


def _recoveries(day: dt.date) -> Iterator[Due]:
    """Records of recovered passwords; the audit keeps what was done."""
    rule, last = days("recovery_days", day)
    yield Due(Recovery.objects.filter(asked_at__date__lt=last), "recovery", rule)


def _holds(day: dt.date) -> Iterator[Due]:
    """Records of holds that ended, with their steps and grounds."""
    rule, last = days("hold_record_days", day)
    over = Q(lifted_at__date__lt=last) | Q(lifted_at=None, until_on__lt=last)
    yield Due(Hold.objects.filter(over), "hold", rule, along=(("guard.HoldStep", "hold"),))
