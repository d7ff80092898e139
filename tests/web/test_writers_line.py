"""Writers of SQLite stand in line: one at a time, each in turn, nobody kept out by somebody who was killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from renben.web.engines.sqlite.base import SUFFIX, Line

HOLD = """
import fcntl, sys, time
line = open(sys.argv[1], "a")
fcntl.flock(line, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / f"some.sqlite3{SUFFIX}"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[list[Any]]:
    """Two connections to one database, as two threads of the service have them."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 2}
    found = []
    for _ in range(2):
        handler = ConnectionHandler(
            {"default": {"ENGINE": "renben.web.engines.sqlite", "NAME": str(tmp_path / "some.sqlite3"), "OPTIONS": options}}
        )  # fmt: skip
        one = handler["default"]
        one.inc_thread_sharing()
        found.append(one)
    with found[0].cursor() as cursor:
        cursor.execute("CREATE TABLE row (n INTEGER)")
    yield found
    for one in found:
        one.close()


def begin(one: Any) -> None:
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def write(one: Any, n: int) -> None:
    with one.cursor() as cursor:
        cursor.execute("INSERT INTO row VALUES (%s)", [n])


def rows(one: Any) -> list[int]:
    with one.cursor() as cursor:
        cursor.execute("SELECT n FROM row")
        return [n for (n,) in cursor.fetchall()]


def test_who_waits_gets_in_before_who_comes_again(pair: list[Any]) -> None:
    first, second = pair
    order: list[str] = []

    def waits() -> None:
        begin(second)
        order.append("second")
        write(second, 2)
        second.commit()
        second.set_autocommit(True)

    begin(first)
    waiting = threading.Thread(target=waits)
    waiting.start()
    time.sleep(0.3)
    assert order == []
    write(first, 1)
    first.commit()
    first.set_autocommit(True)
    waiting.join()
    begin(first)
    order.append("first")
    first.rollback()
    first.set_autocommit(True)
    assert order == ["second", "first"] and rows(first) == [1, 2]


def test_a_single_statement_stands_in_line_and_reading_does_not(pair: list[Any]) -> None:
    first, second = pair
    begin(first)
    write(first, 1)
    assert rows(second) == []
    with pytest.raises(OperationalError, match="no turn to write within 2 s"):
        write(second, 2)
    with pytest.raises(OperationalError, match="no turn"), second.cursor() as cursor:
        cursor.executemany("INSERT INTO row VALUES (%s)", [[3], [4]])
    first.commit()
    first.set_autocommit(True)
    write(second, 2)
    assert rows(first) == [1, 2]


def test_a_rollback_an_error_and_a_close_let_the_next_one_in(pair: list[Any]) -> None:
    first, second = pair
    begin(first)
    first.rollback()
    first.set_autocommit(True)
    write(second, 1)
    with pytest.raises(OperationalError), first.cursor() as cursor:
        cursor.execute("INSERT INTO nothing VALUES (1)")
    write(second, 2)
    begin(first)
    write(first, 9)
    first.close()
    write(second, 3)
    assert rows(second) == [1, 2, 3]


def test_somebody_who_is_killed_holds_up_nobody(path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    line, entered = Line(path, 5), threading.Event()

    def waits() -> None:
        line.enter()
        entered.set()

    waiting = threading.Thread(target=waits)
    waiting.start()
    assert not entered.wait(0.3)
    os.kill(holder.pid, signal.SIGKILL)
    assert entered.wait(10)
    waiting.join()
    holder.wait()
    line.close()
    other = Line(path, 0.1)
    other.enter()
    other.close()
