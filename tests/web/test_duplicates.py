"""Duplicates are found when somebody is registered, compared side by side, merged by two, and can be undone."""

from collections.abc import Callable

import pytest
from django.test import Client

from renben.web.clock import today
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Guarded
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import merging, population_counts
from renben.web.registry import people as registry_people
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import Address, Person, SamePerson
from tests.web.cases import do, fill, registered
from tests.web.conftest import COUNTY, answers

People = dict[str, Actor]
COUNTER = Actor(None, (("data_steward", ""),), job="registry")


def numbered(first: str) -> str:
    return first + check_digit(first)


def again_as(people: People, address: Address, who: str, number: str, **changes: object) -> Case:
    case = fill("residence_registration", people[who], answers(address, number=number, **changes))
    do(case, "submit", people[who])
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    return Case.objects.get(pk=case)


@pytest.fixture
def pair(people: People, address: Address) -> tuple[Case, Case]:
    first = registered(people, answers(address))
    return first, again_as(people, address, "stranger", numbered("14990119850101003"))


def review() -> Case:
    return Case.objects.get(kind="duplicate_review")


def test_approving_a_registration_opens_the_review_of_the_pair(pair: tuple[Case, Case]) -> None:
    case = review()
    assert case.region == COUNTY and case.stage == "suspected" and case.due_on is not None
    assert set(case.result["pair"]) == {str(one.person_key) for one in pair}
    event = CaseEvent.objects.get(case=pair[1], action="approve")
    assert event.detail["duplicates"] == 1


def test_unlike_people_open_nothing(people: People, address: Address) -> None:
    registered(people, answers(address))
    again_as(
        people, address, "stranger", numbered("14990119700303002"), name="另一人", phone="13900000022",
        birth="1970-03-03", sex="2",
    )  # fmt: skip
    assert not Case.objects.filter(kind="duplicate_review").exists()


def test_the_steward_compares_side_by_side_and_both_persons_see_that_he_looked(
    pair: tuple[Case, Case], people: People, browse: Callable[..., Client]
) -> None:
    steward = browse(User.objects.get(pk=people["steward"].user_id))
    queue = steward.get("/office/").content.decode()
    assert f"/office/cases/{review().pk}/" in queue
    page = steward.get(f"/office/cases/{review().pk}/").content.decode()
    assert page.count("合成街道1号") == 2 and "139****0001" in page and "13900000001" not in page
    assert "149901198501010014" not in page and "Record that came first" in page
    seen = AuditEvent.objects.filter(object_type="pair").values_list("subject", flat=True)
    assert set(seen) == {one.person_key for one in pair}


def test_merging_and_undoing_through_the_pages_changes_the_head_count_and_nothing_else(
    pair: tuple[Case, Case], people: People, browse: Callable[..., Client]
) -> None:
    before = list(Person.objects.order_by("pk").values())
    case, keys = review(), iter(f"merge-form-{n}" for n in range(20))

    def step(who: str, action: str, **form: str) -> None:
        version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
        client = browse(User.objects.get(pk=people[who].user_id))
        form = {"key": next(keys), "version": str(version), **form}
        assert client.post(f"/office/cases/{case.pk}/step/{action}/", form).status_code == 302

    def actual() -> int:
        return population_counts.counts(COUNTER, today())[0].counts["actual"]

    assert actual() == 2
    step("steward", "claim")
    step("steward", "propose", note="same name, birth and phone")
    step("steward2", "merge")
    link = SamePerson.objects.get()
    assert (link.kept, link.other) == (pair[0].person_key, pair[1].person_key), "the first record is kept"
    assert actual() == 1, "one person is counted once"
    step("steward", "undo_merge", note="sisters")
    assert actual() == 2 and list(Person.objects.order_by("pk").values()) == before


def test_a_pair_found_to_be_two_persons_is_not_opened_again(pair: tuple[Case, Case], people: People) -> None:
    do(review().pk, "claim", people["steward"])
    do(review().pk, "keep_apart", people["steward"], note="two persons")
    assert pair[1].person_key is not None
    assert merging.open_reviews(pair[1].person_key, today()) == 0


def test_three_records_of_one_person_meet_in_the_first(
    pair: tuple[Case, Case], people: People, address: Address
) -> None:
    third = again_as(people, address, "stranger", numbered("14990119850101005"))
    reviews = list(Case.objects.filter(kind="duplicate_review").order_by("opened_at"))
    assert len(reviews) == 3
    for case in reviews[:2]:
        do(case.pk, "claim", people["steward"])
        do(case.pk, "propose", people["steward"], note="same")
        do(case.pk, "merge", people["steward2"])
    assert third.person_key and pair[0].person_key
    assert registry_people.kept_key(third.person_key) == pair[0].person_key
    assert len(registry_people.all_keys(third.person_key)) == 3
    last = reviews[2]
    do(last.pk, "claim", people["steward"])
    do(last.pk, "propose", people["steward"], note="same")
    with pytest.raises(Guarded, match="merged_before"):
        do(last.pk, "merge", people["steward2"])


def test_a_common_name_does_not_flood_the_queue(people: People, address: Address) -> None:
    for n in range(1, merging.MOST + 4):
        again_as(people, address, "stranger", numbered(f"149901198501010{n:02d}"))
    last = CaseEvent.objects.filter(action="approve").order_by("-pk")[0]
    assert last.detail["duplicates"] == merging.MOST
