"""Django's SQLite engine, whose writers stand in line.

SQLite lets one connection write at a time and makes the others look again after ever longer pauses, so that whoever
comes anew often gets in before whoever has waited. Here writers first wait for a lock on a file beside the database,
for which the system wakes them one after the other. SQLite's own waiting stays behind it, for programs that do not
know of the line. Transactions begin IMMEDIATE: a transaction has the lock for as long as it lasts.
"""

import fcntl
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
SUFFIX = "-line"
"""What the name of the lock's file adds to the database's."""
_GATES: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
"""Of this process: one of its threads at a time stands in the line of the processes."""


class Line:
    """A connection's place in the line of a database's writers."""

    def __init__(self, path: Path, patience: float) -> None:
        self.gate, self.path, self.patience = _GATES[path], path, patience
        self.file: Any = None
        self.held = False

    def enter(self) -> None:
        """Wait for one's turn.

        Raises:
            OperationalError: another thread of this process had it for too long.
        """
        if not self.gate.acquire(timeout=self.patience):
            raise OperationalError(f"database is locked: no turn to write within {self.patience:.0f} s")
        try:
            self.file = self.file or self.path.open("a")
            fcntl.flock(self.file, fcntl.LOCK_EX)
        except BaseException:
            self.gate.release()
            raise
        self.held = True

    def leave(self) -> None:
        """Let the next one in."""
        if self.held:
            self.held = False
            fcntl.flock(self.file, fcntl.LOCK_UN)
            self.gate.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One's turn, for as long as the block lasts."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def close(self) -> None:
        """Leave for good."""
        self.leave()
        if self.file is not None:
            self.file.close()
            self.file = None


class Cursor(base.SQLiteCursorWrapper):  # type: ignore[misc]
    """A cursor whose writes outside a transaction stand in line, too."""

    line: Line | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        with self._turn(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for many rows."""
        with self._turn(query):
            return super().executemany(query, param_list)

    def _turn(self, query: str) -> AbstractContextManager[None]:
        if self.line is None or self.line.held or not query.startswith(WRITES):
            return nullcontext()
        return self.line.turn()


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """A connection to SQLite; a database in memory has no line."""

    def get_new_connection(self, conn_params: Any) -> Any:
        """Connect, and take a place in the line of this database's writers."""
        patience = float(conn_params.get("timeout", 5))
        file = Path(f"{self.settings_dict['NAME']}{SUFFIX}")
        self.line = None if self.is_in_memory_db() else Line(file, patience)
        return super().get_new_connection(conn_params)

    def create_cursor(self, _name: str | None = None) -> Any:
        """A cursor that knows the line."""
        cursor = self.connection.cursor(factory=Cursor)
        cursor.line = self.line
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        if self.line is not None:
            self.line.enter()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # where it fails, a rollback follows
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            if self.line is not None:
                self.line.close()

    def _leave(self) -> None:
        if self.line is not None:
            self.line.leave()
