"""From offers and claims to counts by city: each person once, small cells withheld, published once, shown as published."""

from collections import Counter
from collections.abc import Callable

import polars as pl
import pytest
from django.test import Client

from renben.core.period import Period
from renben.core.workspace import Workspace
from renben.web.claims import offers, publishing
from renben.web.claims.entitled import city_of
from renben.web.claims.take_up import Cell, cells, counted
from renben.web.exchange.publish import store
from renben.web.exchange.take_up import NAME
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Seat
from renben.web.withholding import Limits
from tests.web.cases import acting, do
from tests.web.claims.conftest import ITEM
from tests.web.claims.test_claiming import ARTICLE, sent
from tests.web.conftest import DAY

Browse = Callable[..., Client]
LIMITS = Limits(20, 3, 0.95)
TAIYUAN, DATONG, LINFEN = "140100", "140200", "141000"
FULL = {"entitled": 100, "offered": 90, "claimed": 60, "granted": 50, "refused": 6, "declined": 4}


def shown(counts: dict[tuple[str, str], Counter[str]]) -> dict[tuple[str, str], int | None]:
    return {(one.city, one.measure): one.persons for one in cells(counts, LIMITS)}


def test_each_person_is_counted_once_in_the_city_by_the_newest_claim(resident: Actor, desk: Actor) -> None:
    with acting(resident):
        offers.offered(resident)
        offers.answer(resident, "health_education", True)
    first = sent(resident)
    do(first, "claim", desk)
    do(first, "refuse", desk, "合成", article=ARTICLE)
    found = counted(DAY)
    assert dict(found[TAIYUAN, ITEM]) == {"entitled": 1, "offered": 1, "claimed": 1, "refused": 1}
    assert dict(found[TAIYUAN, "health_education"]) == {"entitled": 1, "offered": 1, "declined": 1}
    second = sent(resident, tag="2")
    assert dict(counted(DAY)[TAIYUAN, ITEM]) == {"entitled": 1, "offered": 1, "claimed": 1}
    do(second, "claim", desk)
    do(second, "grant", desk, "合成", article=ARTICLE)
    assert counted(DAY)[TAIYUAN, ITEM]["granted"] == 1 and counted(DAY)[TAIYUAN, ITEM]["refused"] == 0


def test_a_withdrawn_claim_and_a_draft_are_none(resident: Actor) -> None:
    case = sent(resident)
    do(case, "withdraw", resident)
    assert counted(DAY)[TAIYUAN, ITEM]["claimed"] == 0


@pytest.mark.parametrize(("change", "held"), [
    ({}, set()),
    ({"entitled": 19, "offered": 19, "claimed": 10, "granted": 5, "refused": 4, "declined": 4}, set(FULL)),
    ({"refused": 2}, {"refused"}),
    ({"refused": 0}, set()),
    ({"granted": 58, "refused": 0}, {"granted"}),
    ({"claimed": 98}, {"claimed"}),
    ({"offered": 100}, set()),
    ({"declined": 1}, {"declined"}),
    ({"claimed": 19, "granted": 10, "refused": 4}, {"granted", "refused"}),
], ids=["none", "small group", "two refused", "nobody refused", "nearly all granted", "nearly all claimed", "all offered", "one", "few claims"])  # fmt: skip
def test_small_cells_are_withheld(change: dict[str, int], held: set[str]) -> None:
    counts = {(TAIYUAN, ITEM): Counter(FULL | change)}
    assert {measure for (_, measure), persons in shown(counts).items() if persons is None} == held


def test_one_city_alone_is_never_withheld_the_smallest_other_goes_with_it() -> None:
    counts = {
        (TAIYUAN, ITEM): Counter(FULL | {"refused": 1}),
        (DATONG, ITEM): Counter(FULL),
        (LINFEN, ITEM): Counter(FULL | {"claimed": 70}),
    }
    found = shown(counts)
    assert [found[city, "refused"] for city in (TAIYUAN, DATONG, LINFEN)] == [None, None, 6]
    assert found[DATONG, "granted"] == 50


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Counter[str]]:
    """Two cities with enough of everything, two services of different offices, one small cell."""
    counts = {(city, item): Counter(FULL) for city in (TAIYUAN, DATONG) for item in (ITEM, "job_service")}
    counts[DATONG, "job_service"]["refused"] = 1
    monkeypatch.setattr(publishing, "counted", lambda *_: counts)
    return counts


