"""Rules of routing: what they propose, what a draft would change, who publishes it, and how it is taken back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from renben.web import clock
from renben.web.cases import routing, routing_desk
from renben.web.cases.classes import SEVERITIES, subclasses
from renben.web.cases.models import CityCase, RouteRule, RouteSet
from renben.web.cases.routing import CATALOGUE, RULES, Rules
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Stale, Unknown
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from tests.web.cases import acting, do
from tests.web.city.people import RUBBISH, rows, sent_out, staff, steady, told
from tests.web.conftest import CITY, COUNTY, OTHER_COUNTY
from tests.web.test_queries import page

Staff = dict[str, Actor]
Browse = Callable[..., Client]
FIELDS = ("county", "what", "severity", "unit")


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


@pytest.fixture
def desks(people: Staff, browse: Browse) -> dict[str, Client]:
    """A browser for each of them."""
    return {name: browse(User.objects.get(pk=actor.user_id)) for name, actor in people.items()}


def form(*rows: tuple[str, str, str, str], region: str = CITY, **more: str) -> dict[str, str]:
    """A draft's form with some rows, as it was drawn."""
    draft = RouteSet.objects.get(region=region, state="draft")
    cells = {
        f"{name}-{n}": value for n, row in enumerate(rows) for name, value in zip(FIELDS, row, strict=True)
    }
    places = {f"place-{n}": str(10 * n) for n in range(len(rows))}
    return {"seen": routing_desk.digest(draft), **places, **cells, **more}


def in_force(people: Staff, *rows: tuple[str, str, str, str], region: str = CITY) -> RouteSet:
    """Rules in force, made by one dispatcher and published by the other."""
    one, other = people["dispatcher"], people["dispatcher2"]
    with acting(one):
        routing_desk.begin(one, region, "")
        routing_desk.save(one, region, form(*rows, region=region))
    with acting(other):
        draft = RouteSet.objects.get(region=region, state="draft")
        routing_desk.publish(other, region, routing_desk.digest(draft))
    return RouteSet.objects.get(region=region, state="in_force")


def unit_of(subclass: str, severity: str = "ordinary", region: str = COUNTY) -> tuple[str, str, int]:
    found = routing.proposed(region, subclass, severity)
    return found.unit, found.source, found.place


def test_where_nobody_wrote_rules_the_catalogue_proposes(people: Staff) -> None:
    assert unit_of("street_lamp") == ("housing", CATALOGUE, 0)
    assert unit_of("traffic_fitting") == ("police", CATALOGUE, 0)


def test_the_first_rule_that_fits_names_the_office(people: Staff) -> None:
    in_force(people, (COUNTY, "street_lamp", "urgent", "emergency"), ("", "street_lamp", "", "police"),
             ("", "public_utility", "", "natural_resources"))  # fmt: skip
    assert unit_of("street_lamp", "urgent") == ("emergency", RULES, 1)
    assert unit_of("street_lamp") == unit_of("street_lamp", "urgent", OTHER_COUNTY) == ("police", RULES, 2)
    assert unit_of("manhole_cover") == ("natural_resources", RULES, 3)
    assert unit_of("exposed_rubbish") == ("housing", CATALOGUE, 0), "no rule fits"


def test_a_countys_rules_come_before_its_citys(people: Staff) -> None:
    in_force(people, ("", "", "", "police"))
    in_force(people, ("", "street_lamp", "", "emergency"), region=COUNTY)
    assert unit_of("street_lamp") == ("emergency", RULES, 1)
    assert (
        unit_of("manhole_cover") == ("police", RULES, 1)
        and unit_of("street_lamp", region=OTHER_COUNTY)[0] == "police"
    )
    assert routing.above("140105") == ["140105", "140100"] and routing.above("999999") == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", COUNTY, OTHER_COUNTY]), st.sampled_from(["", "street_lamp", "public_utility", "green"]),
            st.sampled_from(["", *SEVERITIES]), st.sampled_from(["a", "b"]),
        ), max_size=6,
    ),
    st.sampled_from(sorted(subclasses())), st.sampled_from(SEVERITIES),
)  # fmt: skip
def test_what_fits_first_wins_and_rules_after_it_change_nothing(
    rows: list[tuple[str, str, str, str]], subclass: str, severity: str
) -> None:
    rules = tuple(
        RouteRule(place=n, county=row[0], what=row[1], severity=row[2], unit=row[3])
        for n, row in enumerate(rows)
    )
    found = Rules(CITY, 1, rules).propose(COUNTY, subclass, severity)
    fitting = [one for one in rules if routing.fits(one, COUNTY, subclass, severity)]
    assert (found.place if found else None) == (fitting[0].place if fitting else None)
    if found:
        assert Rules(CITY, 1, rules[: found.place + 1]).propose(COUNTY, subclass, severity) == found


