"""What a city case can be about, from the catalogue (`city_cases/`), an operator's folder over ours."""

import datetime as dt
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from renben.catalogue import load
from renben.catalogue.source import CatalogueError, Written
from renben.web.law import Provided, provision

ORDINARY, URGENT = "ordinary", "urgent"
SEVERITIES = (ORDINARY, URGENT)
URGENT_LIMIT, OTHER_LIMIT = "city_case.handle_urgent", "city_case.handle_other"


class Part(BaseModel):
    """A part of the lists: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(Part):
    """Words in both languages."""

    zh: str
    en: str


class Asked(Said):
    """Something that is measured when it was put right: a number from 0 up to `most`, in a unit."""

    unit: str
    most: float


class Class(Said):
    """A class of components or events."""

    kind: str


class Subclass(Said):
    """What a case is filed as: who handles it, when it is filed and when it is closed."""

    of: str
    office: str
    filing: Said
    closing: Said
    asks: dict[str, Asked] = {}


@lru_cache(maxsize=1)
def classes() -> dict[str, Class]:
    """Every class by name, in the order written."""
    return {name: one for part, _ in _read() for name, one in part.items()}


@lru_cache(maxsize=1)
def subclasses() -> dict[str, Subclass]:
    """Every subclass by name, in the order written.

    Raises:
        CatalogueError: a subclass of a class, or with an office, that is not written.
    """
    return {name: one for _, part in _read() for name, one in part.items()}


@lru_cache(maxsize=1)
def _read() -> list[tuple[dict[str, Class], dict[str, Subclass]]]:
    found, known, offices = [], set[str](), load().offices
    for path in load().files("city_cases", "*.yaml"):
        written = Written(path)
        above = {name: written.model(Class, ("classes", name)) for name in written.value.get("classes", ())}
        known |= set(above)
        below = {}
        for name in written.value.get("subclasses", ()):
            at = ("subclasses", name)
            one = written.model(Subclass, at)
            if one.of not in known or one.office not in offices:
                wrong = one.of if one.of not in known else one.office
                raise CatalogueError(
                    f"{path}:{written.line(at)}: {name}: {wrong!r} is written nowhere; name a class of this list and an office of the catalogue."
                )
            below[name] = one
        found.append((above, below))
    return found


def limit(subclass: str, severity: str) -> str:
    """Name of the provision that says how long handling may take."""
    own = f"city_case.handle_{subclass}"
    if severity == URGENT:
        return URGENT_LIMIT
    return own if own in load().laws else OTHER_LIMIT


def limit_on(subclass: str, severity: str, day: dt.date, region: str) -> Provided:
    """How long handling may take on a day in a region, with its source and trust."""
    return provision(limit(subclass, severity), day, region)
