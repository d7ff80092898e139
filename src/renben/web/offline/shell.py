"""What a device keeps to work without a network: pages, words, lists and scripts, the same for everybody.

Nothing here depends on who asks: pages are drawn without a session, so that a device never keeps anything personal that
came from the service. Their version is a digest of all of them; the worker fetches everything anew once it differs.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from renben import __version__
from renben.web import look
from renben.web.cases import asking
from renben.web.flow.from_device import DAYS
from renben.web.law import provision
from renben.web.registry import documents, identifiers
from renben.web.registry.applications import FIRST
from renben.web.registry.declarations import COUNTER, TICKS
from renben.web.registry.form_parts import UNREGISTERED
from renben.web.registry.questions import QUESTIONS, Question
from renben.web.words import say_now
from renben.web.words import words as every_word

LANGUAGES = {"zh": "zh-hans", "en": "en"}
"""As it stands in an address -> Django's name."""
HERE = Path(__file__).parent
SCRIPTS = ("checks", "store", "send", "fields", "editor", "shelf", "page")
"""Scripts of the page in the order in which they run; `send`, `store` and `elsewhere` run on other pages, too."""
LOOK = Path(look.__file__).parent / "static" / "look"
WORKER = "worker.js"
SAID = ("offline.js.", "form.", "colon")
"""Words that the scripts say: their own, and what forms say of mistakes."""


@dataclass(frozen=True)
class Section:
    """A question on the page with its form, drawn under the question's name."""

    question: Question
    form: Any
    """None for the address, which is found in another way without a network."""


def page(language: str, day: dt.date) -> str:
    """The page of drafts in a language, for nobody in particular."""
    with translation.override(LANGUAGES[language]):
        return render_to_string("offline/page.html", _context(language, day))


def away() -> str:
    """What stands in for any other page while there is no network, in both languages."""
    both = []
    for language, name in LANGUAGES.items():
        with translation.override(name):
            words = {key: say_now(f"offline.away.{key}") for key in ("title", "text", "drafts")}
            both.append(
                {**words, "lang": _html(language), "address": reverse("offline_page", args=[language])}
            )
    with translation.override(LANGUAGES["zh"]):
        return render_to_string("offline/away.html", {**_frame("zh"), "both": both})


def _html(language: str) -> str:
    return "en" if language == "en" else "zh-Hans"


def _frame(language: str) -> dict[str, Any]:
    return {
        "html_lang": _html(language), "language": language, "release": __version__, "demo": settings.DEMO,
        "version": scripts_digest(), "scripts": SCRIPTS,
    }  # fmt: skip


def _context(language: str, day: dt.date) -> dict[str, Any]:
    others = [one for one in LANGUAGES if one != language]
    return {
        **_frame(language),
        "other": others[0],
        "other_lang": _html(others[0]),
        "sections": [Section(one, _form(one)) for one in QUESTIONS[FIRST]],
        "report": {name: asking.FORMS[name](prefix=name, typed={}) for name in asking.STEPS},
        "groups": asking.WhatForm(typed={}).groups(),
        "ticks": TICKS,
        "register": provision("residence_registration.register_within_days", day),
        "days": provision(DAYS, day),
    }


def _form(question: Question) -> Any:
    """A question's form; of a list, the form of one person, to be repeated."""
    if question.name == "address":
        return None
    return question.form(prefix=f"{question.name}-N" if question.repeats else question.name)


def kit(language: str, day: dt.date) -> dict[str, Any]:
    """What the scripts need: words of a language, what is asked, and values of law that a check takes."""
    with translation.override(LANGUAGES[language]):
        return {
            "language": language,
            "version": scripts_digest(),
            "words": {key: say_now(key) for key in every_word() if key.startswith(SAID)},
            "notice": say_now("notice.version"),
            "days": int(provision(DAYS, day).value),
            "required": _required(),
            "compatriots": list(provision("identifiers.compatriot_codes", day).value),
            "papers": list(identifiers.PAPERS),
            "unregistered": UNREGISTERED,
            "largest": documents.LARGEST,
            "pixels": documents.MOST_PIXELS,
            "addresses": _addresses(language),
        }


def _addresses(language: str) -> dict[str, str]:
    names = ("who", "device", "addresses", "declaration", "visit", "report", "worker")
    return {
        **{name: reverse(f"offline_{name}") for name in names},
        "page": reverse("offline_page", args=[language]),
        "login": reverse("account_login"),
        "follow": reverse("city_follow"),
    }


def _required() -> dict[str, list[str]]:
    """Question or page of a report -> fields that it does not go without."""
    asked = {one.name: one.form.base_fields for one in QUESTIONS[FIRST]}
    asked |= {name: asking.FORMS[name].base_fields for name in asking.STEPS if name != "phone"}
    required = {
        name: [key for key, field in fields.items() if field.required] for name, fields in asked.items()
    }
    return {**required, COUNTER: list(TICKS), "address": []}


@lru_cache(maxsize=1)
def scripts_digest() -> str:
    """Version of the scripts and of the look (hexadecimal)."""
    files = sorted([*(HERE / "static" / "offline").iterdir(), LOOK / "look.css", LOOK / "mark.svg"])
    mark = hashlib.sha256()
    for file in files:
        mark.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return mark.hexdigest()[:16]


def kept(day: dt.date) -> dict[str, Any]:
    """The addresses that a device keeps, and the version of what stands there."""
    version = scripts_digest()
    addresses = [
        reverse("offline_away"),
        f"/static/look/look.css?v={version}",
        f"/static/look/mark.svg?v={version}",
    ]
    addresses += [f"/static/offline/{name}.js?v={version}" for name in SCRIPTS]
    for language in LANGUAGES:
        addresses += [reverse("offline_page", args=[language]), reverse("offline_kit", args=[language])]
    return {"version": digest(day), "addresses": addresses, "away": reverse("offline_away")}


@lru_cache(maxsize=4)
def digest(day: dt.date) -> str:
    """Version of everything that a device keeps (hexadecimal)."""
    parts = [scripts_digest(), away()]
    for language in LANGUAGES:
        parts += [page(language, day), json.dumps(kit(language, day), sort_keys=True)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def worker(day: dt.date) -> str:
    """The worker's script, which names what it keeps."""
    named = json.dumps(kept(day), indent=1)
    return f"self.KEPT = {named};\n" + (HERE / "static" / "offline" / WORKER).read_text(encoding="utf-8")
