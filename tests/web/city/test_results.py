"""What handling comes to: the formulas with published numbers, and what the page and the table say."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client

from renben.core.period import Period
from renben.web import clock
from renben.web.cases.models import CityCase
from renben.web.cases.results import RATES, Counted, counted_by, hours, line
from renben.web.cases.results_page import periods
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Opinion
from renben.web.withholding import Limits
from tests.web.cases import do
from tests.web.city.people import SEEN, handled, rows, sent_out, staff, steady, told
from tests.web.conftest import COUNTY, DAY, OTHER_COUNTY
from tests.web.test_queries import page

Staff = dict[str, Actor]
MARCH = Period("2026-03")
LIMITS = Limits(10, 3, 0.95)


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


def test_the_published_numbers_come_out() -> None:
    one = line("x", Counted(1000, 940, 900, 846, 880, 22), 0.95, LIMITS)
    assert [round(rate.share or 0, 5) for rate in one.rates[:4]] == [0.94, 0.94, 0.97778, 0.025]
    low, high = one.rates[3].low, one.rates[3].high
    assert low is not None and high is not None and 0.016 < low < 0.025 < high < 0.038


def test_nothing_counted_is_no_share_and_no_hours() -> None:
    one = line("x", Counted(), 0.95, LIMITS)
    assert (
        all(rate.share is None for rate in one.rates) and one.hours.n == 0 and hours([], 0.95).median is None
    )
    assert hours([1.0, 2.0, 9.0], 0.95).median == 2.0


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([5] * 9, False),
        ([5] * 12, False),
        ([5] * 8 + [1] * 2, False),
        ([5] * 8 + [1] * 4, True),
        ([4] * 3 + [1] * 7, True),
    ],
)
def test_satisfaction_is_withheld_where_few_spoke_or_nearly_all_said_the_same(
    said: list[int], shown: bool
) -> None:
    rate = line("x", Counted(said=said), 0.95, LIMITS).rates[-1]
    assert rate.name == "content" and (rate.share is not None) is shown and (rate.n is not None) is shown


def test_cases_are_counted_where_they_were_due(people: Staff, turn: Callable[[dt.date], None]) -> None:
    closed = handled(people)
    do(closed, "confirm", people["inspector"], note="干净", **SEEN)
    twice = handled(people)
    do(twice, "not_done", people["inspector"], note="仍有", **SEEN)
    do(twice, "done", people["housing"], note="再清运")
    do(twice, "confirm", people["inspector"], note="干净", **SEEN)
    forgotten = sent_out(people, unit="police")
    joined, first = told(people["resident"]), told(people["resident"])
    do(joined.result.case, "join", people["dispatcher"], into=first.result.number)
    untrue = told(people["resident"]).result.case
    do(untrue, "reject", people["dispatcher"], "没有此事", reason="untrue")
    elsewhere = told(people["resident"]).result.case
    do(elsewhere, "reject", people["dispatcher"], "不归本市", reason="elsewhere")
    by_unit = counted_by(people["dispatcher"], MARCH, "unit")
    assert set(by_unit) == {"housing"}, "what is not due yet is not counted"
    turn(dt.date(2026, 3, 5))
    by_unit = counted_by(people["dispatcher"], MARCH, "unit")
    housing, police = by_unit["housing"], by_unit["police"]
    assert (housing.due, housing.in_time, housing.closed, housing.reworked) == (2, 2, 2, 1)
    assert len(housing.hours) == 2 and min(housing.hours) >= 0
    assert (police.due, police.in_time, police.closed) == (1, 0, 0) and Case.objects.get(
        pk=forgotten
    ).due_on == dt.date(2026, 3, 3)
    by_county = counted_by(people["dispatcher"], MARCH, "region")[COUNTY]
    assert (by_county.reported, by_county.filed, by_county.due) == (5, 3, 3), "neither joined nor untrue"
    assert counted_by(people["dispatcher"], Period("2026-02"), "region") == {}
    assert counted_by(Actor(None, (("inspector", OTHER_COUNTY),)), MARCH, "region") == {}


def test_a_reopened_case_counts_as_such(people: Staff) -> None:
    case = handled(people)
    do(case, "confirm", people["inspector"], note="干净", **SEEN)
    do(case, "reopen", people["dispatcher"], note="又堆起来了")
    do(case, "dispatch", people["dispatcher"], unit="housing")
    do(case, "accept", people["housing"])
    do(case, "done", people["housing"], note="再清运")
    counted = counted_by(people["dispatcher"], MARCH, "unit")["housing"]
    assert (counted.due, counted.closed, counted.reopened) == (1, 0, 1)


def test_opinions_are_counted_with_the_unit_that_handled_the_case(people: Staff) -> None:
    case = handled(people)
    Opinion.objects.create(case_id=case, kind="city_case", region=COUNTY, score=5, word="quick", given_on=DAY)
    assert counted_by(people["dispatcher"], MARCH, "unit")["housing"].said == [5]
    assert counted_by(people["dispatcher"], MARCH, "region")[COUNTY].said == [5]


def test_the_page_and_the_table_say_the_same(people: Staff, browse: Callable[..., Client]) -> None:
    case = handled(people)
    do(case, "confirm", people["inspector"], note="干净", **SEEN)
    client = browse(User.objects.get(pk=people["housing"].user_id))
    text = client.get("/city/results/?period=2026-03").content.decode()
    assert "C29-02" in text and "100.0" in text and "1/1" in text and "still running" in text
    answer = client.get("/city/results/file/?period=2026-03")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    in_time = next(row for row in table if row["counted by"] == "unit" and row["figure"] == "in_time")
    assert (in_time["unit or region"], in_time["hits"], in_time["n"], in_time["value"]) == (
        "housing",
        "1",
        "1",
        "1",
    )
    assert {row["figure"] for row in table if row["counted by"] == "region"} == {*RATES, "median_hours"}
    assert AuditEvent.objects.get(kind="export", object_type="city_results").detail["rows"] == len(table)
    assert "choose another one" in client.get("/city/results/?period=2025-06").content.decode()
    assert client.get("/city/results/?period=nonsense").status_code == 200


def test_the_periods_run_back_from_the_running_month_and_quarter(people: Staff) -> None:
    found = [one.text for one in periods()]
    assert found[:2] == ["2026-03", "2026-02"] and found[13:15] == ["2026Q1", "2025Q4"] and len(found) == 18


def test_the_page_of_the_results_asks_no_more_for_many(people: Staff, browse: Callable[..., Client]) -> None:
    moment = clock.now()
    client = browse(User.objects.get(pk=people["dispatcher"].user_id))
    done = {"unit": "housing", "dispatched_at": moment, "done_at": moment, "due_at": moment, "in_time": True}
    steady(page(client, "/city/results/"), lambda n: rows(n, **done), most=14)
    assert CityCase.objects.filter(in_time=True).count() >= 500
