"""Kinds of messages that this service understands: about whom one is, and what taking it in does."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.module_loading import import_string

from renben.web.exchange.envelope import Content
from renben.web.exchange.models import Message

KINDS = {
    "residence.certificate": "renben.web.exchange.transfers.CERTIFICATE",
    "residence.request": "renben.web.exchange.transfers.REQUEST",
    "sharing.answer": "renben.web.exchange.sharing.ANSWER",
}
"""Kind of message -> how it is taken in. Written by hand; an agreement names one of them."""


@dataclass(frozen=True)
class Kind:
    """How a kind of message is taken in; both may refuse, and the sender gets a signed receipt that says why."""

    whom: Callable[[Content], UUID | None]
    """Key of the person that the message is about, None where it is about nobody."""
    take: Callable[[Content, Message], dict[str, Any]]
    """Does what the message asks for; what it returns stands in the receipt, without personal values."""


@lru_cache(maxsize=16)
def kind_of(name: str) -> Kind:
    """How a kind of message is taken in."""
    found = import_string(KINDS[name])
    if not isinstance(found, Kind):
        raise TypeError(f"{KINDS[name]}: not a Kind but {type(found).__name__}.")
    return found
