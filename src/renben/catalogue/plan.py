"""What a plan may say: goals, actions, measures and commitments, each in our own words.

A commitment is one sentence of a measure: the text up to a full stop, the measure's headline left out.
Sentences of the safeguards chapter are cut finer, one duty per commitment, because one sentence there
holds several. Ids are built from the keys (plan/measure/number), never written twice.
Not modelled here: the official text itself (an input file), targets over time (evaluation).
"""

import datetime as dt
from typing import Any, Literal

from pydantic import Field, model_validator

from renben.catalogue.plan_ids import with_ids
from renben.catalogue.schema import Entry, Trust

Comparison = Literal["equals", "at_least", "at_most", "above", "below", "between", "about"]
"""How a value is to be compared; between needs `to`."""

Vagueness = Literal["exact", "close_to", "strive_for", "direction", "quality"]
"""exact number, close to a number, strive for a mark, a direction without a number, a quality without one."""

Strength = Literal["must", "promote", "support", "encourage", "explore"]
"""How binding the verb is: a duty, a push, help to others, an appeal, a search for a way.

The strongest verb of the sentence decides. Duties are stated outright (实施 开展 建立 健全 落实 确保 纳入 执行
启动 取消 不得), pushes as 推进 推动 加快 加强 完善 发展 培育 扩大 争取. A support, an appeal or a search
counts as such where it governs the sentence.
"""

Kind = Literal[
    "build", "regulate", "ensure", "reform", "pilot", "explore", "finance", "coordinate",
    "serve", "develop", "protect", "evaluate", "report",
]  # fmt: skip
"""What is to be done: works, rules, a guarantee, a changed system, a trial, a search, money, joint work,
a service to people, an economy or industry, safeguarding of rights or things, assessment, reporting."""

Reason = Literal["planned", "task", "policy", "project", "evaluation"]
"""Why no mechanism answers: could be computed but is not written yet; an office's own work; a text that
is still to be drafted; works followed by their milestones; answered by monitoring and evaluation."""

ProgrammeKind = Literal["project", "programme", "scheme", "zone", "system", "brand", "event", "facility"]


class Quantity(Entry):
    """A number that a commitment states, with its unit and how it is to be compared."""

    zh: str
    en: str
    value: float
    to: float | None = None
    unit: str
    comparison: Comparison = "equals"

    @model_validator(mode="after")
    def _a_range_has_two_ends(self) -> "Quantity":
        if (self.comparison == "between") != (self.to is not None):
            raise ValueError("comparison between needs `to`, and `to` needs comparison between")
        if self.to is not None and self.to <= self.value:
            raise ValueError(f"a range from {self.value} must end above it, not at {self.to}")
        return self


class Programme(Entry):
    """A project, programme or scheme that the plan names; zh is the name as the document writes it."""

    zh: str
    en: str
    kind: ProgrammeKind = "programme"


class Reference(Entry):
    """A document or meeting that the plan names as its ground."""

    zh: str
    en: str
    number: str = ""
    parent: bool = False
    """True: the plan that this plan carries out."""


class Rule(Entry):
    """What makes a vague goal checkable: our reading, with its trust mark and where it comes from."""

    comparison: Literal["at_least", "at_most"]
    value: float
    unit: str
    trust: Trust
    ref: str
    ref_zh: str = ""
    note: str = ""
    note_zh: str = ""


class Goal(Entry):
    """A goal of the whole plan: what the text asks for, how vaguely, and the rule that makes it checkable."""

    id: str = ""
    zh: str
    en: str
    vague: Vagueness
    year: int
    indicator: str | None = None
    value: float | None = None
    unit: str = ""
    comparison: Comparison | None = None
    rule: Rule | None = None
    reason: str = ""
    """Why there is no rule (then the status is a direction or grey)."""
    reason_zh: str = ""

    @model_validator(mode="after")
    def _it_is_checkable_or_says_why_not(self) -> "Goal":
        if self.rule is None and not self.reason:
            raise ValueError("a goal needs a rule, or a reason why it has none")
        if self.rule is not None and self.indicator is None:
            raise ValueError("a goal with a rule needs the indicator that the rule judges")
        if (self.value is None) != (self.comparison is None):
            raise ValueError("value and comparison of a goal belong together")
        return self


