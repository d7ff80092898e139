"""Projection: the compiled kernel beside the NumPy reference, a pandas table and the cache's own speed."""

import numpy as np

from benchmarks import projection_pandas
from benchmarks.harness import Row, child, cpu_seconds, wall_seconds
from renben.engines.projection import kernel, reference
from renben.engines.projection.course import join
from renben.engines.projection.kernel_work import scratch
from renben.engines.projection.model import prepare
from renben.engines.projection.run import run
from renben.engines.projection.states import Result, Stock, classes

YEARS = 15
BARS = {1: 20.0, 3: 50.0}


def rows() -> list[Row]:
    """All lines of this benchmark."""
    out = []
    for kinds in (1, 3):
        model = prepare(2035, kinds)
        out += one_layout(model, kinds)
    out += [interactive(), memory()]
    return out


def one_layout(model, kinds: int) -> list[Row]:
    path = join(model.calibrated.path, model.path)
    stock, fixed = model.base.stock, model.fixed
    states = stock.people.shape[3]
    work = scratch(fixed, classes(states))
    _, result = kernel.project(stock, fixed, path)
    result = Result(*(np.zeros_like(part) for part in result))

    def ours():
        kernel.project_into(stock, fixed, path, work, result)

    mine = cpu_seconds(ours, 30)
    plain = cpu_seconds(lambda: reference.project(stock, fixed, path), 1)
    table = cpu_seconds(lambda: projection_pandas.year(stock, fixed, path), 1) * YEARS
    floor = stocks_floor(stock) * YEARS
    cells = stock.people.size * YEARS
    what = f"one draw, {YEARS} years, {states} residence states"
    return [
        Row(
            f"{what}: CPU seconds per 1,000 draws",
            f"{1000 * mine:.1f} s ({cells / mine / 1e6:.0f} M cell-years/s)",
            f"NumPy reference {1000 * plain:.0f} s",
            f"{plain / mine:.1f}x",
            f"<= {BARS[kinds]:.0f} s; >= 5x",
            1000 * mine <= BARS[kinds] and plain / mine >= 5,
        ),
        Row(
            f"{what}: against a long table",
            f"{1000 * mine:.1f} ms",
            f"pandas {table:.1f} s (one year x {YEARS}; no settlement, no newcomers, no reclassification, no service bands)",
            f"{table / mine:.0f}x",
            ">= 500x",
            table / mine >= 500,
        ),
        Row(
            f"{what}: against the cache",
            f"{1000 * mine:.1f} ms",
            f"reading and writing all stocks once a year {1000 * floor:.2f} ms",
            f"{mine / floor:.0f}x the floor",
            "stated",
        ),
    ]


def stocks_floor(stock: Stock) -> float:
    """CPU seconds to copy all stocks once (the least a year can cost)."""
    source = np.concatenate([part.ravel() for part in stock])
    target = np.empty_like(source)
    return cpu_seconds(lambda: np.copyto(target, source), 20)


def interactive() -> Row:
    """100 draws to 2029 after warm-up, two threads."""
    model = prepare(2029, 1)
    run(model, 2, 1)
    mine = wall_seconds(lambda: run(model, 100, 1, threads=2), 1)
    return Row(
        "100 draws, five years, pooled, two threads (a lever in the hand)",
        f"{mine:.2f} s wall",
        "about a second",
        "",
        "stated",
    )


def memory() -> Row:
    """Peak memory of 1,000 draws to 2035 in a process of its own."""
    code = (
        "from renben.engines.projection.model import prepare\n"
        "from renben.engines.projection import run as r\n"
        "m = prepare(2035, 3)\n"
        "d = r.empty(m, 1000)\n"
        "[getattr(d, n).fill(1) for n in ('residents', 'registered', 'bands', 'flows')]\n"
        "r.run(m, 4, 1, threads=2)\n"
    )
    _, _, _, peak = child(code)
    return Row(
        "1,000 draws to 2035, 20 states, all county draws kept: peak memory",
        f"{peak:.0f} MB",
        "2,000 MB",
        "",
        "< 2,000 MB",
        peak < 2000,
    )
