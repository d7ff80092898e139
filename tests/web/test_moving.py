"""An application follows a person to another city: taken over, sent back once, never lost, its clock running on."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from renben.web.clock import today
from renben.web.flow.command import offered
from renben.web.flow.definition import Flow, flow_of, newest
from renben.web.flow.handing_over import Share, shares, ways
from renben.web.flow.models import Case, CaseEvent, Handover, Message
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Unknown
from renben.web.flow.sweeper import deliver, sweep
from renben.web.flow.verification import problems
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address, Person, Residence, record
from tests.web.cases import again, do
from tests.web.conftest import COUNTY, DAY
from tests.web.planted import NAME, Planted

THERE = "141002"
DAYS = dt.timedelta(1)
People = dict[str, Actor]


@pytest.fixture
def there(account: Callable[..., User]) -> Actor:
    """An officer of the other city."""
    return actor_of(account("t-there", "community_officer", THERE))


@pytest.fixture
def moved(planted: Planted, people: People, there: Actor) -> Case:
    """An application for a permit, in review here, of a person who has lived in another city since last summer."""
    move_to(planted.done.person_key, THERE)
    do(planted.open.pk, "claim", people["officer"])
    return planted.open


def move_to(person: Any, region: str) -> None:
    place = Address.objects.create(
        region=region, township=f"{region}001", text=f"合成{region}路1号", synthetic=True
    )
    old = Residence.objects.current().filter(person_key=person, valid_to=None)
    since = old.first()
    assert since is not None
    Residence.objects.filter(pk=since.pk).update(valid_to=DAY)
    Person.objects.current().filter(key=person).update(region=region)
    record(Residence, "test", key=uuid4(), valid_from=since.valid_from, person_key=person, address=place, region=region,
           township=place.township, hukou_region=since.hukou_region, reason="work", housing="rent", registered_on=DAY,
           channel="counter")  # fmt: skip


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_the_other_office_takes_the_case_over_and_decides_it_within_the_same_period(
    moved: Case, people: People, there: Actor, turn: Callable[[dt.date], None]
) -> None:
    due = fresh(moved).due_on
    turn(DAY + DAYS)
    do(moved.pk, "transfer", people["officer"], "本人已搬到临汾")
    one = fresh(moved)
    assert (one.stage, one.region, one.holder, one.due_on) == ("handed_over", THERE, None, due)
    with pytest.raises(Unknown):
        do(moved.pk, "take_over", people["officer"])
    turn(DAY + 2 * DAYS)
    do(moved.pk, "take_over", there)
    assert Handover.objects.get().answer == "taken" and fresh(moved).due_on == due
    do(moved.pk, "claim", there)
    do(moved.pk, "accept", there)
    assert fresh(moved).stage == "accepted" and fresh(moved).region == THERE


def test_a_reason_is_needed_and_only_an_officer_who_holds_the_permission(
    moved: Case, people: People, there: Actor
) -> None:
    with pytest.raises(Incomplete, match="incomplete"):
        do(moved.pk, "transfer", people["officer"])
    with pytest.raises(NotAllowed):
        do(moved.pk, "transfer", people["issuer"], "理由")
    with pytest.raises(Unknown):
        do(moved.pk, "transfer", there, "理由")


def test_it_is_sent_back_once_and_must_then_be_taken(moved: Case, people: People, there: Actor) -> None:
    do(moved.pk, "transfer", people["officer"], "本人已搬到临汾")
    do(moved.pk, "send_back", there, "当地没有住址")
    assert (fresh(moved).stage, fresh(moved).region) == ("submitted", COUNTY)
    do(moved.pk, "claim", people["officer"])
    do(moved.pk, "transfer", people["officer"], "已核对住址")
    with pytest.raises(Guarded, match="sent_back_before"):
        do(moved.pk, "send_back", there, "再退")
    do(moved.pk, "take_over", there)
    move_to(moved.person_key, COUNTY)
    with pytest.raises(Guarded, match="handed_over_twice"):
        do(moved.pk, "transfer", there, "第三次")


def test_unanswered_it_comes_home_by_itself(
    moved: Case, people: People, turn: Callable[[dt.date], None]
) -> None:
    do(moved.pk, "transfer", people["officer"], "本人已搬到临汾")
    last = fresh(moved).wait_on
    assert last is not None and last > DAY
    turn(last)
    sweep()
    assert fresh(moved).stage == "handed_over", "the last day is theirs"
    turn(last + DAYS)
    sweep()
    assert (fresh(moved).stage, fresh(moved).region) == ("submitted", COUNTY)
    assert Handover.objects.get().answer == "lapsed"
    assert sweep() == 0 and Handover.objects.count() == 1


@pytest.mark.parametrize(
    ("region", "says"), [(COUNTY, "lives_here"), ("140106", "lives_here"), ("140202", "no_office_there")]
)
def test_it_goes_only_where_the_person_lives_and_somebody_handles_it(
    planted: Planted, people: People, region: str, says: str
) -> None:
    if region != COUNTY:
        move_to(planted.done.person_key, region)
    do(planted.open.pk, "claim", people["officer"])
    with pytest.raises(Guarded, match=says):
        do(planted.open.pk, "transfer", people["officer"], "理由")
    assert fresh(planted.open).region == COUNTY and not Handover.objects.exists()


def test_the_applicant_is_told_and_may_withdraw_meanwhile(moved: Case, people: People) -> None:
    do(moved.pk, "transfer", people["officer"], "本人已搬到临汾")
    while deliver():
        pass
    assert Message.objects.filter(topic="residence_permit.transfer", account=moved.applicant).count() == 1
    do(moved.pk, "withdraw", again(people["resident"]))
    assert fresh(moved).stage == "withdrawn"


def test_both_pages_show_each_ends_share_and_the_old_office_keeps_the_trace(
    moved: Case, people: People, there: Actor, browse: Callable[..., Client], turn: Callable[[dt.date], None]
) -> None:
    turn(DAY + 2 * DAYS)
    do(moved.pk, "transfer", people["officer"], "本人已搬到临汾")
    turn(DAY + 3 * DAYS)
    do(moved.pk, "take_over", there)
    turn(DAY + 7 * DAYS)
    clients = {
        name: browse(User.objects.get(pk=one.user_id)) for name, one in {**people, "there": there}.items()
    }
    pages = [
        clients["resident"].get(f"/my/cases/{moved.pk}/"),
        clients["there"].get(f"/office/cases/{moved.pk}/"),
    ]
    for answer in pages:
        text = answer.content.decode()
        assert "2 days, 2 of them" in text and "5 days, 5 of them" in text and "7 days, 7 of them" in text
    assert clients["officer"].get(f"/office/cases/{moved.pk}/").status_code == 404
    text = clients["officer"].get("/office/", {"view": "handed"}).content.decode()
    assert str(fresh(moved).number) in text and "taken over on" in text and NAME not in text
    assert (
        str(fresh(moved).number)
        not in clients["elsewhere"].get("/office/", {"view": "handed"}).content.decode()
    )
    assert AuditEvent.objects.filter(object_type="handover", kind="list").count() == 2


def test_time_in_which_the_applicant_was_asked_is_no_legal_time_of_either_end(
    moved: Case, people: People, there: Actor, turn: Callable[[dt.date], None]
) -> None:
    do(moved.pk, "transfer", people["officer"], "本人已搬到临汾")
    do(moved.pk, "take_over", there)
    do(moved.pk, "claim", there)
    turn(DAY + DAYS)
    do(moved.pk, "return", there, "缺一页", fields=["proof"])
    turn(DAY + 9 * DAYS)
    found = ways(fresh(moved), flow_of(moved.kind, moved.flow_version), today())
    assert found is not None and found.shares == [Share(COUNTY, 0, 0), Share(THERE, 9, 1)]


def test_shares_add_up_to_all_days_whatever_happened() -> None:
    flow, dice = newest("residence_permit"), random.Random(11)
    for _ in range(300):
        day, events, rows, here = DAY, [event(1, "submit", "submitted", DAY)], [], COUNTY
        for seq in range(2, dice.randrange(3, 12)):
            day += dice.randrange(5) * DAYS
            action = dice.choice(("claim", "return", "resubmit", "transfer", "send_back"))
            if action == "transfer" and here == COUNTY:
                rows.append(Handover(seq=seq, from_region=COUNTY, to_region=THERE, sent_on=day))
                here = THERE
            elif action == "send_back" and here == THERE:
                here = COUNTY
            elif action in ("transfer", "send_back"):
                continue
            stage = {
                "claim": "in_review",
                "return": "returned",
                "resubmit": "in_review",
                "transfer": "handed_over",
            }
            events.append(event(seq, action, stage.get(action, "submitted"), day))
        if not rows:
            continue
        end = day + dice.randrange(9) * DAYS
        found = shares(rows, events, flow, end)
        assert sum(one.elapsed for one in found) == (end - DAY).days
        assert all(0 <= one.legal <= one.elapsed for one in found)
        assert {one.region for one in found} == {COUNTY, THERE}


def event(seq: int, action: str, stage: str, day: dt.date) -> CaseEvent:
    return CaseEvent(seq=seq, action=action, to_stage=stage, day=day, detail={"from": COUNTY, "to": THERE})


def test_a_case_under_an_older_version_of_the_flow_is_not_handed_over(moved: Case, people: People) -> None:
    Case.objects.filter(pk=moved.pk).update(flow_version=2)
    assert "transfer" not in [one.action for one in offered(fresh(moved), people["officer"])]


CASES: list[tuple[str, Callable[[dict[str, Any]], None], str]] = [
    ("nobody can take it", lambda f: drop(f, "take_over"), "nobody can take over"),
    ("it cannot be sent back", lambda f: drop(f, "send_back"), "nobody can send back"),
    ("no reason is asked for", lambda f: find(f, "transfer").update(needs=()), "it needs an officer, a reason"),
    ("it waits for ever elsewhere", lambda f: f["stages"]["handed_over"]["wait"].update(action="expire"), "bring the case home"),
    ("the clock stops", lambda f: f["stages"]["handed_over"].update(deadline="issue"), "does not run on"),
]  # fmt: skip


def find(flow: dict[str, Any], action: str) -> dict[str, Any]:
    return next(one for one in flow["transitions"] if one["action"] == action)


def drop(flow: dict[str, Any], action: str) -> None:
    flow["transitions"] = [one for one in flow["transitions"] if one["action"] != action]


@pytest.mark.parametrize("kind", ["residence_permit", "school_place"])
@pytest.mark.parametrize(("why", "change", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_flow_that_could_lose_a_case_on_the_way_is_refused(
    kind: str, why: str, change: Any, said: str
) -> None:
    written = newest(kind).model_dump()
    assert problems(Flow.model_validate(written)) == ()
    if kind == "school_place" and said == "does not run on":
        written["deadlines"]["issue"] = written["deadlines"]["decide"]
    change(written)
    assert any(said in text for text in problems(Flow.model_validate(written))), why
