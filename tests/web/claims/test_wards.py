"""A guardian claims for a child in his care what the child is entitled to; nobody else does."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from renben.web.claims import claiming
from renben.web.claims.models import Claim
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address, Mandate, Person
from tests.web.cases import acting, again, do, registered
from tests.web.claims.test_claiming import ARTICLE
from tests.web.conftest import DAY, answers
from tests.web.test_household import CHILD

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
