"""The second wall: on PostgreSQL every transaction carries its actor's ranges, and row policies read them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from renben.web.guard.policy import Actor, bounds
from renben.web.guard.row_policies import JOBS

RANGES = 3
"""Ranges that the row policies read; an account with more grants is refused rather than cut."""


class TooManyRanges(ValueError):
    """An account holds more region ranges than the row policies read."""


def enter(actor: Actor) -> None:
    """Set the actor's scope for the current transaction; nothing to do on SQLite, which has no row policies.

    Raises:
        TooManyRanges: more distinct ranges than the policies read.
    """
    if connection.vendor != "postgresql":
        return
    places = tuple(dict.fromkeys(region for role, region in actor.grants if role != "resident"))
    if len(places) > RANGES:
        raise TooManyRanges(
            f"account {actor.user_id}: {len(places)} ranges, {RANGES} are read; merge grants."
        )
    values = {
        "renben.user": str(actor.user_id or ""),
        "renben.person": str(actor.person_key or ""),
        "renben.job": actor.job,
    }
    for number in range(RANGES):
        low, high = bounds(places[number]) if number < len(places) else ("", "")
        values[f"renben.low{number + 1}"], values[f"renben.high{number + 1}"] = low, high
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(values)),
            [part for pair in values.items() for part in pair],
        )


@contextmanager
def as_job(name: str) -> Iterator[None]:
    """Let a named job of the system see every row for one piece of work, inside a transaction.

    Raises:
        ValueError: a job that is not on the list.
    """
    if name not in JOBS:
        raise ValueError(f"job {name!r}: not in guard/row_policies.py JOBS.")
    if connection.vendor != "postgresql":
        yield
        return
    before = _become(name)
    try:
        yield
    except DatabaseError:
        raise  # the transaction takes no more statements; what rolls it back puts the job back
    except BaseException:
        _become(before)
        raise
    _become(before)


def _become(name: str) -> str:
    """Set the transaction's job and return the one before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('renben.job', true), set_config('renben.job', %s, true)", [name]
        )
        return cursor.fetchone()[0] or ""


@contextmanager
def reading_as(name: str) -> Iterator[None]:
    """Let a named job read every row for one piece of work.

    On SQLite this is nothing: it has no row policies, and a transaction would take the lock of all writers for a
    mere look. On PostgreSQL the request's transaction serves.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        with as_job(name):
            yield
        return
    with transaction.atomic(), as_job(name):
        yield
