"""The forms behind the questions of registration, permit and settlement; each turns what was typed into answers."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language

from renben.web.clock import today
from renben.web.flow.collecting import COMPETENT
from renben.web.guard import scope
from renben.web.look.templatetags.words import day
from renben.web.registry import collecting, documents, people, places
from renben.web.registry.answers import day_of
from renben.web.registry.form_parts import (
    HUKOU_KINDS,
    RELATIONS,
    HukouPart,
    NumberedForm,
    QuestionForm,
    clean_name,
    day_field,
    radio_field,
)
from renben.web.registry.identifiers import CORRECTED, NUMBERED, check_id, kind_now, normalised
from renben.web.words import choices, later, say_now

PHONE = re.compile(r"1[3-9][0-9]{9}\Z")
ACTING = ("self", "guardian", "landlord", "employer", "school")
REASONS = ("work", "school", "live", "family", "other")
HOUSING = ("rent", "own", "dorm", "kin", "site")
PROOFS = ("lease", "title", "lodging", "contract", "licence", "student")


class NoticeForm(QuestionForm):
    """The notice about how data are used was read."""

    notice = forms.BooleanField(label=later("field.notice"))

    def kept(self) -> dict[str, Any]:
        """The version of the notice and the language in which it was shown."""
        return {"notice": say_now("notice.version"), "notice_language": get_language()}


class IdentityForm(NumberedForm):
    """Who registers, and for whom."""

    acting_as = radio_field("field.acting_as", "acting", ACTING)
    field_order = ("acting_as", "document_kind", "number", "name", "sex", "birth")


class MemberForm(NumberedForm):
    """One person who moved along."""

    relation = forms.ChoiceField(
        label=later("field.relation"), choices=lambda: choices("relation", RELATIONS)
    )
    field_order = ("relation", "document_kind", "number", "name", "sex", "birth")
    told = ("number", "name")

    def clean(self) -> dict[str, Any]:
        """Nobody stands on the form twice: neither as applicant and member, nor as two members."""
        data = super().clean() or {}
        if self.errors:
            return data
        there = [self.answers, *self.answers.get("members", ())]
        at = next((n for n, one in enumerate(there) if _same(one, data)), None)
        if at is not None:
            word = "form.member.self" if at == 0 else "form.member.twice"
            self.add_error("number" if data.get("number") else "name", say_now(word))
        return data


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two persons of a form are one: by number, or where there is none by name and birth date."""
    compared = ("document_kind", "number") if other.get("number") else ("name", "birth")
    return all(str(one.get(name) or "") == str(other.get(name) or "") for name in compared)


