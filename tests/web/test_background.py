"""The background process: jobs of a day beside its rounds, started anew where it ends, and seen to run."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client

from renben.core.errors import RenbenError
from renben.web import clock
from renben.web.beside import Daily
from renben.web.guard.models import Instance, User
from tests.web.service import clean_environment

DAY = dt.date(2026, 3, 2)


def drained(daily: Daily, day: dt.date) -> int:
    """Rounds until nothing of a day is left; how many began or saw a job."""
    rounds = 0
    while daily.round(day):
        rounds += 1
        assert daily.thread is not None
        daily.thread.join(20)
    return rounds


def test_each_job_is_done_once_a_day_and_one_that_fails_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    def refused() -> None:
        raise RenbenError("the workspace refuses.")

    daily = Daily(
        (("first", lambda: done.append("first")), ("bad", refused), ("last", lambda: done.append("last")))
    )
    assert drained(daily, DAY) == 3 and done == ["first", "last"]
    assert "bad: the workspace refuses." in caplog.text
    assert not daily.round(DAY)
    assert drained(daily, DAY + dt.timedelta(days=1)) == 3 and done == ["first", "last"] * 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_failed_is_tried_again_after_the_others_until_it_works() -> None:
    done: list[str] = []
    failing = [OperationalError("the database is away"), OSError("the disk is full")]

    def shaky() -> None:
        if failing:
            raise failing.pop(0)
        done.append("shaky")

    daily = Daily((("shaky", shaky), ("other", lambda: done.append("other"))), again=0.0)
    assert drained(daily, DAY) == 4 and done == ["other", "shaky"]
    assert not daily.round(DAY)
    patient = Daily((("bad", shaky),), again=3600.0)
    failing.append(OperationalError("the database is away"))
    assert drained(patient, DAY) == 1 and not patient.round(DAY), "not before its time"
    assert patient.round(DAY + dt.timedelta(days=1)), "a new day begins anew"


def test_a_round_waits_for_no_job() -> None:
    let_go = threading.Event()
    daily = Daily((("long", let_go.wait), ("next", lambda: None)))
    assert daily.round(DAY) and daily.round(DAY) and len(daily.left) == 1, (
        "the next waits, the round does not"
    )
    let_go.set()
    assert daily.thread is not None
    daily.thread.join(20)
    assert drained(daily, DAY) == 1


def test_a_process_that_ends_is_started_again_and_ends_with_who_started_it(tmp_path: Path) -> None:
    seen = tmp_path / "starts"
    child = f"import os, time; open({str(seen)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(0.2)"
    watcher = (
        "import sys; from renben.web.watch import watch; "
        f"watch([sys.executable, '-c', {child!r}], first=0.05, longest=0.1)"
    )
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {watcher!r}]); time.sleep(120)"
    service = subprocess.Popen(
        [sys.executable, "-c", parent], env=clean_environment(), start_new_session=True
    )
    try:
        _until(lambda: seen.exists() and len(seen.read_text().split()) >= 3)
        service.kill()
        service.wait()
        time.sleep(2)
        count = len(seen.read_text().split())
        time.sleep(2)
        assert len(seen.read_text().split()) == count, "nothing is started once the service is gone"
    finally:
        try:
            os.killpg(service.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_system_page_says_when_the_background_process_last_ran(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = browse(account("b-admin", "system_admin"))
    assert "is not running" in client.get("/system/").content.decode()
    clock.rounded()
    clock.rounded()
    at, runs = clock.last_round()
    assert runs and at is not None and Instance.objects.filter(name=clock.ROUND_AT).count() == 1
    assert "is not running" not in client.get("/system/").content.decode()
    long_ago = at - dt.timedelta(seconds=clock.STALE + 61)
    Instance.objects.filter(name=clock.ROUND_AT).update(value=long_ago.isoformat())
    assert "is not running" in client.get("/system/").content.decode()
