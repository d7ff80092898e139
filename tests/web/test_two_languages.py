"""Every public page speaks one language: what is in the other one is marked, on every page that can be reached."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from renben.catalogue import load
from renben.core.workspace import Workspace
from renben.web.exchange.reading import reading
from renben.web.flow.definition import flows
from renben.web.guard.models import User
from renben.web.law import OWN_TAIL
from renben.web.look.templatetags.tongues import HAN, PHRASE, marked, noted
from tests.web.tongues import foreign

HREF = re.compile(r'href="(/(?:overview|flows)/[^"#?]*)"')
OPEN = (
    "/",
    "/account/login/",
    "/account/signup/",
    "/photo/",
    "/city/",
    "/city/report/",
    "/city/follow/",
    "/overview/",
    "/flows/",
)
REMARK = re.compile("系统默认|系统建议|未找到|尚未|凭记忆|二手|未核|无统一规定|未写明")
"""What we note in Chinese beside a reference; a law by its name alone is quoted as it is."""
ADDRESS = re.compile(r"\.(?:com|cn|org|de|html)\b")
"""An address, which is in no language."""
FEW = 3
"""Versions of one dataset and regions that are looked at; the pages of the others are made of the same parts."""


def kind(address: str) -> str:
    """Pages that differ by their region or their version only."""
    parts = address.split("/")
    return "/".join(parts[:4] if "/data/" in address else parts[:3] if "/regions/" in address else parts)


def walk(client: Client) -> dict[str, str]:
    """Pages by address, from the open ones over every link."""
    todo, pages, kinds = list(OPEN), {}, Counter[str]()
    while todo:
        address = todo.pop(0)
        if address in pages or "/receipt/" in address or address.endswith((".svg", ".bpmn", ".xml")):
            continue
        kinds[kind(address)] += 1
        if kinds[kind(address)] > FEW:
            continue
        answer = client.get(address)
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        pages[address] = answer.content.decode()
        todo += HREF.findall(pages[address])
    return pages


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_public_page_has_words_of_the_other_language_that_are_not_marked(
    language: str, ran: Workspace, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    pages = walk(browse(account("l-lead", "programme_officer", "140000"), language))
    read = reading()
    assert read is not None
    for part, least in (
        ("/sources/", 40),
        ("/goals/", len(read.plan.goals)),
        ("/measures/", 33),
        ("/data/", 20),
    ):
        assert sum(part in one for one in pages) >= least, part
    wrong = {word: address for address, text in pages.items() for word in foreign(text, language[:2])}
    assert "\n".join(f"{address}: {word}" for word, address in wrong.items()) == ""


@pytest.mark.parametrize(
    ("page", "language", "said"),
    [
        ('<p>Source <cite lang="zh-Hans">统计公报</cite></p>', "en", []),
        ("<p>Source 统计公报</p>", "en", ["统计公报"]),
        ('<p lang="zh-Hans"><b>一</b>二</p>三', "en", ["三"]),
        ('<img alt="地图">', "en", ["地图"]),
        ("<p>来源 Shanxi Daily</p>", "zh", ["Shanxi Daily"]),
        ('<p>来源 <span lang="en">Shanxi Daily</span>，GDP</p><code>a b c</code>', "zh", []),
    ],
)
def test_the_search_finds_what_is_not_marked(page: str, language: str, said: list[str]) -> None:
    assert [one.split(" … ")[0] for one in foreign(page, language)] == said


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", "Our reading of 接近; no margin", 'Our reading of <span lang="zh-Hans">接近</span>; no margin'),
        ("en", "晋政发〔2024〕20号 一", '<span lang="zh-Hans">晋政发〔2024〕20号</span> <span lang="zh-Hans">一</span>'),
        ("zh-hans", "官方文本 reprint of the text", '官方文本 <span lang="en">reprint of the text</span>'),
        ("zh-hans", "<b>GDP</b>", "&lt;b&gt;GDP&lt;/b&gt;"),
    ],
)  # fmt: skip
def test_what_is_in_the_other_language_is_marked_and_the_rest_is_as_written(
    language: str, text: str, shown: str
) -> None:
    with translation.override(language):
        assert marked(text) == shown


def test_every_publication_dataset_and_goal_is_worded_in_both_languages(ran: Workspace) -> None:
    read, known = reading(), load()
    assert read is not None
    for key, one in read.evidence.publications.items():
        assert one["publication_zh"] and one["publication_en"], key
        assert bool(one["publisher"]) == bool(one["publisher_zh"]) == bool(one["publisher_en"]), key
        assert bool(one["terms"]) == bool(one["terms_zh"]) and bool(one["note"]) == bool(one["note_zh"]), key
    assert [name for name, one in known.datasets.items() if bool(one.note) != bool(one.note_zh)] == []
    goals = [goal for plan in known.plans.values() for goal in plan.goals.values()]
    assert [g.id for g in goals if bool(g.reason) != bool(g.reason_zh)] == []
    assert [g.id for g in goals if g.rule and bool(g.rule.note) != bool(g.rule.note_zh)] == []
    assert [g.id for g in goals if g.rule and PHRASE.search(g.rule.ref_zh or g.rule.ref)] == []
    assert [i.id for i in known.indicators.values() if not i.judged_by_zh] == []


def written_notes() -> set[str]:
    """Every reference of a value, ground of a flow and place where a publication was read, as pages show them."""
    laws = [one for law in load().laws.values() for one in (law.values, *law.regions.values())]
    refs = {OWN_TAIL.sub("", dated.ref) for values in laws for dated in values.values()}
    refs |= {dated.ref for values in laws for dated in values.values()}
    read = reading()
    assert read is not None
    return (
        refs
        | {flow.basis for flow in flows().values()}
        | {one["reference"] or "" for one in read.evidence.publications.values()}
    )


def test_every_note_of_ours_beside_a_value_is_in_both_languages(ran: Workspace) -> None:
    notes, words = written_notes() - {""}, load().references
    english = {one for one in notes if not HAN.search(one) and PHRASE.search(one) and "://" not in one}
    ours = {one for one in notes if REMARK.search(one) and not OWN_TAIL.fullmatch(one)}
    plain = {one for one in notes if OWN_TAIL.search(one) and OWN_TAIL.sub("", one) in notes}
    assert len(english) > 45 and len(ours) > 80
    assert (
        sorted(
            one for one in english if not HAN.search(words.get(one, ("", ""))[0]) and not ADDRESS.search(one)
        )
        == []
    )
    assert sorted(ours - plain - set(words)) == []
    assert sorted(set(words) - notes) == [], "words for what is written nowhere"
    assert [one for one, (zh, en) in words.items() if zh == en or REMARK.search(en)] == []


@pytest.mark.parametrize(
    ("language", "shown"),
    [("zh-hans", "本系统默认的形状"), ("zh-hant", "本系統默認的形狀"), ("en", "Our default shape")],
)
def test_a_note_is_shown_in_the_language_of_the_page(language: str, shown: str) -> None:
    with translation.override(language):
        assert noted("Our default shape; level from the census count of the county").startswith(shown)
        assert noted("国务院令第663号第九条").count("lang=") == (language != "zh-hans")
