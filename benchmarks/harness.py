"""What a benchmark returns, how a machine is described, and how memory of a child process is measured."""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Row:
    """One measured line: what was done, our figure, the peer's or limit's, their ratio, and the bar to meet."""

    what: str
    ours: str
    beside: str
    """The peer, reference or physical limit, with its figure."""
    ratio: str
    bar: str = ""
    met: bool | None = None


def cpu_seconds(function: Callable[[], object], repeat: int = 3) -> float:
    """Least CPU seconds (user + system, this process) of a few runs."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def wall_seconds(function: Callable[[], object], repeat: int = 3) -> float:
    """Least wall seconds of a few runs."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


PEAK = """
import sys
status = open("/proc/self/status").read()
sys.stderr.write(status.split("VmHWM:")[1].split()[0])
"""
"""Prints a process's own peak (kB); its resource usage would count the parent's memory at the time of the fork."""


def child(code: str, *arguments: str) -> tuple[str, float, float, float]:
    """Run Python code in a process of its own: output, CPU seconds, wall seconds, peak memory (MB)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    wrapped = f"{code}\n{PEAK}"
    done = subprocess.run(
        [sys.executable, "-c", wrapped, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, cpu, wall, float(done.stderr.split()[-1]) / 1024


def machine() -> str:
    """Processor, cores, memory and Python of this machine, without its name."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"
