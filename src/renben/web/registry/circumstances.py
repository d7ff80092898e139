"""Homes, jobs, schooling and insurance as they are stated, told and read: by a registration, a report, a correction.

Carries out: Decree 663 arts. 2 and 9 (a home, a job or schooling, shown by a paper or by the employer's or school's own
word). Not modelled: what other departments hold of jobs and contributions; wages, hours, classes and marks.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renben.web.flow.bindings import Step
from renben.web.guard import crypto
from renben.web.look.templatetags.words import day as day_in_words
from renben.web.registry import people, places
from renben.web.registry.models import (
    Circumstance,
    Employment,
    Insurance,
    Proof,
    Schooling,
    Stay,
    Tenure,
    record,
)
from renben.web.registry.models.circumstances import EMPLOYER, UNSAID, Named
from renben.web.registry.models.facts import FROM_THE_START
from renben.web.words import say_now

MODELS: dict[str, type[Circumstance]] = {
    "home": Tenure, "job": Employment, "study": Schooling, "insurance": Insurance,
}  # fmt: skip
"""Matter -> its table."""
KINDS: dict[str, tuple[str, ...]] = {
    "home": ("lease", "title", "lodging"),
    "job": ("contract", "licence", EMPLOYER),
    "study": ("kindergarten", "primary", "junior", "senior", "vocational", "higher", UNSAID),
    "insurance": ("employee_pension", "employee_medical", "resident_medical", "unemployment"),
}
"""Matter -> kinds of it; the schemes are those whose months a rule counts."""
SHOWN_BY = {
    "lease": "home", "title": "home", "lodging": "home", "contract": "job", "licence": "job", "student": "study",
}  # fmt: skip
"""Kind of proof of a registration -> what it shows."""
OWN_WORD = {"employer": ("job", EMPLOYER), "school": ("study", UNSAID)}
"""Who acts for somebody -> what that by itself says, and as what kind."""
ENDLESS = dt.date.max


def day_after(last: dt.date | None) -> dt.date | None:
    """The day on which a fact ends whose last day is given; None for one without end."""
    return None if last is None or last == ENDLESS else last + dt.timedelta(days=1)


def last_day(ends: dt.date | None) -> dt.date | None:
    """The last day of a fact that ends on a day."""
    return None if ends is None else ends - dt.timedelta(days=1)


def shown(step: Step, key: uuid.UUID, proof: Proof, answers: Mapping[str, Any]) -> None:
    """State what a registration shows: by its proof, and by being made by an employer or a school for its own."""
    matter = SHOWN_BY[proof.kind]
    said, word = OWN_WORD.get(answers.get("acting_as", ""), ("", ""))
    kind = word if said == matter else UNSAID if matter == "study" else proof.kind
    _state(step, matter, key, kind, proof, proof.valid_from, day_after(proof.valid_to))
    if said and said != matter:
        _state(step, said, key, word, proof, step.case.opened_at.date(), None)


def _state(
    step: Step, matter: str, person: uuid.UUID, kind: str, proof: Proof, since: dt.date, ends: dt.date | None
) -> None:
    columns: dict[str, Any] = {"kind": kind, "valid_from": since, "valid_to": ends, "proof": proof}
    if matter == "study" and (name := _reported_by(step)):
        columns["name"] = name
    state(matter, str(step.case.id), person, columns)


def _reported_by(step: Step) -> str:
    """The boarding school whose report became this registration; empty where there was none."""
    if "stay" not in step.case.result:
        return ""
    stays = Stay.objects.current().filter(key=step.case.result["stay"])
    return stays.values_list("institution__name", flat=True).first() or ""


def state(matter: str, source: str, person: uuid.UUID, columns: Mapping[str, Any]) -> Circumstance:
    """Add a circumstance as known from now on; `name` is sealed."""
    key, model = uuid.uuid4(), MODELS[matter]
    return record(model, source, key=key, person_key=person, **sealed(model, key, columns))


def sealed(model: type[Circumstance], key: uuid.UUID, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns with the name of employer or school sealed under the fact's key."""
    found = dict(columns)
    if "name" in found:
        name = found.pop("name")
        field = f"{model._meta.model_name}.name"
        found["name_ct"] = crypto.encrypt(name, field, key) if name else None
    return found


@dataclass(frozen=True)
class Told:
    """One statement as pages show it: when it was so, and since when and until when it was known."""

    matter: str
    row: Circumstance
    former: bool
    """Whether it was replaced or taken back; it stays as what was known."""

    @property
    def ref(self) -> str:
        """By what a correction names it."""
        return f"{self.matter}:{self.row.key}"

    @property
    def name(self) -> str:
        """Employer or school; empty where it was not said, or there is none."""
        return self.row.name if isinstance(self.row, Named) else ""

    @property
    def region(self) -> str:
        """County or province, where the matter has one."""
        return getattr(self.row, "region", "")

    @property
    def until(self) -> dt.date | None:
        """The last day."""
        return last_day(self.row.valid_to)

    @property
    def known_from_start(self) -> bool:
        """Whether it was stated before times were kept."""
        return self.row.recorded_at == FROM_THE_START


def told(keys: Sequence[uuid.UUID]) -> list[Told]:
    """Everything ever stated under a person's keys: what stands first, then what was known before; the newest first."""
    found = [
        Told(matter, row, row.replaced_at is not None)
        for matter, model in MODELS.items()
        for row in model.objects.filter(person_key__in=keys).order_by("-valid_from", "-recorded_at", "-pk")
    ]
    return sorted(found, key=lambda one: one.former)


def named(person: uuid.UUID | None, ref: str) -> Told | None:
    """The statement that a correction is about, as known now; None where it does not stand (any more)."""
    matter, _, key = ref.partition(":")
    model = MODELS.get(matter)
    if model is None or person is None or not key:
        return None
    rows = model.objects.current().filter(key=key, person_key__in=people.all_keys(person))
    row = rows.order_by("-valid_from").first()
    return Told(matter, row, former=False) if row is not None else None


def words_of(one: Told) -> str:
    """A statement in one line: what, which one, where, from when to when."""
    parts = [say_now(f"matter.{one.matter}"), say_now(f"ground.{one.row.kind}"), one.name]
    parts.append(places.full_name(one.region) if one.region else "")
    days = say_now("fact.since", since=day_in_words(one.row.valid_from))
    if one.until:
        days = say_now("fact.days", since=day_in_words(one.row.valid_from), until=day_in_words(one.until))
    return " · ".join(part for part in (*parts, days) if part)


def months_of(spells: Iterable[tuple[dt.date, dt.date | None]], day: dt.date) -> set[int]:
    """Months paid before a day's own month, each counted once (month indexes, 12 a year).

    >>> len(months_of([(dt.date(2025, 11, 1), None), (dt.date(2026, 1, 1), dt.date(2026, 3, 1))], dt.date(2026, 3, 2)))
    4
    """
    found: set[int] = set()
    for since, ends in spells:
        last = min(_index(day), _index(ends) if ends else _index(day))
        found.update(range(_index(since), last))
    return found


def _index(day: dt.date) -> int:
    return day.year * 12 + day.month - 1
