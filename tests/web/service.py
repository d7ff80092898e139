"""Starts `renben serve` as people do, in a folder of its own, and stops it, gently or with kill -9."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests import once

ROOT = Path(__file__).resolve().parents[2]


LIKE_ANY = {"RENBEN_WORKSPACE", "RENBEN_WEB_SECOND_FACTOR", "RENBEN_WEB_DOOR_FACTOR"}
"""Settings under which a first start leaves the same folder."""


def demo(folder: Path) -> None:
    """A folder as the first start of the demo leaves it."""
    Service(folder).start(copy=False).stop()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """The environment of a new process: nothing of ours but where the code is."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RENBEN_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


class Service:
    """A running web service in demo mode."""

    def __init__(self, folder: Path, database: str = "", **environment: str) -> None:
        self.environment = {"RENBEN_WEB_DOOR_FACTOR": "1000000", **environment}  # few accounts, much load
        self.folder, self.database, self.port = folder, database, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.password = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, copy: bool = True) -> "Service":
        """Start and wait until it answers; what a first start prepares is copied where the run has it already."""
        if copy and self._is_plain():
            once.copied("demo", demo, self.folder)
        command = [sys.executable, "-m", "renben", "serve", "--demo", "--folder", str(self.folder)]
        command += ["--port", str(self.port)] + (["--database", self.database] if self.database else [])
        log = (self.folder.parent / f"{self.folder.name}.log").open("ab")
        self.process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**clean_environment(), **self.environment},
        )
        self._wait()
        return self

    def _is_plain(self) -> bool:
        """Whether this is the first start in a folder of a run that shares what is costly."""
        new = not self.database and not self.folder.exists()
        return new and once.HOME in os.environ and set(self.environment) <= LIKE_ANY

    @property
    def log(self) -> str:
        """What the service printed."""
        return (self.folder.parent / f"{self.folder.name}.log").read_text(encoding="utf-8")

    def _wait(self) -> None:
        for _ in range(960):
            try:
                with urllib.request.urlopen(f"{self.base}/alive", timeout=2) as answer:
                    if answer.status == 200:
                        found = re.findall(r"password  (\S+)", self.log)
                        self.password = found[-1] if found else ""
                        return
            except OSError:
                if self.process is not None and self.process.poll() is not None:
                    break
            time.sleep(0.25)
        raise RuntimeError(f"the service did not start:\n{self.log[-3000:]}")

    def kill(self) -> None:
        """kill -9 of everything the service started."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop gently and wait for it."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
