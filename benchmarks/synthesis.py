"""Speed and memory of the synthetic population beside loops over `ipfn` and `humanleague`, in one run.

    python -m benchmarks.synthesis [SHARE]

The peer fits age x sex x place x class of being away x education x occupation (38,912 cells) for each county with
`ipfn` (numpy mode), rounds at random and writes the cells as rows of seven columns to Parquet: no households, no
links, no dates, no incomes. Ours writes about thirty columns of persons and 9 of households. What the peers do is also
compared like for like: the fit alone, and the fit with rounding to whole persons. Households are compared apart:
the same fitted roles of one stratum are seated by ours and by a plain loop that fills one household after the
other. Rates are per CPU second, so that other work on the machine counts for neither. `ipfn` and `humanleague` are
needed for this benchmark only.
"""

import bisect
import datetime as dt
import multiprocessing
import random
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

import humanleague
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ipfn import ipfn

from benchmarks.harness import Row
from renben.core.randomness import stream
from renben.engines.synthesis.fitting import ipf, round_rows
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
LEAGUE_COUNTIES = 4
"""Counties of the slower peer."""


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
                "columns": len(pq.read_schema(next(Path(folder).glob("persons/*.parquet"))).names),
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


def league_fits(plan: Plan, counties: list[int]) -> tuple[int, float, float]:
    """The table stage like for like: fit and round to whole persons, by ours and by humanleague (persons, CPU s).

    Both start from the same margins and end with whole persons; humanleague fits by its ipf and rounds
    with its integerise to the total.
    """
    own = other = 0.0
    persons = 0
    for index in counties:
        seed, margins, axes = county_problem(plan, index)
        started = time.process_time()
        pairs = [(tuple(keep), goal) for keep, goal in zip(axes, margins, strict=True)]
        fitted, _ = ipf(seed, pairs, tolerance=1e-8)
        flat = fitted.reshape(38, -1)
        whole = round_rows(flat, margins[0].ravel().astype(np.int64))
        own += time.process_time() - started
        started = time.process_time()
        peer_fit, _ = humanleague.ipf(seed, [np.array(axis) for axis in axes], margins)
        total = round(float(peer_fit.sum()))
        rounded, _ = humanleague.integerise(peer_fit.ravel() / peer_fit.sum(), total)
        other += time.process_time() - started
        persons += int(whole.sum())
        if abs(int(rounded.sum()) - int(whole.sum())) > 5 or np.abs(fitted - peer_fit).max() > 0.5:
            raise SystemExit("the fits differ")
    return persons, own, other


def rows(share: float = 1.0) -> list[Row]:
    """Lines of docs/performance.md; `ipfn` and `humanleague` have to be installed."""
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="ipfn")
    result = in_new_process(share, 2)
    plan = make_plan(share)
    counties = list(range(PEER_COUNTIES))
    with tempfile.TemporaryDirectory() as folder:
        made, seconds = peer(plan, counties, Path(folder))
    own, other = fits(plan, counties)
    league, league_own, league_other = league_fits(plan, counties[:LEAGUE_COUNTIES])
    persons, seated, looped = seats(plan, 0)
    rate, peer_rate = result["rows"] / result["cpu_seconds"], made / seconds
    what = f"{result['rows']:,} persons in {result['households']:,} households"
    wide = result["columns"]
    return [
        Row(f"{what} (wall, two threads)", f"{result['seconds']:.0f} s", "60 s", f"{result['seconds'] / 60:.2f}",
            "at most 60 s", result["seconds"] <= 60),
        Row("the same (CPU)", f"{result['cpu_seconds']:.0f} s", "two cores for 60 s", f"{result['cpu_seconds'] / 120:.2f}",
            "at most 120 s", result["cpu_seconds"] <= 120),
        Row("peak memory of it", f"{result['peak_gb']:.2f} GB", "2 GB", f"{result['peak_gb'] / 2:.2f}", "at most 2 GB",
            result["peak_gb"] <= 2),
        Row("size written", f"{result['bytes'] / 1e6:.0f} MB", f"{result['bytes'] / result['rows']:.1f} bytes a person", "—"),
        Row(f"whole task: rows a CPU second, {wide} columns, families, links, dates", f"{rate / 1e6:.2f} M",
            f"`ipfn` loop, 7 columns of one table, nothing else: {peer_rate / 1e6:.2f} M", f"{rate / peer_rate:.2f}x"),
        Row("the same by values (columns x rows)", f"{wide * rate / 1e6:.1f} M", f"{7 * peer_rate / 1e6:.1f} M",
            f"{wide * rate / 7 / peer_rate:.2f}x"),
        Row(f"like for like: fit of 38,912 cells, {PEER_COUNTIES} counties", f"{own:.2f} s", f"`ipfn` {other:.2f} s",
            f"{other / own:.1f} times as fast"),
        Row(f"like for like: fit and whole persons, {league:,} persons", f"{league_own:.2f} s",
            f"`humanleague` ipf and integerise {league_other:.2f} s", f"{league_other / league_own:.1f} times as fast"),
        Row(f"seating {persons:,} persons in households", f"{seated:.2f} s", f"plain loop {looped:.1f} s",
            f"{looped / seated:.0f} times as fast"),
    ]  # fmt: skip


def main() -> None:
    """Print the lines."""
    for row in rows(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0):
        print(f"{row.what}: {row.ours}; {row.beside}; {row.ratio} {row.bar}")


if __name__ == "__main__":
    main()
