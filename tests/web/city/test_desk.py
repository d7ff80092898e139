"""What dispatchers, units and inspectors see and do on the pages of city cases."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from renben.web import clock
from renben.web.cases import board
from renben.web.cases.city_map import Spot, county_seats, point_map
from renben.web.cases.models import CityCase, Report
from renben.web.cases.reporting import followed, texts
from renben.web.dashboards.supervision import FILLS
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, Grant, User
from renben.web.guard.policy import Actor
from tests.web.cases import KEYS, do
from tests.web.city.people import RUBBISH, SEEN, city, handled, rows, sent_out, staff, stage, steady, told
from tests.web.conftest import COUNTY, OTHER_COUNTY
from tests.web.test_queries import page

Staff = dict[str, Actor]
Browse = Callable[..., Client]
PDF = b"%PDF-1.4 synthetic"
PHONE = "13900000009"


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


@pytest.fixture
def desks(people: Staff, browse: Browse) -> dict[str, Client]:
    """A browser for each of them."""
    return {name: browse(User.objects.get(pk=actor.user_id)) for name, actor in people.items()}


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def step(client: Client, case: str, action: str, **fields: Any) -> Any:
    """Take a step by the form on the page of a case."""
    page_ = text_of(client, f"/city/desk/{case}/")
    assert f'action="/city/desk/{case}/step/{action}/"' in page_, f"{action} is offered"
    version = re.search(r'name="version" value="(\d+)"', page_)
    assert version is not None
    form = {"key": f"desk-key-{next(KEYS)}", "version": version[1], **fields}
    return client.post(f"/city/desk/{case}/step/{action}/", form)


def test_everybody_finds_what_waits_for_him_and_nothing_else(people: Staff, desks: dict[str, Client]) -> None:
    fresh, out = told(people["resident"]), sent_out(people)
    done = handled(people)
    numbers = {name: str(Case.objects.get(pk=key).number) for name, key in
               (("fresh", fresh.result.case), ("out", out), ("done", done))}  # fmt: skip
    seen = {
        name: {one for one, number in numbers.items() if number in text_of(desks[name], "/city/desk/")}
        for name in ("dispatcher", "housing", "police", "inspector")
    }
    assert seen == {"dispatcher": {"fresh"}, "housing": {"out"}, "police": set(), "inspector": {"done"}}
    assert all(number in text_of(desks["dispatcher"], "/city/desk/?view=open") for number in numbers.values())
    assert numbers["fresh"] not in text_of(desks["housing"], "/city/desk/?view=open")
    assert desks["police"].get(f"/city/desk/{out}/").status_code == 404, "another unit knows of nothing"
    assert desks["resident"].get("/city/desk/").status_code == 403


def test_the_tabs_count_and_the_filters_narrow(people: Staff, desks: dict[str, Client]) -> None:
    told(people["resident"])
    sent_out(people, subclass="street_lamp", severity="urgent")
    page_ = desks["dispatcher"].get("/city/desk/")
    assert dict(page_.context["tabs"]) == {
        "waiting": 1, "to_file": 1, "to_send": 0, "no_owner": 0, "to_rest": 0, "open": 2, "closed": None,
    }  # fmt: skip
    urgent = desks["dispatcher"].get(
        f"/city/desk/?view=open&severity=urgent&subclass=street_lamp&county={COUNTY}"
    )
    assert len(urgent.context["rows"]) == 1 and dict(urgent.context["tabs"])["open"] == 1
    assert dict(urgent.context["tabs"])["to_file"] == 0 and "subclass=street_lamp" in urgent.context["more"]
    assert not desks["dispatcher"].get(f"/city/desk/?view=open&county={OTHER_COUNTY}").context["rows"]
    assert "Show all" in text_of(desks["dispatcher"], f"/city/desk/?view=open&county={OTHER_COUNTY}")
    assert len(desks["dispatcher"].get("/city/desk/?view=nonsense&subclass=dragon").context["rows"]) == 1


def test_what_is_due_at_a_moment_stands_before_what_is_due_with_its_day(
    people: Staff, desks: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    import datetime as dt  # noqa: PLC0415

    moment = dt.datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
    for module in ("flow.deadlines", "flow.command", "cases.bindings", "cases.narrowing", "cases.reporting"):
        monkeypatch.setattr(f"renben.web.{module}.now", lambda: moment)
    day, later, soon = (
        sent_out(people, **filed) for filed in ({"subclass": "street_lamp"}, {}, {"subclass": "dirty_road"})
    )
    asked = desks["dispatcher"].get("/city/desk/?view=open")
    assert [str(row.city.pk) for row in asked.context["rows"]] == [soon, later, day]
    assert [row.to_the_hour for row in asked.context["rows"]] == [True, False, False]
    assert "2 March 2026 16:30" in asked.content.decode()
    moment = moment.replace(hour=17)
    late = desks["dispatcher"].get("/city/desk/?view=open&late=1")
    assert [str(row.city.pk) for row in late.context["rows"]] == [soon] and late.context["rows"][0].late


def test_a_case_goes_through_its_stages_by_the_forms_of_the_pages(
    people: Staff, desks: dict[str, Client]
) -> None:
    case = told(people["resident"]).result.case
    dispatcher, unit, inspector = (desks[name] for name in ("dispatcher", "housing", "inspector"))
    assert step(dispatcher, case, "file", **RUBBISH)["Location"].endswith(f"/{case}/")
    page_ = text_of(dispatcher, f"/city/desk/{case}/")
    assert "the catalogue proposes" in page_ and re.search(r'<option value="housing" selected>', page_)
    step(dispatcher, case, "dispatch", unit="housing")
    page_ = text_of(unit, f"/city/desk/{case}/")
    assert "1 working day" in page_ and "secondary source" in page_, "the provision with its trust"
    step(unit, case, "accept")
    file = SimpleUploadedFile("after.pdf", PDF, "application/pdf")
    step(unit, case, "done", note="已清运", file=file)
    assert stage(case) == "verifying"
    page_ = text_of(inspector, f"/city/desk/{case}/")
    (link,) = re.findall(rf"/city/desk/{case}/evidence/\d+/", page_)
    answer = inspector.get(link)
    assert answer.content == PDF and "attachment" in answer["Content-Disposition"]
    assert (
        AuditEvent.objects.filter(
            actor=people["inspector"].user_id, object_type="evidence", kind="read"
        ).count()
        == 1
    )
    assert desks["police"].get(link).status_code == 404
    assert step(inspector, case, "confirm", note="已干净", ways=["visit", "photo"]).status_code == 302
    assert stage(case) == "closed" and CityCase.objects.get(pk=case).in_time
    page_ = text_of(unit, f"/city/desk/{case}/")
    assert "已干净" in page_ and "photos compared" in page_ and "already" not in page_


def test_only_whoever_sends_out_or_looks_reads_the_reporters_words_and_each_look_is_recorded(
    people: Staff, desks: dict[str, Client]
) -> None:
    case = sent_out(people)
    for name in ("dispatcher", "housing", "inspector"):
        assert PHONE not in text_of(desks[name], f"/city/desk/{case}/"), name
    for name in ("dispatcher", "inspector"):
        page_ = text_of(desks[name], f"/city/desk/{case}/reports/")
        assert PHONE in page_ and "路口有垃圾" in page_
        text_of(desks[name], f"/city/desk/{case}/reports/")
        looks = AuditEvent.objects.filter(kind="reveal", actor=people[name].user_id, object_id=case)
        assert looks.count() == 2 and {one.permission for one in looks} == {"city.words"}
    assert desks["housing"].get(f"/city/desk/{case}/reports/").status_code == 403
    assert "reports/" not in text_of(desks["housing"], f"/city/desk/{case}/")


def test_a_unit_that_sends_a_case_back_no_longer_sees_it(people: Staff, desks: dict[str, Client]) -> None:
    case = sent_out(people)
    answer = step(desks["housing"], case, "send_back", note="不属本单位")
    assert (
        answer["Location"] == "/city/desk/" and desks["housing"].get(f"/city/desk/{case}/").status_code == 404
    )
    assert "不属本单位" in text_of(desks["dispatcher"], f"/city/desk/{case}/")


def test_resting_is_asked_for_and_agreed_to_on_the_pages(people: Staff, desks: dict[str, Client]) -> None:
    case = sent_out(people)
    step(desks["housing"], case, "accept")
    assert step(desks["housing"], case, "ask_rest", note="冻土", until="2026-05-30").status_code == 422
    step(desks["housing"], case, "ask_rest", note="冻土", until="2026-03-10")
    waiting = desks["dispatcher"].get("/city/desk/?view=to_rest").context["rows"]
    assert [str(row.city.pk) for row in waiting] == [case]
    step(desks["dispatcher"], case, "rest")
    assert stage(case) == "suspended" and "Rests until" in text_of(desks["housing"], f"/city/desk/{case}/")


def test_what_the_kind_asks_to_be_measured_is_asked_for_with_its_unit(
    people: Staff, desks: dict[str, Client]
) -> None:
    case = sent_out(people, subclass="ponding", severity="urgent")
    step(desks["housing"], case, "accept")
    page_ = text_of(desks["housing"], f"/city/desk/{case}/")
    assert "Greatest depth (m)" in page_ and "4 hours by the clock" in page_
    missing = step(desks["housing"], case, "done", note="排除", depth_m="0.4")
    assert missing.status_code == 422 and "“How long it stood” is missing" in missing.content.decode()
    deep = step(desks["housing"], case, "done", note="排除", depth_m="11", duration_min="9")
    assert deep.status_code == 422 and "from 0 to 10 m" in deep.content.decode() and stage(case) == "handling"
    step(desks["housing"], case, "done", note="排除", depth_m="0.4", duration_min="50")
    assert "0.4 m" in text_of(desks["inspector"], f"/city/desk/{case}/")


def test_a_case_nearby_is_shown_with_its_distance_and_joined_with_one_press(
    people: Staff, desks: dict[str, Client]
) -> None:
    first = told(people["resident"], lon=112.5600, lat=37.8)
    second = told(people["resident"], lon=112.5606, lat=37.8)
    told(people["resident"], lon=112.5700, lat=37.8)
    told(people["resident"], subclass="street_lamp", lon=112.5601, lat=37.8)
    page_ = desks["dispatcher"].get(f"/city/desk/{second.result.case}/")
    assert [(one.pk, round(m)) for one, m in page_.context["near"]] == [(city(first).pk, 53)]
    step(desks["dispatcher"], second.result.case, "join", into=first.result.number)
    assert stage(second.result.case) == "joined" and city(first).reports == 2
    assert str(first.result.number) in text_of(desks["dispatcher"], f"/city/desk/{second.result.case}/")
    assert len(desks["dispatcher"].get(f"/city/desk/{first.result.case}/").context["near"]) == 0, (
        "what was joined is gone"
    )


def test_a_call_is_taken_down_filed_by_whoever_took_it_and_followed_by_its_code(
    people: Staff, desks: dict[str, Client]
) -> None:
    form = {"key": "take-down-key-1", "channel": "phone", "subclass": "street_lamp", "region": COUNTY, "words": "灯不亮",
            "place": "示例路5号", "phone": "13912345678", "severity": "ordinary", "lon": "", "lat": ""}  # fmt: skip
    answer = desks["dispatcher"].post("/city/desk/new/", form)
    receipt = answer.context["taken"].receipt
    assert receipt.code in answer.content.decode() and receipt.result.number in answer.content.decode()
    again = desks["dispatcher"].post("/city/desk/new/", form).context["taken"].receipt
    assert again.code == receipt.code and Report.objects.count() == 1
    found = followed(receipt.code)
    assert texts(found) == {"words": "灯不亮", "place": "示例路5号", "phone": "13912345678"}
    case = Case.objects.get(pk=receipt.result.case)
    assert case.applicant is None and found.account is None and found.channel == "phone"
    event = case.events.get(seq=1)
    assert event.account == people["dispatcher"].user_id, "who took it down is written"
    assert AuditEvent.objects.get(kind="command", object_id=str(case.pk)).permission == "city.take_down"
    step(
        desks["dispatcher"],
        str(case.pk),
        "file",
        subclass="street_lamp",
        severity="ordinary",
        title="路灯不亮",
        place="示例路",
    )
    assert stage(str(case.pk)) == "filed"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"channel": "web"}, "how it came"), ({"words": ""}, "what is wrong"), ({"lon": "x"}, "the point"),
        ({"lon": "112.5"}, "the point"), ({"subclass": ""}, "the kind of case"), ({"place": ""}, "the place"),
    ],
)  # fmt: skip
def test_a_form_that_lacks_something_says_what_and_keeps_what_was_typed(
    people: Staff, desks: dict[str, Client], given: dict[str, str], named: str
) -> None:
    form = {"key": f"take-down-{next(KEYS)}", "channel": "patrol", "subclass": "street_lamp", "region": COUNTY,
            "words": "灯杆倾斜", "place": "示例路", "severity": "ordinary", **given}  # fmt: skip
    answer = desks["inspector"].post("/city/desk/new/", form)
    assert answer.status_code == 422 and named in answer.content.decode() and not CityCase.objects.exists()
    assert "words" in given or "灯杆倾斜" in answer.content.decode()


def test_nobody_takes_a_report_down_outside_his_region_or_without_the_permission(
    people: Staff, desks: dict[str, Client]
) -> None:
    form = {"key": "take-down-out-1", "channel": "patrol", "subclass": "street_lamp", "region": OTHER_COUNTY,
            "words": "灯杆倾斜", "place": "示例路", "severity": "ordinary"}  # fmt: skip
    assert desks["inspector"].post("/city/desk/new/", form).status_code == 403, (
        "the inspector's county is another"
    )
    assert desks["housing"].get("/city/desk/new/").status_code == 403
    with pytest.raises(Exception, match="not_allowed"):
        told(people["resident"], channel="phone")


def test_the_board_asks_as_many_queries_for_one_row_as_for_ten_and_five_hundred(
    people: Staff, desks: dict[str, Client]
) -> None:
    steady(page(desks["dispatcher"], "/city/desk/"), rows, most=12)
    steady(page(desks["housing"], "/city/desk/?view=open"), lambda n: rows(n, unit="housing"), most=12)
    steady(page(desks["dispatcher"], "/home/"), rows, most=12)


def test_a_late_list_and_the_closed_ones_ask_no_more(people: Staff, desks: dict[str, Client]) -> None:
    steady(page(desks["inspector"], "/city/desk/?view=open&late=1&severity=ordinary"), rows, most=12)
    steady(page(desks["inspector"], "/city/desk/?view=closed"), rows, most=12)


def test_a_case_with_many_near_it_asks_no_more_queries(people: Staff, desks: dict[str, Client]) -> None:
    one = told(people["resident"], subclass="street_lamp", lon=112.56, lat=37.8).result.case
    steady(page(desks["dispatcher"], f"/city/desk/{one}/"), rows, most=16)


def test_the_map_shows_every_open_point_by_its_level_and_nothing_comes_from_elsewhere(
    people: Staff, desks: dict[str, Client]
) -> None:
    told(people["resident"], lon=112.56, lat=37.8)
    told(people["resident"])
    page_ = text_of(desks["dispatcher"], "/city/desk/")
    assert page_.count("fill-opacity") == 1 and 'aria-label="places and levels of 1 open cases"' in page_
    drawn = point_map([Spot(112.5, 37.8, "a", 0), Spot(112.6, 37.9, "<b>", 4)], county_seats(), "map")
    assert drawn.count("<circle ") == 2 and "&lt;b&gt;" in drawn and "Xiaodian" in drawn
    assert not re.findall(r'(?:href|src|url)="?\(?https?://(?!www\.w3\.org)', drawn)
    spots = [tuple(map(float, one)) for one in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert spots[0][0] < spots[1][0] and spots[0][1] > spots[1][1], "east is right, north is up"


def test_points_on_one_spot_are_one_circle_of_the_highest_level() -> None:
    drawn = point_map([Spot(112.5, 37.8, "late", 4), *[Spot(112.5, 37.8, "fine", 0)] * 2], [], "map")
    assert (
        drawn.count("<circle ") == 1 and ">3</text>" in drawn and "<title>late; fine; fine</title>" in drawn
    )
    assert drawn.count(FILLS[4][0]) == 1 and FILLS[0][0] not in drawn


def test_somebody_with_two_desks_has_the_tabs_of_both(people: Staff) -> None:
    user = User.objects.get(pk=people["housing"].user_id)
    Grant.objects.create(user=user, role="inspector", region=COUNTY)
    tabs = board.tabs_of(actor_of(user))
    assert {"to_accept", "to_look", "look_late"} <= set(tabs) and "to_file" not in tabs


def test_a_case_that_was_not_put_right_is_opened_again_from_the_page(
    people: Staff, desks: dict[str, Client]
) -> None:
    case = handled(people)
    step(desks["inspector"], case, "not_done", note="仍有垃圾", ways=["visit"])
    assert "Not put right (times)" in text_of(desks["housing"], f"/city/desk/{case}/")
    do(case, "done", people["housing"], note="再次清运")
    do(case, "confirm", people["inspector"], note="干净", **SEEN)
    step(desks["dispatcher"], case, "reopen", note="又堆起来了")
    assert stage(case) == "filed" and "opened again" in text_of(
        desks["dispatcher"], "/city/desk/?view=to_send"
    )


def test_officers_of_city_cases_read_how_the_flow_goes(desks: dict[str, Client]) -> None:
    page_ = text_of(desks["housing"], "/flows/city_case/1/")
    assert "City case" in page_ and "It was closed too long ago" in page_
    for language in ("zh-hans", "en"):
        assert desks["housing"].get(f"/flows/city_case/1/{language}.svg")["Content-Type"] == "image/svg+xml"
    assert "/flows/city_case/1/" in text_of(desks["dispatcher"], "/flows/")
