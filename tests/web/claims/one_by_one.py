"""Who is entitled, person by person and query by query: slow, plain, and written apart from what it is compared with."""

import datetime as dt
from collections import Counter
from typing import Any

from renben.engines.rules import read_person
from renben.web.claims import catalogue
from renben.web.flow.models import Case
from renben.web.guard.models import User
from renben.web.registry import people
from renben.web.registry.entitlements import desk
from renben.web.registry.models import (
    Employment,
    Endorsement,
    HouseholdMember,
    Insurance,
    Mandate,
    Permit,
    Person,
    Proof,
    Residence,
    Schooling,
    Tenure,
)
from renben.web.registry.permits import open_permit, spell_of

KINDS = {
    "stable_home_since": ["lease", "title", "lodging"],
    "stable_job_since": ["contract", "licence"],
    "study_since": ["student"],
}
"""Fact -> kinds of proof that showed it before it was a fact of its own."""
MONTHS = {
    "pension_months": "employee_pension", "medical_months_paid": "employee_medical", "unemployment_months": "unemployment",
}  # fmt: skip


def counted(day: dt.date) -> Counter[tuple[str, str]]:
    """Persons entitled by city and service."""
    found: Counter[tuple[str, str]] = Counter()
    done = set()
    for spell in Residence.objects.current().filter(valid_to=None).order_by("-valid_from", "-pk"):
        person = people.person(spell.person_key)
        if person is None or person.key in done:
            continue
        done.add(person.key)
        for item in items(facts(person, day), day):
            found[f"{spell.region[:4]}00", item] += 1
    return found


def items(known: dict[str, Any], day: dt.date) -> list[str]:
    office = desk()
    someone = read_person(office.book.book.facts, known)
    names = [name for name in catalogue.claimable() if office.in_force(name, day)]
    return [name for name in names if office.truth(name, someone, day) is True]


def facts(person: Person, day: dt.date) -> dict[str, Any]:
    keys = people.all_keys(person.key)
    found: dict[str, Any] = {
        "birth": person.birth,
        "sex": {"1": "male", "2": "female"}.get(person.sex),
        "rural_hukou": person.hukou_rural,
        "hukou_county": person.hukou_region[:6] or None,
    }
    spell = spell_of(person.key)
    if spell is not None:
        found["county"] = spell.region
        found["resident_since"], found["registered_since"] = spell.valid_from, spell.registered_on
    found |= circumstances(keys, person.region, day)
    found |= permit(open_permit(person.key))
    mine = HouseholdMember.objects.current().filter(person_key__in=keys, valid_to=None)
    seat = mine.order_by("-valid_from", "-pk").first()
    if seat is not None:
        members = HouseholdMember.objects.current().filter(household=seat.household, valid_to=None)
        found["household_size"] = members.count()
        found["local_member"] = True if person.hukou_region[:6] == person.region[:6] else None
    minor = age(person, day) < 18
    pupil = any(
        stands(one, day)
        for one in Schooling.objects.filter(person_key__in=keys, replaced_at=None, kind="senior")
    )
    guardians = guardians_of(keys, seat, day) if minor or pupil else []
    if guardians and minor:
        found["guardians"] = [permit(open_permit(key)) for key in guardians]
    return found | of_guardians(guardians, person.region, day)


def of_guardians(guardians: list[Any], region: str, day: dt.date) -> dict[str, bool]:
    """One of them has a job or a home that stands, and lives in the province himself."""
    found = {}
    for key in guardians:
        spell = spell_of(key)
        if spell is None or spell.region[:2] != region[:2]:
            continue
        for fact, table in (("parents_stable_job", Employment), ("parents_stable_home", Tenure)):
            rows = table.objects.filter(person_key__in=people.all_keys(key), replaced_at=None)
            if any(stands(one, day) for one in rows):
                found[fact] = True
    return found


def age(person: Person, day: dt.date) -> int:
    born = person.birth
    return (day.year - born.year) - ((day.month, day.day) < (born.month, born.day))


def by_proofs(keys: list[Any], day: dt.date) -> dict[str, Any]:
    """What proofs alone say, as they were read before there were facts of homes, jobs and schooling."""
    found: dict[str, Any] = {}
    for fact, kinds in KINDS.items():
        rows = Proof.objects.filter(person_key__in=keys, kind__in=kinds, valid_from__lte=day)
        for one in rows.order_by("valid_from", "pk"):
            if one.valid_to is None or one.valid_to >= day:
                found[fact] = one.valid_from
                break
    return found


