"""Keeps the background process running: one that ended is started anew, after a pause that grows while it keeps ending."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Sequence

FIRST, LONGEST = 1.0, 60.0
"""Seconds of the first pause, and of the longest."""
STEADY = 120.0
"""Seconds after which a process counts as running well, and the next pause is the first again."""
LOOK = 0.5
"""Seconds between two looks."""
log = logging.getLogger("renben.web.worker")


def watch(command: Sequence[str], first: float = FIRST, longest: float = LONGEST) -> int:
    """Start a process again and again until the one that started us is gone; how often it was started.

    Args:
        command: of the process; it ends by itself once we are gone.
        first: pause before the second start (seconds).
        longest: longest pause (seconds).
    """
    parent, pause, started = os.getppid(), first, 0
    while os.getppid() == parent:
        begun = time.monotonic()
        process = subprocess.Popen(command)
        started += 1
        while os.getppid() == parent and process.poll() is None:
            time.sleep(LOOK)
        if process.poll() is None:
            process.terminate()
            break
        pause = first if time.monotonic() - begun > STEADY else pause
        log.warning("the background process ended (%s); started again in %.0f s", process.returncode, pause)
        _sleep(pause, parent)
        pause = min(2 * pause, longest)
    return started


def _sleep(seconds: float, parent: int) -> None:
    """Pause, but no longer than the parent lives."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and os.getppid() == parent:
        time.sleep(min(LOOK, seconds))


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    watch([sys.executable, "-m", "renben.web.worker"])
