"""What the treasury sends back: read whole or refused, compared, explained and closed by two people, carried on, corrected."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renben.core.workspace import Workspace
from renben.web.flow.refusals import (
    Guarded,
    Incomplete,
    NoSuchStep,
    NotAllowed,
    Refusal,
    Stale,
    Unknown,
)
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.payments.models import Batch, Outcome, ReturnFile, Row
from renben.web.payments.series import balances, total
from tests.web.cases import do
from tests.web.payments.money import amounts, batch, drawn, exported, lines, sent, series
from tests.web.payments.versions import CITY, OTHER, ROWS, SECOND, reward, transfer

Browse = Callable[..., Client]


def settled(maker: Actor, checker: Actor, version: Any, *rows: tuple[str, str], way: str = "") -> Batch:
    """A batch whose return was dealt with in one way."""
    found = exported(maker, checker, version)
    sent(maker, found.pk, lines(*rows))
    for one in Outcome.objects.filter(batch=found.pk).exclude(found="matched"):
        do(found.pk, "explain", maker, "合成：原因", code=one.region, way=way)
        do(found.pk, "close_difference", checker, code=one.region)
    do(found.pk, "settle", checker)
    return batch(found.pk)


def test_a_return_that_matches_is_settled_by_somebody_else(workspace: Workspace, pair: Any) -> None:
    found = exported(*pair, reward(workspace, ROWS))
    code = f"{found.case.number}-002"
    sent(pair[0], found.pk, lines((CITY, "100.00"), (CITY, "20.75"), (code, "9.00")))
    assert batch(found.pk).case.stage == "reconciling"
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(found.pk, "settle", pair[0])
    do(found.pk, "settle", pair[1])
    assert batch(found.pk).case.stage == "settled" and batch(found.pk).case.closed_on
    assert total(balances(series(found))).open == 0


def test_differences_are_explained_and_closed_by_two_people(workspace: Workspace, pair: Any) -> None:
    maker, checker = pair
    found = exported(maker, checker, reward(workspace, ROWS))
    sent(maker, found.pk, lines((CITY, "120.74"), ("999999", "3.00")))
    kinds = dict(Outcome.objects.values_list("region", "found"))
    assert kinds == {CITY: "differs", OTHER: "missing", "999999": "unknown"}
    with pytest.raises(Guarded, match="payment_unexplained"):
        do(found.pk, "close_difference", checker, code=CITY)
    with pytest.raises(Incomplete):
        do(found.pk, "explain", maker, code=CITY, way="explained")
    with pytest.raises(Incomplete):
        do(found.pk, "explain", maker, "合成", code=CITY, way="forgotten")
    with pytest.raises(Unknown):
        do(found.pk, "explain", maker, "合成", code="140900", way="explained")
    for code in kinds:
        do(found.pk, "explain", maker, "合成：手续费", code=code, way="explained")
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(found.pk, "close_difference", maker, code=CITY)
    do(found.pk, "close_difference", checker, code=CITY)
    with pytest.raises(Guarded, match="payment_differences"):
        do(found.pk, "settle", checker)
    for code in (OTHER, "999999"):
        do(found.pk, "close_difference", checker, code=code)
    do(found.pk, "settle", checker)
    rows = {one.region: (one.paid, one.explained, one.open) for one in balances(series(found))}
    assert rows == {CITY: (12074, 1, 0), OTHER: (0, 900, 0), "999999": (300, -300, 0)}


def test_a_difference_that_is_carried_goes_into_the_next_batch_once(workspace: Workspace, pair: Any) -> None:
    version = transfer(workspace, {CITY: "100.00", OTHER: "50.00"})
    first = settled(*pair, version, (CITY, "90.00"), (OTHER, "50.00"), way="carried")
    assert total(balances(series(first))).open == 1000
    again = drawn(pair[0], version)
    assert (
        amounts(again) == {CITY: 1000, OTHER: 0} and Row.objects.get(batch=again, region=CITY).carried == 1000
    )
    do(again.pk, "submit", pair[0])
    do(again.pk, "approve", pair[1])
    with pytest.raises(Incomplete, match="payment_nothing"):
        drawn(pair[0], version)
    do(again.pk, "export", pair[0])
    sent(pair[0], again.pk, lines((CITY, "10.00")))
    do(again.pk, "settle", pair[1])
    sums = total(balances(series(first)))
    assert (sums.computed, sums.approved, sums.paid, sums.open) == (15000, 15000, 15000, 0)


def test_a_second_upload_corrects_the_first_and_both_are_kept(workspace: Workspace, pair: Any) -> None:
    found = exported(*pair, transfer(workspace, {CITY: "100.00"}))
    sent(pair[0], found.pk, lines((CITY, "90.00")), key="return-key-1")
    assert batch(found.pk).case.stage == "differences"
    do(found.pk, "explain", pair[0], "合成", code=CITY, way="explained")
    sent(pair[1], found.pk, lines((CITY, "100.00")))
    assert batch(found.pk).case.stage == "reconciling"
    files = ReturnFile.objects.filter(batch=found.pk).order_by("seq")
    assert [(one.seq, one.outcomes.get().paid, one.rows.get().amount) for one in files] == [
        (1, 9000, 9000),
        (2, 10000, 10000),
    ]
    assert total(balances(series(found))).paid == 10000
    do(found.pk, "settle", pair[0])
    with pytest.raises(NoSuchStep):
        sent(pair[1], found.pk, lines((CITY, "100.00")))


def test_an_old_form_is_refused_and_the_same_upload_counts_once(workspace: Workspace, pair: Any) -> None:
    found = exported(*pair, transfer(workspace, {CITY: "100.00"}))
    given = {"key": "return-key-2", "version": found.case.version}
    sent(pair[0], found.pk, lines((CITY, "100.00")), **given)
    sent(pair[0], found.pk, lines((CITY, "100.00")), **given)
    assert ReturnFile.objects.count() == 1
    with pytest.raises(Stale):
        sent(pair[0], found.pk, lines((CITY, "90.00")), version=found.case.version)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no line"),
        (b"region,amount,day,reference\n", "holds no line"),
        (b"region,amount,day\n140100,1.00,2026-03-02", "Columns are missing: reference"),
        (lines(("140100", "1.005")), "Line 2, column amount, “1.005”"),
        (lines(('"1,000.00"', "1.00")), "Line 2, column region, “1,000.00”"),
        (lines(("140100", "1e3")), "column amount, “1e3”"),
        (lines(("140100", "0.00")), "the amount is zero"),
        (lines(("140100", "1.00"), ("", "2.00")), "Line 3, column region, “—”"),
        (lines(("140100", "1.00"), day="2026-02-30"), "column day, “2026-02-30”"),
        (lines(("140100", "1.00"), day="2026-03-03"), "between the approval and today"),
        (lines(("140100", "1.00"), day="2026-02-01"), "between the approval and today"),
        (b"region,amount,day,reference\n140100,1.00,2026-03-02,\n", "column reference, “—”"),
        (b"region,amount,day,reference\n140100,1.00,2026-03-02,A\n140100,1.00,2026-03-02,A\n", "the reference of line 2 once more"),
        (b"\x00\xff\xfe\x00", "no readable table"),
        (b'region,amount,day,reference\n"140100,1.00', "no readable table"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b"region,amount,day,reference\n" + b"a,b,c,d\n" * 6000, "more than 5000 lines"),
        (lines(*[("140100", "x")] * 9), "There are 4 more mistakes"),
    ],
)  # fmt: skip
def test_a_bad_return_is_refused_as_a_whole_and_says_where(
    content: bytes, says: str, workspace: Workspace, pair: Any, browse: Browse
) -> None:
    found = exported(*pair, transfer(workspace, {CITY: "1.00"}))
    client = browse(User.objects.get(pk=pair[0].user_id))
    upload = io.BytesIO(content)
    upload.name = "r.csv"
    form = {"key": "bad-return-1", "version": found.case.version, "file": upload}
    answer = client.post(f"/payments/{found.pk}/return/", form)
    assert answer.status_code == 422 and says in answer.content.decode(), answer.content.decode()[-1500:]
    assert not ReturnFile.objects.exists() and batch(found.pk).case.stage == "exported"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_chinese_headings_in_either_encoding_are_read(encoding: str, workspace: Workspace, pair: Any) -> None:
    found = exported(*pair, transfer(workspace, {CITY: "1.00"}))
    text = f"凭证号,地区代码,金额（元）,支付日期\r\n合成凭证,{CITY},1,2026-03-02\r\n"
    sent(pair[0], found.pk, text.encode(encoding))
    assert batch(found.pk).case.stage == "reconciling"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_to_a_series_its_ledger_adds_up(
    data: st.DataObject, workspace: Workspace, pair: Any
) -> None:
    maker, checker = pair
    made_up = data.draw(st.booleans())
    money = st.integers(0, 30_000)
    steps = data.draw(
        st.lists(
            st.tuples(
                st.dictionaries(st.sampled_from([CITY, OTHER, "140300"]), money, min_size=1),
                st.sampled_from(["explained", "carried"]),
                st.integers(-500, 500),
            ),
            min_size=1,
            max_size=3,
        )
    )
    found = None
    for rows, way, off in steps:
        version = transfer(
            workspace, {region: f"{n // 100}.{n % 100:02d}" for region, n in rows.items()}, SECOND, made_up
        )
        try:
            draft = exported(maker, checker, version)
        except Refusal:
            continue
        ordered = {region: n for region, n in amounts(draft).items() if n}
        paid = {region: n + off for region, n in ordered.items() if n + off}
        text = [
            (region, f"{'-' if n < 0 else ''}{abs(n) // 100}.{abs(n) % 100:02d}")
            for region, n in paid.items()
        ]
        if text:
            sent(maker, draft.pk, lines(*text))
            for one in Outcome.objects.filter(batch=draft.pk).exclude(found="matched"):
                do(draft.pk, "explain", maker, "合成", code=one.region, way=way)
                do(draft.pk, "close_difference", checker, code=one.region)
            do(draft.pk, "settle", checker)
        found = draft
    if found is not None:
        last = Row.objects.filter(
            batch=Batch.objects.filter(**series(found), approved_on__isnull=False).order_by("-seq").first()
        )
        assert total(balances(series(found))).approved == sum(last.values_list("computed", flat=True)), (
            "telescopes"
        )
        for one in balances(series(found)):
            assert one.approved == one.paid + one.explained + one.open and one.waiting == 0
