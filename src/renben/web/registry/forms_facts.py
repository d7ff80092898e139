"""The forms by which a home, a job, schooling or months of insurance are put right, added, or taken back."""

from typing import Any

from django import forms

from renben.web.clock import today
from renben.web.guard import scope
from renben.web.registry import circumstances, people, places
from renben.web.registry.circumstances import KINDS, MODELS, Told
from renben.web.registry.form_parts import QuestionForm, day_field, radio_field
from renben.web.registry.forms import EvidenceForm
from renben.web.words import choices, later, say_now

STATE, WITHDRAW = "state", "withdraw"
ACTS = (STATE, WITHDRAW)
NEW = "new"
"""What a reference to something begins with that is not on record yet."""
NAMES = {"job": "field.employer", "study": "field.school"}
"""Matter -> how the name is asked for that tells which one is meant."""
NEEDED: dict[str, tuple[str, ...]] = {
    "home": ("fact_kind", "fact_from", "fact_to"),
    "job": ("fact_kind", "fact_name", "fact_from", "fact_to"),
    "study": ("fact_kind", "fact_name", "fact_region", "fact_enrolled", "fact_from", "fact_to"),
    "insurance": ("fact_kind", "fact_region", "fact_from", "fact_to", "fact_whole"),
}
"""Matter -> what is said of it; only what a rule reads, and the name."""
ALWAYS = ("fact_reason", "file")
SAID = {True: "yes", False: "no", None: "unknown"}
"""What is kept, and how the forms say it."""
TOLD = tuple(SAID.values())


class WhichForm(QuestionForm):
    """Which entry is meant, or what is to be added; whether it was never so."""

    fact = forms.ChoiceField(label=later("field.fact"), widget=forms.RadioSelect)
    fact_act = radio_field("field.fact_act", "fact_act", ACTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = self.case.person_key if self.case is not None else None
        with scope.reading_as("registry"):
            known = circumstances.told(people.all_keys(key)) if key else []
        there = [(one.ref, circumstances.words_of(one)) for one in known if not one.former]
        added = [(f"{NEW}:{matter}", say_now(f"fact.new.{matter}")) for matter in MODELS]
        self.fields["fact"].choices = [*there, *added]
        self.initial.setdefault("fact_act", STATE)

    def clean(self) -> dict[str, Any]:
        """What is not on record cannot be taken back."""
        data = super().clean() or {}
        if str(data.get("fact", "")).startswith(f"{NEW}:") and data.get("fact_act") == WITHDRAW:
            self.add_error("fact_act", say_now("form.fact_new"))
        return data


def matter_of(answers: dict[str, Any]) -> str:
    """The matter of the entry that is meant."""
    first, _, rest = str(answers.get("fact", "")).partition(":")
    return rest if first == NEW else first


class WhatForm(EvidenceForm):
    """How it is right, with the paper that shows it; an officer also says why."""

    fact_kind = forms.ChoiceField(label=later("field.fact_kind"), widget=forms.RadioSelect)
    fact_name = forms.CharField(
        label=later("field.employer"), help_text=later("hint.fact_name"), max_length=100, required=False
    )
    fact_region = forms.ChoiceField(label=later("field.fact_region"), choices=places.counties_and_elsewhere)
    fact_enrolled = radio_field("field.fact_enrolled", "enrolled", TOLD)
    fact_whole = radio_field("field.fact_whole", "whole", TOLD)
    fact_from = day_field("field.fact_from")
    fact_to = day_field("field.fact_to", required=False, hint="hint.fact_to")
    fact_reason = forms.CharField(
        label=later("field.fact_reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = (*NEEDED["study"], "fact_whole", *ALWAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        matter = matter_of(self.answers)
        wanted = () if self.answers.get("fact_act") == WITHDRAW else NEEDED.get(matter, ())
        for name in [one for one in self.fields if one not in (*wanted, *ALWAYS)]:
            del self.fields[name]
        if "fact_kind" in self.fields:
            self.fields["fact_kind"].choices = choices("ground", KINDS[matter])
        if "fact_name" in self.fields:
            self.fields["fact_name"].label = later(NAMES[matter])
        if matter == "insurance" and "fact_from" in self.fields:
            self.fields["fact_from"].help_text = later("hint.fact_months")
            self.fields["fact_whole"].help_text = later("hint.fact_whole")
        self.fields["file"].sometimes = True
        self.fields["file"].help_text = later("hint.fact_file")
        self.fields["fact_reason"].required = self._by_officer()
        self._fill_in()

    def _by_officer(self) -> bool:
        return self.case is not None and bool(self.case.result.get("assisted_by"))

    def _fill_in(self) -> None:
        """Begin with what is on record, so that only what is wrong is typed."""
        key = self.case.person_key if self.case is not None else None
        with scope.reading_as("registry"):
            there = circumstances.named(key, str(self.answers.get("fact", "")))
        if there is not None:
            for name, value in said_of(there).items():
                self.initial.setdefault(name, value)

    def clean(self) -> dict[str, Any]:
        """The days run forward, the beginning has come, and there is a paper."""
        data = super().clean() or {}
        first, last = data.get("fact_from"), data.get("fact_to")
        if first and first > today():
            self.add_error("fact_from", say_now("form.future"))
        if first and last and last < first:
            self.add_error("fact_to", say_now("form.period"))
        if not data.get("file") and not self.answers.get("document") and "file" not in self.errors:
            self.add_error("file", say_now("form.fact_file"))
        return data

    def kept(self) -> dict[str, Any]:
        """What is said of this matter; what another one asked for before is emptied."""
        said = QuestionForm.kept(self)
        said.pop("file", None)
        blank = {name: "" for name in self.base_fields if name != "file"}
        return {**blank, **{name: value or "" for name, value in said.items()}, **super().kept()}


def said_of(there: Told) -> dict[str, Any]:
    """What is on record, in the fields of the form."""
    enrolled, whole = (SAID[getattr(there.row, name, None)] for name in ("enrolled", "whole"))
    return {
        "fact_kind": there.row.kind, "fact_name": there.name, "fact_region": there.region, "fact_enrolled": enrolled,
        "fact_whole": whole,
        "fact_from": there.row.valid_from, "fact_to": there.until,
    }  # fmt: skip
