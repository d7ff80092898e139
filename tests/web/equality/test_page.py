"""From decided cases to the page and the workspace: groups, clocks, limits, and nobody's row."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from renben.core.workspace import Workspace
from renben.web import spans
from renben.web.equality import publishing, snapshots
from renben.web.equality.comparison import TABLE
from renben.web.equality.decisions import DIMENSIONS, Decision, band, decisions, kinds, origin
from renben.web.equality.models import Snapshot
from renben.web.equality.snapshots import READ, NotCounted
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.law import Provided
from renben.web.registry.models import Address
from renben.web.withholding import Limits, limits
from tests.web.cases import acting, do, fill, registered
from tests.web.conftest import COUNTY, DAY, answers

YEAR = (dt.date(DAY.year, 1, 1), dt.date(DAY.year, 12, 31))
JOB = Actor(None, job="registry")
AFTER = dt.date(DAY.year, 4, 1)
"""The day after the quarter in which the cases of these tests are decided."""
People = dict[str, Actor]


def asked(actor: Actor = JOB) -> list[Decision]:
    with acting(actor):
        return decisions(actor, READ, *YEAR)


@pytest.fixture
def sent_back(people: People, address: Address, turn: Callable[[dt.date], None]) -> Case:
    """A registration sent on day 0, returned on day 1, sent again on day 8, refused on day 10."""
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "submit", people["resident"])
    turn(DAY + dt.timedelta(1))
    do(case, "claim", people["officer"])
    do(case, "return", people["officer"], "合成：缺一页", fields=["proof_kind"])
    turn(DAY + dt.timedelta(8))
    do(case, "resubmit", people["resident"])
    turn(DAY + dt.timedelta(10))
    do(case, "refuse", people["officer"], "合成：不符", article="示例条款")
    return Case.objects.get(pk=case)


def test_kinds_are_those_that_residents_apply_for_and_that_can_be_refused() -> None:
    assert {"residence_registration", "residence_permit", "hukou_settlement"} <= set(kinds())
    assert not {"programme_task", "permit_life", "registry_export", "duplicate_review"} & set(kinds())


def test_a_decision_knows_its_groups_its_return_and_its_days_without_the_applicants(sent_back: Case) -> None:
    (one,) = asked()
    assert (one.kind, one.refused, one.returned, one.days) == ("residence_registration", True, True, 3)
    assert dict(zip(DIMENSIONS, one.groups, strict=True)) == {
        "hukou": "elsewhere", "sex": "male", "age": "35-59", "district": COUNTY,
    }  # fmt: skip
    assert one.late is False


def test_without_answers_or_person_the_groups_are_unknown_and_the_case_still_counts(sent_back: Case) -> None:
    Case.objects.filter(pk=sent_back.pk).update(answers_ct=None, person_key=None)
    (one,) = asked()
    assert one.groups == ("unknown", "unknown", "unknown", COUNTY) and one.refused


def test_the_registry_gives_the_groups_of_a_granted_case(people: People, address: Address) -> None:
    case = registered(people, answers(address))
    Case.objects.filter(pk=case.pk).update(answers_ct=None)
    (one,) = asked()
    assert not one.refused and one.groups[:3] == ("elsewhere", "male", "35-59") and one.days == 0


def test_only_cases_of_ones_regions_are_compared(
    people: People, address: Address, account: Callable[..., User]
) -> None:
    from renben.web.guard.accounts import actor_of  # noqa: PLC0415

    registered(people, answers(address))
    inside, outside = (actor_of(account(f"e-{code}", "data_steward", code)) for code in ("140100", "140200"))
    assert len(asked(inside)) == 1 and asked(outside) == [] and asked(people["stranger"]) == []


@pytest.mark.parametrize(
    ("birth", "said"),
    [("2010-03-03", "0-15"), ("2010-03-02", "16-34"), ("1991-03-03", "16-34"), ("1991-03-02", "35-59"),
     ("1966-03-02", "60+"), (None, "unknown")],
)  # fmt: skip
def test_ages_turn_on_the_birthday(birth: str | None, said: str) -> None:
    assert band(dt.date.fromisoformat(birth) if birth else None, dt.date(2026, 3, 2)) == said


@pytest.mark.parametrize(
    ("hukou", "region", "said"),
    [("140106", "140105", "here"), ("141002", "140105", "elsewhere"), ("990000", "140105", "elsewhere"),
     ("", "140105", "unknown"), ("140106", "", "unknown")],
)  # fmt: skip
def test_here_is_the_city_of_the_case(hukou: str, region: str, said: str) -> None:
    assert origin(hukou, region) == said


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    """A hundred decisions of each origin, refused unequally."""
    base = Decision("residence_permit", False, False, False, 5, ("here", "female", "16-34", COUNTY))
    there = ("elsewhere", "male", "35-59", "140106")
    rows = [replace(base, refused=n < 5) for n in range(100)]
    rows += [replace(base, refused=n < 40, groups=there) for n in range(100)]
    monkeypatch.setattr(snapshots, "decisions", lambda *_: rows)
    return rows


@pytest.fixture
def lead(account: Callable[..., User]) -> User:
    """An account that reads the comparison of the whole province."""
    return account("e-lead", "programme_officer", "140000")


@pytest.fixture
def counted(sent_back: Case, lead: User, turn: Callable[[dt.date], None]) -> Case:
    """The refused registration, in the snapshot of its quarter."""
    turn(AFTER)
    assert snapshots.daily() == 3, "everything, the province, and the city of the police"
    return sent_back


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("A difference is a question, not a verdict.", "registered elsewhere", "40.0\u00a0%", "look into it", "quarter 1 of 2026")),
     ("zh-hans", ("差异是需要核查的问题，不是结论。", "外地户籍", "40.0%", "请核查", "2026年第1季度"))],
)  # fmt: skip
def test_the_page_marks_the_difference_and_says_that_it_is_a_question(
    many: list[Decision],
    counted: Case,
    language: str,
    said: tuple[str, ...],
    lead: User,
    account: Callable[..., User],
    browse: Callable[..., Client],
) -> None:
    text = browse(lead, language).get("/equality/").content.decode()
    assert many and counted and all(word in text for word in said)
    assert AuditEvent.objects.filter(object_type="equality", kind="list").count() == 1
    officer = browse(account("e-officer", "community_officer", COUNTY))
    assert officer.get("/equality/").status_code == 403


def test_few_cases_are_withheld_on_the_page(counted: Case, lead: User, browse: Callable[..., Client]) -> None:
    text = browse(lead).get("/equality/").content.decode()
    assert counted.stage == "refused" and text.count("withheld</td>") == 16 and "100.0%" not in text


def test_before_a_period_is_over_the_page_says_when_the_first_will_be_there(
    sent_back: Case, lead: User, browse: Callable[..., Client]
) -> None:
    assert snapshots.daily() == 0, "the quarter before this service began is not counted as one without cases"
    text = browse(lead).get("/equality/").content.decode()
    assert sent_back and "the first is counted on 1 April 2026" in text and "<table" not in text


def test_a_quarter_without_decisions_says_so(
    counted: Case, lead: User, browse: Callable[..., Client], turn: Callable[[dt.date], None]
) -> None:
    turn(dt.date(2026, 10, 2))
    assert counted and snapshots.daily() == 6, "two quarters, in which the service stood still"
    assert "Nothing was decided in this period." in browse(lead).get("/equality/").content.decode()


def main_of(text: str) -> str:
    """The part of a page between its head and its foot, which hold one-time tokens."""
    return text.split("<main", 1)[1].split("</main>", 1)[0]


def test_a_decision_after_the_snapshot_changes_nothing_on_the_page(
    counted: Case, lead: User, people: People, address: Address, browse: Callable[..., Client]
) -> None:
    before, client = list(Snapshot.objects.values()), browse(lead)
    text = client.get("/equality/").content.decode()
    late = registered(people, answers(address))
    assert late.closed_on == AFTER and len(asked()) == 2
    Case.objects.filter(pk=late.pk).update(closed_on=DAY)  # even as if it had been of the quarter all along
    assert counted and snapshots.daily() == 0 and list(Snapshot.objects.values()) == before
    assert main_of(client.get("/equality/").content.decode()) == main_of(text)


def test_a_correction_is_a_version_that_says_why_and_the_one_before_stays(
    counted: Case, lead: User, browse: Callable[..., Client]
) -> None:
    Case.objects.filter(pk=counted.pk).update(returns=0)
    with pytest.raises(NotCounted, match="no reason given"):
        snapshots.correct("2026Q1", " ")
    with pytest.raises(NotCounted, match="2025Q4: nothing was counted for it; counted are 2026Q1"):
        snapshots.correct("2025Q4", "合成：更正")
    assert snapshots.correct("2026Q1", "合成：补正次数记错") == 0, "what is withheld is the same as before"
    Case.objects.filter(pk=counted.pk).update(kind="residence_permit", flow_version=3)
    assert snapshots.correct("2026Q1", "合成：事项种类记错") == 3
    assert sorted(Snapshot.objects.filter(range="").values_list("version", "why")) == [
        (1, ""),
        (2, "合成：事项种类记错"),
    ]
    text = browse(lead).get("/equality/").content.decode()
    assert "Version 2, corrected because:" in text and "合成：事项种类记错" in text
    assert AuditEvent.objects.filter(object_type="equality", object_id="2026Q1").count() == 2


def test_an_account_sees_the_snapshot_of_exactly_its_own_range(
    counted: Case,
    account: Callable[..., User],
    browse: Callable[..., Client],
    turn: Callable[[dt.date], None],
) -> None:
    late = account("e-late", "data_steward", "140200")
    assert counted and "the first is counted on" in browse(late).get("/equality/").content.decode()
    assert snapshots.daily() == 1, "a range that came later is counted too, of the last period"
    assert "Nothing was decided in this period." in browse(late).get("/equality/").content.decode()
    city = account("e-city", "data_steward", "140100")
    text = browse(city).get("/equality/").content.decode()
    assert text.count("<option") == 1 and "Taiyuan" in text and text.count("withheld</td>") == 16


def test_the_length_of_a_period_is_a_provision(monkeypatch: pytest.MonkeyPatch) -> None:
    def months(value: int) -> None:
        given = Provided("equal_treatment.period_months", value, "示例依据", "D", "month")
        monkeypatch.setattr(spans, "provision", lambda *_: given)

    assert spans.over(TABLE, AFTER).text == "2026Q1"
    months(1)
    assert [one.text for one in spans.since(TABLE, "2026Q1", dt.date(2026, 7, 1))] == [
        "2026-04",
        "2026-05",
        "2026-06",
    ]
    months(5)
    with pytest.raises(ValueError, match=r"5 months on 2026-04-01 .*write one of"):
        spans.over(TABLE, AFTER)


def test_the_limits_are_provisions_with_their_mark() -> None:
    assert limits(TABLE, DAY) == Limits(20, 3, 0.95)


def test_what_was_counted_is_published_once_and_holds_nothing_of_a_person(
    many: list[Decision], counted: Case, workspace: Workspace
) -> None:
    assert publishing.publish("2025") == []
    (first,) = publishing.publish(str(DAY.year))
    (again,) = publishing.publish(str(DAY.year))
    assert first.fresh and not again.fresh and first.rows == again.rows
    rows = workspace.read("equal_treatment", "2026Q1")
    one: Any = rows.filter(dimension="hukou", group="elsewhere", measure="refused").row(0, named=True)
    assert (one["state"], one["n"], one["value"]) == ("shown", 100, 0.4)
    hidden = rows.filter(measure="returned", dimension="hukou")
    assert set(hidden["state"]) == {"shown"}, "nobody was returned: nothing small in it"
    assert many and counted and set(rows.columns) >= {"kind", "dimension", "group", "measure", "state"}
