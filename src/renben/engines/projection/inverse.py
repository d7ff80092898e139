"""The inverse: what would reach the target with the wanted probability, at least cost?

For people: "70 % with probability 0.9" becomes a mix of levers with persons and money, checked by a full run.
One lever: bisection, since the probability rises with the lever. Several: a linear programme on the effects of
single levers, then a full run, and a second round from what that run showed. A settlement lever raises the hukou rate and
entitlements; it does not raise resident urbanization, so it is refused for that target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

from renben.engines.projection.levers import LEVERS, LeverError
from renben.engines.projection.model import Model
from renben.engines.projection.questions import central
from renben.engines.projection.run import Draws, run
from renben.engines.projection.scenario import Scenario, with_levers
from renben.engines.projection.states import Array

PLAIN = "A settlement lever changes the hukou rate and entitlements, not resident urbanization."


@dataclass(frozen=True)
class Goal:
    """Rate at least ``target`` (percent; for the gap at most) in ``year`` with ``probability``."""

    target: float
    year: int
    probability: float
    rate: str = "resident"


@dataclass
class Mix:
    """An answer: lever values, persons, cost, and what a full run says."""

    goal: Goal
    levers: dict[str, float]
    persons: dict[str, float]
    cost: dict[str, float]  # 10k yuan
    before: float  # probability without levers
    after: float  # probability of the verifying run
    draws: int
    error: float
    reached: bool
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "target": self.goal.target,
            "year": self.goal.year,
            "probability": self.goal.probability,
            "rate": self.goal.rate,
            "levers": {k: round(v, 4) for k, v in self.levers.items()},
            "persons": {k: round(v) for k, v in self.persons.items()},
            "cost_10k_yuan": {k: round(v) for k, v in self.cost.items()},
            "total_cost_10k_yuan": round(sum(self.cost.values())),
            "p_before": self.before,
            "p_after": self.after,
            "draws": self.draws,
            "error": round(self.error, 4),
            "reached": self.reached,
            "notes": self.notes,
        }


def check(goal: Goal, levers: Sequence[str]) -> None:
    """Refuse a lever that cannot move the rate.

    Raises:
        LeverError: names the lever and what it changes instead.
    """
    for name in levers:
        plain = name.split("@", 1)[0]
        moves = LEVERS[plain].moves if plain in LEVERS else ("hukou",)
        if goal.rate not in moves and goal.rate != "gap":
            raise LeverError(f"{name} changes {' and '.join(moves)}, not the {goal.rate} rate. {PLAIN}")


def values(draws: Draws, goal: Goal) -> Array:
    """The rate in the goal's year by draw, percent."""
    at = int(np.flatnonzero(draws.years == goal.year)[0])
    by = {"resident": draws.resident[:, at], "hukou": draws.hukou[:, at]}
    by["gap"] = by["resident"] - by["hukou"]
    return np.asarray(100 * by[goal.rate])


def reached(draws: Draws, goal: Goal) -> float:
    """Probability of the goal."""
    v = values(draws, goal)
    return float(np.mean(v <= goal.target if goal.rate == "gap" else v >= goal.target))


def shortfall(draws: Draws, goal: Goal) -> float:
    """Percentage points by which the whole distribution must shift for the goal (negative: already there)."""
    v = values(draws, goal)
    if goal.rate == "gap":
        return float(np.quantile(v, goal.probability) - goal.target)
    return float(goal.target - np.quantile(v, 1 - goal.probability))


def simulate(model: Model, levers: Mapping[str, float], draws: int, seed: int, threads: int = 2) -> Draws:
    """Draws of a scenario with common random numbers."""
    changed, path = with_levers(model, Scenario(levers))
    return run(changed, draws, seed, path, threads)


def one_lever(
    model: Model,
    lever: str,
    goal: Goal,
    low: float,
    high: float,
    draws: int = 100,
    seed: int = 1,
    rounds: int = 8,
) -> float:
    """Smallest value of one lever that reaches the goal, by bisection with common random numbers.

    Raises:
        LeverError: the lever cannot move the rate, or not even its limit reaches the goal.
    """
    check(goal, [lever])
    if reached(simulate(model, {lever: high}, draws, seed), goal) < goal.probability:
        raise LeverError(
            f"{lever} = {high:g} does not reach {goal.rate} {goal.target:g} % in {goal.year} with probability "
            f"{goal.probability:g}; add levers, or allow a higher limit"
        )
    for _ in range(rounds):
        middle = (low + high) / 2
        if reached(simulate(model, {lever: middle}, draws, seed), goal) >= goal.probability:
            high = middle
        else:
            low = middle
    return high