class ContactForm(QuestionForm):
    """How the applicant can be reached."""

    phone = forms.CharField(
        label=later("field.phone"), help_text=later("hint.phone"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "w-14"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proxy = self.answers.get("acting_as", "self") != "self"
        if proxy or (self.case is not None and self.case.result.get("assisted_by")):
            self.fields["phone"].required = False
            self.fields["phone"].help_text = later("hint.phone.proxy" if proxy else "hint.phone.counter")

    def clean_phone(self) -> str:
        """A mainland mobile number; nothing where somebody at the counter has none."""
        if not self.cleaned_data["phone"].strip():
            return ""
        phone = normalised(self.cleaned_data["phone"]).replace("-", "").removeprefix("+86")
        if not PHONE.match(phone):
            raise forms.ValidationError(say_now("form.phone"))
        return phone


class HukouForm(HukouPart):
    """Where the household registration is."""

    hukou_region = forms.ChoiceField(
        label=later("field.hukou_region"), choices=places.counties_and_elsewhere, required=False
    )
    hukou_kind = radio_field("field.hukou_kind", "hukou", HUKOU_KINDS)
    hukou_rural = radio_field("field.hukou_rural", "rural", ("yes", "no", "unknown"))


class ArrivalForm(QuestionForm):
    """When the applicant arrived."""

    arrival = day_field("field.arrival")

    def clean_arrival(self) -> Any:
        """No day that has not come, and none before birth."""
        arrival = self.cleaned_data["arrival"]
        if arrival > today():
            raise forms.ValidationError(say_now("form.future"))
        birth = day_of(self.answers.get("birth"))
        if birth is not None and arrival < birth:
            raise forms.ValidationError(say_now("form.arrival.birth", birth=day(birth)))
        return arrival


class PlaceForm(QuestionForm):
    """In which county the applicant lives."""

    region = forms.ChoiceField(label=later("field.region"), choices=places.counties)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None and self.case.collected_by:
            self.fields["region"].choices = collecting.served((self.case.collected_by,))
            self.initial["region"] = self.case.result[COMPETENT]


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

    reason = radio_field("field.reason", "reason", REASONS)
    housing = radio_field("field.housing", "housing", HOUSING)


class ProofForm(QuestionForm):
    """One proof of a dwelling, a job or schooling."""

    proof_kind = radio_field("field.proof_kind", "proof", PROOFS)
    proof_from = day_field("field.proof_from", required=False)
    proof_to = day_field("field.proof_to", required=False)
    file = forms.FileField(label=later("field.file"), required=False, help_text=later("hint.file"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.answers.get("acting_as", "self") != "self":
            self.fields["file"].sometimes = True
            self.fields["file"].help_text = later("hint.file.mandate")

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
        return {**fields, "document": self.stored(uploaded)}


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
        return {"document": self.stored(uploaded)}


class SettlementForm(QuestionForm):
    """On which ground, and who settles along."""

    settlement_basis = radio_field("field.settlement_basis", "basis", ("stable_residence", "employment"))
    settle_with = radio_field("field.settle_with", "settle_with", ("household", "alone"))


NUMBER_CAUSES = ("typed", "issuer")
"""Why a number is wrong: written down wrongly here, or changed by the office that gave it out."""


class CorrectionForm(EvidenceForm):
    """What is wrong, and what is right; a number that was missing comes with the paper that shows it."""

    field_order = ("correct_field", "correct_value", "number_cause", "file")
    correct_field = radio_field("field.correct_field", "correct", ("name", "phone", "number", "wrong_number"))
    correct_value = forms.CharField(label=later("field.correct_value"), max_length=60)
    number_cause = forms.ChoiceField(
        label=later("field.number_cause"), help_text=later("field.number_cause.hint"), required=False,
        choices=[("", "—"), *choices("number_cause", NUMBER_CAUSES)],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A phone number must be one, and so must a citizen number."""
        data = super().clean() or {}
        value = str(data.get("correct_value", ""))
        if data.get("correct_field") == "phone" and not PHONE.match(value):
            self.add_error("correct_value", say_now("form.phone"))
        if data.get("correct_field") == "name" and value:
            data["correct_value"] = self._name(value)
        if data.get("correct_field") == "wrong_number" and not data.get("number_cause"):
            self.add_error("number_cause", say_now("form.number_cause"))
        if data.get("correct_field") in CORRECTED:
            checked = check_id(value, self._kind(data["correct_field"]), today())
            if checked.level == "error":
                code = next(code for code in checked.codes if code.startswith("E"))
                self.add_error("correct_value", say_now(f"form.number.{code}"))
            data["correct_value"] = checked.number
        return data

    def _name(self, value: str) -> str:
        """A name as a registration would take it."""
        try:
            return clean_name(value)
        except forms.ValidationError as problem:
            self.add_error("correct_value", problem)
            return value

    def _kind(self, field: str) -> str:
        """The kind of document of a number: a citizen's where one was missing, else that of the person."""
        key = self.case.person_key if self.case is not None else None
        with scope.reading_as("registry"):
            person = people.person(key) if key and field == "wrong_number" else None
        return kind_now(person.document_kind) if person else NUMBERED

    def kept(self) -> dict[str, Any]:
        """What is asked for, with the key of the file."""
        names = ["correct_field", "correct_value"]
        kept = {}
        if self.cleaned_data["correct_field"] == "wrong_number":
            names.append("number_cause")
        elif self.answers.get("number_cause"):
            kept["number_cause"] = ""  # said for another entry before
        return kept | {name: self.cleaned_data[name] for name in names} | super().kept()
