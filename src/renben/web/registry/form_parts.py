"""What the forms behind the questions share: a question, a person with a document number, days and choices."""

import unicodedata
from typing import Any

from django import forms

from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.registry import documents
from renben.web.registry.identifiers import PAPERS, check_id
from renben.web.words import choices, later, say_now

DOCUMENTS = ("citizen", "compatriot", "foreign_2023")
HUKOU_KINDS = ("10", "20", "30", "90")
UNREGISTERED = "30"
"""GA/T 2000.27: no permanent registration."""
RELATIONS = ("spouse", "child", "parent", "sibling", "other")


def day_field(word: str, required: bool = True, hint: str = "") -> forms.DateField:
    """A day, in the browser's own picker."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=later(word), required=required, widget=widget, input_formats=["%Y-%m-%d"],
        help_text=later(hint) if hint else "",
    )  # fmt: skip


def radio_field(word: str, prefix: str, names: tuple[str, ...]) -> forms.ChoiceField:
    """One of a few named choices, all in sight."""
    return forms.ChoiceField(
        label=later(word), choices=lambda: choices(prefix, names), widget=forms.RadioSelect
    )


IN_NAMES = "·•‧・.'’-‐()（） "
"""What stands in names beside letters and marks of any script; rare characters may be in private use."""


def clean_name(text: str) -> str:
    """A name without outer blanks; every script's letters, but no digits and no other signs."""
    name = " ".join(text.split())
    if not name or not all(
        c in IN_NAMES or unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Co" for c in name
    ):
        raise forms.ValidationError(say_now("form.name"))
    return name


class QuestionForm(forms.Form):
    """One question. `answers` is what the case holds so far; `kept` turns the result into answers."""

    use_required_attribute = False
    told: tuple[str, ...] = ()
    """Fields that somebody who is typed into a list has; empty for a form that is no list."""

    def __init__(
        self,
        *args: Any,
        answers: dict[str, Any] | None = None,
        query: str = "",
        case: Case | None = None,
        **kwargs: Any,
    ) -> None:
        self.answers, self.query, self.case = answers or {}, query, case
        super().__init__(*args, **kwargs)

    def kept(self) -> dict[str, Any]:
        """Fields to keep, dates in ISO form."""
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.cleaned_data.items()
        }

    def stored(self, uploaded: Any) -> str:
        """Key of the file that came along, bound to the case; of the one before where none came."""
        if not uploaded:
            return str(self.answers.get("document", ""))
        return documents.store(uploaded, self.case.pk if self.case else None)


class HukouPart(QuestionForm):
    """A form that asks for the registered place, which somebody who is registered nowhere does not have."""

    def clean(self) -> dict[str, Any]:
        """A place, but for who is not registered yet."""
        data = super().clean() or {}
        if "hukou_region" not in self.fields or not data.get("hukou_kind"):
            return data
        if data["hukou_kind"] == UNREGISTERED:
            return {**data, "hukou_region": ""}
        if not data.get("hukou_region") and "hukou_region" not in self.errors:
            self.add_error("hukou_region", say_now("form.hukou_region"))
        return data


class NumberedForm(QuestionForm):
    """A person's name and document number; sex and birth date follow from the number, or are said where it has none."""

    document_kind = forms.ChoiceField(
        label=later("field.document_kind"), choices=lambda: choices("document", (*DOCUMENTS, *PAPERS))
    )
    number = forms.CharField(
        label=later("field.number"), help_text=later("hint.number"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "w-20"}),
    )  # fmt: skip
    name = forms.CharField(
        label=later("field.name"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )  # fmt: skip
    sex = forms.ChoiceField(
        label=later("field.sex"), help_text=later("hint.paper"), required=False,
        choices=lambda: [("", later("choose")), *choices("sex", ("1", "2"))],
    )  # fmt: skip
    birth = day_field("field.birth", required=False, hint="hint.paper")

    number.sometimes = True  # which kinds of document need it the hint and the refusal say
    sex.sometimes = birth.sometimes = True

    def clean_name(self) -> str:
        """A name without outer blanks, made of what names are made of."""
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Check the number against its kind and derive sex and birth date."""
        data = super().clean() or {}
        kind = data.get("document_kind")
        if not kind:
            return data
        if not data.get("number") and kind != "no_paper":
            self.add_error("number", say_now("form.number.missing"))
            return data
        if kind in PAPERS:
            return self._by_word(data, kind)
        checked = check_id(data["number"], data["document_kind"], today())
        if checked.level == "error":
            code = next(code for code in checked.codes if code.startswith("E"))
            self.add_error("number", say_now(f"form.number.{code}"))
            return data
        birth = checked.birth.isoformat() if checked.birth else ""
        return {**data, "number": checked.number, "sex": checked.sex, "birth": birth}

    def _by_word(self, data: dict[str, Any], kind: str) -> dict[str, Any]:
        """Sex and birth date as they were said, since the paper's number does not tell them."""
        checked = check_id(data.get("number", ""), kind, today())
        if checked.level == "error":
            self.add_error("number", say_now(f"form.number.{kind}"))
        for name in ("sex", "birth"):
            if name in self.fields and not data.get(name) and name not in self.errors:
                self.add_error(name, say_now("form.paper"))
        birth = data.get("birth")
        if birth and birth > today():
            self.add_error("birth", say_now("form.birth"))
        return {**data, "number": checked.number, "birth": birth.isoformat() if birth else ""}
