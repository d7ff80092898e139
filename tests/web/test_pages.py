"""Pages: words in both languages, constant numbers of queries, escaped values, errors that say how to go on."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renben.web.demo import people as synthetic
from renben.web.demo.people import Cast
from renben.web.flow.definition import flows
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor, policy
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import Address
from renben.web.registry.questions import QUESTIONS
from renben.web.words import say, words
from tests.web.cases import do, fill, registered
from tests.web.conftest import answers

WEB = Path(__file__).resolve().parents[2] / "src" / "renben" / "web"
TAG = re.compile(r"{%\s*t\s+[\"']([\w.]+)[\"']")
CODE = re.compile(r"(?:say_now|later|_date|_radio)\(\s*\"([a-z_]+\.[\w.]+)\"")
REFUSAL = re.compile(r"\"((?:refusal|check|form)\.[\w.]+)\"")
People = dict[str, Actor]


def test_every_word_that_templates_and_code_say_is_written_in_both_languages() -> None:
    used = set()
    for page in WEB.rglob("*.html"):
        used |= set(TAG.findall(page.read_text(encoding="utf-8")))
    for module in WEB.rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        used |= set(CODE.findall(text)) | set(REFUSAL.findall(text))
    for path in WEB.rglob("tables/*.yaml"):
        used |= set(re.findall(r"say: ([\w.]+)", path.read_text(encoding="utf-8")))
    assert sorted(used - set(words())) == []
    assert len(used) > 200


def test_words_made_of_names_are_written_too() -> None:
    wanted = {f"role.{name}" for name in policy().roles}
    wanted |= {f"q.{q.name}.{part}" for qs in QUESTIONS.values() for q in qs for part in ("title", "hint")}
    wanted |= {f"guide.{kind}.{part}" for kind in QUESTIONS for part in ("title", "lead", "need")}
    wanted |= {f"{flow.name and 'topic'}.{flow.name}.{m.action}" for flow in flows().values() for m in flow.transitions
               if "notify" in m.effects}  # fmt: skip
    assert sorted(wanted - set(words())) == []


def test_a_refusal_calls_every_missing_field_by_a_name_and_not_by_its_key() -> None:
    wanted = {f"need.{one}" for flow in flows().values() for move in flow.transitions for one in move.needs}
    for module in WEB.rglob("*.py"):
        for listed in re.findall(r"Incomplete\(fields=\"([a-z][^\"]*)\"", module.read_text(encoding="utf-8")):
            wanted |= {f"need.{one}" for one in listed.split(", ")}
    assert {"need.fields", "need.username"} <= wanted
    assert sorted(wanted - set(words())) == []


def many(people: People, address: Address, count: int, start: int) -> None:
    cast = Cast(User.objects.get(pk=people["resident"].user_id), people["officer"], people["issuer"])
    for n in range(start, start + count):
        first = f"149901{1950 + n % 50}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}"
        fields = answers(address, number=first + check_digit(first))
        synthetic.register(cast, fields, f"queries-{n}", approve=False)


@pytest.mark.parametrize(
    ("path", "most"), [("/office/", 12), ("/home/", 8), ("/office/search/", 6), ("/population/", 8)]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    people: People, address: Address, browse: Callable[..., Client], path: str, most: int
) -> None:
    client = browse(User.objects.get(pk=people["officer"].user_id))
    client.get(path)
    counts, made = [], 0
    for rows in (1, 10, 60):
        many(people, address, rows - made, made)
        made = rows
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2] and counts[0] <= counts[1] <= most, counts


def test_what_people_write_is_escaped(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    evil = "<script>alert(1)</script>"
    case = fill("residence_registration", people["resident"], answers(address, name=evil))
    client = browse(User.objects.get(pk=people["resident"].user_id))
    page = client.get(f"/my/cases/{case}/check/").content.decode()
    assert evil not in page and "&lt;script&gt;" in page


def test_lists_mask_numbers_and_a_full_look_is_recorded_with_the_person(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    case = registered(people, answers(address))
    client = browse(User.objects.get(pk=people["officer"].user_id))
    assert "149901198501010014" not in client.get(f"/office/cases/{case.pk}/").content.decode()
    assert "149901198501010014" in client.post(f"/office/cases/{case.pk}/reveal/").content.decode()
    kinds = set(AuditEvent.objects.filter(subject=case.person_key).values_list("kind", flat=True))
    assert {"read", "reveal", "command"} <= kinds


def test_a_file_opens_only_with_a_case_or_by_breaking_the_glass(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    case = registered(people, answers(address))
    client = browse(User.objects.get(pk=people["officer"].user_id))
    path = f"/office/people/{case.person_key}/"
    assert "示例甲" not in client.get(path).content.decode()
    assert client.post(f"{path}emergency/", {"reason": "short"}).status_code == 422
    assert client.post(f"{path}emergency/", {"reason": "found unconscious in the street"}).status_code == 302
    assert "示例甲" in client.get(path).content.decode()
    mine = browse(User.objects.get(pk=people["resident"].user_id), "en").get("/my/data/").content.decode()
    assert "Emergency access" in mine


def test_a_number_never_stands_in_an_address(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    registered(people, answers(address))
    client = browse(User.objects.get(pk=people["officer"].user_id))
    found = client.post("/office/search/", {"number": "149901198501010014"})
    assert found.status_code == 200 and "149901********0014" in found.content.decode()
    assert "149901198501010014" not in "".join(re.findall(r'href="([^"]+)"', found.content.decode()))
    assert "示例甲" in client.post("/office/search/", {"name": "示例"}).content.decode()


def test_somebody_elses_case_is_not_found_by_changing_the_address(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    case = registered(people, answers(address))
    stranger = browse(User.objects.get(pk=people["stranger"].user_id))
    elsewhere = browse(User.objects.get(pk=people["elsewhere"].user_id))
    for path in ("", "check/", "notice/"):
        assert stranger.get(f"/my/cases/{case.pk}/{path}").status_code == 404
    assert elsewhere.get(f"/office/cases/{case.pk}/").status_code == 404
    assert elsewhere.post(f"/office/cases/{case.pk}/reveal/").status_code == 404
    assert elsewhere.get(f"/office/cases/{case.pk}/document/").status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "１"])
def test_a_form_without_a_sensible_version_is_stale_and_not_broken(
    people: People, address: Address, browse: Callable[..., Client], version: str
) -> None:
    case = fill("residence_registration", people["resident"], answers(address))
    client = browse(User.objects.get(pk=people["resident"].user_id))
    form = {"version": version, "step": "submit", "key": "a-fresh-key"}
    assert client.post(f"/my/cases/{case}/check/", form).status_code == 409
    assert (
        client.post(f"/my/cases/{case}/check/", {**form, "step": "approve", "version": "1"}).status_code
        == 404
    )


def test_the_applicant_reads_what_is_missing_and_mends_only_that(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "submit", people["resident"])
    do(case, "claim", people["officer"])
    do(case, "return", people["officer"], note="Until when does the lease run?", fields=["proof"])
    client = browse(User.objects.get(pk=people["resident"].user_id))
    page = client.get(f"/my/cases/{case}/").content.decode()
    assert "Until when does the lease run?" in page and "Mend and send again" in page
    form = {"proof_kind": "lease", "proof_to": "2027-01-01", "key": "mend-key-1", "do": "next"}
    assert client.post(f"/my/cases/{case}/proof/", form)["Location"] == f"/my/cases/{case}/check/"


def test_a_draft_is_kept_and_shown_again(people: People, browse: Callable[..., Client]) -> None:
    client = browse(User.objects.get(pk=people["resident"].user_id))
    location = client.post("/apply/residence_registration/begin/", {"key": "begin-draft"})["Location"]
    base = location.removesuffix("notice/")
    typed = {"phone": "1390", "draft_key": "draft-key-1"}
    assert client.post(f"{base}contact/draft/", typed).status_code == 204
    assert 'value="1390"' in client.get(f"{base}contact/").content.decode()
    assert (
        client.post(f"{base}contact/", {"phone": "1390", "key": "post-key-1", "do": "next"}).status_code
        == 422
    )


@pytest.mark.parametrize(
    "path", ["/", "/account/login/", "/account/signup/", "/apply/residence_permit/", "/nothing/"]
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_pages_speak_the_language_asked_for(
    browse: Callable[..., Client], path: str, language: str
) -> None:
    page = browse(None, language).get(path).content.decode()
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in page
    assert ("Sign in" in page) == (language == "en") and "http" not in re.sub(r'xmlns="[^"]+"', "", page)


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 working day"), (2, "2 working days"), (21, "21 working days"), (0.1, "0.1 working days"), ("1,001", "1,001 working days")],
)  # fmt: skip
def test_of_one_thing_english_speaks_in_the_singular(n: object, said: str) -> None:
    assert say("en", "city.limit.working_day", n=n) == said
