"""What an officer reads about flows and cases: sentences and headings, no names of ours, what waits first."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from renben.web.flow import told
from renben.web.flow.definition import Flow, flows, newest
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import pages_office
from renben.web.registry.models import Address
from renben.web.words import say
from tests.web.cases import do, fill, registered
from tests.web.conftest import answers

People = dict[str, Actor]
FLOWS = sorted(flows().values(), key=lambda one: (one.name, one.version))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("flow", FLOWS, ids=lambda one: f"{one.name}-{one.version}")
def test_every_rule_is_told_in_whole_sentences(flow: Flow, language: str) -> None:
    with translation.override(language):
        found = told.rules(flow)
    assert set(found) == {move.guard for move in flow.transitions if move.guard}
    for rule in found.values():
        assert rule.moves and rule.sentences
        assert not [one for one in rule.sentences if re.search(r"[{}]|（）|\(\)|_", one)]


def test_brackets_around_an_empty_reference_go_with_it() -> None:
    assert say("zh", "refusal.returned_before", ref="") == "已经一次性告知过，不能再次退回。"
    assert say("en", "refusal.half_year", ref="") == "Half a year of residence is not reached yet."
    assert say("zh", "refusal.half_year", ref="第二条") == "居住未满半年（第二条）。"


def test_the_pages_of_flows_show_the_newest_version_and_rules_in_words(
    people: People, browse: Callable[..., Client]
) -> None:
    client = browse(User.objects.get(pk=people["officer"].user_id), "en")
    page = client.get("/flows/").content.decode()
    kinds = told.kinds()
    assert [one.now for one in kinds] == [newest(one.now.name) for one in kinds]
    assert sum(1 + len(one.before) for one in kinds) == len(flows())
    assert page.count(">Residence permit<") == 1 and ">version 1</a>" in page
    page = client.get("/flows/permit_life/1/").content.decode()
    assert "window_open" not in page and "Register your residence first." in page
    assert 'href="#rule-1"' in page and 'id="rule-1"' in page


def test_an_officer_reads_about_the_applicant_and_the_applicant_is_spoken_to(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    case = registered(people, answers(address))
    officer, resident = (User.objects.get(pk=people[one].user_id) for one in ("officer", "resident"))
    page = browse(officer, "en").get(f"/office/cases/{case.pk}/").content.decode()
    assert "Person registered" in page and "How we can reach you" not in page
    assert re.search(r"<h1>Residence registration <span", page) and str(case.number) in page
    assert "How we can reach you" in browse(resident, "en").get(f"/my/cases/{case.pk}/").content.decode()


def test_what_waits_stands_before_what_does_not(people: People, address: Address) -> None:
    assert {one.open for one in pages_office.waiting(people["officer"])} == {0}
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "submit", people["resident"])
    first, *rest = pages_office.waiting(people["officer"])
    assert (
        first.flow.name == "residence_registration" and first.open == 1 and not any(one.open for one in rest)
    )
