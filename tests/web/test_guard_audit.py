"""The audit: every change of a row, a missing row and a cut chain are found and located."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client

from renben.web import words
from renben.web.flow.definition import flows
from renben.web.guard import audit, sealing
from renben.web.guard.models import AuditEvent, AuditSeal, User
from renben.web.guard.policy import Actor

READER = Actor(7, (("community_officer", "140105"),))


@pytest.fixture
def sealed() -> str:
    for n in range(1200):
        audit.record(READER, "read", "person.read", object_type="person", object_id=str(n))
    assert sealing.seal() == 1200
    return sealing.verify().head


def test_an_untouched_audit_is_sound(sealed: str) -> None:
    verdict = sealing.verify(sealed)
    assert (verdict.seals, verdict.events, verdict.unsealed, verdict.problems) == (3, 1200, 0, ())
    assert sealing.seal() == 0, "what is sealed is not sealed again"


def test_a_changed_row_is_located_to_its_batch(sealed: str) -> None:
    row = AuditEvent.objects.order_by("pk")[700]
    AuditEvent.objects.filter(pk=row.pk).update(actor=8)
    problems = sealing.verify().problems
    assert len(problems) == 1 and "a row was altered" in problems[0]
    second = AuditSeal.objects.order_by("after")[1]
    assert problems[0].startswith(f"seal {second.pk} ")


def test_a_removed_row_is_found(sealed: str) -> None:
    AuditEvent.objects.order_by("pk")[10].delete()
    assert "covers 500 rows, 499 are there" in sealing.verify().problems[0]


def test_a_rewritten_seal_is_found(sealed: str) -> None:
    AuditSeal.objects.filter(pk=AuditSeal.objects.order_by("after")[1].pk).update(root="0" * 64)
    assert any("the seal itself was altered" in text for text in sealing.verify().problems)


def test_a_cut_end_is_found_only_against_a_published_head(sealed: str) -> None:
    last = AuditSeal.objects.order_by("-after")[0]
    AuditEvent.objects.filter(pk__gt=last.after, pk__lte=last.upto).delete()
    last.delete()
    assert sealing.verify().problems == ()
    assert "not in the chain" in sealing.verify(sealed).problems[0]


def test_a_merkle_root_depends_on_every_leaf_and_on_their_order() -> None:
    leaves = [bytes([n]) * 32 for n in range(7)]
    root = sealing.merkle_root(leaves)
    assert root != sealing.merkle_root([leaves[1], leaves[0], *leaves[2:]])
    assert all(root != sealing.merkle_root([*leaves[:n], b"x" * 32, *leaves[n + 1 :]]) for n in range(7))


def test_if_the_audit_cannot_be_written_the_page_is_not_shown(
    people: dict[str, Actor], browse: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(User.objects.get(pk=people["officer"].user_id))
    client.raise_request_exception = False
    assert client.post("/office/search/", {"name": "示例"}).status_code == 200

    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the audit is not there")

    for way in ("append", "append_each"):
        monkeypatch.setattr(audit, way, fail)
    assert client.post("/office/search/", {"name": "示例"}).status_code == 500


WRITTEN = re.compile(
    r'object_type="([a-z_.]+)"|_told\((?:\w+, )?"([a-z_]+)"|record_list\(\w+, [\w."]+, "(\w+)"|register\("([a-z_.]+)"'
)
"""How code names the thing that an audit row is about."""


def test_every_thing_that_the_audit_names_has_a_word() -> None:
    source = "\n".join(one.read_text() for one in Path(words.__file__).parents[1].rglob("*.py"))
    named = {next(filter(None, hit)) for hit in WRITTEN.findall(source)}
    assert len(named) > 40
    recoveries = {f"recovery_{what}" for what in ("asked", "printed", "seconded", "ended", "used")}
    accounts = {f"institution_account_{what}" for what in ("invited", "joined", "ended")}
    others = {"message_in", "message_out", "message.content", "institution_account", "opinion", "proof"}
    known = words.words()
    lacking = {one for one in named | recoveries | accounts | others if f"audit.object.{one}" not in known}
    assert lacking - {name for name, _ in flows()} == set()


@pytest.mark.parametrize(("language", "said"), [("zh-hans", ("人员档案", "居住登记", "还没有封存")), ("en", ("Person&#x27;s file", "Residence registration", "Nothing is sealed yet"))])  # fmt: skip
def test_the_auditor_reads_words_and_no_praise_over_nothing(
    language: str, said: tuple[str, ...], account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    audit.record(
        READER, "read", "person.read", object_type="person", object_id="4af5c2cf-d57d-4a0c-804f-5e79d83f4b7e"
    )
    audit.record(Actor(None), "login_failed", object_type="account", object_id="unknown")
    client = browse(account("w-auditor", "auditor", ""), language)
    text = client.post("/audit/").content.decode()
    for one in said:
        assert one in text
    assert "4af5c2cf…" in text and "4af5c2cf-d57d" not in text
    assert 'class="notice good"' not in text, "a check over nothing is no good news"
    sealing.seal()
    assert 'class="notice good"' in client.post("/audit/").content.decode()
