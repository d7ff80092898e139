"""A flow as data: stages, transitions, deadlines, waits, separations and decision tables of one version."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from renben.catalogue.source import Written
from renben.web.flow.conditions import Row

TABLES = Path(__file__).with_name("tables")
SAME = "same"
ANY = "*"


class Part(BaseModel):
    """A part of a flow: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Wait(Part):
    """How long a stage may wait (a provision, or a day that an effect sets) and what happens then."""

    provision: str = ""
    action: str


class Stage(Part):
    """Where a case can be, and who holds it there."""

    zh: str
    en: str
    holder: Literal["applicant", "office", "nobody"] = "office"
    deadline: str = ""
    clock: Literal["runs", "stopped"] = "runs"
    wait: Wait | None = None
    final: bool = False
    outcome: Literal["", "granted", "refused", "ended"] = ""


class Transition(Part):
    """One step: from which stages, by whom, under which guard, with which effects."""

    action: str
    zh: str
    en: str
    from_: tuple[str, ...]
    to: str
    by: Literal["applicant", "office", "system"]
    permission: str = ""
    assigned: bool = False
    counter: Literal["", "only", "never"] = ""
    """only: of cases that were taken down at a counter for somebody without an account; never: of the others."""
    guard: str = ""
    needs: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    tone: Literal["primary", "plain", "danger", "hidden"] = "plain"


class Deadline(Part):
    """A clock: a provision whose unit is day or working_day, or hour or working_hour where the moment counts."""

    provision: str
    extended: str = ""
    """Provision that an approved extension uses instead."""
    kept: str = ""
    """Entry of the case's result in which an effect keeps the name of the provision that holds for this case."""


class Flow(Part):
    """One version of one kind of case."""

    name: str
    version: int
    zh: str
    en: str
    basis: str
    prefix: str
    apply: str
    read: str = "queue.read"
    """Permission to see a case of this kind that is not one's own."""
    start: str
    stages: dict[str, Stage]
    transitions: tuple[Transition, ...]
    deadlines: dict[str, Deadline] = {}
    separations: tuple[tuple[str, str], ...] = ()
    guards: dict[str, tuple[Row, ...]] = {}

    def sources(self, move: Transition) -> tuple[str, ...]:
        """Stages from which a transition starts, `*` resolved to every stage that is not final."""
        if move.from_ == (ANY,):
            return tuple(name for name, stage in self.stages.items() if not stage.final)
        return move.from_

    def find(self, stage: str, action: str) -> Transition | None:
        """The transition for an action in a stage."""
        for move in self.transitions:
            if move.action == action and stage in self.sources(move):
                return move
        return None

    def actions(self, stage: str) -> tuple[Transition, ...]:
        """Transitions that start in a stage, in the order they are written."""
        return tuple(move for move in self.transitions if stage in self.sources(move))


def read(path: Path) -> Flow:
    """A flow from its file, sources in the order of the stages; the first mistake is reported with file and line."""
    written = Written(path)
    value: dict[str, Any] = written.value
    place = {name: number for number, name in enumerate(value.get("stages", ()))}
    for move in value.get("transitions", ()):
        source = move.pop("from")
        sources = (source,) if isinstance(source, str) else tuple(source)
        move["from_"] = tuple(sorted(sources, key=lambda name: place.get(name, len(place))))
    return written.model(Flow, ())


@lru_cache(maxsize=1)
def flows() -> dict[tuple[str, int], Flow]:
    """All flow versions by name and version."""
    found = {}
    for path in sorted(TABLES.glob("*.yaml")):
        flow = read(path)
        found[flow.name, flow.version] = flow
    return found


def flow_of(kind: str, version: int) -> Flow:
    """One version of a flow: a running case keeps the version it was opened under."""
    return flows()[kind, version]


def newest(kind: str) -> Flow:
    """The version under which new cases of a kind are opened."""
    return flows()[kind, max(version for name, version in flows() if name == kind)]
