"""A guardian claims for a child in his care what the child is entitled to; nobody else does."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from renben.web.claims import claiming, offers
from renben.web.claims.models import Claim, Offer
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry.entitlements import facts_of
from renben.web.registry.held import GUARDIANS
from renben.web.registry.models import Address, Mandate, Permit, Person, Residence, record
from tests.web.cases import acting, again, do, registered
from tests.web.claims.test_claiming import ARTICLE
from tests.web.conftest import COUNTY, DAY, answers
from tests.web.test_household import CHILD
from tests.web.test_queries import known, queries
from tests.web.test_schooling import permit

Browse = Callable[..., Client]
ITEM = "health_record"


@pytest.fixture
def parent(people: dict[str, Actor], address: Address) -> Actor:
    registered(people, answers(address, members=[CHILD]))
    return again(people["resident"])


@pytest.fixture
def child(parent: Actor) -> Person:
    return Person.objects.current().exclude(key=parent.person_key).get(birth=dt.date(2018, 6, 15))


def claimed(actor: Actor, child: Person, item: str = ITEM, tag: str = "1") -> str:
    with acting(actor):
        return claiming.begin(actor, item, f"ward-claim-{tag}", str(child.key)).case


def test_a_guardian_claims_for_the_child_and_for_himself_apart(
    parent: Actor, child: Person, desk: Actor
) -> None:
    case = claimed(parent, child)
    with acting(parent):
        own = claiming.begin(parent, ITEM, "ward-own-1").case
    assert {one.person_key for one in Claim.objects.all()} == {child.key, parent.person_key} and own != case
    do(case, "save", parent, question="claim", fields={"claim_remark": "", "document": ""})
    do(case, "submit", parent)
    kept = claiming.frozen(Case.objects.get(pk=case))
    assert kept is not None and kept.answer == "grant"
    do(case, "claim", desk)
    do(case, "grant", desk, "合成", article=ARTICLE)
    assert Claim.objects.get(pk=case).state == "granted" and Claim.objects.get(pk=own).state == "open"


def test_what_the_child_is_not_entitled_to_cannot_be_claimed_for_it(parent: Actor, child: Person) -> None:
    with pytest.raises(Guarded, match="claim_not_entitled"):
        claimed(parent, child, "elder_health")


def test_without_a_mandate_nobody_claims_for_somebody_else(
    parent: Actor, child: Person, people: dict[str, Actor]
) -> None:
    with pytest.raises(NotAllowed, match="no_mandate"):
        claimed(people["stranger"], child)
    Mandate.objects.all().update(valid_to=DAY)
    with pytest.raises(NotAllowed, match="no_mandate"):
        claimed(parent, child)
    assert not Claim.objects.exists()


def test_a_second_guardian_is_told_and_not_led_into_the_firsts_claim(
    parent: Actor, child: Person, account: Callable[..., User], browse: Browse
) -> None:
    second = account("t-second", "resident")
    Mandate.objects.create(
        account=second.pk, person_key=child.key, kind="guardian", valid_from=DAY, valid_to="2036-01-01"
    )
    case = claimed(parent, child)
    do(case, "save", parent, question="claim", fields={"claim_remark": "", "document": ""})
    do(case, "submit", parent)
    with pytest.raises(claiming.ClaimOpen) as refused:
        claimed(actor_of(second), child, tag="2")
    assert refused.value.see == "" and refused.value.values["number"] == "—"
    text = browse(second).get("/my/entitlements/").content.decode()
    assert "claimed by another guardian" in text and case not in text


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("services to claim for the child", "claim being filled in")), ("zh-hans", ("可以为孩子申领的服务", "申领填写中")),
])  # fmt: skip
def test_the_page_of_entitlements_offers_it_under_the_childs_name(
    parent: Actor, child: Person, browse: Browse, language: str, said: tuple[str, ...]
) -> None:
    client = browse(User.objects.get(pk=parent.user_id), language)
    page = client.get("/my/entitlements/").content.decode()
    assert said[0] in page and f'name="ward" value="{child.key}"' in page
    answer = client.post(f"/services/{ITEM}/claim/", {"key": "ward-page-1", "ward": str(child.key)})
    assert answer.status_code == 302 and client.get(answer["Location"]).status_code == 200
    assert said[1] in client.get("/my/entitlements/").content.decode()
    assert (
        client.post(f"/services/{ITEM}/claim/", {"key": "ward-page-2", "ward": "nobody"}).status_code == 403
    )


def offered_to(actor: Actor) -> dict[str, set[str]]:
    """Names of the services on the start page, for oneself ("") and by the key of each child."""
    with acting(actor):
        found = offers.offered(actor)
    return {
        str(one.child.key) if one.child else "": {item.rule for item in (*one.first, *one.more)}
        for one in found
    }


def test_the_start_page_offers_what_the_child_is_entitled_to_and_nobody_claimed(
    parent: Actor, child: Person
) -> None:
    Person.objects.filter(key=child.key).update(birth=dt.date(2024, 6, 15))
    found = offered_to(parent)
    known = facts_of(Person.objects.current().get(key=child.key), DAY)
    assert found[str(child.key)] == set(offers.entitled_items(known, DAY)) >= {ITEM, "child_health"}
    assert "child_health" not in found[""] and ITEM in found[""]
    rows = Offer.objects.filter(person_key=child.key)
    assert {one.item for one in rows} == found[str(child.key)]
    assert {(one.region, one.offered_on) for one in rows} == {(COUNTY, DAY)}
    case = claimed(parent, child)
    assert ITEM not in offered_to(parent)[str(child.key)] and ITEM in offered_to(parent)[""]
    do(case, "withdraw", parent)
    assert ITEM in offered_to(parent)[str(child.key)]


def test_declined_for_a_child_is_declined_for_that_child_alone_and_for_both_guardians(
    parent: Actor, child: Person, account: Callable[..., User]
) -> None:
    second = account("t-second", "resident")
    Mandate.objects.create(
        account=second.pk, person_key=child.key, kind="guardian", valid_from=DAY, valid_to="2036-01-01"
    )
    with acting(parent):
        offers.answer(parent, ITEM, True, str(child.key))
    assert ITEM not in offered_to(parent)[str(child.key)] and ITEM in offered_to(parent)[""]
    assert ITEM not in offered_to(actor_of(second))[str(child.key)]
    event = AuditEvent.objects.get(object_type="offer", object_id=ITEM)
    assert (event.subject, event.actor, event.detail) == (child.key, parent.user_id, {"declined": True})
    with acting(parent):
        offers.answer(parent, ITEM, False, str(child.key))
    assert ITEM in offered_to(parent)[str(child.key)]


def test_nothing_is_offered_for_a_child_whose_guardian_one_is_not_on_record(
    parent: Actor, child: Person, people: dict[str, Actor]
) -> None:
    stranger = people["stranger"]
    assert offered_to(stranger) == {}
    with acting(stranger), pytest.raises(NotAllowed, match="no_mandate"):
        offers.answer(stranger, ITEM, True, str(child.key))
    Mandate.objects.create(
        account=stranger.user_id, person_key=child.key, kind="landlord", valid_from=DAY, valid_to="2036-01-01"
    )
    assert offered_to(stranger) == {}, "a landlord is no guardian"
    Mandate.objects.filter(account=parent.user_id).update(valid_to=DAY)
    assert set(offered_to(parent)) == {""}, "the mandate has ended"
    with acting(parent), pytest.raises(NotAllowed, match="no_mandate"):
        offers.answer(parent, ITEM, True, str(child.key))


def test_nothing_is_offered_for_a_child_that_lives_nowhere_here(parent: Actor, child: Person) -> None:
    Residence.objects.filter(person_key=child.key).update(valid_to=DAY)
    assert set(offered_to(parent)) == {""}
    with acting(parent), pytest.raises(NotAllowed, match="not_registered"):
        offers.answer(parent, ITEM, True, str(child.key))


def test_a_guardians_permit_gives_the_child_what_hangs_on_it_and_no_grown_up_anything(
    parent: Actor, child: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = facts_of(child, DAY)
    assert known[GUARDIANS] == [
        {"permit_issued": "never", "permit_counted_from": "never", "endorsed_until": "never"}
    ]
    permit(parent)
    given = {**facts_of(child, DAY), "student_record": True}  # of which another department knows
    assert "local_zhongkao" in offers.entitled_items(given, DAY)
    alone = {name: value for name, value in given.items() if name != GUARDIANS}
    assert "local_zhongkao" not in offers.entitled_items(alone, DAY)
    monkeypatch.setattr(
        claiming, "facts_of", lambda person, day: {**facts_of(person, day), "student_record": True}
    )
    case = claimed(parent, child, "local_zhongkao")
    do(case, "save", parent, question="claim", fields={"claim_remark": "", "document": ""})
    do(case, "submit", parent)
    kept = claiming.frozen(Case.objects.get(pk=case))
    assert kept is not None and kept.answer == "grant"
    assert kept.inputs[GUARDIANS][0]["permit_issued"] == "2025-09-12"
    do(case, "withdraw", parent)
    Permit.objects.all().update(state="closed")
    with pytest.raises(Guarded, match="claim_not_entitled"):
        claimed(parent, child, "local_zhongkao", "2")
    years = int(provision("residence_registration.minor_below_age", DAY).value)
    Person.objects.filter(key=child.key).update(birth=DAY.replace(year=DAY.year - years))
    grown = Person.objects.current().get(key=child.key)
    assert GUARDIANS not in facts_of(grown, DAY), (
        "whoever is of age has no guardian, though it lives with its parents"
    )


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("示例丙 is entitled to these, and nobody has claimed them", "the guardian on record", "you asked not to be offered this")),
    ("zh-hans", ("示例丙可以享受、还没有申领的服务", "登记的监护人", "您选择了不再提供")),
])  # fmt: skip
def test_the_pages_offer_decline_and_take_it_back_under_the_childs_name(
    parent: Actor, child: Person, browse: Browse, language: str, said: tuple[str, ...]
) -> None:
    client = browse(User.objects.get(pk=parent.user_id), language)
    page = client.get("/home/").content.decode()
    assert said[0] in page and said[1] in page and page.count(f'name="ward" value="{child.key}"') >= 6
    stop = {"do": "stop", "ward": str(child.key), "next": "/home/"}
    assert client.post(f"/services/{ITEM}/offer/", stop).status_code == 302
    after = client.get("/home/")
    (mine, childs) = after.context["offers"]
    assert ITEM in [one.rule for one in mine.first + mine.more]
    assert ITEM not in [one.rule for one in childs.first + childs.more]
    assert said[2] in client.get("/my/entitlements/").content.decode()
    undo = {"do": "undo", "ward": str(child.key), "next": "/my/entitlements/"}
    assert client.post(f"/services/{ITEM}/offer/", undo)["Location"] == "/my/entitlements/"
    assert not Offer.objects.filter(person_key=child.key).exclude(declined_on=None).exists()
    other = {"do": "stop", "ward": str(parent.person_key)}
    assert client.post(f"/services/{ITEM}/offer/", other).status_code == 403


def test_the_start_page_costs_the_same_for_one_child_as_for_five(
    parent: Actor, child: Person, browse: Browse
) -> None:
    client = browse(User.objects.get(pk=parent.user_id))
    one = queries(lambda: client.get("/home/"))
    assert one <= (42 if connection.vendor == "sqlite" else 70), "PostgreSQL is told each job's scope, too"
    spell = Residence.objects.current().get(person_key=child.key)
    for row in known(4):
        Person.objects.filter(pk=row.pk).update(birth=dt.date(2019, 1, 1))
        record(
            Residence, "t", key=uuid4(), valid_from=DAY, person_key=row.key, address=spell.address, region=COUNTY,
            township=COUNTY + "001", hukou_region="141002", reason="live", housing="rent", registered_on=DAY,
            channel="counter",
        )  # fmt: skip
        Mandate.objects.create(
            account=parent.user_id, person_key=row.key, kind="guardian", valid_from=DAY, valid_to="2036-01-01"
        )
    client.get("/home/")
    assert len(client.get("/home/").context["offers"]) == 6
    assert queries(lambda: client.get("/home/")) <= one
