"""The forms behind the questions; each turns what was typed into the fields an application keeps."""

import re
from typing import Any

from django import forms
from django.utils.translation import get_language

from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.registry import documents, household_members, photo_check, photos, places
from renben.web.registry.identifiers import check_id, normalised
from renben.web.words import choices, later, say_now

PHONE = re.compile(r"1[3-9][0-9]{9}\Z")
DOCUMENTS = ("citizen", "compatriot", "foreign_2023")
ACTING = ("self", "guardian", "landlord", "employer", "school")
REASONS = ("work", "school", "live", "family", "other")
HOUSING = ("rent", "own", "dorm", "kin", "site")
PROOFS = ("lease", "title", "lodging", "contract", "licence", "student")
HUKOU_KINDS = ("10", "20", "30", "90")
RELATIONS = ("spouse", "child", "parent", "sibling", "other")


def _date(word: str, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=later(word), required=required, widget=widget, input_formats=["%Y-%m-%d"])


def _radio(word: str, prefix: str, names: tuple[str, ...]) -> forms.ChoiceField:
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


class NoticeForm(QuestionForm):
    """The notice about how data are used was read."""

    notice = forms.BooleanField(label=later("field.notice"))

    def kept(self) -> dict[str, Any]:
        """The version of the notice and the language in which it was shown."""
        return {"notice": say_now("notice.version"), "notice_language": get_language()}


class _Numbered(QuestionForm):
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


class IdentityForm(_Numbered):
    """Who registers, and for whom."""

    acting_as = _radio("field.acting_as", "acting", ACTING)
    field_order = ("acting_as", "document_kind", "number", "name")


class MemberForm(_Numbered):
    """One person who moved along."""

    relation = forms.ChoiceField(
        label=later("field.relation"), choices=lambda: choices("relation", RELATIONS)
    )
    field_order = ("relation", "document_kind", "number", "name")


class ContactForm(QuestionForm):
    """How the applicant can be reached."""

    phone = forms.CharField(
        label=later("field.phone"), help_text=later("hint.phone"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "w-14"}),
    )  # fmt: skip

    def clean_phone(self) -> str:
        """A mainland mobile number."""
        phone = normalised(self.cleaned_data["phone"]).replace("-", "").removeprefix("+86")
        if not PHONE.match(phone):
            raise forms.ValidationError(say_now("form.phone"))
        return phone


class HukouForm(QuestionForm):
    """Where the household registration is."""

    hukou_region = forms.ChoiceField(label=later("field.hukou_region"), choices=places.counties_and_elsewhere)
    hukou_kind = _radio("field.hukou_kind", "hukou", HUKOU_KINDS)
    hukou_rural = _radio("field.hukou_rural", "rural", ("yes", "no", "unknown"))


class ArrivalForm(QuestionForm):
    """When the applicant arrived."""

    arrival = _date("field.arrival")

    def clean_arrival(self) -> Any:
        """No day that has not come."""
        if self.cleaned_data["arrival"] > today():
            raise forms.ValidationError(say_now("form.future"))
        return self.cleaned_data["arrival"]


class PlaceForm(QuestionForm):
    """In which county the applicant lives."""

    region = forms.ChoiceField(label=later("field.region"), choices=places.counties)


