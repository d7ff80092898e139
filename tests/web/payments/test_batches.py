"""A batch from a computed table to the ledger: drawn up once, approved by another, exported, reconciled, renewed."""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

from renben.core.workspace import Workspace
from renben.web.flow.models import Case
from renben.web.flow.refusals import (
    Incomplete,
    KeyReused,
    NoSuchStep,
    NotAllowed,
)
from renben.web.flow.sweeper import sweep
from renben.web.guard.models import AuditEvent, User
from renben.web.payments.models import Batch, Row
from tests.web.cases import do
from tests.web.payments.money import amounts, approved, batch, drawn, exported, officers
from tests.web.payments.versions import CITY, OTHER, PROVINCE, ROWS, SECOND, reward, transfer

Browse = Callable[..., Client]
Turn = Callable[[dt.date], None]


def test_a_batch_holds_the_rows_of_the_version_with_its_names_and_digests(
    workspace: Workspace, pair: Any
) -> None:
    version = reward(workspace, ROWS)
    found = drawn(pair[0], version)
    assert (found.dataset, found.period, found.vintage, found.digest) == (
        "settlement_reward",
        "2025",
        version.vintage,
        version.digest,
    )
    assert amounts(found) == {CITY: 12075, OTHER: 900} and found.total == 12975 and found.exact == "129.75"
    assert (
        found.case.number == "ZF-140000-2026-000001" and found.case.stage == "drawn_up" and found.case.due_on
    )
    assert not found.synthetic and found.follows is None and len(found.rows_digest) == 64
    assert Row.objects.get(batch=found, region=OTHER).lacking == {"settlement": "no_data"}


def test_drawing_up_twice_is_once_and_a_second_batch_of_the_series_waits(
    workspace: Workspace, pair: Any
) -> None:
    version = reward(workspace, ROWS)
    first = drawn(pair[0], version, key="same-key-1")
    assert drawn(pair[0], version, key="same-key-1").pk == first.pk and Batch.objects.count() == 1
    with pytest.raises(KeyReused):
        drawn(pair[0], transfer(workspace, {CITY: "1.00"}), key="same-key-1")
    with pytest.raises(Incomplete, match="payment_pending"):
        drawn(pair[1], version)
    do(first.pk, "withdraw", pair[1], "合成：重做")
    assert drawn(pair[1], version).seq == 2


def test_maker_and_checker_are_two_people(workspace: Workspace, pair: Any) -> None:
    maker, checker = pair
    found = drawn(maker, reward(workspace, ROWS))
    with pytest.raises(NotAllowed, match="payment_not_maker"):
        do(found.pk, "submit", checker)
    do(found.pk, "submit", maker)
    for action in ("approve", "send_back"):
        with pytest.raises(NotAllowed, match="maker_is_checker"):
            do(found.pk, action, maker, "合成")
    do(found.pk, "send_back", checker, "合成：请核对")
    do(found.pk, "submit", maker)
    do(found.pk, "approve", checker)
    assert batch(found.pk).approved_on and not batch(found.pk).pending
    with pytest.raises(NoSuchStep):
        do(found.pk, "withdraw", maker, "合成")


def test_who_is_responsible_elsewhere_neither_draws_up_nor_sees_it(
    workspace: Workspace, pair: Any, browse: Browse
) -> None:
    version = reward(workspace, ROWS)
    (elsewhere,) = officers(1, CITY)
    with pytest.raises(NotAllowed):
        drawn(elsewhere, version)
    found = drawn(pair[0], version)
    client = browse(User.objects.get(pk=elsewhere.user_id))
    assert client.get(f"/payments/{found.pk}/").status_code == 404
    assert found.case.number not in client.get("/payments/").content.decode()


@pytest.mark.parametrize(
    "names", [{"vintage": "2020-01-01"}, {"dataset": "settlements"}, {"region": "150000"}]
)
def test_what_is_not_payable_is_not_found(
    names: dict[str, str], workspace: Workspace, pair: Any, browse: Browse
) -> None:
    version = reward(workspace, ROWS)
    asked = {
        "dataset": version.dataset,
        "period": "2025",
        "vintage": version.vintage,
        "region": PROVINCE,
        **names,
    }
    assert (
        browse(User.objects.get(pk=pair[0].user_id)).get("/payments/new/preview/", asked).status_code == 404
    )


