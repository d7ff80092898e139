"""Speed and memory of the synthetic population beside a loop over `ipfn`, in one run.

    python -m benchmarks.synthesis [SHARE]

The peer fits age x sex x place x class of being away x education x occupation (38,912 cells) for each county with
`ipfn` (numpy mode), rounds at random and writes the cells as rows of seven columns to Parquet: no households, no
links, no dates, no incomes. Ours writes 22 columns of persons and 9 of households. Households are compared apart:
the same fitted roles of one stratum are seated by ours and by a plain loop that fills one household after the
other. Rates are per CPU second, so that other work on the machine counts for neither. `ipfn` is needed for this
benchmark only.
"""

import bisect
import datetime as dt
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ipfn import ipfn

from renben.core.randomness import stream
from renben.engines.synthesis.fitting import ipf
from renben.engines.synthesis.households import (
    KINDS,
    Role,
    assign_roles,
    fit_kinds,
    propensities,
    role_places,
)
from renben.engines.synthesis.matching import seat
from renben.engines.synthesis.planning import Plan, make_plan
from renben.engines.synthesis.population import write_population

PEER_COUNTIES = 12


def ours(share: float, threads: int, queue) -> None:
    """Make the population in this (fresh) process and report seconds, CPU seconds and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        started, cpu = time.perf_counter(), time.process_time()
        plan = make_plan(share)
        planned = time.perf_counter() - started
        made = write_population(plan, Path(folder), threads=threads, created_at=dt.datetime.now(dt.UTC))
        queue.put(
            {
                "rows": made.persons,
                "households": made.households,
                "seconds": time.perf_counter() - started,
                "plan_seconds": planned,
                "cpu_seconds": time.process_time() - cpu,
                "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
                "bytes": made.bytes,
                "kept": all(row.kept for row in made.fit),
            }
        )


def in_new_process(share: float, threads: int) -> dict:
    """Run ours where nothing else counts towards the peak."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=ours, args=(share, threads, queue))
    process.start()
    result = queue.get()
    process.join()
    return result


def county_problem(plan: Plan, index: int):
    """Seed, margins and their axes of one county."""
    table = plan.margins.age_sex[index].astype(float)
    n = table.sum()
    away = plan.margins.away[index].astype(float)
    education = sum(t.education for t in plan.tables[index]).reshape(101, 2, 8).sum(axis=0).astype(float)
    work = sum(t.occupation for t in plan.tables[index]).sum(axis=0).astype(float)
    urban = float(plan.margins.urban[index])
    seed = np.ones((19, 2, 2, 4, 8, 8))
    seed[:, :, 0, 1:] *= 4.0
    seed[:3, ..., 1:] = 1e-6
    margins = [table, np.array([urban, n - urban]), np.concatenate([[n - away.sum()], away]), education, work]
    return seed, margins, [[0, 1], [2], [3], [1, 4], [5]]


def peer(plan: Plan, counties: list[int], folder: Path) -> tuple[int, float]:
    """Rows and CPU seconds of the ipfn loop."""
    rng = np.random.default_rng(1)
    started, rows = time.process_time(), 0
    names = ("age", "sex", "place", "away", "education", "occupation")
    for index in counties:
        seed, margins, axes = county_problem(plan, index)
        fitted = ipfn.ipfn(seed, margins, axes, 1e-8).iteration()
        whole = np.floor(fitted + rng.random(fitted.shape)).astype(int)
        columns = np.unravel_index(np.repeat(np.arange(whole.size), whole.ravel()), whole.shape)
        data = {name: column.astype(np.int8) for name, column in zip(names, columns, strict=True)}
        data["county"] = np.full(len(columns[0]), index, dtype=np.int16)
        pq.write_table(pa.table(data), folder / f"{index}.parquet", compression="zstd", compression_level=1)
        rows += len(columns[0])
    return rows, time.process_time() - started


def fits(plan: Plan, counties: list[int]) -> tuple[float, float]:
    """Seconds for the same fits by ours and by ipfn."""
    own = other = 0.0
    for index in counties:
        seed, margins, axes = county_problem(plan, index)
        started = time.perf_counter()
        a, _ = ipf(
            seed, [(tuple(keep), goal) for keep, goal in zip(axes, margins, strict=True)], tolerance=1e-9
        )
        own += time.perf_counter() - started
        started = time.perf_counter()
        b = ipfn.ipfn(seed.copy(), margins, axes, 1e-8).iteration()
        other += time.perf_counter() - started
        if np.abs(a - b).max() > 0.5:
            raise SystemExit(f"the fits differ by {np.abs(a - b).max()} persons")
    return own, other


