"""The questions of each kind of application, one page each, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renben.web.claims import forms as forms_claim
from renben.web.registry import forms, forms_facts, forms_later, forms_school, forms_stays
from renben.web.registry.answers import DONE
from renben.web.registry.form_parts import QuestionForm


@dataclass(frozen=True)
class Question:
    """One page: its name (words `q.NAME.title`, `q.NAME.hint`) and its form."""

    name: str
    form: type[QuestionForm]
    repeats: bool = False
    """True: the form adds one person at a time to a list."""
    reopens: tuple[str, ...] = ()
    """Questions whose answers hold no longer once this one is answered differently."""
    asked_as: str = ""
    """Name of other words, where a kind asks the same of something else than the applicant."""

    @property
    def word(self) -> str:
        """Name under which its words are kept."""
        return self.asked_as or self.name


QUESTIONS: dict[str, tuple[Question, ...]] = {
    "residence_registration": (
        Question("notice", forms.NoticeForm),
        Question("identity", forms.IdentityForm),
        Question("contact", forms.ContactForm),
        Question("hukou", forms.HukouForm),
        Question("arrival", forms.ArrivalForm),
        Question("place", forms.PlaceForm, reopens=("address",)),
        Question("address", forms.AddressForm),
        Question("stay", forms.StayForm),
        Question("members", forms.MemberForm, repeats=True),
        Question("proof", forms.ProofForm),
    ),
    "residence_permit": (
        Question("notice", forms.NoticeForm),
        Question("permit_proof", forms.ProofForm),
    ),
    "hukou_settlement": (
        Question("notice", forms.NoticeForm),
        Question("settlement", forms.SettlementForm),
    ),
    "household_change": (
        Question("notice", forms.NoticeForm),
        Question("change", forms_later.ChangeForm),
        Question("who", forms_later.WhoForm),
        Question("change_proof", forms.EvidenceForm),
    ),
    "reconsideration": (Question("grounds", forms_later.GroundsForm),),
    "photo": (Question("notice", forms.NoticeForm), Question("photo", forms_later.PhotoForm)),
    "school_place": (
        Question("notice", forms.NoticeForm),
        Question("school", forms_school.SchoolForm),
        Question("school_papers", forms_school.PapersForm),
    ),
    "claim": (Question("claim", forms_claim.ClaimForm),),
    "institution": (
        Question("notice", forms.NoticeForm),
        Question("institution", forms_stays.InstitutionForm),
        Question("place", forms.PlaceForm, reopens=("address",), asked_as="institution_place"),
        Question("address", forms.AddressForm, asked_as="institution_address"),
        Question("licence", forms_stays.LicenceForm),
    ),
    "record_correction": (Question("correction", forms.CorrectionForm),),
    "fact_correction": (
        Question("fact_which", forms_facts.WhichForm, reopens=("fact_what",)),
        Question("fact_what", forms_facts.WhatForm),
    ),
}
"""Kind of case -> its questions. A kind that is not here has no form."""


def question(kind: str, name: str) -> Question | None:
    """A question of a kind by name."""
    return next((one for one in QUESTIONS.get(kind, ()) if one.name == name), None)


def unsettled(
    kind: str, name: str, before: Mapping[str, Any], fields: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Questions, with their fields, that an answer opens again because it differs from the one before."""
    if all(before.get(field) == value for field, value in fields.items()):
        return {}
    asked = question(kind, name)
    again = [question(kind, one) for one in (asked.reopens if asked else ())]
    return {one.name: list(one.form.base_fields) for one in again if one is not None}


def missing_questions(kind: str, answers: Mapping[str, Any]) -> list[str]:
    """Names of questions that are not answered yet."""
    done = set(answers.get(DONE, ()))
    return [one.name for one in QUESTIONS[kind] if one.name not in done]


def following(kind: str, name: str, answers: Mapping[str, Any], marks: list[str]) -> str | None:
    """The next question after one that was marked or is not answered yet; None when there is none."""
    names = [one.name for one in QUESTIONS[kind]]
    later = names[names.index(name) + 1 :]
    wanted = {*marks, *missing_questions(kind, answers)}
    return next((one for one in later if one in wanted), None)
