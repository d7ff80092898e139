"""What is done once a day beside the rounds of the background process: minutes in a large registry.

Each job has a thread of its own, one after the other, so that timers and seals wait for none of them, and one that
fails stops no other. What failed is tried again when the others are done and a while has passed, until it works or the
day is over.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Sequence

from django.db import DatabaseError, connection

from renben.core.errors import RenbenError

log = logging.getLogger("renben.web.worker")
Job = tuple[str, Callable[[], object]]
"""Name for the log, and what is done."""


AGAIN = 600.0
"""Seconds after which a job that failed is tried again."""


class Daily:
    """Jobs of a day.

    Args:
        jobs: in the order in which they are done; each does nothing where it was done on that day already.
        again: seconds after which one that failed is tried again.
    """

    def __init__(self, jobs: Sequence[Job], again: float = AGAIN) -> None:
        self.jobs, self.left, self.again = tuple(jobs), list[Job](), again
        self.failed: list[tuple[float, Job]] = []
        self.day: dt.date | None = None
        self.thread: threading.Thread | None = None

    def round(self, day: dt.date) -> bool:
        """Begin the next job that is left of a day, or one that failed a while ago; whether one runs."""
        if self.thread is not None and self.thread.is_alive():
            return True
        if self.day != day:
            self.day, self.left, self.failed = day, list(self.jobs), []
        job = self._next()
        if job is None:
            return False
        self.thread = threading.Thread(target=self._do, args=(job,), name=job[0], daemon=True)
        self.thread.start()
        return True

    def _next(self) -> Job | None:
        if self.left:
            return self.left.pop(0)
        if self.failed and self.failed[0][0] <= time.monotonic():
            return self.failed.pop(0)[1]
        return None

    def _do(self, job: Job) -> None:
        """Do a job in its thread; whatever stopped it, it comes up again."""
        name, work = job
        done = False
        try:
            work()
            done = True
        except (RenbenError, DatabaseError) as error:
            log.warning("%s: %s", name, error)
        finally:
            if not done:
                self.failed.append((time.monotonic() + self.again, job))
            connection.close()
