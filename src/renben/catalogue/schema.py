"""What may be written in the catalogue: the pydantic models of datasets, provisions, regions and offices.

Not modelled here: plans (plan.py) and indicators (indicator.py).
"""

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Trust = Literal["L", "P", "S", "M", "D"]
"""L law text read, P the plan, S secondary source, M memory, D our default."""

ColumnType = Literal["region", "office", "str", "code", "int", "float", "decimal", "date", "datetime", "bool"]


class Entry(BaseModel):
    """A catalogue entry: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Aggregate(Entry):
    """How a column adds up over time and over space (none = must not be aggregated)."""

    time: Literal["sum", "last", "mean", "max", "none"] = "none"
    space: Literal["sum", "mean", "max", "none"] = "none"


class Label(Entry):
    """A code in words, in both languages."""

    zh: str
    en: str


class Column(Entry):
    """One column of a dataset: its type, unit and what a valid value is."""

    type: ColumnType
    unit: str | None = None
    zh: str = ""
    en: str = ""
    min: float | None = None
    max: float | None = None
    codes: tuple[str, ...] | None = None
    labels: dict[str, Label] = Field(default_factory=dict)
    """Words for codes, in findings and wherever people read; all of the codes or none. On a text column: those known."""
    pattern: str | None = None
    nullable: bool = False
    """Null is allowed without a reason (open-ended dates, notes)."""
    reasons: bool = False
    """Null is allowed where the companion column NAME_reason holds one reason code."""
    aggregate: Aggregate = Aggregate()
    max_change: float | None = None
    """Largest credible ratio to the period before, either way; above it a finding asks for an explanation."""
    example: dict[str, Any] | None = None
    """Hint for the seeded example generator, e.g. {dist: lognormal, median: 100, sigma: 0.5}."""

    @model_validator(mode="after")
    def _every_code_is_labelled_or_none(self) -> "Column":
        if self.codes and self.labels and set(self.labels) != set(self.codes):
            odd = sorted(set(self.labels) ^ set(self.codes))
            raise ValueError(f"labels and codes differ in {odd}; label every code once")
        return self


class Dataset(Entry):
    """The schema of a dataset: what a row is, who sends it and when it is due."""

    name: str = ""
    zh: str
    en: str
    note: str = ""
    note_zh: str = ""
    source: bool = False
    """True: enters by data add, registry or gateway; no mechanism may write it."""
    grain: tuple[str, ...]
    frequency: Literal["once", "annual", "quarterly", "monthly", "daily", "event"] = "annual"
    owner: str = ""
    """Office id that answers for the data."""
    lag_days: int | None = None
    """Days after the period's end on which it is due; None = no duty known."""
    examples: bool = True
    """False: never filled with example data (targets and tasks that only an office can set)."""
    partial: bool = False
    """True: many senders fill it; a new file replaces rows of the same grain and keeps the others of the period."""
    sums_to_parent: tuple[str, ...] = ()
    """Columns whose values over child regions must add up to the parent region's row."""
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _grain_is_made_of_columns(self) -> "Dataset":
        unknown = [c for c in (*self.grain, *self.sums_to_parent) if c not in self.columns]
        if unknown:
            raise ValueError(f"grain or sums_to_parent names {unknown}, which are no columns of it")
        return self


class Dated(Entry):
    """A provision's value from one day on, with article and trust mark. A null value ends it."""

    value: Any
    ref: str
    trust: Trust
    source: str = ""
    note: str = ""
    start_known: bool = True
    """False: the value holds on the day written, but when it came into force was not found."""

    @model_validator(mode="after")
    def _a_reference_is_written(self) -> "Dated":
        if not self.ref.strip():
            raise ValueError("a provision needs a reference (law, article or document); ref is empty")
        return self


class Provision(Entry):
    """A dated value from law or practice; regions may override it (nation > province > city > county)."""

    name: str = ""
    zh: str
    en: str
    unit: str = ""
    values: dict[dt.date, Dated]
    regions: dict[str, dict[dt.date, Dated]] = Field(default_factory=dict)
    floor: bool = False
    """True: the national value is a legal minimum that a region may raise, never lower."""

    @model_validator(mode="after")
    def _it_has_a_value(self) -> "Provision":
        if not self.values:
            raise ValueError("a provision without any dated value")
        return self


class Region(Entry):
    """An administrative region by its GB/T 2260 code, with the days between which the code is valid."""

    code: str
    name_zh: str
    name_en: str
    level: Literal["nation", "province", "prefecture", "county", "zone"]
    type: str
    parent: str | None
    lon: float | None = None
    lat: float | None = None
    area_km2: float | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    source: str = ""


class RegionGroup(Entry):
    """A named group of regions that a plan or statute speaks of, with the days it is valid."""

    id: str = ""
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    """Other forms that documents use, also with the rest of each name in brackets: 交(城)汾(阳)."""
    members: tuple[str, ...]
    ref: str
    trust: Trust
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    note: str = ""


class Office(Entry):
    """A responsible unit: its official name and every short form that documents use."""

    id: str = ""
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    level: Literal["nation", "province", "prefecture", "county", "zone", "other"] = "province"
    region: str | None = None
    kind: Literal["government", "department", "party", "zone", "institution", "other"] = "department"
    members: tuple[Literal["prefecture", "county", "department"], ...] = ()
    """A collective: governments of these levels below its region, or the departments that a plan names elsewhere.
    Empty for one office. The government of region CODE is the office gov_CODE."""
