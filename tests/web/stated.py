"""Short ways to state homes, jobs, schooling and insurance in tests."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from renben.web.registry.circumstances import KINDS, MODELS, sealed
from renben.web.registry.models import Circumstance, record

MATTER_OF = {kind: matter for matter, kinds in KINDS.items() for kind in kinds}


def stated(
    person: UUID | None, kind: str, since: dt.date, ends: dt.date | None = None, **more: Any
) -> Circumstance:
    """A circumstance as known from now on; `ends` is the day after its last."""
    model, key, source = MODELS[MATTER_OF[kind]], more.pop("key", uuid4()), more.pop("source", "t")
    columns = {"kind": kind, "person_key": person, "valid_from": since, "valid_to": ends, **more}
    return record(model, source, key=key, **sealed(model, key, columns))
