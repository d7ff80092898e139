"""The forms of what comes after a registration: a refusal contested, a household changed, a photo."""

from typing import Any

from django import forms

from renben.web.clock import today
from renben.web.registry import household_members, photo_check, photos, places
from renben.web.registry.form_parts import (
    HUKOU_KINDS,
    RELATIONS,
    HukouPart,
    NumberedForm,
    QuestionForm,
    day_field,
    radio_field,
)
from renben.web.registry.forms import EvidenceForm
from renben.web.words import choices, later, say_now

NEWCOMER = (
    "relation", "document_kind", "number", "name", "sex",
    "birth", "hukou_region", "hukou_kind", "hukou_rural",
)  # fmt: skip
"""What is asked of somebody who comes into a household, moved in or born."""


class GroundsForm(EvidenceForm):
    """Why a refusal is wrong, in the applicant's own words, with papers."""

    grounds = forms.CharField(
        label=later("field.grounds"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8})
    )
    field_order = ("grounds", "file")

    def kept(self) -> dict[str, Any]:
        """The words and the key of the file."""
        return {"grounds": self.cleaned_data["grounds"], **super().kept()}


CHANGES = ("join", "born", "leave", "head", "split")
AT_COUNTER = "merge"
"""What an officer takes down who sees somebody of both households."""


class ChangeForm(QuestionForm):
    """What changed in the household, and when."""

    change = radio_field("field.change", "change", CHANGES)
    change_date = day_field("field.change_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None and self.case.taken_down:
            self.fields["change"].choices = choices("change", (*CHANGES, AT_COUNTER))

    def clean_change_date(self) -> Any:
        """No day that has not come."""
        if self.cleaned_data["change_date"] > today():
            raise forms.ValidationError(say_now("form.future_change"))
        return self.cleaned_data["change_date"]


class WhoForm(HukouPart, NumberedForm):
    """Whom a change of the household is about: somebody new, or one of its members."""

    relation = forms.ChoiceField(
        label=later("field.relation_to_head"), choices=lambda: choices("relation", RELATIONS)
    )
    hukou_region = forms.ChoiceField(
        label=later("field.hukou_region"), choices=places.counties_and_elsewhere, required=False
    )
    hukou_kind = radio_field("field.hukou_kind", "hukou", HUKOU_KINDS)
    hukou_rural = radio_field("field.hukou_rural", "rural", ("yes", "no", "unknown"))
    member = forms.ChoiceField(label=later("field.member"), widget=forms.RadioSelect)
    others = forms.MultipleChoiceField(
        label=later("field.others"), widget=forms.CheckboxSelectMultiple, required=False
    )
    leaves_to = radio_field("field.leaves_to", "leaves_to", ("away", "apart"))
    old_head_is = forms.ChoiceField(
        label=later("field.old_head_is"), choices=lambda: choices("relation", RELATIONS)
    )
    NEEDED = {
        "join": NEWCOMER,
        "born": NEWCOMER,
        "leave": ("member", "leaves_to"),
        "head": ("member", "old_head_is"),
        "split": ("member", "others"),
        "merge": ("document_kind", "number", "relation"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = self.NEEDED.get(self.answers.get("change", ""), ("member",))
        for name in [one for one in self.fields if one not in wanted]:
            del self.fields[name]
        self.order_fields(wanted)
        if "member" in self.fields:
            rows = household_members.household_of(self.case.person_key if self.case else None)
            found = [
                (str(one.key), f"{one.name} · {say_now('relation.' + one.relation)}")
                for one in rows
                if one.until is None
            ]
            for name in {"member", "others"} & set(self.fields):
                self.fields[name].choices = found

    def kept(self) -> dict[str, Any]:
        """Only what this kind of change asks for; what another kind asked for before is emptied."""
        return {**dict.fromkeys(self.base_fields, ""), **super().kept()}


class PhotoForm(QuestionForm):
    """One photo, from which every picture is cut."""

    file = forms.FileField(
        label=later("field.photo"), help_text=later("hint.photo"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )  # fmt: skip

    def clean_file(self) -> Any:
        """A photo that is technically in order; each thing that is not is said with how to mend it."""
        uploaded = self.cleaned_data["file"]
        if not uploaded:
            if self.answers.get("photo"):
                return None
            raise forms.ValidationError(say_now("form.required"))
        self.content = uploaded.read()
        found = photo_check.look(self.content, today())
        if found.wrong:
            raise forms.ValidationError([say_now(f"photo.code.{code}") for code in found.wrong])
        return uploaded

    def kept(self) -> dict[str, Any]:
        """The key of the photo; the photo itself is sealed and stored apart."""
        if not self.cleaned_data["file"] or self.case is None:
            return {"photo": self.answers.get("photo", "")}
        return {"photo": photos.keep_draft(self.case, self.content, today())}
