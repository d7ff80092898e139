"""The whole matrix of who may do what: route x role x region x field, made from policy.yaml and the routes.

Carries out: GB/T 22239 8.1.4.2 (subject down to the user, object down to the field). The page that an auditor
reads and the tests that try every cell are both made here, so neither can drift from the policy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver

from renben.web.flow.definition import flows
from renben.web.guard.policy import PUBLIC, SIGNED_IN, policy
from renben.web.guard.routes import permission_of

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Cell:
    """What one role gets from one route."""

    route: str
    pattern: str
    permission: str
    """A permission of the policy, `public` or `signed_in`; empty where the route declares none."""
    role: str
    allowed: bool
    scope: str
    """Over what it reaches; empty where the route asks for no permission."""
    fields: Mapping[str, str]
    """Personal field -> full or masked, inside the scope. Outside it, none."""


@dataclass(frozen=True)
class Move:
    """Who may take one step of one flow."""

    flow: str
    action: str
    by: str
    permission: str
    roles: tuple[str, ...]


def routes() -> list[URLPattern]:
    """Every route of the service."""
    return [one for one in get_resolver().url_patterns if isinstance(one, URLPattern)]


def cells() -> Iterator[Cell]:
    """Every route for every role, in the order of the routes."""
    known = policy()
    for one in routes():
        name = permission_of(one.callback, one.name) or ""
        held = known.permissions.get(name)
        for role in known.roles:
            allowed = role in held.roles if held else name in (PUBLIC, SIGNED_IN)
            fields = held.fields if held and allowed else NOTHING
            scope = held.scope if held else ""
            yield Cell(str(one.name), str(one.pattern), name, role, allowed, scope, fields)


def moves() -> Iterator[Move]:
    """Every step of every flow with the roles that its permission names; the system's own steps name none."""
    known = policy().permissions
    for flow in flows().values():
        for move in flow.transitions:
            roles = known[move.permission].roles if move.permission else ()
            yield Move(flow.name, move.action, move.by, move.permission, roles)


def kinds_of(role: str) -> set[str]:
    """Kinds of case in whose flow a role has a step at the office that a page offers."""
    known = policy().permissions
    return {
        flow.name
        for flow in flows().values()
        for move in flow.transitions
        if move.by == "office" and move.tone != "hidden" and role in known[move.permission].roles
    }