def test_without_a_workspace_the_page_says_what_to_do(
    pair: Any, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENBEN_WORKSPACE", "/nonexistent/renben")
    assert "renben run" in browse(User.objects.get(pk=pair[0].user_id)).get("/payments/new/").content.decode()


def test_a_newer_vintage_pays_the_difference_and_takes_back(workspace: Workspace, pair: Any) -> None:
    first = approved(*pair, reward(workspace, ROWS))
    newer = reward(
        workspace,
        {(CITY, "settlement"): "90.50", (CITY, "pupils"): None, ("140300", "pupils"): "5.00"},
        SECOND,
    )
    found = drawn(pair[0], newer)
    assert found.follows_id == first.pk and found.seq == 2
    assert amounts(found) == {CITY: -1000, OTHER: 0, "140300": 500}, (
        "pupils of the city stand, and so does the other city, of which nothing is said"
    )
    assert found.total == -500


def test_a_version_is_paid_once_and_an_older_one_not_after_a_newer(workspace: Workspace, pair: Any) -> None:
    old = reward(workspace, {(CITY, "pupils"): "1.00"})
    newer = reward(workspace, {(CITY, "pupils"): "3.00"}, SECOND)
    approved(*pair, newer)
    with pytest.raises(Incomplete, match="payment_nothing"):
        drawn(pair[0], newer)
    with pytest.raises(Incomplete, match="payment_older"):
        drawn(pair[0], old)


def test_synthetic_money_never_counts_against_real_money(
    workspace: Workspace, pair: Any, browse: Browse
) -> None:
    made_up = approved(*pair, reward(workspace, ROWS, synthetic=True))
    with translation.override("en"):
        do(made_up.pk, "export", pair[0])
    real = drawn(pair[0], reward(workspace, {(CITY, "pupils"): "7.00"}, SECOND))
    assert made_up.synthetic and not real.synthetic and real.follows is None and amounts(real) == {CITY: 700}
    client = browse(User.objects.get(pk=pair[0].user_id))
    mark = "synthetic data: for demonstration only"
    assert mark in client.get(f"/payments/{made_up.pk}/").content.decode()
    assert mark not in client.get(f"/payments/{real.pk}/").content.decode()
    assert (
        "synthetic"
        in client.get(f"/payments/{made_up.pk}/file/csv/").content.decode("utf-8-sig").splitlines()[0]
    )


def test_the_files_hold_rows_total_and_digest_and_every_download_is_recorded(
    workspace: Workspace, pair: Any, browse: Browse
) -> None:
    found = exported(*pair, reward(workspace, ROWS))
    client = browse(User.objects.get(pk=pair[0].user_id))
    answer = client.get(f"/payments/{found.pk}/file/csv/")
    assert answer.content.startswith(b"\xef\xbb\xbf") and answer["Content-Disposition"].endswith(
        f'{found.case.number}.csv"'
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    cells = {cell for row in rows for cell in row}
    assert {found.case.number, found.digest, found.rows_digest, "120.75", "9.00"} <= cells and rows[-1][
        -1
    ] == "129.75"
    book = client.get(f"/payments/{found.pk}/file/xlsx/")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert [cell.value for cell in list(sheet.rows)[-1]][-1] == 129.75
    prints = [hashlib.sha256(one.content).hexdigest() for one in (answer, book)]
    recorded = AuditEvent.objects.filter(
        kind="export", object_type="payment_batch", object_id=str(found.pk)
    ).order_by("pk")
    assert [one.detail["sha256"] for one in recorded] == prints
    assert set(prints) == set(found.files.values_list("sha256", flat=True))
    assert client.get(f"/payments/{found.pk}/file/pdf/").status_code == 404


def test_late_batches_rise_on_the_ladder(workspace: Workspace, pair: Any, turn: Turn) -> None:
    found = drawn(pair[0], reward(workspace, ROWS))
    assert found.case.due_on is not None
    turn(found.case.due_on + dt.timedelta(days=30))
    assert sweep() >= 1 and Case.objects.get(pk=found.pk).level >= 1