class Commitment(Entry):
    """One sentence of a measure: verb, object, owners, places, quantities, deadline and what answers it."""

    id: str = ""
    zh: str
    en: str
    strength: Strength
    kind: Kind
    owners: tuple[str, ...] = ()
    """Office ids; not written = those of the measure."""
    places: tuple[str, ...] = ()
    """Region codes and ids of region groups that the sentence names."""
    programmes: tuple[Programme, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    deadline: dt.date | None = None
    """Not written = the end of the plan's horizon."""
    mechanisms: tuple[str, ...] = ()
    """Modules under measures/ that answer it, ACTION/MODULE."""
    planned: tuple[str, ...] = ()
    """Modules that could answer it (or the rest of it) and are not written yet."""
    reason: Reason | None = None
    """Why mechanisms is empty."""
    indicators: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _it_is_answered_or_says_why_not(self) -> "Commitment":
        if bool(self.mechanisms) == (self.reason is not None):
            raise ValueError("a commitment has mechanisms or a reason why it has none, never both or neither")
        if self.reason == "planned" and not self.planned:
            raise ValueError("reason planned needs the names of the planned mechanisms in `planned`")
        if self.planned and self.reason not in (None, "planned"):
            raise ValueError(f"reason {self.reason} contradicts the planned mechanisms {list(self.planned)}")
        return self


class Measure(Entry):
    """A numbered measure: its headline, who answers for it, and its commitments by number."""

    number: int = 0
    zh: str
    en: str
    owners: tuple[str, ...] = Field(min_length=1)
    """Office ids in the order of the text; shared endings written out, one office each."""
    commitments: dict[int, Commitment] = Field(min_length=1)


class Action(Entry):
    """One of the plan's actions with its aim and its measures by number."""

    zh: str
    en: str
    chapter: str
    aim_zh: str
    aim_en: str
    places: tuple[str, ...] = ()
    measures: dict[int, Measure] = Field(min_length=1)


class Plan(Entry):
    """A plan document in our own words, with the official names of things."""

    id: str = ""
    zh: str
    en: str
    number: str
    issuer: str
    issued_on: dt.date
    first_year: int
    last_year: int
    region: str
    source: str
    """Where the official text is published; the text itself is not part of the catalogue."""
    splitting_zh: str
    splitting_en: str
    """The rule by which sentences were counted as commitments."""
    references: tuple[Reference, ...] = ()
    goals: dict[str, Goal]
    actions: dict[str, Action]
    safeguards: dict[int, Commitment] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _ids_come_from_the_keys(cls, written: Any) -> Any:
        return with_ids(written) if isinstance(written, dict) else written

    @model_validator(mode="after")
    def _measures_are_numbered_without_gaps(self) -> "Plan":
        numbers = [m.number for m in self.measures]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"measures must be numbered 1, 2, 3 ... through all actions, found {numbers}")
        for found, where in ((m.commitments, f"measure {m.number}") for m in self.measures):
            _counted(found, where)
        _counted(self.safeguards, "safeguards")
        if self.first_year > self.last_year:
            raise ValueError(f"the horizon {self.first_year}-{self.last_year} ends before it begins")
        return self

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All measures through all actions, in the order of the document."""
        return tuple(m for action in self.actions.values() for m in action.measures.values())

    def action_of(self, number: int) -> str:
        """Key of the action that holds the measure of this number.

        Raises:
            KeyError: the plan has no measure of this number.
        """
        for key, action in self.actions.items():
            if number in action.measures:
                return key
        raise KeyError(f"{self.id}: no measure {number}; it has 1 to {len(self.measures)}")

    @property
    def commitments(self) -> tuple[Commitment, ...]:
        """Commitments of all measures in the order of the document; safeguards are not among them."""
        return tuple(c for m in self.measures for c in m.commitments.values())

    @property
    def duties(self) -> tuple[Commitment, ...]:
        """Commitments of the measures followed by those of the safeguards chapter."""
        return (*self.commitments, *self.safeguards.values())


def _counted(found: dict[int, Commitment], where: str) -> None:
    if list(found) != list(range(1, len(found) + 1)):
        raise ValueError(f"commitments of {where} must be numbered 1, 2, 3 ..., found {list(found)}")
