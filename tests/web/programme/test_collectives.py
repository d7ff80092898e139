"""A collective's task is split among its members; the line counts them, ends with the last and opens with the first."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from renben.catalogue import Plan, load
from renben.web.clock import today
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Guarded, Incomplete, NoSuchStep, NotAllowed
from renben.web.flow.sweeper import sweep
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.programme import pages
from renben.web.programme.ladder import rungs
from renben.web.programme.members import counts, members, offices
from renben.web.programme.models import Seat, Task
from renben.web.programme.opening import open_tasks, shares
from tests.web.cases import do

Cast = dict[str, Actor]
CITIES = "gov_cities"


@pytest.fixture
def cities(cast: Cast) -> Plan:
    """The plan cut down to the one measure that every city answers for, its tasks opened."""
    whole = next(iter(load().plans.values()))
    number, measure = next((m.number, m) for m in whole.measures if CITIES in m.owners)
    action = whole.actions[whole.action_of(number)]
    one = {key: m for key, m in action.measures.items() if m is measure}
    first = dict(list(measure.commitments.items())[:1])
    short = action.model_copy(
        update={"measures": {k: m.model_copy(update={"commitments": first}) for k, m in one.items()}}
    )
    plan = whole.model_copy(update={"actions": {whole.action_of(number): short}, "safeguards": {}})
    open_tasks(plan, cast["lead"])
    return plan


@pytest.fixture
def city(account: Callable[..., User]) -> Actor:
    """The liaison of one city's government."""
    user = account("p-city", "task_owner", "140000")
    Seat.objects.create(user=user, office="gov_140200")
    return actor_of(user)


def line() -> Task:
    return Task.objects.get(owner=CITIES)


def finish(task: Task, owner: Actor, cast: Cast) -> None:
    do(task.pk, "accept", owner)
    do(task.pk, "report", owner, "合成进展", progress="100", evidence="示例1号")
    do(task.pk, "acknowledge", cast["lead"])
    do(task.pk, "propose_close", owner, "合成：已完成")
    do(task.pk, "close", cast["lead2"])


def test_every_city_gets_a_task_of_its_own_beside_the_line_that_counts_them(cities: Plan) -> None:
    inside = Task.objects.filter(collective=CITIES)
    known = load().regions
    assert {one.owner for one in inside} == {f"gov_{c}" for c, r in known.items() if r.level == "prefecture"}
    assert all(one.deadline == line().deadline and not one.leading for one in inside)
    assert line().line and Case.objects.get(pk=line().pk).stage == "shared"
    assert (
        counts([line()])[line().commitment, CITIES] | {"closed": 0, "late": 0}
        == counts([line()])[line().commitment, CITIES]
    )


def test_opening_again_opens_nothing_and_splits_nothing_twice(cities: Plan, cast: Cast) -> None:
    before = Task.objects.count(), CaseEvent.objects.count()
    assert open_tasks(cities, cast["lead2"]) == 0
    assert (Task.objects.count(), CaseEvent.objects.count()) == before


def test_single_owners_keep_the_tasks_they_had(cities: Plan) -> None:
    named = {owner for measure in cities.measures for owner in measure.owners}
    single = Task.objects.filter(line=False, collective="")
    assert {one.owner for one in single} == named - {CITIES}


def test_a_member_works_on_its_own_task_only(cities: Plan, cast: Cast, city: Actor) -> None:
    mine, other = Task.objects.get(owner="gov_140200"), Task.objects.get(owner="gov_140300")
    do(mine.pk, "accept", city)
    with pytest.raises(NotAllowed, match="not_owner"):
        do(other.pk, "accept", city)
    do(mine.pk, "report", city, "合成", progress="30", evidence="示例")
    do(mine.pk, "acknowledge", cast["lead"])
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.progress, other.progress) == (30, None)
    assert counts([line()])[line().commitment, CITIES]["reported"] == 1


def test_the_line_ends_with_its_last_member_and_opens_with_the_first_reopened(
    cities: Plan, cast: Cast, city: Actor
) -> None:
    rest = Task.objects.filter(collective=CITIES).exclude(owner="gov_140200")
    for one in rest:
        do(one.pk, "dissolve", cast["lead"], "合成：不涉及")
    assert Case.objects.get(pk=line().pk).stage == "shared"
    finish(Task.objects.get(owner="gov_140200"), city, cast)
    assert Case.objects.get(pk=line().pk).stage == "closed" and Case.objects.get(pk=line().pk).closed_on
    do(Task.objects.get(owner="gov_140200").pk, "reopen", cast["lead"], "又有问题")
    case = Case.objects.get(pk=line().pk)
    assert (case.stage, case.closed_on) == ("shared", None)


