"""The matrix as a page: python -m renben.web.guard.auditors_page prints docs/reference/permissions.md."""

import importlib
import sys
from collections.abc import Iterator
from typing import Any

from renben.report.reference import HEAD, grid
from renben.web import start
from renben.web.guard.policy import FULL, POLICY, policy

LEAD = f"""
Made from `{POLICY.name}` and from what the routes declare; the tests try every cell of it. What is not here is
denied. ● allowed, · refused (403). Outside its scope an allowed role gets 404 for one object and an empty list.
*full* and *covered* are the personal fields that pages under a permission show; every other field is not shown.
"""


def page() -> str:
    """The whole page in Markdown."""
    known = policy()
    parts = [
        HEAD,
        "# Who may do what: route x role x region x field\n",
        LEAD,
        "\n## Permissions and fields\n",
    ]
    parts.append(
        grid(["permission", "roles", "purpose and law", "reaches", "full", "covered"], _permissions())
    )
    parts.append("\n## Routes\n")
    parts.append(grid(["route", "address", "permission", *known.roles], _routes()))
    parts.append("\n## Steps of the flows\n")
    parts.append(grid(["flow", "step", "taken by", "permission", "roles"], _moves()))
    parts.append("\n## Public doors: calls in so many seconds, by one account or by one address\n")
    parts.append(grid(["door", "seconds", "account", "address", "routes"], _doors()))
    parts.append("\n## Roles\n")
    parts.append(grid(["role", "中文", "English"], ((r, n["zh"], n["en"]) for r, n in known.roles.items())))
    return "\n".join(parts)


def _permissions() -> Iterator[tuple[str, ...]]:
    known = policy()
    for one in known.permissions.values():
        why = known.purposes[one.purpose]
        full = [known.fields[f]["en"] for f, how in one.fields.items() if how == FULL]
        covered = [known.fields[f]["en"] for f, how in one.fields.items() if how != FULL]
        purpose = f"{why['en']}; {why['basis']}"
        scope = known.scopes[one.scope]["en"]
        yield one.name, ", ".join(one.roles), purpose, scope, "; ".join(full), "; ".join(covered)


def _routes() -> Iterator[tuple[str, ...]]:
    rows: dict[str, list[str]] = {}
    for cell in _matrix().cells():
        known = rows.setdefault(cell.route, [cell.route, f"`/{cell.pattern}`", cell.permission])
        known.append("●" if cell.allowed else "·")
    yield from (tuple(row) for row in rows.values())


def _moves() -> Iterator[tuple[str, ...]]:
    for move in _matrix().moves():
        yield move.flow, move.action, move.by, move.permission, ", ".join(move.roles)


def _doors() -> Iterator[tuple[str, ...]]:
    for door in policy().doors:
        limits = (str(number) for number in (door.seconds, door.account, door.address))
        yield f"{door.zh} {door.en}", *limits, ", ".join(door.routes)


def _matrix() -> Any:
    """The matrix, whose routes can be imported only once Django is loaded."""
    return importlib.import_module("renben.web.guard.matrix")


if __name__ == "__main__":
    start.prepare()
    sys.stdout.write(page())
