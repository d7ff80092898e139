"""What the catalogue says about indicators: definitions, data elements, targets, reason codes and units.

Read from catalogue/indicators/*.csv. Formulas are text here; evaluation/formula.py parses and checks them.
"""

from enum import IntEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from renben.catalogue.schema import Entry, Trust

Level = Literal["nation", "province", "prefecture", "county", "zone"]
Rule = Literal["TRAJ", "STD", "DONE", "EVENT", "TREND"]
Comparison = Literal["at_least", "at_most"]


def _split(value: Any) -> Any:
    return tuple(part for part in value.split(";") if part) if isinstance(value, str) else value


def _yes(value: Any) -> Any:
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
YesNo = Annotated[bool, BeforeValidator(_yes)]


class ReasonCode(IntEnum):
    """Why a cell has no value, from harmless to final; the worst reason of the inputs is the cell's.

    Labels are in catalogue/indicators/reasons.csv; a test compares the two.
    """

    missing_not_due = 1
    missing_excused = 2
    no_data = 3
    missing_late = 4
    insufficient_coverage = 5
    suppressed_small_n = 6
    break_ = 7
    undefined_denominator = 8
    rejected = 9
    not_applicable = 10

    @property
    def code(self) -> str:
        """The code as it stands in tables."""
        return self.name.rstrip("_")


class Reason(Entry):
    """A code for a missing value, for the state of a value, or for a status that cannot be judged.

    Kind value: may stand in data that are sent. Kind result: only mechanisms write it, beside what they cannot compute.
    """

    code: str
    kind: Literal["value", "state", "status", "result"]
    zh: str
    en: str


class Unit(Entry):
    """A unit of measure: its factor to the base unit and its dimension, e.g. `m^2 person^-1`."""

    unit: str
    factor: float
    dimension: str = ""
    zh: str

    @property
    def powers(self) -> dict[str, int]:
        """Base dimension -> power.

        >>> Unit(unit="m2/person", factor=1, dimension="m^2 person^-1", zh="").powers
        {'m': 2, 'person': -1}
        """
        parts = (part.partition("^") for part in self.dimension.split())
        return {base: int(power or 1) for base, _, power in parts}


class DataElement(Entry):
    """A base quantity that units report and formulas use."""

    id: str
    name_zh: str
    name_en: str
    unit: str
    value_kind: Literal["stock", "flow", "ytd", "rate"]
    time: Literal["sum", "last", "mean", "none"]
    """How values of parts of a year make the year's value."""
    space: Literal["sum", "none", "broadcast"]
    """How regions below make a region's value; broadcast: the value of the nation is used everywhere."""
    family: str = ""
    """Elements of one family may only be combined within one series."""
    owner: str
    lag_days: int | None = None
    """Days after the period's end on which it is due; None = no duty known."""
    from_element: str | None = None
    """Derived: another element's value ..."""
    group: str | None = None
    """... of the regions of this group, or summed over them, ..."""
    at_year: int | None = None
    """... or in this year."""
    personal: YesNo = False
    """Counts of people that are suppressed when small."""


class Indicator(Entry):
    """An indicator: a formula over data elements, with the rule by which its status is judged."""

    id: str
    name_zh: str
    name_en: str
    measures: Words
    """Numbers of the measures of the plan; H = headline."""
    action: str
    levels: Annotated[tuple[Level, ...], BeforeValidator(_split)]
    unit: str
    direction: Literal["up", "down", "range"]
    kind: Literal["input", "process", "output", "outcome"]
    formula: str
    frequency: Literal["annual", "quarterly", "monthly"]
    data_source: str
    owner: str
    lead_dept_in_plan: str = ""
    status_rule: Rule
    status_thresholds: str = ""
    judged_by_zh: str = ""
    """The rule and its class limits in Chinese words."""
    """The class limits in words; green, yellow and orange are the same as numbers."""
    green: float | None = None
    yellow: float | None = None
    orange: float | None = None
    schedule: Literal["due", "linear"] | None = None
    """DONE: the denominator is what is due by now, or progress is due in equal steps."""
    scale: Literal["logit", "log", "identity"]
    cum_from: int | None = None
    """First year of cum(); None = first year with data."""
    scope: str | None = None
    """Region group outside which the indicator does not apply."""
    baseline: str = ""
    notes: str = ""
    reserve: bool = False

    @property
    def headline(self) -> bool:
        """Whether it belongs to the overall goals."""
        return "H" in self.measures

    @property
    def measure_numbers(self) -> tuple[int, ...]:
        """Numbers of the measures it belongs to."""
        return tuple(int(part) for part in self.measures if part != "H")

    @model_validator(mode="after")
    def _bands_are_in_order(self) -> "Indicator":
        bands = [b for b in (self.green, self.yellow, self.orange) if b is not None]
        if bands and len(bands) != 3:
            raise ValueError(f"{self.id}: give green, yellow and orange, or none of them")
        wanted = sorted(bands, reverse=self.direction == "up")
        if bands != wanted:
            raise ValueError(
                f"{self.id}: class limits {bands} are not in the order of direction {self.direction}"
            )
        return self


class Target(Entry):
    """A target: what a document says, and the value from which it counts as reached."""

    indicator: str
    region: str
    """Region that set itself the target; it applies to that region and to the levels below it that are named."""
    levels: Annotated[tuple[Level, ...], BeforeValidator(_split)]
    year: int | None = None
    """None: holds at any time (standards, duties, prohibitions)."""
    comparison: Comparison
    value: float
    """Counts as reached from here on."""
    stated: float
    """Number as the document states it."""
    text: str
    kind: str
    binding: Literal["everywhere", "own", "no"]
    """own: binds the region that set it; no: a reference, such as a national target never assigned to a region."""
    source: str
    trust: Trust
    reach_trust: Trust
    """Trust mark of `value` where the wording is vague and somebody had to choose it."""
    reach_note: str = ""
    base_year: int | None = None
    superseded_by: str = ""
