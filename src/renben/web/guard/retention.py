"""Deletes what is no longer needed, once a day, and registers every deletion without the data.

Carries out: Personal Information Protection Law arts. 19 and 47 (shortest period, deletion of one's own accord).
Events and audit are kept; answers of applications that led to nothing go, and one-time
keys of people's commands. Keys of the system's own commands stay: they are what keeps a timer or a finding from
counting twice. Periods for records
themselves are the registry's (`registry.keeping`), where the catalogue has one in force.
"""

import datetime as dt
import hashlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from renben.catalogue import load
from renben.core.errors import LawError
from renben.web.clock import now
from renben.web.flow.definition import flows
from renben.web.flow.models import Case, CommandKey
from renben.web.guard import audit, scope
from renben.web.guard.models import Deletion, Instance, Recovery
from renben.web.guard.policy import Actor
from renben.web.law import provision

KEEPER = Actor(None, job="sweeper")
DONE_ON = "retained_on"
BATCH = 200
ENDED = ("refused", "ended")
KEEPERS = (
    "renben.web.registry.keeping",
    "renben.web.claims.keeping",
    "renben.web.exchange.keeping",
    "renben.web.spotcheck.keeping",
    "renben.web.cases.keeping",
)
"""Modules whose PARTS delete their own rows: name -> one batch on a day, in a transaction of its own (rows)."""


def due(day: dt.date) -> bool:
    """Whether today's round is still to be made; says so to one process only."""
    with transaction.atomic():
        row, _ = Instance.objects.select_for_update().get_or_create(name=DONE_ON, defaults={"value": ""})
        if row.value == day.isoformat():
            return False
        Instance.objects.filter(name=DONE_ON).update(value=day.isoformat())
    return True


def retain(day: dt.date) -> dict[str, int]:
    """Delete what is past its period on a day; how much of each kind (rows)."""
    keepers = [importlib.import_module(name).PARTS for name in KEEPERS]
    parts = {"answers": _answers, "keys": _keys, "recoveries": _recoveries} | {
        name: part for own in keepers for name, part in own.items()
    }
    return {name: _all(part, day) for name, part in parts.items()}


PERIODS = "retention."
"""What the names of all periods begin with."""


@dataclass(frozen=True)
class Period:
    """A period of the catalogue: what it is about, its value in force or none, the reference, what went under it."""

    zh: str
    en: str
    value: str
    ref: str
    gone: int
    """Lines of the deletion register that name it."""
    last: dt.datetime | None
    """When the last of them was written."""


def periods(day: dt.date) -> list[Period]:
    """Every period that is written, with what is in force on a day; an empty value means that nothing is deleted."""
    found, gone = [], _gone()
    for name, law in sorted(load().laws.items()):
        if not name.startswith(PERIODS):
            continue
        try:
            used = provision(name, day)
            parts = used.value.values() if isinstance(used.value, dict) else [used.value]
            value, ref = " / ".join(dict.fromkeys(str(one) for one in parts)), used.mark
        except LawError:
            value, ref = "", law.values[max(law.values)].ref
        found.append(Period(law.zh, law.en, value, ref, *gone.get(name, (0, None))))
    return found


def _gone() -> dict[str, tuple[int, dt.datetime]]:
    """Rule -> how much went under it, and when last."""
    rows = Deletion.objects.order_by().values_list("rule").annotate(Count("pk"), Max("at"))
    return {rule: (count, last) for rule, count, last in rows}


def _all(part: Callable[[dt.date], int], day: dt.date) -> int:
    """Batch after batch, each in a transaction of its own so that nobody waits long for the lock."""
    done = 0
    while count := part(day):
        done += count
    return done


def _answers(day: dt.date) -> int:
    law = provision("retention.ended_case_days", day)
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(KEEPER)
        found = Case.objects.filter(_led_to_nothing(), closed_on__lt=last, answers_ct__isnull=False)
        return forget_batch(found, "answers_ct", None, "case.answers", law.name, "closed_on")


def _led_to_nothing() -> Q:
    """Cases in a stage whose outcome is refusal or the end without a decision, in every flow version."""
    found = Q(pk__in=[])
    for flow in flows().values():
        stages = [name for name, stage in flow.stages.items() if stage.outcome in ENDED]
        found |= Q(kind=flow.name, flow_version=flow.version, stage__in=stages)
    return found


def _keys(day: dt.date) -> int:
    """One-time keys of people's commands; a key without a last day is kept for good."""
    with transaction.atomic():
        scope.enter(KEEPER)
        past = list(CommandKey.objects.filter(keep_until__lt=day).values_list("pk", flat=True)[:BATCH])
        CommandKey.objects.filter(pk__in=past).delete()
    return len(past)


def _recoveries(day: dt.date) -> int:
    """Records of recovered passwords; the audit keeps what was done."""
    law = provision("retention.recovery_days", day)
    with transaction.atomic():
        scope.enter(KEEPER)
        last = day - dt.timedelta(days=int(law.value))
        return delete_batch(Recovery.objects.filter(asked_at__date__lt=last), "recovery", law.name)


def delete_batch(rows: QuerySet[Any], what: str, rule: str) -> int:
    """Delete a batch of rows, the oldest first, each with a line in the register (rows).

    Args:
        rows: that are past their period; the caller holds the transaction.
        what: kind of thing, as the register names it.
        rule: provision under which they go.
    """
    past = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    rows.model.objects.filter(pk__in=past).delete()
    for key in past:
        register(what, str(key), rule)
    return len(past)


def forget_batch(
    rows: QuerySet[Any], column: str, empty: Any, what: str, rule: str, order: str = "pk"
) -> int:
    """Take the value of one column away from a batch of rows, each with a line in the register; the rows stay (rows).

    Args:
        rows: that are past their period and have a value; the caller holds the transaction.
        column: whose value goes.
        empty: what stands there afterwards.
        what: kind of thing, as the register names it.
        rule: provision under which they go.
        order: column by which the oldest come first.
    """
    past = list(rows.order_by(order).values_list("pk", flat=True)[:BATCH])
    rows.model.objects.filter(pk__in=past).update(**{column: empty})
    for key in past:
        register(what, str(key), rule)
    return len(past)


def register(what: str, key: str, rule: str) -> None:
    """Note that something was deleted, under which rule, without the data."""
    moment = now()
    evidence = hashlib.sha256(f"{what}|{key}|{moment.isoformat()}".encode()).hexdigest()
    Deletion.objects.create(at=moment, what=what, object_id=key, rule=rule, evidence=evidence)
    audit.record(KEEPER, "system", object_type=what, object_id=key, detail={"deleted_under": rule})
