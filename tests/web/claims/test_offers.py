"""Entitled and not claimed is offered on the start page; `do not offer me this` holds until it is taken back."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from renben.web.claims import catalogue, claiming, offers
from renben.web.claims.models import Claim, Offer
from renben.web.flow.refusals import NotAllowed, Unknown
from renben.web.guard import retention
from renben.web.guard.models import AuditEvent, Deletion, User
from renben.web.guard.policy import Actor
from renben.web.registry import people as persons
from renben.web.registry.entitlements import entitlements
from renben.web.registry.models import Residence
from tests.web.cases import acting, do
from tests.web.claims.conftest import ITEM
from tests.web.claims.test_claiming import ARTICLE, sent
from tests.web.conftest import DAY, set_day
from tests.web.test_queries import queries

Browse = Callable[..., Client]


def names(actor: Actor) -> list[str]:
    with acting(actor):
        found = [one for one in offers.offered(actor) if one.child is None]
    return [one.rule for group in found for one in (*group.first, *group.more)]


def test_what_is_offered_is_what_the_receipts_grant_and_is_claimed_here(resident: Actor) -> None:
    person = persons.person(str(resident.person_key))
    assert person is not None
    granted = {one.receipt.decision for one in entitlements(person, DAY) if one.receipt.answer == "grant"}
    assert set(names(resident)) == granted & set(catalogue.claimable()) and ITEM in names(resident)


def test_an_offer_is_written_down_once_with_its_first_day(resident: Actor) -> None:
    first = names(resident)
    set_day(DAY + dt.timedelta(5))
    assert names(resident) == first
    rows = Offer.objects.filter(person_key=resident.person_key)
    assert rows.count() == len(first) and {one.offered_on for one in rows} == {DAY}


def test_nobody_on_record_is_offered_nothing(people: dict[str, Actor]) -> None:
    assert names(people["stranger"]) == [] and not Offer.objects.exists()
    with acting(people["stranger"]), pytest.raises(NotAllowed):
        offers.answer(people["stranger"], ITEM, True)


def test_declined_is_not_offered_until_it_is_taken_back(resident: Actor) -> None:
    assert ITEM in names(resident)
    with acting(resident):
        offers.answer(resident, ITEM, True)
        offers.answer(resident, ITEM, True)
    row = Offer.objects.get(item=ITEM)
    assert ITEM not in names(resident) and (row.offered_on, row.declined_on) == (DAY, DAY)
    with acting(resident):
        offers.answer(resident, ITEM, False)
    assert ITEM in names(resident) and Offer.objects.get(item=ITEM).declined_on is None
    with acting(resident), pytest.raises(Unknown):
        offers.answer(resident, "compulsory_school", True)
    events = AuditEvent.objects.filter(object_type="offer", object_id=ITEM, permission="claim.apply")
    assert [one.detail["declined"] for one in events.order_by("pk")] == [True, True, False]


def test_declined_before_it_was_ever_offered_counts_as_declined_and_not_as_offered(resident: Actor) -> None:
    with acting(resident):
        offers.answer(resident, ITEM, True)
    assert ITEM not in names(resident)
    row = Offer.objects.get(item=ITEM)
    assert (row.offered_on, row.declined_on) == (None, DAY)


def test_a_claimed_service_is_offered_no_more_and_again_once_the_claim_led_to_nothing(
    resident: Actor, desk: Actor
) -> None:
    case = sent(resident)
    assert ITEM not in names(resident)
    do(case, "withdraw", resident)
    assert ITEM in names(resident)
    case = sent(resident, tag="2")
    do(case, "claim", desk)
    do(case, "grant", desk, "合成", article=ARTICLE)
    assert ITEM not in names(resident)
    assert claiming.claims_of([resident.person_key])[ITEM] == Claim.objects.get(pk=case)  # type: ignore[list-item]


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("You are entitled to these", "Do not offer me this", "Offer it again", "claimed on 2 March 2026", "granted since 5 March 2026")),
    ("zh-hans", ("您可以享受、还没有申领的服务", "不再提供", "重新提供", "已申领 2026年3月2日", "已准予，自 2026年3月5日")),
])  # fmt: skip
def test_start_page_and_entitlements_say_how_it_stands(
    resident: Actor, desk: Actor, browse: Browse, language: str, said: tuple[str, ...]
) -> None:
    client = browse(User.objects.get(pk=resident.user_id), language)
    page = client.get("/home/").content.decode()
    assert said[0] in page and said[1] in page and f"/services/{ITEM}/claim/" in page
    client.post(f"/services/{ITEM}/offer/", {"do": "stop", "next": "https://elsewhere.example/"})
    assert f"/services/{ITEM}/claim/" not in client.get("/home/").content.decode()
    assert said[2] in client.get("/my/entitlements/").content.decode()
    assert (
        client.post(f"/services/{ITEM}/offer/", {"do": "undo", "next": "/my/entitlements/"})["Location"]
        == "/my/entitlements/"
    )
    case = sent(resident)
    assert said[3] in client.get("/my/entitlements/").content.decode()
    set_day(dt.date(2026, 3, 5))
    do(case, "claim", desk)
    do(case, "grant", desk, "合成", article=ARTICLE)
    page = client.get("/my/entitlements/").content.decode()
    assert said[4] in page and said[3] not in page


def test_the_start_page_costs_the_same_however_much_was_offered_and_claimed(
    resident: Actor, browse: Browse
) -> None:
    client = browse(User.objects.get(pk=resident.user_id))
    first = queries(lambda: client.get("/home/"))
    names(resident)
    for n in range(20):
        Offer.objects.create(
            person_key=resident.person_key, item=f"gone-{n}", region="140105", offered_on=DAY
        )
    sent(resident)
    assert queries(lambda: client.get("/home/")) <= first + 1 <= 40


def test_what_was_offered_and_declined_goes_a_year_after_the_person_left_and_not_before(
    resident: Actor,
) -> None:
    names(resident)
    with acting(resident):
        offers.answer(resident, ITEM, True)
    held = Offer.objects.count()
    year = dt.timedelta(365)
    assert retention.retain(DAY + 3 * year)["offers"] == 0 and Offer.objects.count() == held, (
        "who lives here keeps his word"
    )
    Residence.objects.filter(person_key=resident.person_key).update(valid_to=DAY)
    assert retention.retain(DAY + year)["offers"] == 0
    assert retention.retain(DAY + year + dt.timedelta(1))["offers"] == held > 1
    assert not Offer.objects.exists() and Deletion.objects.filter(what="offer").count() == held


def test_what_was_offered_and_declined_is_in_the_file_that_one_takes_along(
    resident: Actor, browse: Browse
) -> None:
    with acting(resident):
        offers.answer(resident, ITEM, True)
    content = browse(User.objects.get(pk=resident.user_id)).get("/my/data/file/").json()
    assert content["offers"] == [{"service": ITEM, "offered": None, "declined": DAY.isoformat()}]
