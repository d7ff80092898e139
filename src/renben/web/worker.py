"""The background process: fires timers, delivers notices, seals the audit; one round every few seconds."""

import logging
import time

from django.db import DatabaseError, close_old_connections

from renben.web.flow.sweeper import deliver, sweep
from renben.web.guard.sealing import seal

ROUND_SECONDS = 10
log = logging.getLogger("renben.web.worker")


def round_once() -> dict[str, int]:
    """One round: timers, notices, seals; returns how many of each."""
    return {"fired": sweep(), "delivered": deliver(), "sealed": seal()}


def run() -> None:
    """Rounds without end; a database that is away for a moment is waited for."""
    while True:
        try:
            close_old_connections()
            round_once()
        except DatabaseError as error:
            log.warning("round skipped: %s", type(error).__name__)
        time.sleep(ROUND_SECONDS)
