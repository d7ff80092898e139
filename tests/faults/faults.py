"""The faults. Each takes a running service and says what was acknowledged, lost and doubled."""

import http.client
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.faults.client import Visitor
from tests.faults.ledger import Ledger, judge, rows, size
from tests.web.service import ROOT, Service

BEGIN = "/apply/residence_registration/begin/"
Counted = tuple[int, int, int]
AWAY = (OSError, http.client.HTTPException)


def resident(service: Service) -> Visitor:
    """A demo resident, signed in."""
    return Visitor(service.base).sign_in("jumin", service.password)


def _until_acknowledged(visitor: Visitor, ledger: Ledger, key: str, stop: float) -> None:
    """Send one command under one key until it is acknowledged, as a patient client does."""
    while time.monotonic() < stop:
        try:
            status, location = visitor.post(BEGIN, {"key": key})
        except AWAY:
            status, location = 0, ""
        if status == 302 and "/cases/" in location:
            ledger.note(key, location)
            return
        ledger.fail()
        time.sleep(0.2)


def writers(ledger: Ledger, count: int, halt: threading.Event, visitor: Visitor) -> ThreadPoolExecutor:
    """Threads that send one command after the other until they are told to halt."""
    pool = ThreadPoolExecutor(count)

    def write() -> None:
        while not halt.is_set():
            _until_acknowledged(visitor, ledger, uuid.uuid4().hex, time.monotonic() + 60)

    for _ in range(count):
        pool.submit(write)
    return pool


def under_writers(service: Service, rounds: int, blow: Callable[[], None], seconds: float = 2.0) -> Counted:
    """Eight writers; a blow in each round; every key is retried until it is acknowledged."""
    before, ledger, halt = size(service), Ledger(), threading.Event()
    pool = writers(ledger, 8, halt, resident(service))
    try:
        for _ in range(rounds):
            time.sleep(seconds)
            blow()
        time.sleep(1)
    finally:
        halt.set()
        pool.shutdown(wait=True)
    return judge(service, ledger, before)


def kill_9(service: Service, rounds: int) -> Counted:
    """kill -9 of everything under eight writers."""

    def blow() -> None:
        service.kill()
        service.start()

    return under_writers(service, rounds, blow)


def double_submission(service: Service, rounds: int) -> Counted:
    """24 identical submissions at the same moment."""
    before, ledger, visitor = size(service), Ledger(), resident(service)
    for _ in range(rounds):
        key, gate = uuid.uuid4().hex, threading.Barrier(24)

        def send(key: str = key, gate: threading.Barrier = gate) -> None:
            gate.wait()
            _until_acknowledged(visitor, ledger, key, time.monotonic() + 60)

        with ThreadPoolExecutor(24) as pool:
            for _ in range(24):
                pool.submit(send)
    return judge(service, ledger, before)


def lost_reply(service: Service, rounds: int) -> Counted:
    """The line is cut after sending; the client does not know and sends again."""
    before, ledger, visitor = size(service), Ledger(), resident(service)
    for n in range(rounds * 8):
        key = uuid.uuid4().hex
        visitor.post_and_hang_up(BEGIN, {"key": key})
        if n % 2:
            time.sleep(0.05)
        _until_acknowledged(visitor, ledger, key, time.monotonic() + 60)
    return judge(service, ledger, before)


SWEEP = """
import os, django
django.setup()
from renben.web.flow.sweeper import sweep
while True:
    if not sweep():
        break
"""
TURN = """
import os, sys, django
django.setup()
from renben.web.clock import Instance, DEMO_DAY
Instance.objects.filter(name=DEMO_DAY).update(value=sys.argv[1])
"""


def _python(service: Service, code: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "renben.web.settings", "PYTHONPATH": str(ROOT / "src"),
        "RENBEN_WEB_FOLDER": str(service.folder), "RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0",
        "RENBEN_WEB_SECOND_FACTOR": "0", "RENBEN_WEB_DATABASE": service.database,
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment)


def _expired(service: Service) -> int:
    query = "SELECT count(*) FROM flow_caseevent WHERE action = 'expire'"
    return int(rows(service, query)[0][0])


def _drafts(service: Service, count: int) -> None:
    """Drafts whose time-out will be due."""
    visitor = resident(service)
    for _ in range(count):
        visitor.post(BEGIN, {"key": uuid.uuid4().hex})


def _waiting(service: Service) -> int:
    query = "SELECT count(*) FROM flow_case WHERE stage = 'draft' AND closed_on IS NULL"
    return int(rows(service, query)[0][0])


def _settled(service: Service, seconds: float = 60) -> int:
    """Drafts still waiting when the service's own sweeper has had time for what it held or was left to it."""
    stop = time.monotonic() + seconds
    while (left := _waiting(service)) and time.monotonic() < stop:
        time.sleep(0.2)
    return left


def _sweep_at(service: Service, days: list[str], sweepers: int) -> Counted:
    """Turn the day as told and let several sweepers run at once; every time-out fires exactly once.

    A sweeper passes over a timer that another holds, so the last may still be in the service's own hands when
    the others are done.
    """
    before = _expired(service)
    waiting = _waiting(service)
    for day in days:
        _python(service, TURN, day).wait()
        running = [_python(service, SWEEP) for _ in range(sweepers)]
        if any([one.wait() for one in running]):
            raise RuntimeError(f"a sweeper ended with an error on the day {day}")
    left = _settled(service)
    fired = _expired(service) - before
    return waiting, left, fired - (waiting - left)


def two_sweepers(service: Service, rounds: int) -> Counted:
    """Two more sweepers beside the service's own, all on the same timers."""
    _drafts(service, rounds * 24)
    return _sweep_at(service, ["2026-08-20"], 2)


def clock_jump(service: Service, rounds: int) -> Counted:
    """The clock jumps forward, back, and forward again."""
    _drafts(service, rounds * 6)
    return _sweep_at(service, ["2026-10-20", "2026-09-01", "2026-11-20"], 2)
