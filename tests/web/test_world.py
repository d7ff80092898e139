"""Every template of the service is behind some visit; the same visits are drawn and looked at by axe."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from renben.core.workspace import Workspace
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from tests.web.conftest import answers
from tests.web.planted import Planted
from tests.web.programme.conftest import plan  # noqa: F401
from tests.web.world import Visits, build

OURS = {
    path.relative_to(folder).as_posix()
    for folder in Path(settings.HERE).rglob("templates")
    for path in folder.rglob("*.html")
}
"""Every template of the service, as Django names it."""
EMPTY = "dashboards/_missing.html"


def test_every_template_is_behind_a_visit(
    planted: Planted, people: dict[str, Actor], address: Address, plan: Any, account: Callable[..., User],  # noqa: F811
    ran: Workspace, browse: Callable[..., Client],
) -> None:  # fmt: skip
    visits = Visits(browse, "en")
    pages = list(visits.every(build(planted, people, answers(address), plan, account)))
    assert {name for name, answer in pages if answer.status_code not in (200, 403, 404, 422)} == set()
    assert OURS - visits.seen == {EMPTY}, "write a visit to these templates into tests/web/world.py"
