"""Deny by default: routes declare a permission, permissions name roles and a purpose, grants give ranges."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import yaml
from django.db.models import Q
from django.views.decorators.http import require_http_methods

POLICY = Path(__file__).with_name("policy.yaml")
PUBLIC = "public"
"""The route holds nothing personal and anybody may call it."""
SIGNED_IN = "signed_in"
"""Any account may call it, without a second factor: pages by which an account protects itself."""
FULL, MASKED = "full", "masked"
"""How a personal field is shown."""
View = TypeVar("View", bound=Callable[..., Any])


class PolicyError(ValueError):
    """The policy file or a route's declaration is wrong."""


@dataclass(frozen=True)
class Permission:
    """A permission: the roles that hold it and the purpose under which it uses data."""

    name: str
    roles: tuple[str, ...]
    purpose: str
    scope: str = "region"
    """Over what it reaches: own, region, matter, office, everywhere or anyone."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Personal field -> full or masked; a field that is not here is not shown."""


@dataclass(frozen=True)
class Door:
    """Routes that strangers can reach, and how often they may be called."""

    name: str
    zh: str
    en: str
    seconds: int
    """Length of the time in which calls are counted."""
    account: int
    address: int
    """Calls in that time by one account; by one address where nobody is signed in."""
    routes: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Everything that policy.yaml says."""

    roles: dict[str, dict[str, str]]
    purposes: dict[str, dict[str, str]]
    permissions: dict[str, Permission]
    scopes: dict[str, dict[str, str]]
    fields: dict[str, dict[str, str]]
    """Personal fields that pages may show, with the mask that covers each."""
    tokens: tuple[str, ...]
    """Permissions that may be handed to a program."""
    doors: tuple[Door, ...]


@lru_cache(maxsize=1)
def policy() -> Policy:
    """The policy, checked.

    Raises:
        PolicyError: a permission names an unknown role, purpose, scope, field or way of showing one, or a door
            has a limit below one or shares a route with another.
    """
    written = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    permissions = {name: _permission(name, row, written) for name, row in written["permissions"].items()}
    tokens = tuple(written["tokens"])
    if unknown := set(tokens) - set(permissions):
        raise PolicyError(f"{POLICY.name}: tokens: {sorted(unknown)} are no permissions.")
    doors = tuple(_door(name, row) for name, row in written["doors"].items())
    shared = [route for door in doors for route in door.routes]
    if twice := {route for route in shared if shared.count(route) > 1}:
        raise PolicyError(f"{POLICY.name}: doors: {sorted(twice)} stand at two doors; keep one.")
    return Policy(
        written["roles"],
        written["purposes"],
        permissions,
        written["scopes"],
        written["fields"],
        tokens,
        doors,
    )


def _door(name: str, row: dict[str, Any]) -> Door:
    door = Door(name, **{**row, "routes": tuple(row["routes"])})
    if min(door.seconds, door.account, door.address) < 1:
        raise PolicyError(f"{POLICY.name}: doors: {name}: seconds, account and address are 1 or more.")
    return door


def _permission(name: str, row: dict[str, Any], written: dict[str, Any]) -> Permission:
    found = Permission(
        name, tuple(row["roles"]), row["purpose"], row.get("scope", "region"), row.get("fields", {})
    )
    wrong = {role for role in found.roles if role not in written["roles"]}
    wrong |= {found.purpose} - set(written["purposes"]) | {found.scope} - set(written["scopes"])
    wrong |= set(found.fields) - set(written["fields"]) | set(found.fields.values()) - {FULL, MASKED}
    if wrong:
        raise PolicyError(
            f"{POLICY.name}: {name}: {sorted(wrong)} is not written there; see its first lines."
        )
    return found


@dataclass(frozen=True)
class Actor:
    """Who acts: an account with its open grants, or a named job of the system."""

    user_id: int | None
    grants: tuple[tuple[str, str], ...] = ()
    """(role, region) of every open grant."""
    person_key: UUID | None = None
    job: str = ""
    request: str = field(default="", compare=False)
    only: tuple[str, ...] | None = None
    """Permissions to which a program's token narrows the account; None for a person."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the open grants, each once."""
        return tuple(dict.fromkeys(role for role, _ in self.grants))

    def may(self, permission: str, region: str | None = None) -> bool:
        """Whether some grant holds the permission, over the region where one is given."""
        return any(region is None or covers(granted, region) for granted in self.regions(permission))

    def regions(self, permission: str) -> tuple[str, ...]:
        """Regions of the grants whose role holds the permission."""
        if self.only is not None and permission not in self.only:
            return ()
        holders = policy().permissions[permission].roles
        return tuple(dict.fromkeys(region for role, region in self.grants if role in holders))

    @property
    def name(self) -> str:
        """How events write this actor: a number or a job, never a person's name."""
        return f"job:{self.job}" if self.job else f"user:{self.user_id}"


NOBODY = Actor(None)


def bounds(region: str) -> tuple[str, str]:
    """Smallest code of a range and the first code after it, as text; an empty region is everywhere."""
    stem = region[:6]
    while stem.endswith("00"):
        stem = stem[:-2]
    if not stem:
        return "", "\x7f"
    return stem, stem[:-1] + chr(ord(stem[-1]) + 1)


def covers(granted: str, region: str) -> bool:
    """Whether a granted range holds a region code."""
    low, high = bounds(granted)
    return low <= region < high


def within(actor: Actor, permission: str, column: str = "region") -> Q:
    """The one predicate that keeps a query inside an actor's ranges; nothing where there is no grant."""
    return inside(ranges(actor, permission), column)


def ranges(actor: Actor, permission: str) -> list[tuple[str, str]]:
    """First code and the one behind the last, of each range in which an actor has a permission."""
    return [bounds(region) for region in actor.regions(permission)]


def inside(found: Sequence[tuple[str, str]], column: str = "region") -> Q:
    """The predicate of some ranges of codes; nothing where there is none."""
    scope = Q(pk__in=[])
    for low, high in found:
        scope |= Q(**{f"{column}__gte": low, f"{column}__lt": high})
    return scope


def route(permission: str, *methods: str) -> Callable[[View], View]:
    """Declare a route's permission and methods; a route without one is refused by the gate and by a test."""
    if permission not in (PUBLIC, SIGNED_IN) and permission not in policy().permissions:
        raise PolicyError(f"route permission {permission!r} is not in {POLICY.name}; write it there.")

    def declare(view: View) -> View:
        allowed = list(methods or ("GET",))
        limited = require_http_methods([*allowed, "HEAD"] if "GET" in allowed else allowed)(view)
        limited.permission = permission
        return limited

    return declare