def test_cells_are_published_once_and_say_what_is_withheld(
    many: dict[tuple[str, str], Counter[str]], workspace: Workspace
) -> None:
    (first,) = publishing.publish(str(DAY.year))
    (again,) = publishing.publish(str(DAY.year))
    assert many and first.fresh and not again.fresh and first.rows == 24
    rows = workspace.read(NAME, str(DAY.year))
    assert set(rows.columns) >= {"region", "rule", "measure", "state", "persons"}
    held = rows.filter(pl.col("state") == "withheld")
    assert set(held.select("region", "rule", "measure").rows()) == {
        (TAIYUAN, "job_service", "refused"), (DATONG, "job_service", "refused")
    }  # fmt: skip
    assert held["persons"].null_count() == 2 and publishing.publish("2025") == []


def test_the_real_counts_pass_the_schema_and_hide_a_single_person(
    resident: Actor, workspace: Workspace
) -> None:
    sent(resident)
    (done,) = publishing.publish(str(DAY.year))
    rows = workspace.read(NAME, str(DAY.year))
    assert done.rows == rows.height > 6
    assert rows.filter((pl.col("rule") == ITEM) & (pl.col("measure") == "claimed"))["persons"].to_list() == [
        None
    ]
    assert {one for one in rows["persons"].to_list() if one} == set(), "one person alone shows nowhere"


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("Counted on", "2 March 2026", "withheld", "60.0\u00a0%", "Taiyuan", "Health record for residents")),
    ("zh-hans", ("统计日期", "2026年3月2日", "件数少，不显示", "60.0%", "太原市", "建立居民健康档案")),
])  # fmt: skip
def test_the_commission_sees_every_city_as_published(
    many: dict[tuple[str, str], Counter[str]], workspace: Workspace, account: Callable[..., User], browse: Browse,
    language: str, words: tuple[str, ...],
) -> None:  # fmt: skip
    publishing.publish(str(DAY.year))
    client = browse(account("u-lead", "programme_officer", "140000"), language)
    text = client.get("/take-up/").content.decode()
    assert many and workspace and [one for one in words if one not in text] == []
    assert AuditEvent.objects.filter(object_type="take_up", permission="take_up.read").count() == 1


def test_a_department_sees_its_own_services_in_its_own_city(
    many: dict[tuple[str, str], Counter[str]],
    workspace: Workspace,
    account: Callable[..., User],
    browse: Browse,
) -> None:
    publishing.publish(str(DAY.year))
    user = account("u-labour", "service_officer", "140105")
    Seat.objects.create(user=user, office="hrss")
    answer = browse(user).get("/take-up/")
    found = [(city, [line.item.rule for line in lines]) for city, lines in answer.context["cities"]]
    assert many and workspace and found == [(TAIYUAN, ["job_service"])]
    assert browse(account("u-none", "service_officer", "140105")).get("/take-up/").context["cities"] == []
    assert browse(account("u-police", "community_officer", "140105")).get("/take-up/").status_code == 403


def test_what_departments_report_stands_beside_it_where_a_run_knows_it(
    many: dict[tuple[str, str], Counter[str]],
    workspace: Workspace,
    account: Callable[..., User],
    browse: Browse,
) -> None:
    publishing.publish(str(DAY.year))
    client = browse(account("u-lead", "programme_officer", "140000"))
    assert "Users that the department reports" not in client.get("/take-up/").content.decode()
    gap = pl.DataFrame(
        [(TAIYUAN, ITEM, 1200, 777, 423, 0.6475)],
        ["region", "rule", "granted", "users", "gap", "uptake"],
        orient="row",
    ).with_columns(uptake_reason=pl.lit(None, pl.String))
    store(workspace, "uptake_gap", Period("2026"), gap)
    text = client.get("/take-up/").content.decode()
    assert many and "Users that the department reports" in text and "777" in text


def test_without_a_publication_the_page_says_so(
    workspace: Workspace, account: Callable[..., User], browse: Browse
) -> None:
    text = browse(account("u-lead", "programme_officer", "140000")).get("/take-up/").content.decode()
    assert workspace and "Not published yet" in text


def test_the_city_of_a_township_is_its_prefecture() -> None:
    assert city_of("140105001") == TAIYUAN and Cell(TAIYUAN, ITEM, "claimed", None).withheld
