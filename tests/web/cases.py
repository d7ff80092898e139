"""Short ways to move cases in tests."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from renben.web.flow.command import Command, Result, act, open_case
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.questions import QUESTIONS

KEYS = itertools.count()
SETUP = Actor(None, job="setup")
"""Sees every row on PostgreSQL: what a test prepares and looks up is not what it tests."""


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Row policies hold one actor, where the tests run on PostgreSQL."""
    scope.enter(actor)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            scope.enter(SETUP)


def do(case: Any, action: str, actor: Actor, note: str = "", **payload: Any) -> Result:
    """One step with a fresh key on the version that is there."""
    version = Case.objects.values_list("version", flat=True).get(pk=case)
    with acting(actor):
        return act(Command(case, action, actor, f"test-key-{next(KEYS)}", version, payload, note))


def fill(kind: str, actor: Actor, fields: dict[str, Any], **columns: Any) -> str:
    """Open an application and answer every question."""
    with acting(actor):
        case = open_case(kind, actor, f"test-key-{next(KEYS)}", **columns).case
    for question in QUESTIONS[kind]:
        do(case, "save", actor, question=question.name, fields=fields)
    return case


def registered(people: dict[str, Actor], fields: dict[str, Any]) -> Case:
    """A registration that went through to the end."""
    case = fill("residence_registration", people["resident"], fields)
    do(case, "submit", people["resident"])
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    return Case.objects.get(pk=case)


def again(actor: Actor) -> Actor:
    """The actor as the database knows him now (his person key may have been set)."""
    return actor_of(User.objects.get(pk=actor.user_id))