def seats(plan: Plan, index: int) -> tuple[int, float, float]:
    """Persons of an urban stratum, and CPU seconds to seat them by ours and by a loop over households."""
    stratum = plan.strata[index][0]
    weight = propensities(stratum, plan.priors, plan.births)
    share = weight / np.maximum(weight.sum(axis=2, keepdims=True), 1e-9)
    kinds = fit_kinds(stratum, plan.priors, (stratum.family[:, :, None] * share).sum(axis=(0, 1)))
    roles = assign_roles(stratum, weight, role_places(kinds))
    seat(stratum, roles, kinds, stream(1, "warm up"), plan.priors, np.cumsum(plan.births))
    started = time.process_time()
    people = seat(stratum, roles, kinds, stream(1, "seats"), plan.priors, np.cumsum(plan.births))
    own = time.process_time() - started
    started = time.process_time()
    seated = loop_over_households(roles, kinds, random.Random(1))
    other = time.process_time() - started
    if abs(seated - int(stratum.family.sum())) > 5:
        raise SystemExit(f"the loop seats {seated} of {stratum.family.sum()} persons")
    return len(people.age), own, other


def loop_over_households(roles: np.ndarray, kinds: np.ndarray, rng: random.Random) -> int:
    """Fill one household after the other from pools of ages; spouses and children by nearest age."""
    pools = {r: sorted(np.repeat(np.arange(101), roles[:, :, r].sum(axis=1)).tolist()) for r in Role}

    def nearest(role: Role, age: float) -> int:
        pool = pools[role]
        return pool.pop(min(bisect.bisect_left(pool, age), len(pool) - 1)) if pool else -1

    persons = 0
    for kind, count in zip(KINDS, kinds.tolist(), strict=True):
        for _ in range(count):
            home = []
            if kind.couple_with_kids or kind.couple:
                wives = Role.PARTNER_WITH_KIDS_F if kind.couple_with_kids else Role.PARTNER_F
                men = Role.PARTNER_WITH_KIDS_M if kind.couple_with_kids else Role.PARTNER_M
                wife = pools[wives].pop(rng.randrange(len(pools[wives]))) if pools[wives] else -1
                home += [wife, nearest(men, wife + 2)]
            home += [nearest(Role.LONE, rng.uniform(25, 50)) for _ in range(kind.lone)]
            home += [nearest(Role.ALONE, rng.uniform(20, 90)) for _ in range(kind.alone)]
            home += [nearest(Role.OTHER, rng.uniform(20, 60)) for _ in range(kind.other)]
            home += [nearest(Role.KID, home[0] - rng.gauss(27, 5)) for _ in range(kind.kids)]
            if kind.elders == 2:
                home += [
                    nearest(Role.ELDER_COUPLE_M, home[0] + 28),
                    nearest(Role.ELDER_COUPLE_F, home[0] + 26),
                ]
            home += [nearest(Role.ELDER, home[0] + 27) for _ in range(kind.elders == 1)]
            home += [nearest(Role.GREAT, 85) for _ in range(kind.great)]
            persons += sum(age >= 0 for age in home)
    return persons


def main() -> None:
    """Print both rates and the ratio of the fits."""
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="ipfn")
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    result = in_new_process(share, 2)
    plan = make_plan(share)
    counties = list(range(PEER_COUNTIES))
    with tempfile.TemporaryDirectory() as folder:
        rows, seconds = peer(plan, counties, Path(folder))
    own, other = fits(plan, counties)
    rate, peer_rate = result["rows"] / result["cpu_seconds"], rows / seconds
    persons, seated, looped = seats(plan, 0)
    print(json.dumps(result, indent=2))
    print(f"ours: {rate:,.0f} rows per CPU second, 22 columns, households, links (planning included)")
    print(f"ipfn loop: {peer_rate:,.0f} rows per CPU second, 7 columns ({PEER_COUNTIES} counties)")
    print(f"rows, ours to the loop: {rate / peer_rate:.2f}; values: {22 * rate / 7 / peer_rate:.2f}")
    print(
        f"seating {persons:,} persons: ours {seated:.2f} s, loop {looped:.2f} s, ratio {looped / seated:.1f}"
    )
    print(f"the same fits alone: ours {own:.3f} s, ipfn {other:.3f} s, ratio {other / own:.1f}")


if __name__ == "__main__":
    main()