class AddressForm(QuestionForm):
    """Which standard address; never free text."""

    address = forms.ChoiceField(label=later("field.address"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = places.addresses(self.answers.get("region", ""), self.query)
        chosen = str(self.data.get("address") or self.answers.get("address") or "")
        shown = [(str(one.pk), one.text) for one in found]
        if chosen and chosen not in dict(shown):
            shown = [*places.one_address(self.answers.get("region", ""), chosen), *shown]
        self.fields["address"].choices = shown


class StayForm(QuestionForm):
    """Why here, and in what kind of housing."""

    reason = _radio("field.reason", "reason", REASONS)
    housing = _radio("field.housing", "housing", HOUSING)


class ProofForm(QuestionForm):
    """One proof of a dwelling, a job or schooling."""

    proof_kind = _radio("field.proof_kind", "proof", PROOFS)
    proof_from = _date("field.proof_from", required=False)
    proof_to = _date("field.proof_to", required=False)
    file = forms.FileField(label=later("field.file"), required=False, help_text=later("hint.file"))

    def clean(self) -> dict[str, Any]:
        """The period runs forward and the file is what it says."""
        data = super().clean() or {}
        first, last = data.get("proof_from"), data.get("proof_to")
        if first and last and last < first:
            self.add_error("proof_to", say_now("form.period"))
        if data.get("file") and (problem := documents.problem(data["file"])):
            self.add_error("file", say_now(problem))
        acting = self.answers.get("acting_as", "self") != "self"
        if acting and not data.get("file") and not self.answers.get("document") and "file" not in self.errors:
            self.add_error("file", say_now("form.file.mandate"))
        return data

    def kept(self) -> dict[str, Any]:
        """Fields to keep; the file is stored apart and only its key is kept."""
        fields = super().kept()
        uploaded = fields.pop("file", None)
        kept = documents.store(uploaded) if uploaded else self.answers.get("document", "")
        return {**fields, "document": kept}


class EvidenceForm(QuestionForm):
    """A paper that shows what is said: optional, since an officer may ask for it once."""

    file = forms.FileField(label=later("field.file"), required=False, help_text=later("hint.file"))

    def clean_file(self) -> Any:
        """The file is what it says."""
        uploaded = self.cleaned_data["file"]
        if uploaded and (problem := documents.problem(uploaded)):
            raise forms.ValidationError(say_now(problem))
        return uploaded

    def kept(self) -> dict[str, Any]:
        """The key of the file, which is stored apart."""
        uploaded = self.cleaned_data["file"]
        return {"document": documents.store(uploaded) if uploaded else self.answers.get("document", "")}


class SettlementForm(QuestionForm):
    """On which ground, and who settles along."""

    settlement_basis = _radio("field.settlement_basis", "basis", ("stable_residence", "employment"))
    settle_with = _radio("field.settle_with", "settle_with", ("household", "alone"))


class CorrectionForm(QuestionForm):
    """What is wrong, and what is right."""

    correct_field = _radio("field.correct_field", "correct", ("name", "phone"))
    correct_value = forms.CharField(label=later("field.correct_value"), max_length=60)

    def clean(self) -> dict[str, Any]:
        """A phone number must be one."""
        data = super().clean() or {}
        if data.get("correct_field") == "phone" and not PHONE.match(str(data.get("correct_value", ""))):
            self.add_error("correct_value", say_now("form.phone"))
        return data


class GroundsForm(EvidenceForm):
    """Why a refusal is wrong, in the applicant's own words, with papers."""

    grounds = forms.CharField(
        label=later("field.grounds"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8})
    )
    field_order = ("grounds", "file")

    def kept(self) -> dict[str, Any]:
        """The words and the key of the file."""
        return {"grounds": self.cleaned_data["grounds"], **super().kept()}


class ChangeForm(QuestionForm):
    """What changed in the household, and when."""

    change = _radio("field.change", "change", ("join", "born", "leave", "head"))
    change_date = _date("field.change_date")

    def clean_change_date(self) -> Any:
        """No day that has not come."""
        if self.cleaned_data["change_date"] > today():
            raise forms.ValidationError(say_now("form.future_change"))
        return self.cleaned_data["change_date"]


class WhoForm(_Numbered):
    """Whom a change of the household is about: somebody new, or one of its members."""

    relation = forms.ChoiceField(
        label=later("field.relation_to_head"), choices=lambda: choices("relation", RELATIONS)
    )
    hukou_region = forms.ChoiceField(label=later("field.hukou_region"), choices=places.counties_and_elsewhere)
    hukou_kind = _radio("field.hukou_kind", "hukou", HUKOU_KINDS)
    hukou_rural = _radio("field.hukou_rural", "rural", ("yes", "no", "unknown"))
    member = forms.ChoiceField(label=later("field.member"), widget=forms.RadioSelect)
    leaves_to = _radio("field.leaves_to", "leaves_to", ("away", "apart"))
    old_head_is = forms.ChoiceField(
        label=later("field.old_head_is"), choices=lambda: choices("relation", RELATIONS)
    )
    NEEDED = {
        "join": ("relation", "document_kind", "number", "name", "hukou_region", "hukou_kind", "hukou_rural"),
        "born": ("relation", "document_kind", "number", "name", "hukou_region", "hukou_kind", "hukou_rural"),
        "leave": ("member", "leaves_to"),
        "head": ("member", "old_head_is"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = self.NEEDED.get(self.answers.get("change", ""), ("member",))
        for name in [one for one in self.fields if one not in wanted]:
            del self.fields[name]
        self.order_fields(wanted)
        if "member" in self.fields:
            rows = household_members.household_of(self.case.person_key if self.case else None)
            self.fields["member"].choices = [
                (str(one.key), f"{one.name} · {say_now('relation.' + one.relation)}")
                for one in rows
                if one.until is None
            ]

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
