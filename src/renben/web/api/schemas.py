"""What the API answers and takes."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field


class Problem(Schema):
    """Why something was not done, and how to go on (RFC 9457)."""

    title: str
    status: int
    detail: str
    next_step: str
    mistakes: list["MistakeOut"] = Field(
        [], description="Every answer that cannot be taken; only where there are any."
    )


class MistakeOut(Schema):
    """One answer that cannot be taken."""

    where: str = Field(
        description="question.field; in a list of persons question.number.field, counted from 0."
    )
    why: str


class IndicatorOut(Schema):
    """An indicator with its status in one region."""

    id: str
    name_zh: str
    name_en: str
    unit: str
    region: str
    period: str
    value: float | None
    reason: str | None = Field(description="Code of the reason where there is no value or no status.")
    synthetic: bool = Field(description="The value rests on synthetic data and describes nothing real.")
    status: str | None
    target: float | None
    target_year: int | None
    probability: float | None = Field(description="Probability that the target is reached (share).")
    forecast_median: float | None
    forecast_p10: float | None
    forecast_p90: float | None
    vintage: str


class PointOut(Schema):
    """One year of an indicator."""

    year: int
    value: float
    state: str
    synthetic: bool
    sources: list[str]


class TaskOut(Schema):
    """A task of the programme."""

    id: UUID
    plan: str
    measure: int = Field(description="Number of the measure, 0 for the safeguards.")
    commitment: str
    text_zh: str
    text_en: str
    owner: str
    leading: bool
    collective: str = Field(
        description="Collective of which the owner is a member, empty where it is named itself."
    )
    line: bool = Field(description="The owner is a collective; the task counts those of its members.")
    stage: str
    version: int
    due_on: dt.date | None
    deadline: dt.date
    level: int = Field(description="0 in time, 1 warned, 2 urged, 3 supervised, 4 escalated.")
    progress: int | None = Field(description="Per cent, as last taken.")
    open_findings: int


class FindingOut(Schema):
    """A finding that landed in a task."""

    key: str
    task: UUID | None
    kind: str
    subject: str
    period: str
    severity: str
    owner: str
    text_zh: str
    text_en: str
    synthetic: bool
    landed_on: dt.date
    answered_on: dt.date | None
    answer: str


class PersonFind(Schema):
    """Who is looked for: a document number exactly, or two or more characters of a name."""

    number: Annotated[str, Field(max_length=40)] = ""
    name: Annotated[str, Field(max_length=60)] = ""


class PersonOut(Schema):
    """A person as the permission person.search shows one: the number covered."""

    key: UUID
    name: str
    number: str
    birth: dt.date
    region: str


class PersonsOut(Schema):
    """Persons found in your regions."""

    items: list[PersonOut]
    elsewhere: int = Field(description="How many more hold the number in regions that are not yours.")


class FileIn(Schema):
    """A file that comes along."""

    name: Annotated[str, Field(max_length=200)]
    base64: Annotated[str, Field(max_length=7_000_000)]


Fields = dict[str, str | bool | FileIn]


class DeclarationIn(Schema):
    """A residence registration: every question with its fields, as the pages ask for them."""

    notice: Annotated[
        str, Field(max_length=20, description="Version of the notice that was shown to the applicant.")
    ]
    identity: Fields = Field(description="acting_as, document_kind, number, name")
    contact: Fields = Field(description="phone")
    hukou: Fields = Field(description="hukou_region, hukou_kind, hukou_rural")
    arrival: Fields = Field(description="arrival (YYYY-MM-DD)")
    place: Fields = Field(description="region (county)")
    address: Fields = Field(description="address: key of a standard address, see /addresses")
    stay: Fields = Field(description="reason, housing")
    members: Annotated[
        list[Fields], Field(max_length=20, description="Each: relation, document_kind, number, name")
    ] = []
    proof: Fields = Field(description="proof_kind, proof_from, proof_to, file")


class DeclarationOut(Schema):
    """What became of it; `repeated` where the same key had been carried out before."""

    case: UUID
    number: str | None = Field(description="Number of the case, to quote.")
    stage: str
    version: int
    repeated: bool


class AddressOut(Schema):
    """A standard address."""

    key: str
    text: str


class AddressesOut(Schema):
    """The first few standard addresses of a county that hold a text."""

    items: list[AddressOut]


class ReadingIn(Schema):
    """A depth that a sensor measured."""

    s: Annotated[str, Field(min_length=1, max_length=40, description="Sensor.")]
    t: Annotated[int, Field(ge=0, le=2**53, description="Moment, milliseconds since 1970 (UTC).")]
    v: Annotated[float | None, Field(description="Depth (m); null where the sensor had none.")]
    q: Annotated[
        int, Field(ge=0, le=3, description="Quality: 0 bad, 1 doubtful, 2 good, 3 checked; 2 and 3 count.")
    ]


class AsideOut(Schema):
    """A reading that does not count, and why."""

    s: str
    t: int
    reason: str = Field(
        description="unknown, ended, quality, impossible, future, old, late, differs or stuck."
    )


class AlarmOut(Schema):
    """A case that was opened because water stands at a sensor."""

    s: str
    case: UUID
    number: str | None


class ReadingsOut(Schema):
    """What became of readings; `known` were there already, `aside` are counted and do not count."""

    taken: int
    known: int
    aside: list[AsideOut]
    alarms: list[AlarmOut]


class StepIn(Schema):
    """A step in a task."""

    version: int = Field(ge=1, le=2**31 - 1, description="Version of the task that you saw.")
    note: Annotated[str, Field(max_length=4000)] = ""
    progress: int | None = Field(None, ge=0, le=100, description="Per cent; for report.")
    evidence: Annotated[str, Field(max_length=4000)] = ""
    owner: Annotated[str, Field(max_length=60)] = ""
    finding: Annotated[str, Field(max_length=100)] = ""


class StepOut(Schema):
    """What a step did; `repeated` where the same key had been carried out before."""

    task: UUID
    stage: str
    version: int
    repeated: bool


class Page(Schema):
    """Which part of a list this is."""

    count: int
    limit: int
    offset: int


class IndicatorPage(Page):
    """Indicators."""

    items: list[IndicatorOut]


class PointPage(Page):
    """Years of an indicator."""

    items: list[PointOut]


class TaskPage(Page):
    """Tasks."""

    items: list[TaskOut]


class FindingPage(Page):
    """Findings."""

    items: list[FindingOut]


class Window(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(50, ge=1, le=200)
    offset: int = Field(0, ge=0, le=10**6)


class EnvelopeIn(Schema):
    """A signed message. Signed is `renben.envelope.1`, a line end and everything but the signature in canonical form (RFC 8785)."""

    version: int = Field(description="1.")
    id: str = Field(description="UUID that the sender gives a message once; a repetition keeps it.")
    sender: str = Field(description="Name of the sending party.")
    receiver: str = Field(description="Name of the receiving party.")
    kind: str = Field(description="Kind of message, such as residence.certificate.")
    purpose: str = Field(description="Purpose for which the data are used, as agreed on.")
    basis: str = Field(description="Article of law, as agreed on.")
    region: str = Field(description="Six digits of the region that the message is about.")
    body: dict[str, Any] = Field(description="What the kind asks for: text, whole numbers, lists, objects.")
    answers: str = Field(description="Id of the message that is answered, or empty.")
    sent_at: str = Field(description="Moment of sending, UTC to the second: 2026-03-02T01:00:00Z.")
    key: str = Field(description="First 16 hexadecimal digits of the SHA-256 of the public key.")
    signature: str = Field(description="Ed25519 signature, 128 hexadecimal digits.")


class ReceiptOut(Schema):
    """A signed receipt. Signed is `renben.receipt.1`, a line end and everything but the signature in canonical form."""

    version: int
    message: str
    sender: str
    receiver: str
    kind: str
    digest: str = Field(description="SHA-256 of the message's content without sent_at, key and signature.")
    outcome: str = Field(description="accepted or refused.")
    told: dict[str, Any] = Field(description="References, or why it was refused, in Chinese and English.")
    received_at: str
    key: str
    signature: str
