"""What a first user stumbled over when walking the pages: nothing typed is lost, nothing contradicts, every page goes on."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from renben.web.demo import people as demo
from renben.web.flow.definition import flows
from renben.web.flow.models import Case
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.programme import demo as programme_demo
from renben.web.registry.answers import answers_of
from renben.web.registry.applications import still_missing
from renben.web.registry.models import Address, HouseholdMember, Person, Residence
from renben.web.words import words
from tests.web.cases import do, fill, registered
from tests.web.conftest import OTHER_COUNTY, answers
from tests.web.test_household import numbered

People = dict[str, Actor]
Browse = Callable[..., Client]
WIFE = {
    "relation": "spouse",
    "document_kind": "citizen",
    "number": numbered("14990119870312002"),
    "name": "李𠮷",
}


@pytest.fixture
def draft(people: People, address: Address) -> str:
    return fill("residence_registration", people["resident"], answers(address))


@pytest.fixture
def client(people: People, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people["resident"].user_id))


def sent(client: Client, case: str, question: str, key: str, /, **fields: str) -> Any:
    return client.post(f"/my/cases/{case}/{question}/", {"do": "next", "key": f"walked-{key}", **fields})


def held(case: str) -> dict[str, Any]:
    return answers_of(Case.objects.get(pk=case))


def test_somebody_typed_into_the_list_is_added_when_the_list_is_called_complete(
    client: Client, draft: str
) -> None:
    answer = sent(client, draft, "members", "1", **WIFE)
    assert answer["Location"].endswith("/members/"), "the list is shown once more with the person on it"
    assert [one["name"] for one in held(draft)["members"]] == ["李𠮷"]
    wrong = sent(client, draft, "members", "2", **{**WIFE, "number": "123"})
    assert wrong.status_code == 422 and 'value="123"' in wrong.content.decode()
    assert sent(client, draft, "members", "3", relation="spouse", document_kind="citizen")[
        "Location"
    ].endswith("/check/")


def test_nobody_stands_on_a_form_twice(client: Client, draft: str) -> None:
    sent(client, draft, "members", "1", **WIFE)
    again = sent(client, draft, "members", "2", **WIFE)
    assert again.status_code == 422 and "on the list already" in again.content.decode()
    own = {**WIFE, "number": "149901198501010014", "name": "示例甲"}
    assert "the person under" in sent(client, draft, "members", "3", **own).content.decode()
    paper = {
        "relation": "child",
        "document_kind": "no_paper",
        "name": "示例丑",
        "sex": "1",
        "birth": "2026-02-20",
    }
    assert sent(client, draft, "members", "4", **paper).status_code == 302
    assert sent(client, draft, "members", "5", **paper).status_code == 422
    assert len(held(draft)["members"]) == 2


def test_another_county_asks_for_the_address_again(client: Client, draft: str, people: People) -> None:
    assert sent(client, draft, "place", "1", region="140105")["Location"].endswith("/check/"), (
        "the same county"
    )
    assert held(draft)["address"]
    assert sent(client, draft, "place", "2", region=OTHER_COUNTY)["Location"].endswith("/address/")
    assert "address" not in held(draft) and [
        one.name for one in still_missing(Case.objects.get(pk=draft))
    ] == ["address"]


def test_in_a_returned_case_too_the_address_of_another_county_is_asked_again(
    client: Client, draft: str, people: People
) -> None:
    do(draft, "submit", people["resident"])
    do(draft, "claim", people["officer"])
    do(draft, "return", people["officer"], "请核对", fields=["place"])
    assert "请核对" in client.get(f"/my/cases/{draft}/check/").content.decode(), (
        "the officer's note is beside the marks"
    )
    assert sent(client, draft, "place", "1", region=OTHER_COUNTY)["Location"].endswith("/address/")


def test_nobody_arrives_before_birth(client: Client, draft: str) -> None:
    answer = sent(client, draft, "arrival", "1", arrival="1984-12-31")
    assert answer.status_code == 422 and "1 January 1985" in answer.content.decode()


def test_a_child_born_after_the_family_came_lives_here_from_birth_on(
    people: People, address: Address
) -> None:
    child = {"relation": "child", "document_kind": "birth_certificate", "number": "R140012345", "name": "示例寅",
             "sex": "1", "birth": "2026-03-02"}  # fmt: skip
    registered(people, answers(address, arrival="2026-02-01", members=[child]))
    baby = next(one for one in Person.objects.current() if one.birth == dt.date(2026, 3, 2))
    assert Residence.objects.current().get(person_key=baby.key).valid_from == dt.date(2026, 3, 2)
    assert HouseholdMember.objects.current().get(person_key=baby.key).valid_from == dt.date(2026, 3, 2)


@pytest.mark.parametrize("name", ["王䶮", "李𠮷", "买买提·艾合买提", "O'Neil-Smith", "\ue863"])
def test_names_of_every_script_are_taken(client: Client, draft: str, name: str) -> None:
    fields = {"acting_as": "self", "document_kind": "citizen", "number": "149901198501010014", "name": name}
    assert sent(client, draft, "identity", "1", **fields).status_code == 302
    assert held(draft)["name"] == name


@pytest.mark.parametrize("name", ["王<b>", "张3", "{{name}}", "李；"])
def test_signs_and_digits_are_no_part_of_a_name_nor_of_its_correction(
    client: Client, people: People, address: Address, name: str
) -> None:
    registered(people, answers(address))
    begun = client.post("/apply/record_correction/begin/", {"key": "walked-correct"})
    case = begun["Location"].split("/cases/")[1].split("/")[0]
    said = sent(client, case, "correction", "1", correct_field="name", correct_value=name)
    assert said.status_code == 422 and "no digits and no signs" in said.content.decode()


def test_at_the_counter_somebody_without_a_phone_is_taken_down_and_registered(
    people: People, address: Address, browse: Browse
) -> None:
    client = browse(User.objects.get(pk=people["officer"].user_id))
    base = client.post("/office/assist/", {"key": "walked-counter"})["Location"].removesuffix("notice/")
    given = {**answers(address), "notice": "on", "phone": "", "do": "next"}
    given.pop("members")
    for name in (
        "notice",
        "identity",
        "contact",
        "hukou",
        "arrival",
        "place",
        "address",
        "stay",
        "members",
        "proof",
    ):
        typed = {"key": f"walked-{name}"} if name == "members" else {**given, "key": f"walked-{name}"}
        answer = client.post(f"{base}{name}/", {**typed, "do": "next"})
        assert answer.status_code == 302, (name, answer.content.decode()[-1500:])
    case = Case.objects.get(pk=base.strip("/").split("/")[-1])
    lacking = client.post(
        f"{base}check/", {"key": "walked-check-0", "version": case.version, "read_back": "on"}
    )
    assert lacking.status_code == 422 and "that it was signed" in lacking.content.decode()
    sheet = {"key": "walked-check-1", "version": case.version, "read_back": "on", "signed": "on"}
    assert client.post(f"{base}check/", sheet).status_code == 302
    do(case.pk, "claim", people["colleague"])
    do(case.pk, "approve", people["colleague"])
    assert Person.objects.current().get().phone == ""


def test_online_a_phone_is_needed(client: Client, draft: str) -> None:
    assert sent(client, draft, "contact", "1", phone="").status_code == 422


def test_a_page_of_a_case_that_was_sent_leads_to_where_it_stands(
    client: Client, draft: str, people: People
) -> None:
    do(draft, "submit", people["resident"])
    for name in ("check", "place"):
        page = client.get(f"/my/cases/{draft}/{name}/", follow=True)
        assert page.redirect_chain == [(f"/my/cases/{draft}/", 302)]
        assert "cannot be changed any more" in page.content.decode()
    late = sent(client, draft, "place", "late", region=OTHER_COUNTY)
    assert late["Location"] == f"/my/cases/{draft}/" and held(draft)["region"] == "140105"


def test_a_half_filled_form_is_offered_before_another_is_begun(client: Client) -> None:
    fresh = client.post("/apply/residence_registration/begin/", {"key": "walked-begin"})["Location"]
    page = client.get("/apply/residence_registration/").content.decode()
    case = fresh.split("/cases/")[1].split("/")[0]
    assert f"/my/cases/{case}/" in page and "Begin another one" in page
    assert f"/my/cases/{case}/notice/" in client.get(f"/my/cases/{case}/").content.decode(), (
        "goes on at the first gap"
    )


def test_withdrawing_says_what_is_lost_and_every_such_step_does(client: Client, draft: str) -> None:
    page = client.get(f"/my/cases/{draft}/").content.decode()
    assert "ends this for good" in page
    wanted = {f"sure.{m.action}" for f in flows().values() for m in f.transitions
              if m.by == "applicant" and m.tone == "danger"}  # fmt: skip
    assert wanted and sorted(wanted - set(words())) == []


def test_a_returned_case_says_until_when_the_applicant_has_and_not_the_stopped_deadline(
    client: Client, draft: str, people: People
) -> None:
    do(draft, "submit", people["resident"])
    do(draft, "claim", people["officer"])
    do(draft, "return", people["officer"], "请核对", fields=["proof"])
    case = Case.objects.get(pk=draft)
    page = client.get("/my/cases/").content.decode()
    assert f"from you by {case.wait_on.day} {case.wait_on:%B %Y}" in page
    assert f"{case.due_on.day} {case.due_on:%B %Y}" not in page


def test_what_an_officer_typed_is_shown_again_where_a_step_is_refused(
    draft: str, people: People, browse: Browse
) -> None:
    do(draft, "submit", people["resident"])
    do(draft, "claim", people["officer"])
    officer = browse(User.objects.get(pk=people["officer"].user_id))
    page = officer.get(f"/office/cases/{draft}/").content.decode()
    assert "示例甲" in page and "No file was attached" in page
    version = Case.objects.get(pk=draft).version
    given = {"key": "walked-return", "version": version, "note": "请补交租赁合同"}
    refused = officer.post(f"/office/cases/{draft}/step/return/", given)
    said = refused.content.decode()
    assert refused.status_code == 422 and "the pages to be mended" in said and "请补交租赁合同" in said
    do(draft, "return", people["officer"], "请核对", fields=["proof"])
    assert "waits for the applicant" in officer.get(f"/office/cases/{draft}/").content.decode()


def test_a_decided_case_is_not_compared_with_its_own_record(
    draft: str, people: People, browse: Browse
) -> None:
    for action, actor in (("submit", "resident"), ("claim", "officer"), ("approve", "officer")):
        do(draft, action, people[actor])
    page = (
        browse(User.objects.get(pk=people["officer"].user_id)).get(f"/office/cases/{draft}/").content.decode()
    )
    assert "not ended" not in page and "open residence" not in page.lower()


def test_a_search_says_why_it_looked_for_nothing(people: People, address: Address, browse: Browse) -> None:
    registered(people, answers(address))
    officer = browse(User.objects.get(pk=people["officer"].user_id))
    look = lambda **given: officer.post("/office/search/", given).content.decode()  # noqa: E731
    assert "Enter a document number, or a name." in look()
    assert "At least two characters" in look(name="示")
    assert "check character is not right" in look(number="149901198501010015")
    found = look(name="示例甲")
    assert "Fill in at the counter" in found and 'value="示例甲"' not in found, (
        "who was found is said as the policy says"
    )


def test_pages_without_a_record_lead_to_registration(client: Client) -> None:
    for page in ("/my/entitlements/", "/my/data/", "/my/photo/"):
        said = client.get(page).content.decode()
        assert "/apply/residence_registration/" in said and "/my/bind/" in said, page


def test_who_holds_a_slip_finds_its_page_from_the_first_page() -> None:
    said = Client().get("/").content.decode()
    for page in ("/confirm/", "/photo/", "/my/bind/", "/account/recover/"):
        assert f'href="{page}"' in said


def test_no_account_of_the_demonstration_is_written_twice() -> None:
    names = [one["username"] for one in [*demo.written()["accounts"], *programme_demo.written()]]
    assert len(names) == len(set(names)) > 20


def test_a_form_sent_after_signing_out_leads_back_to_its_page_and_says_so(client: Client, draft: str) -> None:
    page = f"/my/cases/{draft}/"
    gone = Client()
    gone.cookies["django_language"] = "en"
    given = {"key": "walked-gone-1", "version": "1"}
    sent_on = gone.post(
        f"{page}step/withdraw/",
        given,
        headers={"referer": f"http://testserver{page}", "accept": "text/html"},
        follow=True,
    )
    assert sent_on.redirect_chain == [(f"/account/login/?next=%2Fmy%2Fcases%2F{draft}%2F", 302)]
    assert "was not carried out" in sent_on.content.decode()
    away = gone.post(f"{page}step/withdraw/", given, headers={"referer": "http://elsewhere.example/trap/"})
    assert away["Location"] == "/account/login/?next=%2Fhome%2F", "never to another host"
    assert gone.get(page)["Location"].endswith(f"next=%2Fmy%2Fcases%2F{draft}%2F")


def test_a_proxy_is_asked_for_the_persons_phone_and_needs_none(
    client: Client, people: People, address: Address
) -> None:
    case = fill("residence_registration", people["resident"], answers(address, acting_as="landlord"))
    assert "Do not enter your own" in client.get(f"/my/cases/{case}/contact/").content.decode()
    assert sent(client, case, "contact", "1", phone="").status_code == 302
    assert "Evidence that you may act" in client.get(f"/my/cases/{case}/proof/").content.decode()


def test_a_long_condition_is_said_with_what_it_looks_at(browse: Browse) -> None:
    said = browse().get("/services/compulsory_school/").content.decode()
    assert "the value required" not in said and "permit" in said
