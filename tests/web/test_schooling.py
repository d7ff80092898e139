"""A place in a public school: applied for from the entitlement, with only what is not held, decided with the article."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from renben.core.receipt import Receipt
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import applications, consents, reconsideration, review, schooling
from renben.web.registry.answers import answers_of
from renben.web.registry.models import Address, Mandate, Permit, Person, Proof, record
from tests.web.cases import acting, again, do, registered
from tests.web.conftest import COUNTY, DAY, answers, set_day
from tests.web.test_household import CHILD

People = dict[str, Actor]
Browse = Callable[..., Client]
D = dt.date
ARTICLE, SCHOOL = "《义务教育法》第十二条", "合成小学，8月31日报到"


@pytest.fixture
def education(account: Callable[..., User]) -> Actor:
    return actor_of(account("t-education", "education_officer", COUNTY))


@pytest.fixture
def parent(people: People, address: Address) -> Actor:
    registered(people, answers(address, arrival="2025-03-01", members=[CHILD]))
    return again(people["resident"])


def child() -> Person:
    return Person.objects.current().get(birth=D(2018, 6, 15))


def permit(parent: Actor, state: str = "in_force", due: dt.date | None = None) -> Permit:
    issued, due = D(2025, 9, 12), due or D(2026, 9, 12)
    return record(
        Permit, "test", key=uuid4(), valid_from=issued, number=f"JZZ-{uuid4()}"[:32], person_key=parent.person_key,
        region=COUNTY, issued=issued, anchor=issued, next_due=due, expires=D(2030, 9, 12), state=state,
    )  # fmt: skip


def applied(parent: Actor, document: str = "", year: str = "2026", tag: str = "1") -> str:
    ward = str(child().key)
    with acting(parent):
        case = applications.begin(parent, "school_place", f"school-begin-{tag}", ward).case
    for question in ("notice", "school", "school_papers"):
        fields = {"notice": "2026-11", "school_year": year, "grade": "1", "document": document}
        do(case, "save", parent, question=question, fields=fields)
    return case


def sent(parent: Actor, **changes: Any) -> str:
    case = applied(parent, **changes)
    do(case, "submit", parent)
    return case


def states(person: Person) -> dict[str, str]:
    return {one.name: one.state for one in schooling.papers(person, DAY).all}


def test_a_family_with_a_permit_is_entitled_and_nothing_is_asked_for(parent: Actor, education: Actor) -> None:
    permit(parent)
    assert states(child()) == {"permit": "held", "child": "held", "relation": "held"}
    assert schooling.papers(child(), DAY).asked_for == ()
    case = sent(parent)
    do(case, "claim", education)
    do(case, "place", education, SCHOOL, article=ARTICLE)
    found = Case.objects.get(pk=case)
    assert (found.stage, found.result["article"], found.result["year"]) == ("placed", ARTICLE, "2026")
    kept = Receipt(**answers_of(found)["receipt"])
    assert kept.answer == "grant" and kept.digest == found.result["receipt"] and kept.on == D(2026, 8, 31)
    assert CHILD["number"] not in str(found.result) and "2018-06-15" not in str(found.result)


@pytest.mark.parametrize(
    ("birth", "answer"),
    [(D(2020, 8, 31), "grant"), (D(2020, 9, 1), "deny"), (D(2018, 6, 15), "grant"), (D(2008, 8, 31), "deny")],
)
def test_the_age_is_counted_on_the_last_day_of_august(parent: Actor, birth: dt.date, answer: str) -> None:
    permit(parent)
    Person.objects.filter(key=child().key).update(birth=birth)
    person = Person.objects.current().get(birth=birth)
    assert schooling.decision(person, DAY, 2026).receipt.answer == answer


@pytest.mark.parametrize(("state", "due", "answer"), [
    ("in_force", D(2026, 9, 12), "grant"), ("in_force", D(2026, 4, 1), "grant"), ("suspended", D(2026, 2, 1), "need_info"),
])  # fmt: skip
def test_a_permit_in_force_today_counts_in_autumn_and_a_suspended_one_asks_for_its_endorsement(
    parent: Actor, state: str, due: dt.date, answer: str
) -> None:
    permit(parent, state, due=due)
    assert schooling.decision(child(), DAY, 2026).receipt.answer == answer


def test_without_a_permit_the_officer_cannot_give_a_place_and_a_refusal_is_contested(
    parent: Actor, education: Actor
) -> None:
    assert states(child())["permit"] == "missing"
    case = sent(parent)
    do(case, "claim", education)
    with pytest.raises(Guarded, match="school_not_entitled"):
        do(case, "place", education, SCHOOL, article=ARTICLE)
    do(case, "refuse", education, "合成：无居住证", article="国务院令第663号第十二条")
    refused = Case.objects.get(pk=case)
    assert answers_of(refused)["receipt"]["answer"] == "deny"
    offer = reconsideration.offer(refused, parent)
    assert offer is not None and offer.open


def test_the_receipt_of_a_permits_application_serves(parent: Actor) -> None:
    Case.objects.create(
        kind="residence_permit", flow_version=2, stage="submitted", region=COUNTY, number="SL-1", person_key=parent.person_key,
        opened_at=Case.objects.all()[0].opened_at, stage_since=DAY,
    )  # fmt: skip
    assert states(child())["permit"] == "receipt"


def test_a_local_child_needs_no_permit(parent: Actor) -> None:
    Person.objects.filter(key=child().key).update(hukou_region=COUNTY)
    assert states(child())["permit"] == "local"


def test_only_what_is_missing_is_asked_for_and_fetched_with_the_guardians_consent(
    parent: Actor, people: People, browse: Browse
) -> None:
    permit(parent)
    Person.objects.filter(key=child().key).update(document_kind="no_paper")
    assert schooling.papers(child(), DAY).asked_for == ("child",)
    with pytest.raises(Guarded, match="school_papers"):
        do(applied(parent), "submit", parent)
    client = browse(User.objects.get(pk=parent.user_id))
    case = applied(parent, tag="page")
    page = client.get(f"/my/cases/{case}/school_papers/").content.decode()
    assert 'type="file"' in page and "Not on record" in page
    from renben.web.registry.models import Document  # noqa: PLC0415

    paper = Document.objects.create(kind="proof", media="application/pdf", size=1, hash="x", content_ct=b"", case=case,
                                    at=Case.objects.all()[0].opened_at)  # fmt: skip
    Proof.objects.create(person_key=child().key, kind="student", valid_from=DAY, document=paper, case=case)
    assert states(child())["child"] == "missing", "without consent nothing is fetched"
    ward = str(child().key)
    with acting(parent):
        row = consents.give(parent, "proof_reuse", ward)
    assert states(child())["child"] == "missing", "nor before the second confirmation"
    Person.objects.filter(key=child().key).update(document_kind="citizen")
    with acting(parent):
        consents.confirm(parent, row.pk, CHILD["number"][-4:])
    Person.objects.filter(key=child().key).update(document_kind="no_paper")
    assert states(child())["child"] == "fetched"
    assert 'type="file"' not in client.get(f"/my/cases/{case}/school_papers/").content.decode()
    do(case, "submit", parent)
    assert answers_of(Case.objects.get(pk=case))["document"] == str(paper.pk)
    with acting(parent):
        consents.withdraw(parent, row.pk)
    assert states(child())["child"] == "missing", "withdrawn, it is asked for again"


def test_one_application_for_a_child_and_year_also_under_two_records(parent: Actor, education: Actor) -> None:
    permit(parent)
    first = sent(parent)
    with pytest.raises(Guarded, match="school_twice"):
        sent(parent, tag="second")
    assert Case.objects.get(pk=sent(parent, year="2027", tag="next")).stage == "submitted"
    do(first, "withdraw", parent)
    assert Case.objects.get(pk=sent(parent, tag="third")).stage == "submitted"


def test_only_a_guardian_applies_and_only_the_education_office_of_the_place_decides(
    parent: Actor, people: People, account: Callable[..., User], education: Actor
) -> None:
    permit(parent)
    with pytest.raises(NotAllowed, match="no_mandate"):
        applications.begin(people["stranger"], "school_place", "school-stranger", str(child().key))
    case = sent(parent)
    with pytest.raises(NotAllowed):
        do(case, "claim", people["officer"])
    with pytest.raises(Unknown):
        do(case, "claim", actor_of(account("t-far", "education_officer", "140106")))
    Mandate.objects.all().update(valid_to=DAY)
    with pytest.raises(NotAllowed):
        applications.begin(parent, "school_place", "school-over", str(child().key))
    assert education.may("school.decide", COUNTY)


def test_from_the_entitlement_through_the_pages_to_the_place(
    parent: Actor, education: Actor, browse: Browse
) -> None:
    permit(parent)
    client, office = (
        browse(User.objects.get(pk=parent.user_id)),
        browse(User.objects.get(pk=education.user_id)),
    )
    page = client.get("/my/entitlements/").content.decode()
    assert CHILD["name"] in page and "Apply for a place" in page
    begun = client.post("/apply/school_place/begin/", {"key": "school-page-1", "ward": str(child().key)})
    case = begun["Location"].split("/cases/")[1].split("/")[0]
    base = f"/my/cases/{case}/"
    client.post(f"{base}notice/", {"notice": "on", "key": "school-page-2"})
    assert (
        client.post(
            f"{base}school/", {"school_year": "2031", "grade": "1", "key": "school-page-3"}
        ).status_code
        == 422
    )
    client.post(f"{base}school/", {"school_year": "2026", "grade": "1", "key": "school-page-4"})
    assert "On record, need not be handed in" in client.get(f"{base}school_papers/").content.decode()
    assert client.post(f"{base}school_papers/", {"key": "school-page-5"}).status_code == 302
    version = Case.objects.get(pk=case).version
    client.post(f"{base}check/", {"key": "school-page-6", "version": version, "step": "submit"})
    found = Case.objects.get(pk=case)
    assert found.stage == "submitted" and found.number.startswith("RX-")
    assert found.number in office.get("/office/").content.decode()
    held = re.search("Held by</dt><dd>(.*?)</dd>", client.get(base).content.decode())
    assert held is not None and held.group(1).endswith(" · Education office")
    do(case, "claim", education)
    page = office.get(f"/office/cases/{case}/").content.decode()
    assert "The rules say: entitled" in page and "On record" in page and "2026/2027" in page
    do(case, "place", education, SCHOOL, article=ARTICLE)
    page = client.get(base).content.decode()
    found.refresh_from_db()
    assert ARTICLE in page and SCHOOL in page and found.result["receipt"] in page
    assert found.result["receipt"] in client.get("/my/entitlements/").content.decode()


def test_the_officer_sees_the_answer_of_the_day(parent: Actor, people: People) -> None:
    case = Case.objects.get(pk=sent(parent))
    first = review.checks_of(case, answers_of(case))[0]
    assert (first.level, first.word) == ("error", "check.school_deny") and first.values["because"]
    permit(parent)
    set_day(DAY + dt.timedelta(1))
    assert review.checks_of(case, answers_of(case))[0].word == "check.school_grant"
    assert schooling.guardians_of(child(), DAY) == [again(people["resident"]).person_key]
