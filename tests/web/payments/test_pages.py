"""Pages of payments in both languages: what they show, whom they lead on, and how many queries they take."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from renben.core.workspace import Workspace
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, User
from renben.web.payments.models import Batch
from tests.web.cases import do
from tests.web.conftest import DAY
from tests.web.payments.money import amounts, approved, drawn, exported, lines, officers, sent
from tests.web.payments.versions import CITY, OTHER, PROVINCE, SECOND, reward, transfer
from tests.web.test_queries import cases, constant, page

Browse = Callable[..., Client]


@pytest.fixture
def desk(browse: Browse) -> tuple[Any, Any, Callable[..., Client]]:
    """Two officers, and a browser of either."""
    one, two = officers()

    def client(actor: Any, language: str = "en") -> Client:
        return browse(User.objects.get(pk=actor.user_id), language)

    return one, two, client


def test_a_batch_is_drawn_up_approved_and_settled_through_its_pages(workspace: Workspace, desk: Any) -> None:
    maker, checker, client = desk
    version = reward(workspace, {(CITY, "settlement"): "100.50", (CITY, "pupils"): None}, synthetic=True)
    mine, theirs = client(maker), client(checker)
    assert "/payments/new/preview/?" in mine.get("/payments/new/").content.decode()
    asked = {"dataset": version.dataset, "period": "2025", "vintage": version.vintage, "region": PROVINCE}
    shown = mine.get("/payments/new/preview/", asked).content.decode()
    assert "100.50" in shown and "synthetic" in shown and "not computed (no data" in shown
    sent_ = mine.post("/payments/new/preview/", {**asked, "key": "page-key-01"})
    address = sent_["Location"]
    case = Batch.objects.get().pk
    assert (
        address == f"/payments/{case}/"
        and mine.post("/payments/new/preview/", {**asked, "key": "page-key-01"})["Location"] == address
    )
    assert "waits for approval already" in mine.get("/payments/new/preview/", asked).content.decode()

    def step(who: Client, action: str, **given: str) -> int:
        form = {"key": f"page-{uuid4()}", "version": str(Case.objects.get(pk=case).version), **given}
        return int(who.post(f"{address}step/{action}/", form).status_code)

    assert step(theirs, "submit") == 403 and step(mine, "submit") == 302
    assert f"{address}step/approve/" not in mine.get(address).content.decode(), (
        "the maker is not offered the approval"
    )
    assert step(mine, "approve") == 403 and step(theirs, "approve") == 302 and step(mine, "export") == 302
    assert "SHA-256" in mine.get(address).content.decode()
    sent(maker, case, lines((CITY, "100.00")))
    assert "0.50" in theirs.get(address).content.decode()
    assert f"{address}step/settle/" not in theirs.get(address).content.decode(), "a difference is open"
    assert step(mine, "explain", code=CITY, way="explained", note="合成：手续费") == 302
    assert f"{address}step/close_difference/" not in mine.get(address).content.decode()
    offered = theirs.get(address).content.decode()
    assert f"{address}step/close_difference/" in offered and "合成：手续费" in offered
    assert step(theirs, "close_difference", code=CITY) == 302 and step(theirs, "settle") == 302
    assert "Settled" in mine.get(address).content.decode()
    ledger = client(maker, "zh-hans").get("/payments/ledger/").content.decode()
    assert "100.50" in ledger and "合成数据" in ledger and "台账" in ledger


def test_the_ledger_keeps_real_and_synthetic_money_apart(workspace: Workspace, desk: Any) -> None:
    maker, checker, client = desk
    approved(maker, checker, transfer(workspace, {CITY: "11.00"}, synthetic=True))
    approved(maker, checker, transfer(workspace, {CITY: "22.00"}, SECOND))
    asked = {"dataset": "fiscal_transfer", "period": "2025", "region": PROVINCE}
    real, made_up = (
        client(maker).get("/payments/ledger/", {**asked, "synthetic": mark}).content.decode() for mark in "01"
    )
    assert "22.00" in real and "11.00" not in real and "11.00" in made_up and "22.00" not in made_up


def test_a_difference_says_what_changed_and_what_is_taken_back(workspace: Workspace, desk: Any) -> None:
    maker, checker, client = desk
    approved(maker, checker, transfer(workspace, {CITY: "100.00", OTHER: "50.00"}))
    newer = transfer(workspace, {CITY: "80.00", OTHER: "55.00"}, SECOND)
    asked = {"dataset": newer.dataset, "period": "2025", "vintage": newer.vintage, "region": PROVINCE}
    shown = client(maker).get("/payments/new/preview/", asked).content.decode()
    assert (
        "Computed now: 135.00 yuan; approved before: 150.00 yuan" in shown
        and "−20.00" in shown
        and "to be taken back" in shown
    )
    found = drawn(maker, newer)
    assert "Difference" in client(maker).get(f"/payments/{found.pk}/").content.decode()


def test_the_start_page_leads_to_the_payments_and_every_look_is_recorded(
    workspace: Workspace, desk: Any
) -> None:
    maker, checker, client = desk
    found = exported(maker, checker, transfer(workspace, {CITY: "1.00"}))
    seen = client(maker)
    assert 'href="/payments/"' in seen.get("/home/").content.decode()
    seen.get(f"/payments/{found.pk}/")
    assert AuditEvent.objects.filter(kind="read", permission="payment.read", object_id=str(found.pk)).exists()
    assert seen.get("/office/").status_code == 403


def test_lists_take_as_many_queries_for_one_batch_as_for_five_hundred(
    workspace: Workspace, desk: Any
) -> None:
    maker, _, client = desk
    transfer(workspace, {CITY: "1.00"})

    def fill(count: int) -> None:
        made = cases(count, kind="payment_batch", stage="drawn_up", region=PROVINCE, person_key=None)
        Batch.objects.bulk_create(
            Batch(case=one, dataset="fiscal_transfer", period="2025", vintage="2026-02-01", digest="d", unit="yuan",
                  synthetic=True, region=PROVINCE, seq=uuid4().int % 10**9, exact="0", total=0, rows_digest="r",
                  made_by=0, made_on=DAY, pending=False, approved_on=DAY)
            for one in made
        )  # fmt: skip

    constant(page(client(maker), "/payments/"), fill)


@pytest.mark.parametrize("address", ["/payments/new/", "/payments/ledger/"])
def test_other_pages_take_a_fixed_number_of_queries(address: str, workspace: Workspace, desk: Any) -> None:
    maker, checker, client = desk
    approved(maker, checker, transfer(workspace, {CITY: "1.00"}))

    def fill(count: int) -> None:
        made = cases(count, kind="payment_batch", stage="approved", region=PROVINCE, person_key=None)
        Batch.objects.bulk_create(
            Batch(case=one, dataset="fiscal_transfer", period="2024", vintage="2025-02-01", digest="d", unit="yuan",
                  synthetic=True, region=PROVINCE, seq=uuid4().int % 10**9, exact="0", total=0, rows_digest="r",
                  made_by=0, made_on=DAY, pending=False, approved_on=DAY)
            for one in made
        )  # fmt: skip

    constant(page(client(maker), address), fill, 18)


def test_a_batch_with_many_rows_takes_no_more_queries(workspace: Workspace, desk: Any) -> None:
    maker, checker, client = desk
    found = exported(maker, checker, transfer(workspace, {CITY: "1.00"}))

    def fill(count: int) -> None:
        start = found.rows.count()
        found.rows.bulk_create(
            found.rows.model(
                batch=found,
                number=start + n + 1,
                region=f"x{start + n}",
                computed=1,
                before=0,
                carried=0,
                amount=1,
            )
            for n in range(count)
        )

    constant(page(client(maker), f"/payments/{found.pk}/"), fill, 20)


def test_money_carried_from_a_code_that_nobody_knows_is_taken_back(workspace: Workspace, desk: Any) -> None:
    maker, checker, _ = desk
    version, stray = transfer(workspace, {CITY: "1.00"}), "ZZ-SOMEBODY-ELSES-CODE-2026"
    first = exported(maker, checker, version)
    sent(maker, first.pk, lines((CITY, "1.00"), (stray, "5.00")))
    do(first.pk, "explain", maker, "合成：误付", code=stray, way="carried")
    do(first.pk, "close_difference", checker, code=stray)
    do(first.pk, "settle", checker)
    assert amounts(drawn(maker, version)) == {CITY: 0, stray: -500}


def test_many_versions_are_paged(workspace: Workspace, desk: Any) -> None:
    maker, _, client = desk
    for _ in range(14):
        transfer(workspace, {CITY: "1.00", "140105": "1.00"}, payers=[PROVINCE, CITY])
        reward(workspace, {(CITY, "pupils"): "1.00"})
    seen = client(maker)
    first, second = (
        seen.get("/payments/new/", {"page": n}).content.decode().count("/payments/new/preview/?")
        for n in (1, 2)
    )
    assert (first, second) == (25, 11), "the newest twelve of each table, by payer"
