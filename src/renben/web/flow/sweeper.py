"""Fires timers that are due and delivers the outbox; safe to run twice at the same time.

Firing is itself a command whose key is the case, the visit and the kind of timer: two sweepers, a crash
after the step, or a clock that jumps back and forth fire a timer once.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from renben.web.clock import now, today
from renben.web.config import web_settings
from renben.web.flow.command import Command, act
from renben.web.flow.models import Case, Message, Outbox, Timer
from renben.web.flow.refusals import Refusal
from renben.web.guard import scope
from renben.web.guard.policy import Actor

SWEEPER = Actor(None, job="sweeper")
BATCH = 200
log = logging.getLogger("renben.web.flow.sweeper")
ATTEMPTS = 8


def sweep() -> int:
    """Fire every timer that is due today or earlier and return how many changed a case (steps).

    A step may set a timer that is due at once, so batches follow until none is left. A timer whose step is
    refused, or that another sweeper holds, is left for the next sweep and holds up no other.
    """
    fired, left = 0, set[int]()
    with _leader():
        while batch := _due(left):
            for pk in batch:
                changed = _fire(pk)
                if changed is None:
                    left.add(pk)
                else:
                    fired += changed
    return fired


@contextmanager
def _leader() -> Iterator[None]:
    """On SQLite one sweeper at a time, by a lock on a file; PostgreSQL lets them share by skipping locked rows."""
    if connection.vendor == "postgresql":
        yield
        return
    with (web_settings().folder / "sweeper.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _due(left: set[int]) -> list[int]:
    with transaction.atomic():
        scope.enter(SWEEPER)
        on_time = Q(fire_at__isnull=True) | Q(fire_at__lte=now())
        due = Timer.objects.filter(on_time, done_at__isnull=True, fire_on__lte=today())
        return list(due.exclude(pk__in=left).order_by("fire_on", "pk").values_list("pk", flat=True)[:BATCH])


def _locked(timers: QuerySet[Timer]) -> QuerySet[Timer]:
    if connection.vendor == "postgresql":
        return timers.select_for_update(skip_locked=True)
    return timers.select_for_update()


def _fire(pk: int) -> int | None:
    """Steps taken (0 where the case moved on), or None where the timer stays due."""
    try:
        return _take(pk)
    except Refusal as refusal:
        log.warning("timer %d stays due: %s", pk, refusal)
        return None


def _take(pk: int) -> int | None:
    with transaction.atomic():
        scope.enter(SWEEPER)
        timer = _locked(Timer.objects.filter(pk=pk, done_at__isnull=True)).first()
        if timer is None:
            return None
        Timer.objects.filter(pk=pk).update(done_at=now())
        current = Case.objects.filter(pk=timer.case_id, visit=timer.visit, closed_on__isnull=True).exists()
        if not current:
            return 0
        key = f"timer:{timer.case_id}:{timer.visit}:{timer.kind}"
        command = Command(timer.case_id, timer.action, SWEEPER, key, None, {"kind": timer.kind})
        return 0 if act(command).repeated else 1


def deliver() -> int:
    """Deliver outbox messages that are due and return how many went (messages)."""
    moment, sent = now(), 0
    with transaction.atomic():
        scope.enter(SWEEPER)
        due = Outbox.objects.filter(done_at__isnull=True, attempts__lt=ATTEMPTS, next_try__lte=moment)
        keys = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in keys:
        sent += _deliver(pk)
    return sent


def _deliver(pk: int) -> int:
    """One message, in its own transaction; a refusal is counted and tried later, twice as late each time."""
    with transaction.atomic():
        scope.enter(SWEEPER)
        found = Outbox.objects.filter(pk=pk, done_at__isnull=True)
        locked = found.select_for_update(skip_locked=connection.vendor == "postgresql").first()
        if locked is None:
            return 0
        try:
            _to_inbox(locked)
        except Refusal as refusal:
            locked.attempts, locked.error = locked.attempts + 1, str(refusal)[:200]
            locked.next_try = now() + timedelta(minutes=2**locked.attempts)
        else:
            locked.done_at = now()
        locked.save()
        return int(locked.done_at is not None)


def _to_inbox(message: Outbox) -> None:
    """Put a notice into the applicant's inbox, once per event."""
    case = message.case
    if case.applicant is None:
        raise Refusal("refusal.no_recipient")
    Message.objects.get_or_create(
        case=case,
        seq=message.seq,
        topic=message.topic,
        defaults={"account": case.applicant, "body": message.body, "at": now()},
    )
