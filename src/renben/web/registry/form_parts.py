"""What the forms behind the questions share: a question, a person with a document number, days and choices."""

from typing import Any

from django import forms

from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.registry import documents
from renben.web.registry.identifiers import check_id
from renben.web.words import choices, later, say_now

DOCUMENTS = ("citizen", "compatriot", "foreign_2023")
HUKOU_KINDS = ("10", "20", "30", "90")
RELATIONS = ("spouse", "child", "parent", "sibling", "other")


def day_field(word: str, required: bool = True) -> forms.DateField:
    """A day, in the browser's own picker."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=later(word), required=required, widget=widget, input_formats=["%Y-%m-%d"])


def radio_field(word: str, prefix: str, names: tuple[str, ...]) -> forms.ChoiceField:
    """One of a few named choices, all in sight."""
    return forms.ChoiceField(
        label=later(word), choices=lambda: choices(prefix, names), widget=forms.RadioSelect
    )


class QuestionForm(forms.Form):
    """One question. `answers` is what the case holds so far; `kept` turns the result into answers."""

    use_required_attribute = False

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


class NumberedForm(QuestionForm):
    """A person's name and document number; sex and birth date follow from the number."""

    document_kind = forms.ChoiceField(
        label=later("field.document_kind"), choices=lambda: choices("document", DOCUMENTS)
    )
    number = forms.CharField(
        label=later("field.number"), help_text=later("hint.number"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "w-20"}),
    )  # fmt: skip
    name = forms.CharField(
        label=later("field.name"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )  # fmt: skip

    def clean_name(self) -> str:
        """A name without outer blanks, and not made of digits."""
        name = " ".join(self.cleaned_data["name"].split())
        if not name or any(c.isdigit() for c in name):
            raise forms.ValidationError(say_now("form.name"))
        return name

    def clean(self) -> dict[str, Any]:
        """Check the number against its kind and derive sex and birth date."""
        data = super().clean() or {}
        if not data.get("number") or not data.get("document_kind"):
            return data
        checked = check_id(data["number"], data["document_kind"], today())
        if checked.level == "error":
            code = next(code for code in checked.codes if code.startswith("E"))
            self.add_error("number", say_now(f"form.number.{code}"))
            return data
        birth = checked.birth.isoformat() if checked.birth else ""
        return {**data, "number": checked.number, "sex": checked.sex, "birth": birth}
