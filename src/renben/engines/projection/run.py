"""Run many draws on all cores, with progress, resumable, and with the same answer for any number of threads.

For people: a long run can be stopped and taken up again; nobody has to trust a number that changes with the machine.
Draws are independent and each is a function of (model, seed, draw number) alone.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path as FilePath

import numpy as np

from renben.engines.projection import kernel
from renben.engines.projection.draws import (
    Spread,
    Theta,
    draw_path,
    draw_stock,
    national_shares,
    spread,
    theta,
)
from renben.engines.projection.kernel_work import scratch
from renben.engines.projection.model import Model
from renben.engines.projection.states import (
    FLOWS,
    Array,
    Path,
    Result,
    Stock,
    classes,
    hukou_rate,
    resident_rate,
)

BLOCK = 64
Progress = Callable[[int, int], None]


@dataclass
class Draws:
    """Results of all draws. County and band results are float32, rates float64."""

    years: Array  # (t+1,)
    resident: Array  # (n, t+1) urban share of residents, province
    hukou: Array  # (n, t+1) urban share of registered people, province
    national: Array  # (n, t+1)
    residents: Array  # (n, t+1, c, u, 3)
    registered: Array  # (n, t+1, c, h)
    bands: Array  # (n, t+1, area, u, 3, b)
    flows: Array  # (n, t, 8) province
    county_flows: Array  # (t, c, 8) mean over draws

    @property
    def count(self) -> int:
        """Number of draws."""
        return len(self.resident)


def empty(model: Model, draws: int) -> Draws:
    """Arrays for a number of draws."""
    t, c, p = len(model.years), model.counties, int(model.fixed.area.max()) + 1
    bands = len(model.fixed.weights)
    return Draws(
        model.years,
        np.zeros((draws, t)),
        np.zeros((draws, t)),
        np.zeros((draws, t)),
        np.zeros((draws, t, c, 2, 3), np.float32),
        np.zeros((draws, t, c, 2), np.float32),
        np.zeros((draws, t, p, 2, 3, bands), np.float32),
        np.zeros((draws, t - 1, len(FLOWS))),
        np.zeros((t - 1, c, len(FLOWS))),
    )


def run(
    model: Model,
    draws: int,
    seed: int,
    path: Path | None = None,
    threads: int = 2,
    progress: Progress | None = None,
    parts: FilePath | None = None,
) -> Draws:
    """Run ``draws`` draws of a model.

    Args:
        model: prepared model.
        draws: number of draws.
        seed: of the Sobol scrambling.
        path: central course of a scenario; by default the model's.
        threads: worker threads; the answer does not depend on them.
        progress: called with (done, all) after each block.
        parts: folder in which finished blocks are kept, so that a stopped run goes on; none by default.
    """
    if draws < 1:
        raise ValueError(f"draws {draws}: ask for one or more")
    luck, scale = theta(model, draws, seed), spread(model)
    out = empty(model, draws)
    out.national[...] = national_shares(scale, luck)
    course = path or model.path
    key = _key(model, course, seed, draws)
    starts = list(range(0, draws, BLOCK))
    sums = [np.zeros_like(out.county_flows) for _ in starts]
    done = 0

    def block(i: int) -> int:
        first = starts[i]
        last = min(first + BLOCK, draws)
        kept = parts / f"block-{key}-{first:06d}.npz" if parts else None
        if kept is not None and kept.is_file():
            _load(kept, out, sums[i], first, last)
        else:
            _block(model, course, scale, luck, first, last, out, sums[i])
            if kept is not None:
                _save(kept, out, sums[i], first, last)
        return last - first

    with ThreadPoolExecutor(max(1, threads)) as pool:
        for finished in pool.map(block, range(len(starts))):
            done += finished
            if progress:
                progress(done, draws)
    for part in sums:
        out.county_flows += part / draws
    return out


def _block(
    model: Model, course: Path, scale: Spread, luck: Theta, first: int, last: int, out: Draws, total: Array
) -> None:
    work = scratch(model.fixed, classes(model.start.people.shape[3]))
    result = Result(*(np.zeros_like(part) for part in model.central))
    result = result._replace(bands=np.zeros(out.bands.shape[1:]))
    start = Stock(*(np.empty_like(part) for part in model.start))
    for d in range(first, last):
        path = draw_path(model, scale, luck, d, course)
        draw_stock(model, scale, luck, d, start)
        kernel.project_into(start, model.fixed, path, work, result)
        out.resident[d] = resident_rate(result.residents)
        out.hukou[d] = hukou_rate(result.registered)
        out.residents[d], out.registered[d], out.bands[d] = result.residents, result.registered, result.bands
        out.flows[d] = result.flows.sum(axis=1)
        total += result.flows


_FIELDS = ("resident", "hukou", "residents", "registered", "bands", "flows")


def _key(model: Model, course: Path, seed: int, draws: int) -> str:
    digest = hashlib.sha256(f"{seed}-{draws}".encode())
    for part in (*course, *model.start, *model.fixed):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:16]


def _save(path: FilePath, out: Draws, total: Array, first: int, last: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    with half.open("wb") as file:
        np.savez(file, county=total, **{name: getattr(out, name)[first:last] for name in _FIELDS})
    half.replace(path)


def _load(path: FilePath, out: Draws, total: Array, first: int, last: int) -> None:
    with np.load(path) as stored:
        for name in _FIELDS:
            getattr(out, name)[first:last] = stored[name]
        total[...] = stored["county"]
