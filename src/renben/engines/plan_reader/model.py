"""What the reader found: the plan with its actions, measures and commitments, each with its place in the file."""

from dataclasses import dataclass, field

from renben.engines.plan_reader.source import Source, Span

Role = str
"""What a stretch of text was read as: one of ROLES."""

ROLES = (
    "head",
    "label",
    "heading",
    "owner",
    "commitment",
    "target",
    "preamble",
    "safeguard",
    "table",
    "deadline",
    "unread",
)


@dataclass(frozen=True)
class Segment:
    """A stretch of the source text and what it was read as."""

    span: Span
    role: Role


@dataclass(frozen=True)
class Owner:
    """A responsible unit: its name with shared beginnings and endings written out, and its role."""

    name: str
    role: str
    """lead, support or responsible."""
    office: str | None = None
    """Id in the catalogue; None where the catalogue does not know the unit."""
    code: str | None = None
    """Code of the region whose government it is."""


@dataclass(frozen=True)
class Place:
    """A region or named group of regions that a sentence speaks of."""

    name: str
    code: str | None
    group: str | None = None
    members: tuple[str, ...] = ()
    written: str = ""


@dataclass(frozen=True)
class Quantity:
    """A number with its unit (as written, 万 and 亿 multiplied out) and how it is to be compared."""

    text: str
    value: float
    unit: str
    comparison: str
    to: float | None = None
    per: str | None = None
    """每年, 人均 and the like, where the number is one."""


@dataclass(frozen=True)
class Deadline:
    """The day by which something is due, as ISO date, or a rhythm."""

    date: str | None
    text: str
    every: str | None = None


@dataclass(frozen=True)
class Programme:
    """A project, programme or scheme that the text names."""

    name: str
    kind: str


@dataclass
class Commitment:
    """One sentence of a measure, or of the safeguards."""

    id: str
    text: str
    span: Span
    kind: str
    strength: str
    places: list[Place] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    deadline: Deadline | None = None
    programmes: list[Programme] = field(default_factory=list)
    owners: list[Owner] | None = None
    """Its own owners; None = those of the measure."""
    under: str = ""
    """Heading of the sub-item that it stands under."""


@dataclass
class Measure:
    """A numbered measure with its owners and commitments."""

    number: int
    label: str
    title: str
    title_written: bool
    """False: the text gives no headline, the title is the opening words of the first sentence."""
    span: Span
    owners: list[Owner] = field(default_factory=list)
    owners_open: bool = False
    """True: the list of owners ends with 等 (and others)."""
    deadline: Deadline | None = None
    commitments: list[Commitment] = field(default_factory=list)


@dataclass
class Action:
    """A chapter with measures, and the sentences that introduce it."""

    title: str
    label: str
    path: tuple[str, ...]
    span: Span
    measures: list[Measure] = field(default_factory=list)
    preamble: list["Sentence"] = field(default_factory=list)


@dataclass(frozen=True)
class Sentence:
    """A sentence that is no commitment: an introduction, or a safeguard's surroundings."""

    text: str
    span: Span
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Target:
    """What a plan wants to reach by a year: a number, or a quality without one (value None)."""

    text: str
    value: float | None
    unit: str
    vague: str | None
    """None = exact; close_to, strive_for, direction or quality."""
    comparison: str | None
    year: int | None
    span: Span
    to: float | None = None
    subject: str = ""
    commitment: str | None = None
    """Id of the commitment in which it stands, where it stands in one."""


@dataclass(frozen=True)
class Unread:
    """Text that the reader could not place, with the reason."""

    text: str
    span: Span
    reason: str


@dataclass(frozen=True)
class Reference:
    """A document that the text names."""

    title: str
    document_no: str | None
    span: Span


@dataclass
class Head:
    """What stands before and after the body: who issued what, when, under which number."""

    title: str = ""
    document_no: str | None = None
    issuer: str | None = None
    issued_on: str | None = None
    period: tuple[int | None, int | None] = (None, None)


@dataclass
class Reading:
    """Everything read from one document; `segments` cover the whole text."""

    source: Source
    plan_id: str
    script: str
    head: Head
    references: list[Reference] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    safeguards: list[Commitment] = field(default_factory=list)
    preamble: list[Sentence] = field(default_factory=list)
    region: str | None = None
    """Code of the region that the plan is for, where the catalogue knows it."""
    issuer: Owner | None = None
    """The issuer with what the catalogue knows about it."""
    unread: list[Unread] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def measures(self) -> list[Measure]:
        """All measures through all actions, in the order of the document."""
        return [measure for action in self.actions for measure in action.measures]

    @property
    def commitments(self) -> list[Commitment]:
        """Commitments of all measures; safeguards are not among them."""
        return [commitment for measure in self.measures for commitment in measure.commitments]
