"""A refusal is reconsidered in time and once, by another office, decided by a second person, and then carried out."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.flow.sweeper import sweep
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import reconsideration
from renben.web.registry.models import Address, Person
from tests.web.cases import do, fill, registered
from tests.web.conftest import DAY, answers, set_day

People = dict[str, Actor]


@pytest.fixture
def office(account: Callable[..., User]) -> tuple[Actor, Actor]:
    """The reconsideration office: who hears, and who decides."""
    first, second = (
        actor_of(account(f"t-{name}", "reconsideration_officer", "140100")) for name in ("hears", "decides")
    )
    return first, second


@pytest.fixture
def refused(people: People, address: Address) -> Case:
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "submit", people["resident"])
    do(case, "claim", people["officer"])
    do(case, "refuse", people["officer"], note="the lease looks forged", article="国务院令第663号第九条")
    return Case.objects.get(pk=case)


def asked(people: People, refused: Case, key: str = "reconsider-1") -> str:
    made = reconsideration.begin(people["resident"], refused, key).case
    do(
        made,
        "save",
        people["resident"],
        question="grounds",
        fields={"grounds": "the landlord signed it", "document": ""},
    )
    do(made, "submit", people["resident"])
    return made


def heard(case: str, office: tuple[Actor, Actor]) -> None:
    do(case, "claim", office[0])
    do(case, "accept", office[0])
    do(case, "propose", office[0], note="the landlord confirms his signature")


def test_an_overturned_refusal_is_handled_again_to_the_end(
    refused: Case, people: People, office: tuple[Actor, Actor]
) -> None:
    case = asked(people, refused)
    heard(case, office)
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case, "overturn", office[0], note="so", article="《行政复议法》第六十四条")
    do(
        case,
        "overturn",
        office[1],
        note="facts not established",
        article="《行政复议法》第六十四条第一款第一项",
    )
    again = Case.objects.get(pk=refused.pk)
    assert (again.stage, again.closed_on, again.holder) == ("submitted", None, None)
    assert again.result["reopened_by"] == Case.objects.get(pk=case).number and "article" not in again.result
    assert again.due_on is not None and again.due_on > DAY
    assert CaseEvent.objects.filter(case=refused.pk, action="refuse").exists(), (
        "the refusal stays in the history"
    )
    do(again.pk, "claim", people["colleague"])
    do(again.pk, "approve", people["colleague"])
    assert Person.objects.count() == 1


def test_an_upheld_refusal_stays_and_cannot_be_taken_there_again(
    refused: Case, people: People, office: tuple[Actor, Actor]
) -> None:
    case = asked(people, refused)
    heard(case, office)
    do(case, "uphold", office[1], note="right", article="《行政复议法》第六十八条")
    assert Case.objects.get(pk=refused.pk).stage == "refused"
    with pytest.raises(Guarded, match="heard_before"):
        asked(people, refused, "reconsider-2")


@pytest.mark.parametrize(("days", "good"), [(60, True), (61, False)])
def test_it_may_be_asked_for_within_sixty_days(refused: Case, people: People, days: int, good: bool) -> None:
    set_day(DAY + dt.timedelta(days=days))
    if good:
        asked(people, refused)
    else:
        with pytest.raises(Guarded, match="too_late"):
            asked(people, refused)


def test_the_deadlines_are_the_laws(refused: Case, people: People, office: tuple[Actor, Actor]) -> None:
    case = asked(people, refused)
    assert Case.objects.get(pk=case).due_on == dt.date(2026, 3, 9), "five working days from Monday 2 March"
    do(case, "claim", office[0])
    do(case, "accept", office[0])
    assert Case.objects.get(pk=case).due_on == DAY + dt.timedelta(days=60)
    do(case, "extend", office[0], note="experts have to be asked")
    assert Case.objects.get(pk=case).due_on == DAY + dt.timedelta(days=90)
    with pytest.raises(Guarded, match="extended_before"):
        do(case, "extend", office[0], note="again")


def test_what_is_not_supplied_in_ten_working_days_counts_as_given_up(
    refused: Case, people: People, office: tuple[Actor, Actor]
) -> None:
    case = asked(people, refused)
    do(case, "claim", office[0])
    do(case, "return", office[0], note="which lease?", fields=["grounds"])
    with pytest.raises(Unknown):
        do(case, "resubmit", people["stranger"])
    set_day(dt.date(2026, 3, 16))
    sweep()
    assert Case.objects.get(pk=case).stage == "returned"
    set_day(dt.date(2026, 3, 17))
    sweep()
    assert Case.objects.get(pk=case).stage == "expired"


def test_only_refusals_by_an_officer_can_be_reconsidered(people: People, address: Address) -> None:
    case = registered(people, answers(address))
    with pytest.raises(Guarded, match="not_refused"):
        reconsideration.begin(people["resident"], case, "reconsider-1")


def test_whoever_refused_takes_no_part(refused: Case, people: People, office: tuple[Actor, Actor]) -> None:
    case = asked(people, refused)
    for who in ("officer", "issuer", "steward"):
        with pytest.raises(NotAllowed):
            do(case, "claim", people[who])
    with pytest.raises(NotAllowed):
        do(refused.pk, "reopen", people["officer"], decision="x")


def test_the_pages_lead_there_and_show_the_refusal_with_covered_numbers(
    refused: Case, people: People, office: tuple[Actor, Actor], browse: Callable[..., Client]
) -> None:
    mine = browse(User.objects.get(pk=people["resident"].user_id))
    page = mine.get(f"/my/cases/{refused.pk}/").content.decode()
    assert "Ask for reconsideration" in page and "1 May 2026" in page
    location = mine.post(f"/my/cases/{refused.pk}/reconsider/", {"key": "reconsider-page"})["Location"]
    assert location.endswith("/grounds/")
    form = {"grounds": "the landlord signed it himself", "key": "grounds-page", "do": "next"}
    check = mine.post(location, form)["Location"]
    assert "the landlord signed it himself" in mine.get(check).content.decode()
    case = Case.objects.get(kind="reconsideration")
    do(case.pk, "submit", people["resident"])
    hears = browse(User.objects.get(pk=office[0].user_id))
    assert f"/office/cases/{case.pk}/" in hears.get("/office/").content.decode()
    shown = hears.get(f"/office/cases/{case.pk}/").content.decode()
    assert "the lease looks forged" in shown and "149901********0014" in shown
    assert "149901198501010014" not in shown
    assert AuditEvent.objects.filter(object_id=str(refused.pk), permission="reconsideration.hear").exists()
    assert "from_a_case" not in mine.get("/apply/reconsideration/").content.decode()
    assert mine.post("/apply/reconsideration/begin/", {"key": "begin-without"}).status_code == 404
