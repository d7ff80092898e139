"""Rows added by one prepared statement are the rows that Django would have added."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renben.web import clock
from renben.web.append import append, append_each, rewrite
from renben.web.flow.models import CommandKey
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from tests.web.conftest import COUNTY, set_day


def event(n: int) -> AuditEvent:
    return AuditEvent(at=clock.now(), kind="read", actor=n, subject=uuid4(), detail={"字": [n, None]})


def test_appended_rows_read_back_as_written_however_many_there_are() -> None:
    before = AuditEvent.objects.count()
    rows = [event(n) for n in range(211)]
    assert append(*rows) == 211
    found = list(AuditEvent.objects.order_by("pk"))[before:]
    for name in ("at", "kind", "actor", "subject", "detail", "role"):
        assert [getattr(one, name) for one in found] == [getattr(one, name) for one in rows], name
    assert all(one.position == 0 for one in found), "the database's default"


def test_nothing_to_append_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as seen:
        assert append() == 0
    assert len(seen) == 0


def test_a_known_key_is_refused_or_left_out_as_asked() -> None:
    key = CommandKey(key="k" * 20, digest="d", nonce="n", at=clock.now())
    assert append(key) == 1
    assert append(key, skip_known=True) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        append(key)


def test_one_row_for_each_value_of_a_column_is_as_if_each_were_appended() -> None:
    before, keys = AuditEvent.objects.count(), [uuid4() for _ in range(150)]
    like, first = event(7), event(8)
    assert append_each(like, "subject", keys, first) == 151
    found = list(AuditEvent.objects.order_by("pk"))[before:]
    assert [one.subject for one in found] == [first.subject, *keys]
    assert {(one.actor, one.at, one.kind, str(one.detail)) for one in found[1:]} == {
        (7, like.at, "read", str(like.detail))
    }
    assert append_each(like, "subject", []) == 0 and append_each(like, "subject", [], event(9)) == 1


def test_a_rewritten_row_is_as_saved_and_a_missing_one_is_an_error() -> None:
    key = CommandKey(key="r" * 20, digest="d", nonce="n", at=clock.now())
    append(key)
    key.result, key.nonce = {"字": [1, None]}, "other"
    rewrite(key, "result")
    found = CommandKey.objects.get(pk=key.pk)
    assert (found.result, found.nonce) == (key.result, "n"), "only what is named"
    rewrite(key)
    assert CommandKey.objects.get(pk=key.pk).nonce == "other"
    with pytest.raises(DatabaseError, match="0 rows rewritten"):
        rewrite(CommandKey(key="nobody", digest="d", nonce="n", at=clock.now()))


def test_a_role_that_is_taken_back_counts_from_the_next_request(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    user = account("short", "police_officer", COUNTY)
    client = browse(user)
    assert client.get("/office/").status_code == 200
    user.grants.update(taken_at=clock.now())
    assert client.get("/office/").status_code == 403


def test_an_account_that_is_switched_off_is_signed_out_at_the_next_request(
    people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    user = User.objects.get(pk=people["officer"].user_id)
    client = browse(user)
    assert client.get("/office/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/office/").status_code == 302


def test_a_piece_of_work_has_one_day_even_when_another_turns_it() -> None:
    with clock.one_day():
        first = clock.today()
        set_day(first + dt.timedelta(days=3))
        assert clock.today() == first
    assert clock.today() == first + dt.timedelta(days=3)
    with clock.one_day():
        clock.set_demo_day(clock.today() + dt.timedelta(days=1))
        assert clock.today() == first + dt.timedelta(days=4), "its own turn is seen at once"
