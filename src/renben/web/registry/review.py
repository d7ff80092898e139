"""What an officer is shown beside an application: checks of numbers, dates, spells and possible duplicates."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from renben.web.claims import catalogue, claiming
from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.law import provision
from renben.web.look.templatetags.words import moment
from renben.web.registry import (
    circumstances,
    household,
    merging,
    people,
    permit_rules,
    places,
    proxies,
    schooling,
)
from renben.web.registry.answers import day_of
from renben.web.registry.decided_again import again
from renben.web.registry.entitlements import desk
from renben.web.registry.identifiers import CORRECTED, check_id, kind_now
from renben.web.registry.models import HouseholdMember, Permit, Person, Residence
from renben.web.registry.permits import spell_of
from renben.web.words import either, say_now


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its level (ok, warning, review, error), words and values."""

    level: str
    word: str
    values: Mapping[str, Any]
    ref: str = ""


def subject_of(answers: Mapping[str, Any]) -> UUID | None:
    """Key of the person with the number in some answers, if on record."""
    if not answers.get("number"):
        return None
    with scope.reading_as("review"):
        found = people.find(answers["document_kind"], answers["number"])
    return found.key if found else None


def checks_of(case: Case, answers: Mapping[str, Any]) -> list[Check]:
    """Everything worth knowing before deciding a case."""
    if case.kind == "residence_registration":
        with scope.reading_as("review"):
            return [*_proxy(case, answers), *_registration(case, answers)]
    if case.kind == "record_correction":
        with scope.reading_as("review"):
            return _correction(case, answers)
    if case.kind == "fact_correction":
        with scope.reading_as("review"):
            return _fact(case, answers)
    if case.kind == "school_place":
        with scope.reading_as("review"):
            return _school(case, answers)
    if case.kind == "claim":
        with scope.reading_as("review"):
            return _claim(case)
    if case.kind == "household_change":
        return _birth(answers)
    if case.kind in ("residence_permit", "hukou_settlement"):
        return _residence(case)
    return []


def _registration(case: Case, answers: Mapping[str, Any]) -> list[Check]:
    if not answers.get("name"):
        return []
    day = today()
    checked = check_id(answers["number"], answers["document_kind"], day)
    codes = [say_now(f"code.{code}") for code in checked.codes] or [say_now("code.none")]
    found = [Check(checked.level, "check.number", {"codes": "; ".join(codes)})]
    arrival = day_of(answers.get("arrival"))
    if arrival is not None:
        found.append(_arrival(arrival, day))
    if answers.get("proof_kind") and not answers.get("document"):
        found.append(Check("warning", "check.no_file", {}))
    if case.closed_on is not None or case.at_collector:
        return found  # decided, it would be compared with itself; whoever takes it in for another office sees no record
    key = subject_of(answers)
    spell = Residence.objects.current().filter(person_key=key, valid_to=None).first() if key else None
    if spell is not None:
        found.append(Check("review", "check.open_spell", {"since": spell.valid_from}))
    person = people.person(key) if key else None
    if others := merging.candidates(person or _said(answers), day):
        found.append(Check("review", "check.duplicates", {"count": len(others)}))
    return found


def _said(answers: Mapping[str, Any]) -> Person:
    """The person of a form who is not on record yet, to be compared with those who are."""
    columns = {name: answers.get(name, "") for name in ("document_kind", "number", "name", "sex", "phone")}
    place = {name: answers.get(name, "") for name in ("hukou_region", "hukou_kind", "region")}
    return people.unsaved({**columns, **place, "birth": day_of(answers["birth"]), "hukou_rural": None})


def _correction(case: Case, answers: Mapping[str, Any]) -> list[Check]:
    """A number that is added or changed: what it tells beside what is on record, and the record that has it already."""
    person = people.person(case.person_key) if case.person_key else None
    if answers.get("correct_field") not in CORRECTED or person is None:
        return []
    kind = kind_now(person.document_kind)
    checked = check_id(answers["correct_value"], kind, today())
    fits = (checked.birth, checked.sex) == (person.birth, person.sex)
    fits = fits or checked.birth is None
    found = [Check("ok" if fits else "review", "check.number_fits" if fits else "check.number_differs", {})]
    other = people.find(kind, answers["correct_value"])
    if other is not None and other.key != person.key:
        found.append(Check("review", "check.number_taken", {}))
    return found


def _fact(case: Case, answers: Mapping[str, Any]) -> list[Check]:
    """What is on record of the entry that is to be put right, and since when it is known."""
    found = [Check("ok", "check.own_motion", {})] if case.result.get("assisted_by") else []
    there = circumstances.named(case.person_key, str(answers.get("fact", "")))
    if there is None or case.closed_on is not None:
        return found
    known = {"what": circumstances.words_of(there), "at": moment(there.row.recorded_at)}
    word = "check.fact_from_start" if there.known_from_start else "check.fact_now"
    return [*found, Check("ok", word, known)]


def _school(case: Case, answers: Mapping[str, Any]) -> list[Check]:
    """What the rule book says about the child, and where each paper comes from."""
    person = people.person(case.person_key) if case.person_key else None
    if person is None or not answers.get("school_year"):
        return []
    receipt = schooling.decision(person, today(), int(answers["school_year"])).receipt
    because = either(receipt.because_zh, receipt.because_en)
    level = {"grant": "ok", "need_info": "review", "deny": "error"}[receipt.answer]
    refs = "; ".join(dict.fromkeys(law.ref for law in receipt.provisions))
    found = [Check(level, f"check.school_{receipt.answer}", {"because": because}, refs)]
    for one in schooling.papers(person, today()).all:
        values = {"paper": say_now(f"school.paper.{one.name}"), "state": say_now(f"school.state.{one.state}")}
        found.append(Check("review" if one.state == "missing" else "ok", "check.school_paper", values))
    return [*found, *_again(case)]