def test_the_board_preselects_what_the_rules_propose_and_says_why(
    people: Staff, desks: dict[str, Client]
) -> None:
    in_force(people, ("", "exposed_rubbish", "", "police"))
    case = told(people["resident"]).result.case
    do(case, "file", people["dispatcher"], **RUBBISH)
    text = desks["dispatcher"].get(f"/city/desk/{case}/").content.decode()
    assert "Rule 1 of version 1 for Taiyuan City proposes:" in text
    assert '<option value="police" selected>' in text


def test_whoever_made_a_draft_does_not_publish_it(people: Staff) -> None:
    one, other = people["dispatcher"], people["dispatcher2"]
    routing_desk.begin(one, CITY, "")
    with pytest.raises(Guarded, match="route_draft"):
        routing_desk.begin(other, CITY, "")
    draft = RouteSet.objects.get()
    with pytest.raises(Guarded, match="route_empty"):
        routing_desk.publish(other, CITY, routing_desk.digest(draft))
    routing_desk.save(one, CITY, form(("", "", "", "police")))
    seen = routing_desk.digest(RouteSet.objects.get())
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        routing_desk.publish(one, CITY, seen)
    routing_desk.save(other, CITY, form(("", "", "", "housing")))
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        routing_desk.publish(other, CITY, routing_desk.digest(RouteSet.objects.get()))
    with pytest.raises(Stale):
        routing_desk.publish(one, CITY, seen)
    routing_desk.publish(one, CITY, routing_desk.digest(RouteSet.objects.get()))
    row = RouteSet.objects.get()
    assert (row.state, row.made_by, row.published_by) == ("in_force", other.user_id, one.user_id)
    assert AuditEvent.objects.filter(object_type="route_set", kind="command").count() == 4


def test_a_draft_that_a_colleague_changed_meanwhile_is_not_overwritten(people: Staff) -> None:
    one, other = people["dispatcher"], people["dispatcher2"]
    routing_desk.begin(one, CITY, "")
    drawn = form(("", "", "", "police"))
    routing_desk.save(other, CITY, form(("", "", "", "housing")))
    with pytest.raises(Stale):
        routing_desk.save(one, CITY, drawn)
    assert RouteRule.objects.get().unit == "housing"


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (("999999", "", "", "police"), "county"), (("141002", "", "", "police"), "county"), (("", "dragon", "", "police"), "what"),
        (("", "", "dire", "police"), "severity"), (("", "street_lamp", "", ""), "unit"), (("", "", "", "nobody"), "unit"),
    ],
)  # fmt: skip
def test_a_row_that_names_what_is_not_on_the_lists_is_refused_and_nothing_is_lost(
    people: Staff, row: tuple[str, str, str, str], named: str
) -> None:
    one = people["dispatcher"]
    routing_desk.begin(one, CITY, "")
    routing_desk.save(one, CITY, form(("", "", "", "police")))
    with pytest.raises(Incomplete) as refused:
        routing_desk.save(one, CITY, form(row))
    assert named in refused.value.values["fields"] and RouteRule.objects.get().unit == "police"


def test_rows_are_sorted_by_their_order_dropped_ones_go_and_empty_ones_are_not_kept(people: Staff) -> None:
    one = people["dispatcher"]
    routing_desk.begin(one, CITY, "")
    rows = form(
        ("", "green", "", "police"),
        ("", "", "", "housing"),
        ("", "", "", ""),
        ("", "street_lamp", "", "police"),
    )
    routing_desk.save(one, CITY, {**rows, "place-0": "30", "place-3": "5", "drop-1": "1"})
    kept = [(row.place, row.what) for row in RouteRule.objects.order_by("place")]
    assert kept == [(1, "street_lamp"), (2, "green")]
    with pytest.raises(Incomplete):
        routing_desk.save(one, CITY, form(("", "", "", "police")) | {"place-0": "first"})


def test_the_dry_run_says_what_would_move_and_changes_nothing(
    people: Staff, turn: Callable[[dt.date], None]
) -> None:
    old = sent_out(people)
    turn(dt.date(2026, 4, 10))
    lamp, rubbish = sent_out(people, subclass="street_lamp"), sent_out(people)
    routing_desk.begin(people["dispatcher"], CITY, "")
    routing_desk.save(
        people["dispatcher"], CITY, form(("", "street_lamp", "", "police"), ("", "green", "", "emergency"))
    )
    before = list(CityCase.objects.order_by("pk").values())
    found = routing_desk.try_out(people["dispatcher2"], CITY)["trial"]
    assert (found.days, found.cases, found.moved, found.unfitted) == (30, 2, 1, 1), (
        "what was filed earlier is left out"
    )
    assert {str(one.city.pk): (one.old, one.new, one.fitted) for one in found.lines} == {
        lamp: ("housing", "police", True), rubbish: ("housing", "housing", False),
    }  # fmt: skip
    assert found.by_unit == [("housing", 2, 1, -1), ("police", 0, 1, 1)] and found.no_account == ["emergency"]
    assert list(CityCase.objects.order_by("pk").values()) == before and str(old) not in str(found.lines)


