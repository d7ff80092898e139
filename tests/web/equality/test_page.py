"""From decided cases to the page and the workspace: groups, clocks, limits, and nobody's row."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from renben.core.workspace import Workspace
from renben.web.equality import pages, publishing
from renben.web.equality.comparison import TABLE
from renben.web.equality.decisions import DIMENSIONS, Decision, band, decisions, kinds, origin
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from renben.web.withholding import Limits, limits
from tests.web.cases import acting, do, fill, registered
from tests.web.conftest import COUNTY, DAY, answers

YEAR = (dt.date(DAY.year, 1, 1), dt.date(DAY.year, 12, 31))
JOB = Actor(None, job="registry")
People = dict[str, Actor]


def asked(actor: Actor = JOB) -> list[Decision]:
    with acting(actor):
        return decisions(actor, pages.READ, *YEAR)


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
    for module in (pages, publishing):
        monkeypatch.setattr(module, "decisions", lambda *_: rows)
    return rows


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("A difference is a question, not a verdict.", "registered elsewhere", "40.0%", "look into it")),
     ("zh-hans", ("差异是需要核查的问题，不是结论。", "外地户籍", "40.0%", "请核查"))],
)  # fmt: skip
def test_the_page_marks_the_difference_and_says_that_it_is_a_question(
    many: list[Decision],
    language: str,
    said: tuple[str, ...],
    account: Callable[..., User],
    browse: Callable[..., Client],
) -> None:
    client = browse(account("e-lead", "programme_officer", "140000"), language)
    text = client.get("/equality/").content.decode()
    assert many and all(word in text for word in said)
    assert AuditEvent.objects.filter(object_type="equality").count() == 1
    officer = browse(account("e-officer", "community_officer", COUNTY))
    assert officer.get("/equality/").status_code == 403


def test_few_cases_are_withheld_on_the_page_and_a_year_without_any_says_so(
    sent_back: Case, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = browse(account("e-lead", "programme_officer", "140000"))
    text = client.get("/equality/").content.decode()
    assert sent_back.stage == "refused" and text.count("withheld</td>") == 16 and "100.0%" not in text
    assert "Nothing was decided in this year." in client.get("/equality/?year=2024").content.decode()


def test_the_limits_are_provisions_with_their_mark() -> None:
    assert limits(TABLE, DAY) == Limits(20, 3, 0.95)


def test_cells_are_published_once_and_hold_nothing_of_a_person(
    many: list[Decision], workspace: Workspace
) -> None:
    (first,) = publishing.publish(str(DAY.year))
    (again,) = publishing.publish(str(DAY.year))
    assert first.fresh and not again.fresh and first.rows == again.rows
    rows = workspace.read("equal_treatment", str(DAY.year))
    one: Any = rows.filter(dimension="hukou", group="elsewhere", measure="refused").row(0, named=True)
    assert (one["state"], one["n"], one["value"]) == ("shown", 100, 0.4)
    hidden = rows.filter(measure="returned", dimension="hukou")
    assert set(hidden["state"]) == {"shown"}, "nobody was returned: nothing small in it"
    assert many and set(rows.columns) >= {"kind", "dimension", "group", "measure", "state"}
