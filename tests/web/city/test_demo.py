"""The demonstration's city cases: something for every role to do, in every stage that people hold."""

import datetime as dt
from collections import Counter

from django.http import QueryDict

from renben.web.cases import board, routing_desk
from renben.web.cases.models import CityCase, RouteSet
from renben.web.cases.narrowing import Chosen
from renben.web.clock import ZONE
from renben.web.demo import city, people, setup
from renben.web.flow import sweeper
from renben.web.flow.definition import newest
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from tests.web.cases import SETUP, acting

WRITTEN = ("zhihui", "zhihui2", "shizheng", "hecha")


def test_every_role_finds_something_to_do_in_the_demonstration() -> None:
    rows = {row["username"]: row for row in people.written()["accounts"]}
    for name in WRITTEN:
        setup._account(rows[name], "demo-password")
    with acting(SETUP):
        city.live_through(people.today())
    stages = Counter(Case.objects.filter(kind="city_case").values_list("stage", flat=True))
    holding = {name for name, one in newest("city_case").stages.items() if one.holder == "office"}
    assert holding - {"verify_late", "verify_later"} <= set(stages) and {"closed", "rejected"} <= set(stages)
    assert (
        len(city.written()["cases"])
        == sum(stages.values())
        == CityCase.objects.filter(synthetic=True).count()
    )
    sweeper.sweep()
    waiting = {}
    for name in WRITTEN:
        actor = actor_of(User.objects.get(username=name))
        found, tabs = board.sight(actor), board.tabs_of(actor)
        waiting[name] = board.counts(found, Chosen([], [], [], [], False, {}), tabs)
    assert (
        waiting["zhihui"]["to_file"] >= 2
        and waiting["zhihui"]["to_send"] >= 1
        and waiting["zhihui"]["to_rest"] >= 1
    )
    assert waiting["shizheng"]["to_accept"] >= 1 and waiting["shizheng"]["handling"] >= 2
    assert waiting["hecha"]["to_look"] >= 1 and waiting["hecha"]["look_late"] >= 1, "one look is late by now"
    assert RouteSet.objects.get(state="in_force").trial["cases"] == 0
    trial = routing_desk.try_out(actor_of(User.objects.get(username="zhihui")), "140100")["trial"]
    assert trial.cases > 5 and "emergency" in trial.no_account
    assert CityCase.objects.filter(in_time=True).exists() and CityCase.objects.filter(in_time=False).exists()
    shown = board.board(actor_of(User.objects.get(username="zhihui")), QueryDict("view=open"))["rows"]
    days = [one.due.astimezone(ZONE).date() if isinstance(one.due, dt.datetime) else one.due for one in shown]
    assert days == sorted(days) and len({one.stage.clock for one in shown}) == 2, (
        "the order is that of the days"
    )
    assert all(day <= people.today() for one, day in zip(shown, days, strict=True) if one.late)
