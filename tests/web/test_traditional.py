"""The view in traditional characters: what is converted, in which language a request is answered, what stays as written."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import translation

import renben
from renben.catalogue import load
from renben.web.dashboards.cells import tongue
from renben.web.dashboards.maps import short
from renben.web.flow.definition import newest
from renben.web.flow.diagram import svg
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.law import region_name
from renben.web.look.templatetags.tongues import marked, ours
from renben.web.payments import files, returns
from renben.web.payments.models import Batch
from renben.web.registry import exports, stay_rows
from renben.web.registry.models import Person
from renben.web.words import forms, say_now, words
from renben.web.words.traditional import OWN, only_simplified, traditional
from tests.web.planted import Planted

PLACE = re.compile(r"\{[^}]*\}")
ROOT = Path(renben.__file__).parent


def texts() -> Iterator[str]:
    """Every Chinese text of the words, the catalogue and the flows."""
    for path in (*ROOT.glob("catalogue/**/*.yaml"), *ROOT.glob("web/**/*.yaml")):
        yield from _texts(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for one in part.values() if isinstance(part, dict) else part:
            yield from _texts(one)


@pytest.mark.parametrize(
    ("zh", "shown"),
    [
        ("居住证签注", "居住證簽註"),
        ("这里的后台发布里程", "這裡的後臺發佈里程"),  # 里 of a mile, 裡 of inside
        ("头发不遮眉，发证机关", "頭髮不遮眉，發證機關"),
        ("太后说以后", "太后說以後"),
        ("准予登记，以标准地址为准", "准予登記，以標準地址為準"),
        ("市场准入负面清单", "市場准入負面清單"),
        ("系统联系回归系数", "系統聯繫迴歸係數"),
        ("从页并户，一并办理，并写明", "從頁併戶，一併辦理，並寫明"),
        ("用这把钥匙所签的内容", "用這把鑰匙所簽的內容"),
        ("编制批次，户籍制度，装备制造", "編製批次，戶籍制度，裝備製造"),
        ("账号须满{months}个月 &lt;b&gt;", "帳號須滿{months}個月 &lt;b&gt;"),
        ("软件、网络、信息", "軟件、網絡、信息"),  # the law's vocabulary, not a region's
        ("岚县、娄烦县、万柏林区、长治市、吕梁市", "嵐縣、婁煩縣、萬柏林區、長治市、呂梁市"),
        ("点“保存并继续”", "點「保存並繼續」"),
        ("English, 12 %", "English, 12 %"),
    ],
)  # fmt: skip
def test_words_of_these_pages_take_the_characters_that_their_meaning_asks_for(zh: str, shown: str) -> None:
    assert traditional(zh) == shown


def test_no_text_keeps_a_character_that_only_simplified_text_uses() -> None:
    every = set(texts())
    assert len(every) > 5000 and len(only_simplified()) > 2500
    left = {text: traditional(text) for text in every if not only_simplified().isdisjoint(traditional(text))}
    assert left == {}
    assert [text for text in every if len(traditional(text)) != len(text)] == []


def test_the_places_for_values_are_the_same_and_no_word_of_ours_is_idle() -> None:
    said = [zh for zh, _ in words().values()]
    assert [zh for zh in said if PLACE.findall(zh) != PLACE.findall(traditional(zh))] == []
    every = "\n".join(texts())
    assert [one for one in OWN if one not in every] == []


def test_a_value_put_into_a_word_is_not_converted_with_it() -> None:
    with translation.override("zh-hant"):
        assert say_now("accounts.given", name="后发云", role="x").count("后发云") == 1
        assert say_now("list.comma") == "、"


@pytest.mark.parametrize(
    ("accepted", "cookie", "lang"),
    [
        ("zh-TW", "", "zh-Hant"), ("zh-HK,en;q=0.5", "", "zh-Hant"), ("zh-Hant", "", "zh-Hant"), ("zh-MO", "", "zh-Hant"),
        ("zh-Hant-HK", "", "zh-Hant"), ("zh-CN,zh;q=0.9", "", "zh-Hans"), ("zh-SG", "", "zh-Hans"), ("zh", "", "zh-Hans"),
        ("fr", "", "zh-Hans"), ("en-GB", "", "en"), ("zh-TW", "en", "en"), ("en", "zh-hant", "zh-Hant"),
    ],
)  # fmt: skip
def test_the_browser_asks_and_the_choice_decides(accepted: str, cookie: str, lang: str) -> None:
    client = Client(headers={"accept-language": accepted})
    if cookie:
        client.cookies["django_language"] = cookie
    answer = client.get("/")
    assert f'<html lang="{lang}"' in answer.content.decode()
    assert answer["Content-Language"].lower() == lang.lower() and "Accept-Language" in answer["Vary"]


def test_every_language_is_one_step_from_every_other() -> None:
    client, names = Client(), {"zh-hans": "简体", "en": "English", "zh-hant": "繁體"}
    for chosen in (*names, "zh-hans"):
        answer = client.post("/language/", {"language": chosen, "next": "/city/"})
        assert answer["Location"] == "/city/" and client.cookies["django_language"].value == chosen
        page = client.get("/city/").content.decode()
        found = dict(
            re.findall(r'<button class="link" name="language" value="([^"]+)" lang="[^"]+">([^<]+)<', page)
        )
        assert found == {code: name for code, name in names.items() if code != chosen}
        assert re.findall(r'name="language" value="([^"]+)" lang="([^"]+)"', page) == [
            (code, code.replace("zh-h", "zh-H")) for code in found
        ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_programs_read_what_is_written(language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    services = client.get("/open311/v2/services.json").content.decode()
    assert "路灯不亮" in services and "路燈" not in services
    refused = client.get("/api/v1/indicators/nothing/values").content.decode()
    assert only_simplified().isdisjoint(refused) is False


def test_files_are_in_simplified_characters_whatever_the_page_shows(
    planted: Planted, people: dict[str, Actor]
) -> None:
    batch, case = Batch.objects.get(case=planted.payment), planted.export
    with translation.override("zh-hans"):
        before = [one.content for one in files.made(batch)]
        header = exports.file_of(people["steward"], case, "t-steward").decode("utf-8-sig").splitlines()[1]
    with translation.override("zh-hant"):
        assert [one.content for one in files.made(batch)] == before
        listed = exports.file_of(people["steward"], case, "t-steward").decode("utf-8-sig").splitlines()
        assert listed[1] == header and translation.get_language() == "zh-hant"
    assert Person.objects.filter(key=planted.done.person_key).first()


def test_a_file_written_with_the_headings_of_the_page_is_read() -> None:
    for name in stay_rows.COLUMNS:
        assert {stay_rows._column(one) for one in forms(f"stay.column.{name}")} == {name}
    headings = [known[2 if name != "day" else 3] for name, known in returns.COLUMNS.items()]
    place = returns._columns([traditional(one) for one in headings])
    assert list(place.values()) == [0, 1, 2, 3]


def test_pictures_maps_and_marks_are_in_the_view() -> None:
    place = next(r for r in load().regions.values() if r.name_zh == "岚县")
    with translation.override("zh-hant"):
        t = tongue()
        assert t("合成", "synthetic") == "合成" and t("无数据", "no data") == "無數據" and t(3, 4) == 3
        assert t.language == "zh" and short(place, t) == "嵐縣"
        assert region_name(place.code, "zh-hant") == "嵐縣" and region_name(place.code, "zh-hans") == "岚县"
        assert marked("国办发〔2024〕1号 first page") == (
            '<span lang="zh-Hans">国办发〔2024〕1号</span> <span lang="en">first page</span>'
        )
        assert marked("第一、二") == "第一、二" and ours("公安厅") == "公安廳"
    assert "居住證" in svg(newest("residence_permit"), "zh-hant")
    assert ours("公安厅") == "公安厅"


def test_a_service_is_found_by_the_name_that_is_shown(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = browse(None, "zh-hant")
    shown = client.get("/services/", {"find": "醫療"}).content.decode()
    assert "醫療" in shown and shown.count('class="row"') > 0
    assert client.get("/services/", {"find": "医疗"}).content.decode().count('class="row"') == shown.count(
        'class="row"'
    )
    assert (
        browse(None, "zh-hans").get("/services/", {"find": "醫療"}).content.decode().count('class="row"') == 0
    )