def test_nobody_takes_a_step_for_the_line(cities: Plan, cast: Cast) -> None:
    for action in ("accept", "propose_close", "split", "members_done"):
        with pytest.raises((NoSuchStep, NotAllowed)):
            do(line().pk, action, cast["lead"], "x")
    assert pages.steps_of(line(), cast["lead"]) == []


def test_past_the_deadline_the_line_is_urged_like_every_task(
    cities: Plan, turn: Callable[[dt.date], None]
) -> None:
    turn(line().deadline + dt.timedelta(1))
    sweep()
    case = Case.objects.get(pk=line().pk)
    assert case.stage == "lagging" and case.due_on is not None


def test_the_lead_commission_sets_a_members_own_deadline(cities: Plan, cast: Cast, city: Actor) -> None:
    mine = Task.objects.get(owner="gov_140200")
    do(mine.pk, "set_deadline", cast["lead"], "合成：分批推进", deadline="2027-06-30")
    mine.refresh_from_db()
    assert str(mine.deadline) == "2027-06-30" and line().deadline != mine.deadline
    for wrong in ("2001-01-01", "soon"):
        with pytest.raises(Incomplete, match="deadline"):
            do(mine.pk, "set_deadline", cast["lead"], "x", deadline=wrong)
    with pytest.raises(NotAllowed):
        do(mine.pk, "set_deadline", city, "x", deadline="2028-01-01")


def test_an_officer_steps_up_before_the_clock_and_not_beyond_the_top(cities: Plan, cast: Cast) -> None:
    task = Task.objects.get(owner="gov_140200")
    for _ in range(4):
        do(task.pk, "step_up", cast["lead"], "合成：久拖不办")
    with pytest.raises(Guarded, match="highest_level"):
        do(task.pk, "step_up", cast["lead"], "again")
    case = Case.objects.get(pk=task.pk)
    found = rungs(case)
    assert case.level == 4 and [one.since for one in found] == [today()] * 4
    assert all(one.event is not None and one.event.account == cast["lead"].user_id for one in found)


def test_the_ladder_says_since_when_by_whom_and_what_comes_next(
    cities: Plan, cast: Cast, turn: Callable[[dt.date], None], browse: Callable[..., Client]
) -> None:
    task = Task.objects.get(owner="gov_140200")
    due = Case.objects.get(pk=task.pk).due_on
    assert due is not None
    turn(due + dt.timedelta(1))
    sweep()
    _, urged, supervised, escalated = rungs(Case.objects.get(pk=task.pk))
    assert urged.here and urged.since == today() and urged.event is not None and urged.event.account is None
    assert (
        supervised.since is None and supervised.next and escalated.next and supervised.next < escalated.next
    )
    lead = browse(User.objects.get(pk=cast["lead"].user_id))
    text = lead.get(reverse("task", args=[task.pk])).content.decode()
    assert (
        "The system, by its clock" in text and f"from {supervised.next.day} {supervised.next:%B %Y}" in text
    )
    listed = lead.get("/programme/tasks/?view=late&owner=gov_140200").content.decode()
    assert "Urged" in listed and f"Supervised on {supervised.next.day} {supervised.next:%B %Y}" in listed
    do(task.pk, "dispute", actor_of(_owner()), "合成")
    assert all(one.since is None for one in rungs(Case.objects.get(pk=task.pk))), (
        "a new deadline starts at the bottom"
    )


def _owner() -> User:
    user = User.objects.create(username="p-late", demo=True)
    user.grants.create(role="task_owner", region="140000")
    Seat.objects.create(user=user, office="gov_140200")
    return user


def test_members_of_a_collective_of_departments_are_those_the_plan_names() -> None:
    plan = next(iter(load().plans.values()))
    every = list(shares(plan))
    named = {owner for duty in {s.duty for s in every} for owner in duty.owners}
    inside = members("all_departments", plan, named)
    assert inside and set(inside) <= named and all(offices()[one].kind == "department" for one in inside)
    assert members("finance", plan, named) == [] and "gov_140100" in members(
        "gov_cities_counties", plan, named
    )
    assert len({(s.duty.commitment.id, s.owner) for s in every}) == len(every), "nobody gets a task twice"


def test_pages_show_the_line_with_its_count_and_the_member_its_line(
    cities: Plan, cast: Cast, browse: Callable[..., Client]
) -> None:
    lead = browse(User.objects.get(pk=cast["lead"].user_id))
    listed = lead.get("/programme/tasks/").content.decode()
    assert "0 of 11 closed" in listed and "Datong" not in listed
    inside = lead.get(f"/programme/tasks/?collective={CITIES}").content.decode()
    assert "Datong" in inside
    page = lead.get(reverse("task", args=[line().pk])).content.decode()
    assert page.count('data-label="Member"') == 11
    member = lead.get(reverse("task", args=[Task.objects.get(owner="gov_140200").pk])).content.decode()
    assert "one of the members" in member