@dataclass(frozen=True)
class Slope:
    """Response of the rate (points, towards the goal) and of persons to the full use of a lever."""

    lever: str
    limit: float
    points: float
    persons: float


def slope(model: Model, lever: str, limit: float, goal: Goal) -> Slope:
    """Effect of taking a lever to its limit, from deterministic runs."""
    at = int(np.flatnonzero(model.years == goal.year)[0])
    base, full = central(model, {}), central(model, {lever: limit})
    sign = -1.0 if goal.rate == "gap" else 1.0
    points = sign * 100 * float(full[goal.rate][at] - base[goal.rate][at])
    count = "urban" if goal.rate == "resident" else "registered"
    return Slope(lever, limit, points, abs(float(full[count][at] - base[count][at])))


def mix(slopes: Sequence[Slope], costs: Mapping[str, float], points: float) -> Array:
    """Least-cost use (0..1) of each lever that yields ``points``; all at their limit where even that is too little."""
    gain = np.array([max(s.points, 0.0) for s in slopes])
    price = np.array([costs[s.lever] * s.persons for s in slopes])
    if gain.sum() <= points:
        return np.where(gain > 0, 1.0, 0.0)
    found = linprog(price, A_ub=-gain[None], b_ub=[-points], bounds=[(0, 1)] * len(slopes))
    return np.asarray(found.x)


def solve(
    model: Model,
    goal: Goal,
    limits: Mapping[str, float],
    costs: Mapping[str, float],
    draws: int = 200,
    verify: int = 1000,
    seed: int = 1,
    threads: int = 2,
) -> Mix:
    """Least-cost mix of levers for a goal, verified by a full run.

    Args:
        model: prepared model that covers the goal's year.
        goal: target, year, probability, rate.
        limits: lever -> furthest value allowed (1 changes nothing).
        costs: lever -> cost of one additional person, 10k yuan.
        draws: draws of the search.
        verify: draws of the verifying run.
        seed: of the draws.
        threads: worker threads.
    """
    check(goal, list(limits))
    base = run(model, draws, seed, threads=threads)
    need = shortfall(base, goal)
    slopes = [slope(model, lever, limit, goal) for lever, limit in limits.items()]
    chosen: dict[str, float] = {}
    if need > 0:
        use = mix(slopes, costs, need)
        for _ in range(2):
            chosen = _settings(slopes, use)
            left = shortfall(simulate(model, chosen, draws, seed, threads), goal)
            if abs(left) < 0.02:
                break
            need += left
            use = mix(slopes, costs, need)
        chosen = _settings(slopes, use)
    final = (
        simulate(model, chosen, verify, seed + 1, threads)
        if chosen
        else run(model, verify, seed + 1, threads=threads)
    )
    after = reached(final, goal)
    before = reached(run(model, verify, seed + 1, threads=threads), goal) if chosen else after
    persons = {s.lever: s.persons * u for s, u in zip(slopes, use, strict=True)} if chosen else {}
    error = float(np.sqrt(after * (1 - after) / verify))
    answer = Mix(
        goal,
        chosen,
        persons,
        {k: costs[k] * v for k, v in persons.items()},
        before,
        after,
        verify,
        error,
        after + error >= goal.probability,
    )
    _explain(answer, slopes)
    return answer


def _settings(slopes: Sequence[Slope], use: Array) -> dict[str, float]:
    return {s.lever: float(1 + u * (s.limit - 1)) for s, u in zip(slopes, use, strict=True) if u > 1e-6}


def _explain(answer: Mix, slopes: Sequence[Slope]) -> None:
    if not answer.levers:
        answer.notes.append("reached without any lever")
    if not answer.reached:
        most = sum(max(s.points, 0.0) for s in slopes)
        answer.notes.append(f"not reached: all levers at their limits bring about {most:.2f} points")
    useless = [s.lever for s in slopes if s.points <= 0]
    if useless:
        answer.notes.append(f"no gain for this goal: {', '.join(useless)}")
    if answer.goal.rate == "resident":
        answer.notes.append(PLAIN)
    answer.notes.append("unit costs are illustrative (D) until an operator replaces them")
