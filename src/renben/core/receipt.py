"""Receipts: what a decision about a person rested on, so that it can be read, appealed and reproduced."""

import datetime as dt
import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Cited(BaseModel):
    """A provision that a decision used: name, value, article and trust mark."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    value: Any
    ref: str
    trust: str
    since: dt.date | None = None
    """First day of the value that was used; None where it is not known, or in receipts from before that was kept."""


class Receipt(BaseModel):
    """A decision with its reasons: inputs used (ids, no personal numbers), provisions, next step and appeal."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    decision: str
    """Rule or procedure that decided."""
    subject: str
    """Pseudonymous id of whom it is about."""
    on: dt.date
    answer: Literal["grant", "deny", "need_info"]
    inputs: dict[str, Any]
    """Facts used, by name; an unknown fact is None and is listed in missing."""
    missing: tuple[str, ...] = ()
    provisions: tuple[Cited, ...] = ()
    because_zh: str = ""
    because_en: str = ""
    next_step_zh: str
    next_step_en: str
    appeal_zh: str
    appeal_en: str
    synthetic: bool = False
    known_at: dt.datetime | None = None
    """Moment as of which the facts were known; None where they came with a person file."""

    @property
    def digest(self) -> str:
        """Digest of everything the decision rested on; equal digests mean the same decision on the same grounds.

        Where these are found again (the moment, and the first day of a value) is no part of it.
        """
        where: dict[str, Any] = {"known_at": True, "provisions": {"__all__": {"since"}}}
        body = self.model_dump(mode="json", exclude=where)
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