def _claim(case: Case) -> list[Check]:
    """Which service is claimed, and what the rule book says about the person today."""
    item = catalogue.claimable()[case.result["item"]]
    found = claiming.decision(case.person_key, item.rule, today()) if case.person_key else None
    if found is None:
        return []
    receipt, level = found.receipt, {"grant": "ok", "need_info": "review", "deny": "warning"}
    because = either(receipt.because_zh, receipt.because_en)
    refs = "; ".join(dict.fromkeys(law.ref for law in receipt.provisions))
    named = either(item.zh, item.en or item.zh)
    return [
        Check("ok", "check.claim_item", {"item": named}),
        Check(level[receipt.answer], f"check.claim_{receipt.answer}", {"because": because}, refs),
        *_again(case),
    ]


def _again(case: Case) -> list[Check]:
    """Whether the kept receipt comes out the same when it is decided again with the facts known at its moment."""
    found = again(case)
    if found is None:
        return []
    at = moment(found.kept.known_at)
    if not found.differs:
        return [Check("ok", "check.again_same", {"at": at})]
    return [
        Check(
            "warning",
            "check.again_differs",
            {"at": at, "what": say_now("list.comma").join(_named(found.differs))},
        )
    ]


def _named(names: Iterable[str]) -> list[str]:
    """What differs, in words: a fact by its name, the rest by ours."""
    facts = desk().book.book.facts
    called = {f.name: either(f.zh, f.en) for f in facts}
    called |= {name: either(one.zh, one.en) for name, one in facts.relations.items()}
    return [called.get(one) or say_now(f"again.{one}") for one in names]


def _birth(answers: Mapping[str, Any]) -> list[Check]:
    """Whether a birth was told within the time of the Hukou Regulation."""
    birth = day_of(answers.get("birth"))
    if answers.get("change") != "born" or birth is None:
        return []
    until, law = household.birth_due(birth)
    late = (today() - until).days
    word = "check.birth_late" if late > 0 else "check.birth_in_time"
    return [Check("warning" if late > 0 else "ok", word, {"until": until, "days": late}, law.mark)]


def _proxy(case: Case, answers: Mapping[str, Any]) -> list[Check]:
    """How the form came to be: by a proxy, with or without the person's word, or at the counter."""
    found = [Check("ok", "check.assisted", {})] if case.result.get("assisted") else []
    if "taken_in_on" in case.result:
        office, on = places.full_name(case.collected_by), day_of(case.result["taken_in_on"])
        found.append(Check("ok", "check.collected", {"office": office, "on": on}))
    if proxies.needs_word(answers, today()):
        said = "confirmed" in case.result
        found.append(
            Check("ok" if said else "review", "check.confirmed" if said else "check.unconfirmed", {})
        )
    return found


def _arrival(arrival: dt.date, day: dt.date) -> Check:
    law = provision("residence_registration.register_within_days", day)
    days = (day - arrival).days
    late = days > int(law.value)
    word = "check.arrival_late" if late else "check.arrival_in_time"
    return Check("warning" if late else "ok", word, {"days": days, "limit": law.value}, law.mark)


def _residence(case: Case) -> list[Check]:
    spell = spell_of(case.person_key)
    if spell is None:
        return [Check("error", "check.no_spell", {})]
    day = today()
    when = permit_rules.eligible_on(spell.valid_from, day, case.region)
    law = provision("residence_permit.min_months", day, case.region)
    level = "ok" if when <= day else "error"
    return [Check(level, "check.half_year", {"since": spell.valid_from, "when": when}, law.mark)]


@dataclass(frozen=True)
class Side:
    """One record of a suspected pair with what hangs on it."""

    person: Person
    spells: tuple[Residence, ...]
    permits: tuple[Permit, ...]
    household: int
    """Persons in the household, itself included; 0 for none on record."""


@dataclass(frozen=True)
class Pair:
    """Two records side by side, and what they have in common."""

    sides: tuple[Side, ...]
    agreed: tuple[str, ...]
    points: int


def pair_of(case: Case) -> Pair | None:
    """The two records of a duplicate review, side by side."""
    if case.kind != "duplicate_review":
        return None
    found = Person.objects.current().filter(key__in=case.result["pair"], valid_to=None)
    people_found = sorted(found, key=lambda one: (one.recorded_at, one.pk))
    agreed = merging.agreements(*people_found) if len(people_found) == 2 else ()
    return Pair(tuple(_side(one) for one in people_found), agreed, case.result["points"])


def _side(person: Person) -> Side:
    spells = Residence.objects.current().filter(person_key=person.key).select_related("address")
    permits = Permit.objects.current().filter(person_key=person.key)
    mine = HouseholdMember.objects.current().filter(person_key=person.key, valid_to=None).first()
    members = (
        HouseholdMember.objects.current().filter(household=mine.household, valid_to=None) if mine else None
    )
    return Side(
        person,
        tuple(spells.order_by("-valid_from")),
        tuple(permits.order_by("-issued")),
        members.count() if members is not None else 0,
    )
