"""Writes the audit: who did or read what, about whom, under which purpose. Rows are only ever added.

Callers write inside the transaction of what they record: if the audit cannot be written, nothing happens.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from renben.web.append import append, append_each
from renben.web.clock import now
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor, policy


def event(actor: Actor, kind: str, permission: str = "", **what: Any) -> AuditEvent:
    """An audit row, not yet saved.

    Args:
        actor: who acts.
        kind: command, read, list, reveal, search, export, login, denied, emergency, account or system.
        permission: the permission used; its purpose is written along.
        what: object_type, object_id, subject, region and detail (no personal values).
    """
    known = policy().permissions.get(permission)
    return AuditEvent(
        at=now(),
        kind=kind,
        actor=actor.user_id,
        role=(actor.job or ",".join(actor.roles))[:80],
        permission=permission,
        purpose=known.purpose if known else "",
        request=actor.request,
        **what,
    )


def record(actor: Actor, kind: str, permission: str = "", **what: Any) -> None:
    """Write one audit row."""
    append(event(actor, kind, permission, **what))


def record_list(
    actor: Actor, permission: str, object_type: str, subjects: Iterable[UUID | None], *before: AuditEvent
) -> None:
    """Write that persons were shown in a list: one row per person, so that each can see it.

    Args:
        actor: who saw the list.
        permission: under which.
        object_type: what the list is of.
        subjects: keys of the persons shown.
        before: rows that belong to the same look, such as the search that found them.
    """
    keys = [key for key in dict.fromkeys(subjects) if key is not None]
    append_each(event(actor, "list", permission, object_type=object_type), "subject", keys, *before)
