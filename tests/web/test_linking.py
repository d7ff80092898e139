"""Cases that belong together: linked by an officer who may see both, seen from both ends, taken back with a reason."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from renben.web.flow import linking
from renben.web.flow.command import open_case
from renben.web.flow.models import Case, CaseLink
from renben.web.flow.refusals import Guarded, Incomplete, KeyReused, Unknown
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from tests.web.cases import acting, again, fill, registered
from tests.web.conftest import COUNTY, OTHER_COUNTY, answers

People = dict[str, Actor]
Browse = Callable[..., Client]
WHY = "合成：同一户"


@dataclass(frozen=True)
class Family:
    """A household's registration and two applications that belong with it."""

    whole: Case
    first: Case
    second: Case


@pytest.fixture
def family(people: People, address: Address) -> Family:
    whole = registered(people, answers(address))
    resident = again(people["resident"])
    parts = []
    for n in range(2):
        key = fill("residence_permit", resident, {"notice": "2026-01", "proof_kind": "contract"}, region=COUNTY,
                   person_key=whole.person_key)  # fmt: skip
        Case.objects.filter(pk=key).update(number=f"HC-{n}", stage="submitted")
        parts.append(Case.objects.get(pk=key))
    return Family(whole, *parts)


def join(
    people: People, case: Case, other: Case, kind: str = linking.PART, key: str = "link-key-1"
) -> CaseLink:
    with acting(people["officer"]):
        linking.link(people["officer"], case, other, kind, WHY, key)
    return CaseLink.objects.order_by("-pk")[0]


def client(browse: Browse, people: People, name: str) -> Client:
    return browse(User.objects.get(pk=people[name].user_id))


def test_a_part_and_its_whole_show_each_other_with_who_and_why(
    family: Family, people: People, browse: Browse
) -> None:
    officer = client(browse, people, "officer")
    sent = {"number": family.whole.number, "kind": "part_of", "why": WHY, "key": "link-page-1"}
    address = f"/office/cases/{family.first.pk}/"
    assert officer.post(f"{address}links/", sent).status_code == 302
    assert officer.post(f"{address}links/", sent).status_code == 302 and CaseLink.objects.count() == 1
    text = officer.get(address).content.decode()
    assert "part of <a" in text and str(family.whole.number) in text and WHY in text and "by you" in text
    other = client(browse, people, "colleague").get(f"/office/cases/{family.whole.pk}/").content.decode()
    assert "has as a part <a" in other and "HC-0" in other and "by another officer" in other
    rows = AuditEvent.objects.filter(permission="case.link", kind="command")
    assert {row.object_id for row in rows} == {str(family.first.pk), str(family.whole.pk)}
    assert {row.subject for row in rows} == {family.whole.person_key}
    assert WHY not in str(list(rows.values_list("detail", flat=True))) and WHY.encode() not in bytes(
        CaseLink.objects.get().why_ct
    )


def test_the_applicant_sees_links_between_his_own_cases_and_no_reason(
    family: Family, people: People, browse: Browse
) -> None:
    with acting(people["stranger"]):
        strange = open_case("residence_registration", people["stranger"], "link-strange", COUNTY).case
    join(people, family.first, family.whole)
    join(people, family.first, Case.objects.get(pk=strange), linking.RELATED, "link-key-2")
    text = client(browse, people, "resident").get(f"/my/cases/{family.first.pk}/").content.decode()
    assert "part of <a" in text and WHY not in text and strange not in text and "may not see" not in text


def test_whoever_may_not_see_the_other_case_learns_only_that_there_is_one(
    family: Family, people: People, browse: Browse
) -> None:
    with acting(people["stranger"]):
        there = open_case("residence_registration", people["stranger"], "link-there", OTHER_COUNTY).case
    Case.objects.filter(pk=there).update(number="JD-THERE", stage="submitted")
    officer = client(browse, people, "officer")
    sent = {"number": "JD-THERE", "kind": "related", "why": WHY, "key": "link-page-2"}
    answer = officer.post(f"/office/cases/{family.first.pk}/links/", sent)
    assert answer.status_code == 422 and not CaseLink.objects.exists(), (
        "what one may not see one does not link"
    )
    join(people, family.first, Case.objects.get(pk=there), linking.RELATED)
    text = officer.get(f"/office/cases/{family.first.pk}/").content.decode()
    assert "a case that you may not see" in text and "JD-THERE" not in text and WHY not in text
    assert (
        client(browse, people, "elsewhere").post(f"/office/cases/{family.first.pk}/links/", sent).status_code
        == 404
    )


def test_a_link_is_taken_back_with_a_reason_and_stays_on_record(
    family: Family, people: People, browse: Browse
) -> None:
    row, officer = join(people, family.first, family.whole), client(browse, people, "colleague")
    ends = f"/office/cases/{family.whole.pk}/links/{row.pk}/end/"
    assert officer.post(ends, {"why": "", "key": "unlink-page-1"}).status_code == 422
    assert officer.post(ends, {"why": "合成：认错了", "key": "unlink-page-1"}).status_code == 302
    assert officer.post(ends, {"why": "合成：认错了", "key": "unlink-page-1"}).status_code == 302, (
        "the same form twice"
    )
    assert officer.post(ends, {"why": "合成：认错了", "key": "unlink-page-2"}).status_code == 404
    text = officer.get(f"/office/cases/{family.first.pk}/").content.decode()
    assert "<del>" in text and "合成：认错了" in text and WHY in text and "taken back on" in text
    assert CaseLink.objects.get().undone_by == people["colleague"].user_id
    assert join(people, family.first, family.second, key="link-key-3").undone_at is None, (
        "it may be part of another now"
    )


def test_what_makes_no_sense_is_refused(family: Family, people: People) -> None:
    with pytest.raises(Guarded, match="link_itself"):
        join(people, family.first, family.first)
    join(people, family.first, family.whole)
    with pytest.raises(KeyReused):
        join(people, family.second, family.whole)
    for case, other, said in (
        (family.first, family.whole, "link_known"), (family.whole, family.first, "link_known"),
        (family.first, family.second, "link_part"),
    ):  # fmt: skip
        with pytest.raises(Guarded, match=said):
            join(people, case, other, key="link-key-4")
    join(people, family.whole, family.second, key="link-key-5")
    with pytest.raises(Guarded, match="link_circle"):
        join(people, family.second, family.first, key="link-key-6")
    for kind, why in (("cousin", WHY), ("related", " "), ("related", "x")):
        with pytest.raises(Incomplete):
            linking.link(people["officer"], family.second, family.first, kind, why, "link-key-7")
    with pytest.raises(Unknown, match="link_unknown"):
        linking.undo(people["officer"], family.second, 999_999, WHY, "link-key-8")


def test_the_database_holds_one_link_and_one_whole_too(family: Family, people: People) -> None:
    join(people, family.first, family.whole)
    made = CaseLink.objects.get()
    for other in (family.whole, family.second, family.first):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseLink.objects.create(
                case=family.first, other=other, kind="part_of", made_by=1, made_at=made.made_at
            )


def test_a_link_changes_neither_case(family: Family, people: People) -> None:
    before = list(Case.objects.order_by("pk").values())
    join(people, family.first, family.whole)
    assert list(Case.objects.order_by("pk").values()) == before
