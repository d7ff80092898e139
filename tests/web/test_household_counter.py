"""At the counter: an officer takes a change of a household down for somebody; a colleague decides; it is undone whole."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import applications, household_members
from renben.web.registry.models import Address, Household, HouseholdMember
from tests.web.cases import again, do, fill
from tests.web.conftest import answers
from tests.web.test_household import BABY, CHILD, HUKOU, WIFE, family, key_of, now_in, numbered, report

__all__ = ["family"]
People = dict[str, Actor]
Browse = Callable[..., Client]
HEAD = "149901198501010014"
BROTHER = {
    "document_kind": "citizen",
    "number": numbered("14990119900228003"),
    "name": "示例戊",
    "sex": "1",
    "birth": "1990-02-28",
}
SIGNED = {"read_back": "on", "signed": "on"}


def client_of(people: People, name: str, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people[name].user_id))


def opened(client: Client, number: str = HEAD, key: str = "counter-household") -> Any:
    return client.post("/office/assist/household/", {"number": number, "key": key})


def taken_down(people: People, browse: Browse, key: str = "counter-household", **fields: Any) -> Case:
    """Every question answered on the pages, and handed in."""
    client = client_of(people, "officer", browse)
    base = opened(client, key=key)["Location"].removesuffix("notice/")
    given = {"notice": "on", "change_date": "2026-05-01", **fields}
    for name in ("notice", "change", "who", "change_proof"):
        answer = client.post(f"{base}{name}/", {**given, "key": f"{key}-{name}"})
        assert answer.status_code == 302, answer.content.decode()[-3000:]
    case = Case.objects.get(pk=base.strip("/").split("/")[-1])
    sent = client.post(f"{base}check/", {**SIGNED, "key": f"{key}-check", "version": case.version})
    assert sent.status_code == 302, sent.content.decode()[-2000:]
    case.refresh_from_db()
    return case


def approved(people: People, case: Case) -> None:
    do(case.pk, "claim", people["colleague"])
    do(case.pk, "approve", people["colleague"])


def other_household(people: People, address: Address, **changes: Any) -> Case:
    case = fill(
        "residence_registration",
        people["stranger"],
        answers(address, **{**BROTHER, "phone": "13900000007", **changes}),
    )
    do(case, "submit", people["stranger"])
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    return Case.objects.get(pk=case)


def test_a_birth_is_taken_down_decided_by_a_colleague_and_kept_as_online(
    family: Case,
    people: People,
    browse: Browse,
) -> None:
    case = taken_down(people, browse, change="born", change_date="2026-04-10", **BABY, **HUKOU)
    assert (case.stage, case.applicant, case.result["assisted"]) == (
        "submitted",
        None,
        True,
    ) and case.number.startswith("JT-")
    do(case.pk, "claim", people["officer"])
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case.pk, "approve", people["officer"])
    do(case.pk, "release", people["officer"])
    approved(people, case)
    assert now_in(people)["示例辰"] == "child"
    do(case.pk, "undo", people["colleague"], "合成：录错")
    assert "示例辰" not in now_in(people)


def test_removing_and_another_head_go_the_same_way(family: Case, people: People, browse: Browse) -> None:
    child, wife = key_of("child"), key_of("spouse")
    approved(
        people, taken_down(people, browse, "counter-leave", change="leave", member=child, leaves_to="away")
    )
    assert "示例丙" not in now_in(people)
    approved(
        people, taken_down(people, browse, "counter-head-1", change="head", member=wife, old_head_is="spouse")
    )
    assert now_in(people) == {"示例乙": "head", "示例甲": "spouse"}


def test_splitting_founds_a_household_at_the_same_address_and_is_undone(
    family: Case,
    people: People,
    browse: Browse,
) -> None:
    before, wife, child = now_in(people), key_of("spouse"), key_of("child")
    case = taken_down(people, browse, change="split", member=wife, others=[child])
    approved(people, case)
    assert now_in(people) == {"示例甲": "head"}
    hers = household_members.household_of(wife)
    assert {one.name: one.relation for one in hers} == {"示例乙": "head", "示例丙": "child"}
    assert Household.objects.current().filter(valid_to=None).count() == 2
    do(case.pk, "undo", people["officer"], "合成：仍是一户")
    assert now_in(people) == before and Household.objects.current().filter(valid_to=None).count() == 1


def test_a_child_who_goes_with_the_child_of_the_head_has_no_made_up_relation(
    family: Case,
    people: People,
    browse: Browse,
) -> None:
    child, wife = key_of("child"), key_of("spouse")
    approved(people, taken_down(people, browse, change="split", member=child, others=[wife]))
    assert {one.name: one.relation for one in household_members.household_of(child)} == {
        "示例丙": "head",
        "示例乙": "unstated",
    }


def test_joining_two_households_ends_the_other_and_is_undone(
    family: Case,
    people: People,
    address: Address,
    browse: Browse,
) -> None:
    other = other_household(people, address)
    case = taken_down(
        people, browse, change="merge", document_kind="citizen", number=BROTHER["number"], relation="sibling"
    )
    approved(people, case)
    assert now_in(people) == {"示例甲": "head", "示例乙": "spouse", "示例丙": "child", "示例戊": "sibling"}
    assert Household.objects.current().get(key=other.result["household"]).valid_to is not None
    do(case.pk, "undo", people["officer"], "合成：不是一户")
    assert "示例戊" not in now_in(people)
    assert (
        HouseholdMember.objects.current().get(household=other.result["household"], valid_to=None).relation
        == "head"
    )


def test_two_households_are_not_joined_online_nor_at_two_addresses(
    family: Case,
    people: People,
    address: Address,
    browse: Browse,
) -> None:
    other_household(people, address)
    fields = {"document_kind": "citizen", "number": BROTHER["number"], "relation": "sibling"}
    online = report(people, "merge", change="merge", change_date="2026-05-01", **fields)
    with pytest.raises(Guarded, match="merge_at_counter"):
        do(online, "submit", again(people["resident"]))
    there = Address.objects.create(
        region=address.region, township=address.township, text="合成街道2号", synthetic=True
    )
    far = "14990119910301001"
    fill_far = answers(there, number=numbered(far), name="示例己", birth="1991-03-01", phone="13900000008")
    case = fill("residence_registration", people["stranger"], fill_far)
    Case.objects.filter(pk=case).update(stage="in_review", holder=people["officer"].user_id)
    do(case, "approve", people["officer"])
    with pytest.raises(AssertionError, match="address"):
        taken_down(people, browse, change="merge", **{**fields, "number": numbered(far)})


def test_the_head_does_not_go_along_and_strangers_neither(family: Case, people: People) -> None:
    wife, head = key_of("spouse"), key_of("head")
    for tag, others, word in (("head", [head], "head_leaves"), ("who", ["0" * 32], "not_a_member")):
        case = report(people, tag, change="split", change_date="2026-05-01", member=wife, others=others)
        with pytest.raises(Guarded, match=word):
            do(case, "submit", again(people["resident"]))


def test_only_who_shows_a_number_of_the_region_opens_a_household(
    family: Case,
    people: People,
    browse: Browse,
) -> None:
    client = client_of(people, "officer", browse)
    for number in ("", "149901199002280038", "not a number"):
        assert opened(client, number).status_code == 404
    assert opened(client_of(people, "elsewhere", browse)).status_code == 404
    assert opened(client_of(people, "resident", browse)).status_code == 403
    answer = opened(client)
    assert answer.status_code == 302
    seen = AuditEvent.objects.get(permission="registration.assist", object_type="household_change", kind="command",
                                  detail__action="assist")  # fmt: skip
    assert seen.subject == family.person_key, "the person sees who opened it"
    case = answer["Location"].split("/assist/")[1].split("/")[0]
    assert client_of(people, "colleague", browse).get(f"/office/assist/{case}/change/").status_code == 404
    assert "another household" in client.get(f"/office/assist/{case}/change/").content.decode().lower()


def test_a_person_online_is_not_offered_what_is_for_the_counter(
    family: Case, people: People, browse: Browse
) -> None:
    case = applications.begin(again(people["resident"]), "household_change", "begin-online").case
    page = client_of(people, "resident", browse).get(f"/my/cases/{case}/change/").content.decode()
    assert 'value="split"' in page and 'value="merge"' not in page
    assert {WIFE["name"], CHILD["name"]} <= set(now_in(people))
