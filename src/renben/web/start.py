"""Starts the service: checks first, then the tables, the demo if asked for, a background process and gunicorn."""

import atexit
import gc
import importlib
import os
import subprocess
import sys
from typing import Any

import django
from gunicorn.app.base import BaseApplication

from renben.web.config import WebSettings

THREADS = 2
"""Of a worker. More share one interpreter and hinder each other: of eight people at once on two cores two workers of four
threads cost 3.8 CPU-ms for a person found by number and 10.0 for an officer's list, four of two 3.4 and 7.6."""
FEWEST, MOST = 4, 16
"""Workers: as many as there are cores, so that a slow page holds up few others, and no more than a database has
connections for."""
YOUNG = 20_000
"""Objects made between two looks of the garbage collector: a page makes thousands that all go at once."""


def prepare() -> None:
    """Load Django with the settings of this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.web.settings")
    django.setup()


def workers() -> int:
    """Processes that answer (count)."""
    return min(MOST, max(FEWEST, os.cpu_count() or 1))


class Server(BaseApplication):
    """gunicorn with threads, configured here instead of by a file."""

    def __init__(self, settings: WebSettings, host: str, port: int) -> None:
        self.operator, self.bind = settings, f"{host}:{port}"
        importlib.import_module(
            "renben.web.guard.doors"
        )  # its memory is shared by the workers made from here
        super().__init__()

    def load_config(self) -> None:
        """Threads for SQLite's sake, plain addresses in the log, no query strings."""
        options: dict[str, Any] = {
            "bind": self.bind, "workers": workers(), "threads": THREADS, "worker_class": "gthread",
            "timeout": 60, "graceful_timeout": 20, "max_requests": 20_000, "max_requests_jitter": 2_000,
            "loglevel": "warning", "preload_app": True,
        }  # fmt: skip
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application with what every request reads, loaded once, before the workers part from this process.

        What is loaded stays for the life of the process and is shared by the workers: the garbage collector need
        not look at it again.
        """
        application = importlib.import_module("renben.web.wsgi").application
        importlib.import_module("renben.web.flow.verification").check_all()
        importlib.import_module("renben.web.guard.policy").policy()
        importlib.import_module("renben.web.urls")
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG)
        return application


def background() -> subprocess.Popen[bytes]:
    """What keeps the background process running, started; both end when the service's process group is ended."""
    process = subprocess.Popen([sys.executable, "-m", "renben.web.watch"])
    atexit.register(process.terminate)
    return process
