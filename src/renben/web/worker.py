"""The background process: one round every few seconds, with what is due of timers, notices, messages, seals and counts."""

import importlib
import logging
import os
import time

from django.db import DatabaseError, close_old_connections

from renben.web import start
from renben.web.beside import Daily

ROUND_SECONDS = 10
log = logging.getLogger("renben.web.worker")


def round_once() -> dict[str, int]:
    """One round: timers, notices, signed messages, seals, findings of a new run; returns how many of each."""
    sweeper = importlib.import_module("renben.web.flow.sweeper")
    sealing = importlib.import_module("renben.web.guard.sealing")
    side = importlib.import_module("renben.web.programme.side")
    post = importlib.import_module("renben.web.exchange.sending")
    done = {
        "fired": sweeper.sweep(),
        "delivered": sweeper.deliver(),
        "posted": post.deliver(),
        "sealed": sealing.seal(),
    }
    return {**done, "landed": side.exchange_round()}


def _daily() -> Daily:
    """What is past its period, cases drawn for a second look, snapshots of the comparison, registry and city published."""
    retention = importlib.import_module("renben.web.guard.retention")
    drawing = importlib.import_module("renben.web.spotcheck.drawing")
    snapshots = importlib.import_module("renben.web.equality.snapshots")
    side = importlib.import_module("renben.web.programme.side")
    city = importlib.import_module("renben.web.cases.publishing")
    jobs = (
        ("retain", retention.daily),
        ("draw", drawing.daily),
        ("count", snapshots.daily),
        ("publish", side.publish_once),
        ("city", city.daily),
    )
    return Daily(jobs)


def run() -> None:
    """Rounds until whoever started it is gone; a database that is away for a moment is waited for."""
    clock = importlib.import_module("renben.web.clock")
    parent, daily = os.getppid(), _daily()
    while os.getppid() == parent:
        try:
            close_old_connections()
            round_once()
            daily.round(clock.today())
            clock.rounded()
        except DatabaseError as error:
            log.warning("round skipped: %s", type(error).__name__)
        time.sleep(ROUND_SECONDS)


if __name__ == "__main__":
    start.prepare()
    run()
