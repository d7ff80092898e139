"""Projection beside a peer that installs: matrix projection of one sex by single age, and our whole kernel.

The peer is a package for population matrices (LGPL), put into an environment of its own that users never see:

    python -m venv FOLDER && FOLDER/bin/pip install matpopmod==0.1.1
    RENBEN_PEER_PYTHON=FOLDER/bin/python python -m benchmarks projection_peer

Both are given the same closed Leslie matrices, one for each county and place, from the same model, and the same steps.
The peer has no regions, no moves and no hukou; our kernel's line is what the whole model makes in the same run.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.harness import Row, cpu_seconds
from renben.engines.projection import kernel
from renben.engines.projection.model import prepare
from renben.engines.projection.rogers import leslie

STEPS, GIRLS = 15, 0.48
TRIED = (
    "cohortproj (no version to install), popro 0.1.1 (installs; school cohorts of one place from CSV files, no cohort-component), "
    "no R package for projection in Debian (bayesPop is not packaged; r-cran-popepi is epidemiology)"
)
PEER = """
import json, sys, time
import numpy as np
from matpopmod import MPM
data = np.load(sys.argv[1])
steps = int(sys.argv[2])
best = float("inf")
for _ in range(3):
    start = time.process_time()
    ends = [np.asarray(MPM(A=m).trajectory(n, t_max=steps).Y)[-1] for m, n in zip(data["matrices"], data["start"])]
    best = min(best, time.process_time() - start)
print(json.dumps({"seconds": best, "total": float(np.sum(ends))}))
"""


def rows() -> list[Row]:
    """All lines of this benchmark."""
    python = os.environ.get("RENBEN_PEER_PYTHON")
    if python is None:
        return [
            Row("cell-steps a second beside a peer", "not run: RENBEN_PEER_PYTHON is not set", TRIED, "—")
        ]
    model = prepare(2025, kinds=1)
    matrices, start = closed(model)
    peer = measured(python, matrices, start)
    mine = cpu_seconds(lambda: ours(matrices, start))
    ends = ours(matrices, start)
    agree = abs(ends.sum() / peer["total"] - 1)
    cells = start.size * STEPS
    whole = whole_kernel(model)
    return [
        Row(
            f"{len(start)} closed populations x {start.shape[1]} ages x {STEPS} steps, cell-steps a CPU second",
            f"{cells / mine / 1e6:.1f} M",
            f"matpopmod 0.1.1: {cells / peer['seconds'] / 1e6:.2f} M (same totals to {agree:.0e})",
            f"{peer['seconds'] / mine:.1f}x",
        ),
        Row(
            "whole model (moves, residence years, hukou ledger), cell-steps a CPU second",
            f"{whole / 1e6:.0f} M",
            f"matpopmod 0.1.1, closed, one sex: {cells / peer['seconds'] / 1e6:.2f} M. Tried and not usable: {TRIED}",
            f"{whole * peer['seconds'] / cells:.0f}x",
        ),
    ]


def closed(model) -> tuple[np.ndarray, np.ndarray]:
    """Leslie matrices (n, a, a) and women (n, a) of each county and place of a model."""
    women = model.start.people[:, 1].sum(axis=2).reshape(-1, model.start.people.shape[-1])
    first, step = model.fixed.e0_range
    level = round((float(model.fixed.e0_outside[1]) - first) / step)
    survival = model.fixed.survival[level, 1]
    fertility = model.path.tfr[0] * model.path.births_by_age[0]
    one = leslie(
        fertility, np.append(survival[1:], survival[-1]), float(model.fixed.infant[level, 1]), 1.0, GIRLS
    )
    return np.repeat(one[None], len(women), axis=0), women


def ours(matrices: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Women after all steps, every population at once."""
    people = start
    for _ in range(STEPS):
        people = np.einsum("nij,nj->ni", matrices, people)
    return people


def measured(python: str, matrices: np.ndarray, start: np.ndarray) -> dict:
    """CPU seconds and total of the peer, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "peer.npz"
        np.savez(path, matrices=matrices, start=start)
        done = subprocess.run(
            [python, "-c", PEER, str(path), str(STEPS)], capture_output=True, text=True, check=True
        )
    return json.loads(done.stdout)


def whole_kernel(model) -> float:
    """Cell-steps a CPU second of the compiled kernel, all states."""
    kernel.project(model.start, model.fixed, model.path)
    seconds = cpu_seconds(lambda: kernel.project(model.start, model.fixed, model.path), 5)
    return model.start.people.size * len(model.path.tfr) / seconds
