"""A household after its registration: joined, born, left, another head; kept in time; undone whole."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from renben.web.clock import now
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import applications, household_members, proxies
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import Address, HouseholdMember, Person, Residence
from tests.web.cases import again, do, registered
from tests.web.conftest import answers, set_day

People = dict[str, Actor]
D = dt.date


def numbered(first: str) -> str:
    return first + check_digit(first)


def one(number: str, name: str, sex: str, birth: str, relation: str) -> dict[str, str]:
    return {"document_kind": "citizen", "number": numbered(number), "name": name, "sex": sex, "birth": birth,
            "relation": relation}  # fmt: skip


WIFE = one("14990119870312004", "示例乙", "2", "1987-03-12", "spouse")
CHILD = one("14990120180615001", "示例丙", "1", "2018-06-15", "child")
BABY = one("14990120260410002", "示例辰", "2", "2026-04-10", "child")
HUKOU = {"hukou_region": "141002", "hukou_kind": "10", "hukou_rural": "yes"}


@pytest.fixture
def family(people: People, address: Address) -> Case:
    case = registered(people, answers(address, members=[WIFE, CHILD]))
    set_day(D(2026, 5, 4))
    return case


def key_of(relation: str) -> str:
    row = HouseholdMember.objects.current().filter(relation=relation, valid_to=None).get()
    return str(row.person_key)


def report(people: People, tag: str, /, **fields: str) -> str:
    resident = again(people["resident"])
    case = applications.begin(resident, "household_change", f"begin-{tag}").case
    for question in ("notice", "change", "who", "change_proof"):
        do(case, "save", resident, question=question, fields=fields)
    return case


def carried(people: People, tag: str, /, **fields: str) -> str:
    case = report(people, tag, **fields)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    return case


def now_in(people: People) -> dict[str, str]:
    rows = household_members.household_of(again(people["resident"]).person_key)
    return {member.name: member.relation for member in rows if member.until is None}


def born(people: People) -> str:
    return carried(people, "born", change="born", change_date="2026-04-10", **BABY, **HUKOU)


def test_a_child_is_born_into_the_household_and_lives_there(family: Case, people: People) -> None:
    born(people)
    assert now_in(people) == {"示例甲": "head", "示例乙": "spouse", "示例丙": "child", "示例辰": "child"}
    baby = Person.objects.current().get(birth=D(2026, 4, 10))
    spell = Residence.objects.current().get(person_key=baby.key)
    assert (spell.valid_from, spell.address.text, spell.valid_to) == (D(2026, 4, 10), "合成街道1号", None)
    assert len(household_members.household_of(baby.key)) == 4


def test_somebody_who_leaves_is_kept_in_the_history(family: Case, people: People) -> None:
    known = now()
    child = key_of("child")
    carried(people, "leave", change="leave", change_date="2026-05-01", member=child, leaves_to="away")
    assert "示例丙" not in now_in(people)
    spell = Residence.objects.current().get(person_key=child)
    assert spell.valid_to == D(2026, 5, 1)
    rows = HouseholdMember.objects.filter(person_key=child)
    assert [row.valid_to for row in rows.current()] == [D(2026, 5, 1)]
    assert [row.valid_to for row in rows.known(known)] == [None], "as known before"
    assert [row.relation for row in rows.current().on(D(2026, 4, 30))] == ["child"]


def test_who_lives_apart_keeps_the_address(family: Case, people: People) -> None:
    carried(
        people, "apart", change="leave", change_date="2026-05-01", member=key_of("spouse"), leaves_to="apart"
    )
    assert Residence.objects.current().filter(valid_to=None).count() == 3
    assert "示例乙" not in now_in(people)


def test_with_another_head_every_relation_is_stated_anew(family: Case, people: People) -> None:
    head = {
        "change": "head",
        "change_date": "2026-05-01",
        "member": key_of("spouse"),
        "old_head_is": "spouse",
    }
    carried(people, "head", **head)
    assert now_in(people) == {"示例乙": "head", "示例甲": "spouse", "示例丙": "child"}
    before = HouseholdMember.objects.current().on(D(2026, 4, 1)).values_list("relation", flat=True)
    assert sorted(before) == ["child", "head", "spouse"]


def test_a_relation_that_does_not_follow_is_not_made_up(family: Case, people: People) -> None:
    head = {"change": "head", "change_date": "2026-05-01", "member": key_of("child"), "old_head_is": "parent"}
    carried(people, "head", **head)
    assert now_in(people) == {"示例丙": "head", "示例甲": "parent", "示例乙": "unstated"}


def test_the_head_cannot_leave_before_there_is_another(family: Case, people: People) -> None:
    case = report(
        people,
        "head-leaves",
        change="leave",
        change_date="2026-05-01",
        member=key_of("head"),
        leaves_to="away",
    )
    with pytest.raises(Guarded, match="head_leaves"):
        do(case, "submit", again(people["resident"]))


@pytest.mark.parametrize("day", ["2026-02-28", "2026-05-05"])
def test_a_change_cannot_lie_before_the_household_or_ahead(family: Case, people: People, day: str) -> None:
    case = report(people, "day", change="leave", change_date=day, member=key_of("child"), leaves_to="away")
    with pytest.raises(Guarded, match="household_day"):
        do(case, "submit", again(people["resident"]))


def test_nobody_joins_twice(family: Case, people: People) -> None:
    case = report(people, "twice", change="join", change_date="2026-05-01", **WIFE, **HUKOU)
    with pytest.raises(Guarded, match="already_member"):
        do(case, "submit", again(people["resident"]))


def test_undoing_restores_everything_and_keeps_both_in_time(family: Case, people: People) -> None:
    before = now_in(people)
    case = born(people)
    in_between = now()
    do(case, "undo", people["officer"], note="registered in the wrong household")
    assert Case.objects.get(pk=case).stage == "undone" and now_in(people) == before
    assert not Person.objects.current().filter(birth=D(2026, 4, 10)).exists()
    assert not Residence.objects.current().filter(source=case).exists()
    assert Person.objects.known(in_between).filter(birth=D(2026, 4, 10)).exists(), "what we thought is kept"
    leave = carried(
        people, "leave", change="leave", change_date="2026-05-01", member=key_of("child"), leaves_to="away"
    )
    do(leave, "undo", people["officer"], note="she stayed")
    assert now_in(people) == before
    assert Residence.objects.current().filter(valid_to=None).count() == 3


def test_a_change_on_which_another_rests_cannot_be_undone_first(family: Case, people: People) -> None:
    first = born(people)
    baby = Person.objects.current().get(birth=D(2026, 4, 10)).key
    second = carried(
        people, "baby-leaves", change="leave", change_date="2026-05-02", member=str(baby), leaves_to="away"
    )
    with pytest.raises(Guarded, match="changed_since"):
        do(first, "undo", people["officer"], note="no")
    do(second, "undo", people["officer"], note="first the later one")
    assert "示例辰" in now_in(people)
    do(first, "undo", people["officer"], note="and now the first")
    assert "示例辰" not in now_in(people)
    assert Residence.objects.current().filter(valid_to=None).count() == 3


def test_the_pages_ask_only_what_the_change_needs(
    family: Case, people: People, browse: Callable[..., Client]
) -> None:
    client = browse(User.objects.get(pk=people["resident"].user_id))
    assert "示例乙" in client.get("/my/household/").content.decode()
    first = client.post("/apply/household_change/begin/", {"key": "begin-page"})["Location"]
    base = first.removesuffix("notice/")
    client.post(first, {"notice": "on", "key": "household-notice", "do": "next"})
    form = {"change": "leave", "change_date": "2026-05-01", "key": "household-change", "do": "next"}
    assert client.post(f"{base}change/", form)["Location"] == f"{base}who/"
    page = client.get(f"{base}who/").content.decode()
    assert "示例丙" in page and 'name="leaves_to"' in page and 'name="number"' not in page
    chosen = {"member": key_of("child"), "leaves_to": "away", "key": "household-who", "do": "next"}
    answer = client.post(f"{base}who/", chosen)
    assert answer.status_code == 302
    assert answer["Location"] == f"{base}change_proof/"
    assert client.post(f"{base}change_proof/", {"key": "household-proof", "do": "next"}).status_code == 302
    check = client.get(f"{base}check/").content.decode()
    assert "示例丙" in check and "Away from this address" in check
    assert proxies.wards(again(people["resident"]))
