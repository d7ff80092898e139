"""Every service has a page that says what our sources say and, where they say nothing, that they do not."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from renben.catalogue import load
from renben.web.claims import catalogue
from renben.web.claims.catalogue import OWN_WAYS, items
from renben.web.guard.models import User
from renben.web.registry.entitlements import desk
from tests.web.conftest import DAY
from tests.web.tongues import foreign

Browse = Callable[..., Client]


def test_every_item_of_the_list_and_every_other_decision_has_one_page() -> None:
    keys = list(items())
    assert sum(key.startswith("standard-") for key in keys) == 82
    shown = {one.rule for one in items().values() if one.rule}
    assert shown == set(desk().book.decisions)
    assert {one.kind for one in items().values()} == set(catalogue.KINDS_EN)


def test_what_is_claimed_here_has_an_active_rule_with_a_basis_and_an_office() -> None:
    active = set(desk().active())
    for name, one in catalogue.claimable().items():
        assert name in active and name not in OWN_WAYS and one.office in load().offices, name
    assert {"legal_aid", "health_record", "minimum_living"} <= set(catalogue.claimable())
    assert not {"keep_homestead", "permit_holder", "destitute_support", "compulsory_school"} & set(
        catalogue.claimable()
    )


def test_an_office_is_found_by_any_of_its_names_and_an_unknown_one_is_not_made_up() -> None:
    known = items()["standard-74"].offices
    assert [one.id for one in known if one] == ["culture_tourism"]
    assert items()["standard-78"].offices == (None,) and items()["standard-78"].way == ""


def test_conditions_are_in_both_languages_and_speak_of_nobody() -> None:
    for one in items().values():
        for asked in catalogue.conditions(one, DAY):
            assert asked.zh and asked.en, one.key
            assert "not known" not in asked.en and "待核实" not in asked.zh and "不详" not in asked.zh
    found = {one.en: one.article for one in catalogue.conditions(items()["standard-49"], DAY)}
    assert "at least 65 years since date of birth" in found


def test_values_carry_article_trust_and_first_day() -> None:
    (years,) = [one for one in catalogue.values(items()["standard-49"], DAY) if one.unit == "year"]
    assert (years.value, years.trust) == (65, "D") and years.ref
    unpublished = [
        one for one in catalogue.values(items()["minimum_living_at_residence"], DAY) if one.value is None
    ]
    assert unpublished and all(one.zh and one.en for one in unpublished)
    long_ago = dt.date(1990, 1, 1)
    assert catalogue.conditions(items()["standard-61"], long_ago) == []
    assert list(catalogue.values(items()["standard-61"], long_ago)) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_public_and_speaks_one_language(language: str, browse: Browse) -> None:
    client, wrong = browse(None, language), []
    listing = client.get("/services/").content.decode()
    for key in items():
        answer = client.get(f"/services/{key}/")
        assert answer.status_code == 200 and f'href="/services/{key}/"' in listing, key
        wrong += [f"{key}: {one}" for one in foreign(answer.content.decode(), language[:2])]
    wrong += foreign(listing, language[:2])
    assert "\n".join(wrong) == ""
    assert client.get("/services/nothing/").status_code == 404


@pytest.mark.parametrize(("text", "least", "most"), [
    ("", 100, 200), ("法律援助", 1, 3), ("LEGAL AID", 1, 3), ("Civil Affairs", 5, 20), ("Housing", 2, 20), ("no such thing", 0, 0),
])  # fmt: skip
def test_the_search_finds_names_offices_and_kinds(text: str, least: int, most: int, browse: Browse) -> None:
    answer = browse(None).get("/services/", {"find": text})
    assert least <= answer.context["found"] <= most
    assert (answer.context["found"] == 0) == ("Nothing found" in answer.content.decode())


@pytest.mark.parametrize(("key", "language", "said"), [
    ("standard-61", "en", ("Shanxi Provincial Department of Justice", "from memory, not verified", "text of the law", "Within 60 days")),
    ("standard-61", "zh-hans", ("山西省司法厅", "凭记忆，未核实", "法律原文", "国务院令第663号", "60 日内")),
    ("standard-2", "en", ("no rule for this item yet", "it cannot be claimed here", "secondary source", "Folic acid before pregnancy", "孕前补服叶酸")),
    ("standard-57", "zh-hans", ("只凭记忆", "也不能在这里申领")),
    ("compulsory_school", "en", ("/apply/school_place/",)),
    ("settle", "en", ("/apply/hukou_settlement/",)),
    ("permit_endorsement", "zh-hans", ("/my/permit/",)),
    ("keep_homestead", "en", ("It is not claimed here",)),
])  # fmt: skip
def test_a_page_says_who_gives_it_on_which_article_and_how_it_is_claimed(
    key: str, language: str, said: tuple[str, ...], browse: Browse
) -> None:
    text = browse(None, language).get(f"/services/{key}/").content.decode()
    assert [one for one in said if one not in text] == []


def test_an_officer_sees_no_button_and_a_visitor_is_asked_to_sign_in(
    browse: Browse, account: Callable[..., User]
) -> None:
    form = 'action="/services/health_record/claim/"'
    officer = browse(account("c-officer", "community_officer", "140105"))
    assert form not in officer.get("/services/standard-32/").content.decode()
    assert (
        "/account/login/?next=/services/standard-32/"
        in browse(None).get("/services/standard-32/").content.decode()
    )
    assert form in browse(account("c-resident", "resident")).get("/services/standard-32/").content.decode()
