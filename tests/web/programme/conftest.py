"""A small plan's worth of tasks and the people who carry and supervise them."""

from collections.abc import Callable

import pytest

from renben.catalogue import Plan, load
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.programme.members import is_collective
from renben.web.programme.models import Seat
from renben.web.programme.opening import open_tasks

PROVINCE = "140000"


@pytest.fixture
def cast(account: Callable[..., User]) -> dict[str, Actor]:
    """Two supervisors, the liaisons of two offices, and one of none."""
    rows = {"lead": "programme_officer", "lead2": "programme_officer", "finance": "task_owner", "hrss": "task_owner",
            "seatless": "task_owner"}  # fmt: skip
    users = {name: account(f"p-{name}", role, PROVINCE) for name, role in rows.items()}
    for office in ("finance", "hrss"):
        Seat.objects.create(user=users[office], office=office)
    return {name: actor_of(user) for name, user in users.items()}


@pytest.fixture
def plan() -> Plan:
    """The plan cut down to the first two measures, so that opening is quick."""
    whole = next(iter(load().plans.values()))
    first = next(iter(whole.actions.values()))
    short = first.model_copy(update={"measures": dict(list(first.measures.items())[:7])})
    single = {key: one for key, one in whole.safeguards.items() if not any(map(is_collective, one.owners))}
    return whole.model_copy(update={"actions": {"citizenization": short}, "safeguards": single})


@pytest.fixture
def opened(plan: Plan, cast: dict[str, Actor]) -> Plan:
    """The plan with its tasks opened."""
    open_tasks(plan, cast["lead"])
    return plan
