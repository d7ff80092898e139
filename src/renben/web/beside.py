"""What is done once a day beside the rounds of the background process: minutes in a large registry.

Each job has a thread of its own, one after the other, so that timers and seals wait for none of them, and one that
fails stops no other. What failed is tried again on the next day, or after a restart.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence

from django.db import DatabaseError, connection

from renben.core.errors import RenbenError

log = logging.getLogger("renben.web.worker")
Job = tuple[str, Callable[[], object]]
"""Name for the log, and what is done."""


class Daily:
    """Jobs of a day.

    Args:
        jobs: in the order in which they are done.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs, self.left = tuple(jobs), list[Job]()
        self.day: dt.date | None = None
        self.thread: threading.Thread | None = None

    def round(self, day: dt.date) -> bool:
        """Begin the next job that is left of a day; whether one runs."""
        if self.thread is not None and self.thread.is_alive():
            return True
        if self.day != day:
            self.day, self.left = day, list(self.jobs)
        if not self.left:
            return False
        name, job = self.left.pop(0)
        self.thread = threading.Thread(target=_done, args=(name, job), name=name, daemon=True)
        self.thread.start()
        return True


def _done(name: str, job: Callable[[], object]) -> None:
    try:
        job()
    except (RenbenError, DatabaseError) as error:
        log.warning("%s: %s", name, error)
    finally:
        connection.close()
