"""What a device keeps: the same for everybody, nothing personal, all of it there, and anew once any of it changes."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from renben.web.clock import today
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.offline import shell
from renben.web.registry.questions import QUESTIONS

SCRIPTS = sorted(path for path in (shell.HERE / "static" / "offline").glob("*.js"))
SAID = re.compile(r'"(offline\.js\.[a-z_.]+|form\.[A-Za-z_.]+|colon)"')
MADE = re.compile(r"`(offline\.js\.[a-z_.]+\.|form\.[a-z.]+)\$\{")


def kept(client: Client) -> dict[str, Any]:
    script = client.get("/offline-worker.js").content.decode()
    found: dict[str, Any] = json.loads(script.split("self.KEPT = ")[1].split(";\n")[0])
    return found


def test_everything_that_is_kept_is_there_without_a_cookie(browse: Callable[..., Client]) -> None:
    addresses = kept(browse())["addresses"]
    assert len(addresses) == len(set(addresses)) > 10
    for one in addresses:
        answer = Client().get(one)
        assert answer.status_code == 200, one
        assert "sessionid" not in answer.cookies and "csrftoken" not in answer.cookies


@pytest.mark.parametrize(
    "address",
    ["/offline/zh/", "/offline/en/", "/offline/away/", "/offline/en/kit.json", "/offline-worker.js"],
)
def test_it_is_the_same_whoever_asks(
    address: str, people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    signed_in = browse(User.objects.get(pk=people["officer"].user_id), "zh-hans")
    signed_in.cookies["theme"] = "dark"
    assert signed_in.get(address).content == browse(None, "en").get(address).content


def test_the_page_speaks_the_language_of_its_address_and_the_entry_that_of_the_visitor(
    browse: Callable[..., Client],
) -> None:
    assert "Drafts on this device" in browse(None, "zh-hans").get("/offline/en/").content.decode()
    assert browse(None, "en").get("/offline/")["Location"] == "/offline/en/"
    assert browse(None, "zh-hans").get("/offline/")["Location"] == "/offline/zh/"
    assert browse().get("/offline/fr/").status_code == 404


def test_the_page_asks_what_the_pages_ask(browse: Callable[..., Client]) -> None:
    page = browse().get("/offline/en/").content.decode()
    for question in QUESTIONS[shell.FIRST]:
        assert f'data-question="{question.name}"' in page
        prefix = f"{question.name}-N" if question.repeats else question.name
        for field in question.form.base_fields:
            assert f'name="{prefix}-{field}"' in page
    assert "within 10 days after arrival" in page and "no legal effect" in page


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_word_that_a_script_says_comes_with_the_kit(script: Path) -> None:
    text, words = script.read_text(encoding="utf-8"), shell.kit("en", today())["words"]
    assert set(SAID.findall(text)) - set(words) == set()
    for start in MADE.findall(text):
        assert any(key.startswith(start) for key in words), start


def test_states_and_kinds_are_worded() -> None:
    words = shell.kit("zh", today())["words"]
    for state in ("draft", "waiting", "sending", "accepted", "refused", "expired"):
        assert words[f"offline.js.state.{state}"]
    for held in ("away", "later", "sign_in", "other", "forbidden", "broken"):
        assert words[f"offline.js.held.{held}"]
    for kind in ("declaration", "visit", "report"):
        assert words[f"offline.js.kind.{kind}"]


def test_another_word_or_script_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shell.digest(today())
    monkeypatch.setattr(shell, "scripts_digest", lambda: "0" * 16)
    shell.digest.cache_clear()
    changed = shell.digest(today())
    monkeypatch.undo()
    shell.digest.cache_clear()
    assert changed != before == shell.digest(today())


def test_every_script_of_the_page_is_named_and_none_is_forgotten() -> None:
    assert {path.stem for path in SCRIPTS} == {*shell.SCRIPTS, "elsewhere", "worker"}


def test_scripts_are_short_and_have_nothing_inline(browse: Callable[..., Client]) -> None:
    assert all(len(path.read_text(encoding="utf-8").splitlines()) < 300 for path in SCRIPTS)
    for address in ("/offline/en/", "/offline/away/"):
        answer = browse().get(address)
        assert "worker-src 'self'" in answer["Content-Security-Policy"]
        assert re.findall(r"<script(?![^>]*src=)|style=|\son[a-z]+=\"", answer.content.decode()) == []
