"""The forms of institutions: enrolment, and a report row by row without a file."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from renben.web.registry import places
from renben.web.registry.form_parts import DOCUMENTS, HUKOU_KINDS, QuestionForm, radio_field
from renben.web.registry.forms import EvidenceForm
from renben.web.registry.stay_rows import COLUMNS, LIVING, NEEDED, Wrong
from renben.web.words import choices, later, say_now

KINDS = ("hotel", "hospital", "boarding", "relief")
ROWS = 5
"""Persons on the form at once; more go into a file."""


class InstitutionForm(QuestionForm):
    """What kind of institution reports, and its name on the licence."""

    institution_kind = radio_field("field.institution_kind", "institution", KINDS)
    institution_name = forms.CharField(label=later("field.institution_name"), max_length=100)


class LicenceForm(EvidenceForm):
    """The paper by which the institution exists; without it nobody reports about others."""

    def clean(self) -> dict[str, Any]:
        """A file now, or one that came before."""
        data = super().clean() or {}
        if not data.get("file") and not self.answers.get("document") and "file" not in self.errors:
            self.add_error("file", say_now("form.file.licence"))
        return data


class PersonForm(forms.Form):
    """One person of a report; whether it is right is said by the same checks as for a file."""

    use_required_attribute = False

    def __init__(self, *args: Any, living: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (one for one in COLUMNS if living or one not in LIVING):
            self.fields[name] = _field(name)
        self._errors: ErrorDict = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}  # `stay_rows` checks, the same way as a file

    def raw(self) -> dict[str, str]:
        """What was typed, by column."""
        return {name: str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields}

    @property
    def is_empty(self) -> bool:
        """Whether nobody was written into this row."""
        return not any(
            value for name, value in self.raw().items() if name in ("name", "number", "from", "to")
        )


def _field(name: str) -> forms.Field:
    label, needed = later(f"stay.column.{name}"), name in NEEDED
    if name in ("from", "to"):
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=label, required=needed, widget=day)
    if name == "document_kind":
        return forms.ChoiceField(label=label, required=False, choices=choices("document", DOCUMENTS))
    if name == "hukou_region":
        return forms.ChoiceField(label=label, required=False, choices=places.counties_and_elsewhere)
    if name == "hukou_kind":
        return forms.ChoiceField(label=label, required=False, choices=choices("hukou", HUKOU_KINDS))
    return forms.CharField(
        label=label, required=needed, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def rows(living: bool, data: Any = None) -> list[PersonForm]:
    """The rows of the form, as typed or empty."""
    return [PersonForm(data, prefix=f"row{n}", living=living) for n in range(1, ROWS + 1)]


def written(forms_: list[PersonForm]) -> list[PersonForm]:
    """Rows in which somebody is written."""
    return [one for one in forms_ if not one.is_empty]


def mark(forms_: list[PersonForm], wrong: tuple[Wrong, ...]) -> None:
    """Put what is wrong with a row at its field."""
    for one in wrong:
        if 0 < one.row <= len(forms_):
            form = forms_[one.row - 1]
            form.add_error(one.column if one.column in form.fields else None, one.text)