def circumstances(keys: list[Any], region: str, day: dt.date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    tables = {"stable_home_since": Tenure, "stable_job_since": Employment, "study_since": Schooling}
    for fact, table in tables.items():
        rows = [
            one for one in table.objects.filter(person_key__in=keys, replaced_at=None) if stands(one, day)
        ]
        if rows:
            found[fact] = min(one.valid_from for one in rows)
        if any(one.kind == "employer" for one in rows):
            found["employed"] = True
        if told := [one.enrolled for one in rows if getattr(one, "enrolled", None) is not None]:
            found["student_record"] = any(told)
        if senior := [
            one.valid_from for one in rows if one.kind == "senior" and one.region[:2] == region[:2]
        ]:
            found["senior_high_since"] = min(senior)
    return found | insurance(keys, region, day)


def stands(one: Any, day: dt.date) -> bool:
    return bool(one.valid_from <= day and (one.valid_to is None or day < one.valid_to))


def insurance(keys: list[Any], region: str, day: dt.date) -> dict[str, Any]:
    rows = [
        one
        for one in Insurance.objects.filter(person_key__in=keys, replaced_at=None)
        if one.valid_from <= day
    ]
    found: dict[str, Any] = {}
    for fact, scheme in MONTHS.items():
        mine = [one for one in rows if one.kind == scheme]
        if any(one.whole for one in mine):
            found[fact] = months(mine, day)
    if any(one.kind == "employee_pension" and one.whole for one in rows):
        here = [one for one in rows if one.kind == "employee_pension" and one.region[:4] == region[:4]]
        found["pension_months_here"] = months(here, day)
    for one in sorted((one for one in rows if stands(one, day)), key=lambda one: (one.valid_from, one.pk)):
        if one.kind == "employee_pension":
            found["insured_county"] = one.region
        if one.kind in ("employee_medical", "resident_medical"):
            found[one.kind.removesuffix("_medical") + "_insured"] = True
    return found


def months(rows: list[Insurance], day: dt.date) -> int:
    """Months of the calendar before the day's own on whose first day one of the rows stands."""
    first, found = min((one.valid_from for one in rows), default=day).replace(day=1), 0
    while first < day.replace(day=1):
        found += any(stands(one, first) for one in rows)
        first = (first + dt.timedelta(days=31)).replace(day=1)
    return found


def permit(one: Permit | None) -> dict[str, Any]:
    if one is None:
        return {"permit_issued": "never", "permit_counted_from": "never", "endorsed_until": "never"}
    counted_from, keys = one.anchor, people.all_keys(one.person_key)
    decided = Case.objects.filter(kind="residence_transfer", stage="counted", person_key__in=keys)
    newest = decided.order_by("-closed_on", "-opened_at").first()
    if newest is not None and not (newest.result.get("lapse") == "restart" and one.anchor > newest.closed_on):
        counted_from -= dt.timedelta(days=newest.result.get("elsewhere", 0))
    found = {
        "permit_issued": one.issued, "permit_counted_from": counted_from, "endorsed_until": one.next_due,
    }  # fmt: skip
    if one.state == "in_force":
        last = Endorsement.objects.filter(permit=one.key).order_by("-due").first()
        found["late_endorsement"] = bool(last and last.late)
    return found


def guardians_of(keys: list[Any], seat: HouseholdMember | None, day: dt.date) -> list[Any]:
    rows = Mandate.objects.filter(person_key__in=keys, kind="guardian", valid_from__lte=day).order_by("pk")
    accounts = [one.account for one in rows if one.valid_to is None or one.valid_to > day]
    found = []
    for account in accounts:
        found += User.objects.filter(pk=account).exclude(person_key=None).values_list("person_key", flat=True)
    if seat is not None and seat.relation == "child":
        members = (
            HouseholdMember.objects.current().filter(household=seat.household, valid_to=None).order_by("pk")
        )
        found += [one.person_key for one in members if one.relation in ("head", "spouse")]
    return list(dict.fromkeys(people.kept_key(key) for key in found))
