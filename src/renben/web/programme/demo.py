"""The programme's part of the demo: the accounts of two supervisors and four offices, and the plan's tasks."""

from typing import Any

import yaml

from renben.catalogue import load
from renben.web.clock import now
from renben.web.exchange.door import plans
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Seat
from renben.web.programme.opening import open_tasks

SETUP = Actor(None, job="setup")


def set_up(password: str) -> list[dict[str, Any]]:
    """Make the accounts that are not there yet and open the plan's tasks; the accounts as they are written."""
    rows = written()
    for row in rows:
        if not User.objects.filter(username=row["username"]).exists():
            _account(row, password)
    for plan in plans():
        open_tasks(plan, SETUP)
    return rows


def written() -> list[dict[str, Any]]:
    """What catalogue/demo/programme.yaml says."""
    found: list[dict[str, Any]] = []
    for path in load().files("demo", "programme.yaml"):
        found = yaml.safe_load(path.read_text(encoding="utf-8"))["accounts"]
    return found


def _account(row: dict[str, Any], password: str) -> None:
    user = User(username=row["username"], demo=True, password_set_at=now())
    user.set_password(password)
    user.save()
    Grant.objects.create(user=user, role=row["role"], region=row["region"])
    if "office" in row:
        Seat.objects.create(user=user, office=row["office"])