def test_publishing_keeps_the_dry_run_and_moves_no_running_case(people: Staff) -> None:
    case = sent_out(people)
    rules = in_force(people, ("", "", "", "police"))
    assert rules.trial["cases"] == rules.trial["moved"] == 1 and rules.trial["units"]["police"] == [0, 1]
    assert CityCase.objects.get(pk=case).unit == "housing" and Case.objects.get(pk=case).stage == "dispatched"


def test_a_version_is_taken_back_by_publishing_an_older_one_anew(
    people: Staff, desks: dict[str, Client]
) -> None:
    in_force(people, ("", "", "", "police"))
    in_force(people, ("", "", "", "housing"))
    assert unit_of("street_lamp")[0] == "housing"
    one, other = people["dispatcher"], people["dispatcher2"]
    with pytest.raises(Unknown):
        routing_desk.begin(one, CITY, "9")
    routing_desk.begin(one, CITY, "1")
    routing_desk.publish(other, CITY, routing_desk.digest(RouteSet.objects.get(state="draft")))
    assert unit_of("street_lamp")[0] == "police"
    states = list(RouteSet.objects.order_by("version").values_list("version", "state"))
    assert states == [(1, "past"), (2, "past"), (3, "in_force")]
    history = desks["dispatcher"].get(f"/city/routing/?region={CITY}").context["history"]
    said = {one.version: [(each.rule.unit, each.added) for each in changes] for one, changes in history}
    assert said == {
        3: [("police", True), ("housing", False)],
        2: [("housing", True), ("police", False)],
        1: [("police", True)],
    }


def test_rules_of_a_region_that_is_not_ones_own_are_not_there(
    people: Staff, desks: dict[str, Client]
) -> None:
    for work in (routing_desk.discard, routing_desk.try_out):
        with pytest.raises(Unknown):
            work(people["dispatcher"], "140200")
    with pytest.raises(Unknown):
        routing_desk.begin(people["dispatcher"], "140200", "")
    assert desks["dispatcher"].get("/city/routing/?region=140200").context["region"] == CITY
    assert desks["housing"].get("/city/routing/").status_code == 403


def test_the_pages_lead_from_an_empty_desk_to_rules_in_force(people: Staff, desks: dict[str, Client]) -> None:
    one, other = desks["dispatcher"], desks["dispatcher2"]
    sent_out(people)

    def text(client: Client, address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200
        return str(answer.content.decode())

    assert "No rules of its own here" in text(one, "/city/routing/")
    assert one.post(f"/city/routing/{CITY}/begin/")["Location"] == f"/city/routing/?region={CITY}"
    assert "another dispatcher has to publish it" in text(one, "/city/routing/")
    rows: dict[str, Any] = form(("", "environment", "", "police"), do="try")
    assert one.post(f"/city/routing/{CITY}/save/", rows)["Location"] == f"/city/routing/{CITY}/trial/"
    assert "ask another dispatcher" in text(one, f"/city/routing/{CITY}/trial/")
    page_ = text(other, f"/city/routing/{CITY}/trial/")
    assert "+1" in page_ and "/publish/" in page_
    seen = routing_desk.digest(RouteSet.objects.get())
    assert one.post(f"/city/routing/{CITY}/publish/", {"seen": seen}).status_code == 403
    assert other.post(f"/city/routing/{CITY}/publish/", {"seen": seen}).status_code == 302
    page_ = text(one, "/city/routing/")
    assert "Street environment" in page_ and "1 case, 1 moved, 0 that no rule fits" in page_
    one.post(f"/city/routing/{CITY}/begin/")
    assert RouteRule.objects.filter(routes__state="draft").count() == 1, "a copy of what is in force"
    one.post(f"/city/routing/{CITY}/discard/")
    assert not RouteSet.objects.filter(state="draft").exists()


def test_a_dry_run_over_many_cases_asks_no_more_queries(people: Staff, desks: dict[str, Client]) -> None:
    in_force(people, ("", "", "", "police"))
    routing_desk.begin(people["dispatcher"], CITY, "")
    steady(page(desks["dispatcher"], f"/city/routing/{CITY}/trial/"), rows, most=20)
    assert CityCase.objects.filter(filed_at__gt=clock.now() - dt.timedelta(days=1)).count() >= 500
