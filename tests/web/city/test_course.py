"""The seven stages of a city case: who may take which step, what the clocks do, and how often it went round."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError

from renben.web import clock
from renben.web.cases.models import CityCase, Report
from renben.web.cases.reporting import RECEIVER, Told, followed, report, texts
from renben.web.flow import sweeper
from renben.web.flow.models import Case, Timer
from renben.web.flow.refusals import Guarded, Incomplete, NoSuchStep, NotAllowed, Unknown
from renben.web.guard.policy import Actor
from tests.web.cases import acting, do
from tests.web.city.people import RUBBISH, SEEN, city, handled, sent_out, staff, stage, told
from tests.web.conftest import COUNTY, OTHER_COUNTY

Staff = dict[str, Actor]
MORNING = dt.datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dt.datetime]:
    """Set the moment of the service."""

    def turn(text: str) -> dt.datetime:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)
        for module in (
            "renben.web.flow.deadlines.now", "renben.web.flow.sweeper.now", "renben.web.flow.command.now",
            "renben.web.cases.bindings.now", "renben.web.cases.reporting.now",
        ):  # fmt: skip
            monkeypatch.setattr(module, lambda: moment)
        for module in ("renben.web.flow.sweeper.today", "renben.web.flow.command.today"):
            monkeypatch.setattr(module, lambda: moment.date())
        return moment

    turn("2026-03-02 09:00")
    return turn


def test_a_case_goes_through_all_seven_stages(people: Staff, at: Callable[[str], dt.datetime]) -> None:
    case = handled(people)
    do(case, "confirm", people["inspector"], note="已干净", **SEEN)
    found = CityCase.objects.get(pk=case)
    assert stage(case) == "closed" and found.in_time and found.unit == "housing"
    events = list(Case.objects.get(pk=case).events.order_by("seq").values_list("action", flat=True))
    assert events == ["open", "file", "dispatch", "accept", "done", "confirm"]


def test_the_limit_comes_from_the_subclass_and_the_severity(
    people: Staff, at: Callable[[str], dt.datetime]
) -> None:
    def due(**filed: str) -> tuple[dt.date | None, dt.datetime | None]:
        row = Case.objects.get(pk=sent_out(people, **filed))
        return row.due_on, row.due_at

    assert due() == (dt.date(2026, 3, 3), None)
    assert due(subclass="dirty_road") == (dt.date(2026, 3, 2), MORNING.replace(hour=16, minute=30))
    assert due(subclass="illegal_building") == (dt.date(2026, 3, 23), None)
    assert due(subclass="street_lamp") == (dt.date(2026, 3, 9), None)
    assert due(subclass="street_lamp", severity="urgent") == (dt.date(2026, 3, 2), MORNING.replace(hour=13))


def test_the_limit_stands_still_while_somebody_looks_and_goes_on_where_it_stood(
    people: Staff, at: Callable[[str], dt.datetime]
) -> None:
    case = sent_out(people, subclass="dirty_road")
    do(case, "accept", people["housing"])
    at("2026-03-02 11:00")
    do(case, "done", people["housing"], note="清洗完毕")
    at("2026-03-03 09:30")
    do(case, "not_done", people["inspector"], note="仍有污渍", **SEEN)
    row = Case.objects.get(pk=case)
    assert row.due_at == MORNING.replace(day=3, hour=15)
    assert CityCase.objects.get(pk=case).failed == 1
    at("2026-03-03 16:00")
    do(case, "done", people["housing"], note="再次清洗")
    assert CityCase.objects.get(pk=case).in_time is False


def test_an_hourly_limit_is_urged_within_the_day(people: Staff, at: Callable[[str], dt.datetime]) -> None:
    case = sent_out(people, subclass="dirty_road")
    at("2026-03-02 15:29")
    assert sweeper.sweep() == 0
    at("2026-03-02 15:30")
    assert sweeper.sweep() == 1 and Case.objects.get(pk=case).level == 1
    at("2026-03-02 16:30")
    assert sweeper.sweep() == 1 and Case.objects.get(pk=case).level == 2
    assert sweeper.sweep() == 0


def test_a_case_rests_only_as_long_as_somebody_else_agreed(
    people: Staff, at: Callable[[str], dt.datetime]
) -> None:
    case = sent_out(people)
    do(case, "accept", people["housing"])
    with pytest.raises(Guarded, match="rest_long"):
        do(case, "ask_rest", people["housing"], note="冻土", until="2026-04-02")
    with pytest.raises(Incomplete):
        do(case, "ask_rest", people["housing"], note="冻土", until="2026-03-02")
    do(case, "ask_rest", people["housing"], note="冻土", until="2026-03-10")
    do(case, "rest", people["dispatcher"])
    assert stage(case) == "suspended"
    at("2026-03-11 00:30")
    assert sweeper.sweep() == 2, "the rest is over, and the last day but one is here"
    row = Case.objects.get(pk=case)
    assert (row.stage, row.due_on, row.level) == ("handling", dt.date(2026, 3, 12), 1)


def test_nobody_but_its_unit_handles_it_and_nobody_closes_what_he_did(people: Staff) -> None:
    case = sent_out(people)
    with pytest.raises(NotAllowed, match="other_unit"):
        do(case, "accept", people["police"])
    with pytest.raises(NotAllowed):
        do(case, "accept", people["dispatcher"])
    do(case, "accept", people["housing"])
    do(case, "done", people["housing"], note="完成")
    with pytest.raises(NotAllowed):
        do(case, "confirm", people["housing"], note="完成", **SEEN)
    with pytest.raises(Incomplete, match="incomplete"):
        do(case, "confirm", people["inspector"], note="完成", ways=["hearsay"])


def test_only_a_filed_case_is_sent_out_and_only_where_somebody_is(people: Staff) -> None:
    case = told(people["resident"]).result.case
    with pytest.raises(NoSuchStep):
        do(case, "dispatch", people["dispatcher"], unit="housing")
    do(case, "file", people["dispatcher"], **RUBBISH)
    with pytest.raises(Guarded, match="no_account"):
        do(case, "dispatch", people["dispatcher"], unit="water")
    with pytest.raises(Incomplete):
        do(case, "dispatch", people["dispatcher"], unit="nobody")
    do(case, "orphan", people["dispatcher"], note="权属不清")
    assert stage(case) == "no_owner"
    do(case, "dispatch", people["dispatcher"], unit="police")
    do(case, "send_back", people["police"], note="不属公安")
    assert stage(case) == "filed" and CityCase.objects.get(pk=case).unit == ""


def test_a_look_that_nobody_takes_is_late_again_and_again_and_can_still_be_taken(
    people: Staff, at: Callable[[str], dt.datetime]
) -> None:
    case = handled(people)
    seen = []
    for day in range(3, 14):
        at(f"2026-03-{day:02} 00:10")
        sweeper.sweep()
        seen.append(stage(case))
    order = [one for one, before in zip(seen, ["", *seen], strict=False) if one != before]
    assert order == ["verifying", "verify_late", "verify_later", "verify_late"]
    do(case, "confirm", people["inspector"], note="干净", **SEEN)
    assert CityCase.objects.get(pk=case).in_time


def test_what_was_joined_counts_there(people: Staff) -> None:
    first, second = told(people["resident"]), told(RECEIVER)
    with pytest.raises(Guarded, match="no_case"):
        do(second.result.case, "join", people["dispatcher"], into="CG-140105-2026-999999")
    do(second.result.case, "join", people["dispatcher"], into=first.result.number)
    assert city(first).reports == 2 and stage(second.result.case) == "joined"
    assert followed(second.code).city_id == city(first).pk


def test_a_case_is_opened_again_in_time_only(people: Staff, at: Callable[[str], dt.datetime]) -> None:
    case = handled(people)
    do(case, "confirm", people["inspector"], note="干净", **SEEN)
    do(case, "reopen", people["dispatcher"], note="又堆起来了")
    assert stage(case) == "filed" and CityCase.objects.get(pk=case).reopened == 1
    do(case, "dispatch", people["dispatcher"], unit="housing")
    do(case, "accept", people["housing"])
    do(case, "done", people["housing"], note="清运")
    do(case, "confirm", people["inspector"], note="干净", **SEEN)
    at("2026-04-02 09:00")
    with pytest.raises(Guarded, match="reopen_late"):
        do(case, "reopen", people["dispatcher"], note="又堆起来了")


def test_what_is_measured_is_asked_for_and_held_to_its_range(people: Staff) -> None:
    case = sent_out(people, subclass="ponding", severity="urgent")
    do(case, "accept", people["housing"])
    for wrong in (
        {},
        {"depth_m": "0.4"},
        {"depth_m": "-1", "duration_min": "30"},
        {"depth_m": "x", "duration_min": "1"},
    ):
        with pytest.raises(Incomplete):
            do(case, "done", people["housing"], note="排除", **wrong)
    do(case, "done", people["housing"], note="排除", depth_m="0.4", duration_min="50")
    assert CityCase.objects.get(pk=case).measured == {"depth_m": 0.4, "duration_min": 50.0}


def test_a_report_sent_twice_is_one_and_its_code_the_same(people: Staff) -> None:
    given = Told("exposed_rubbish", COUNTY, "垃圾", "路口")
    with acting(RECEIVER):
        one, two = (report(RECEIVER, given, "the-same-key") for _ in range(2))
    assert one.code == two.code and two.result.repeated and Report.objects.count() == 1
    found = followed(one.code.lower())
    assert texts(found) == {"words": "垃圾", "place": "路口", "phone": ""}
    with pytest.raises(Unknown):
        followed("WRONG-CODE-HERE")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"subclass": "dragon"}, "subclass"), ({"region": "140100"}, "region"), ({"region": "999999"}, "region"),
        ({"words": " "}, "words"), ({"words": "长" * 2001}, "words"), ({"place": ""}, "place"),
        ({"lon": 112.5}, "point"), ({"lon": 112.5, "lat": 95.0}, "point"), ({"severity": "dire"}, "severity"),
    ],
)  # fmt: skip
def test_a_report_that_says_too_little_or_nonsense_names_what_is_wrong(
    people: Staff, given: dict[str, object], named: str
) -> None:
    with pytest.raises(Incomplete) as refused:
        told(people["resident"], **given)
    assert named in refused.value.values["fields"] and not CityCase.objects.exists()


def test_words_of_a_reporter_lie_encrypted(people: Staff) -> None:
    told(people["resident"], words="张三家门口", phone="13912345678")
    row = Report.objects.values().get()
    assert not any(
        "张三".encode() in bytes(row[name] or b"") for name in ("words_ct", "place_ct", "phone_ct")
    )


def test_an_officer_of_another_county_knows_of_nothing(people: Staff) -> None:
    other = Actor(None, (("inspector", OTHER_COUNTY),))
    case = sent_out(people)
    with pytest.raises((Unknown, NotAllowed)):
        do(case, "confirm", Actor(10**6, other.grants), note="x", **SEEN)


def test_timers_of_an_hourly_limit_carry_their_moment(
    people: Staff, at: Callable[[str], dt.datetime]
) -> None:
    case = sent_out(people, subclass="dirty_road")
    rows = Timer.objects.filter(case=case, visit=Case.objects.get(pk=case).visit).order_by("fire_at")
    assert [row.kind for row in rows] == ["warn", "urge", "supervise", "escalate"]
    assert [row.fire_at for row in rows] == [
        MORNING.replace(hour=15, minute=30), MORNING.replace(hour=16, minute=30),
        MORNING.replace(day=3, hour=0, minute=30), MORNING.replace(day=3, hour=16, minute=30),
    ]  # fmt: skip


def test_one_case_has_one_city_case(people: Staff) -> None:
    found = city(told(people["resident"]))
    with pytest.raises(IntegrityError):
        CityCase.objects.bulk_create(
            [
                CityCase(
                    case=found.case,
                    subclass="ponding",
                    region=COUNTY,
                    channel="web",
                    reported_at=found.reported_at,
                )
            ]
        )
