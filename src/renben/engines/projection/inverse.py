"""The inverse: what would reach the target with the wanted probability, at least cost?

For people: "70 % with probability 0.9" becomes a mix of levers with persons and money, checked by a full run.
One lever: bisection, since the probability rises with the lever. Several: a linear programme on the parts of levers
(`mixing`), runs that correct it, then a full run with fresh luck; it is repeated with more until the probability of that
run is at least the wanted one, or all levers are at their limits. A settlement lever raises the hukou rate and
entitlements; it does not raise resident urbanization, so it is refused for that target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from renben.engines.projection.levers import LEVERS, LeverError
from renben.engines.projection.mixing import Part, cut, mix, prices, settings, totals
from renben.engines.projection.model import Model
from renben.engines.projection.questions import central
from renben.engines.projection.run import Draws, run
from renben.engines.projection.scenario import Scenario, with_levers
from renben.engines.projection.states import Array

ROUNDS = 5
"""Largest number of corrections, and of verifying runs."""
CLOSE = 0.02
"""Points by which a correction may miss, and that are added when a verification has failed."""
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


def parts_of(
    model: Model, goal: Goal, limits: Mapping[str, float], costs: Mapping[str, float], rise: Sequence[float]
) -> list[Part]:
    """Parts of every lever with what they bring (points towards the goal, persons), from deterministic runs.

    Args:
        model: prepared model.
        goal: what counts.
        limits: lever -> furthest value.
        costs: lever -> cost of one additional person in its first part, 10k yuan.
        rise: cost of a person in each part relative to the first.
    """
    at = int(np.flatnonzero(model.years == goal.year)[0])
    sign = -1.0 if goal.rate == "gap" else 1.0
    count = "urban" if goal.rate == "resident" else "registered"
    base, found = central(model, {}), []
    for lever, limit in limits.items():
        steps = [central(model, {lever: float(v)}) for v in np.linspace(1.0, limit, len(rise) + 1)[1:]]
        points = [0.0, *(sign * 100 * float(s[goal.rate][at] - base[goal.rate][at]) for s in steps)]
        persons = [0.0, *(float(s[count][at] - base[count][at]) for s in steps)]
        found += cut(lever, limit, points, persons, prices(costs, rise, lever))
    return found


@dataclass
class Search:
    """A search for a mix: how far the distribution must be moved, learnt from runs."""

    model: Model
    goal: Goal
    parts: list[Part]
    draws: int
    threads: int

    def run(self, chosen: Mapping[str, float], draws: int, seed: int) -> Draws:
        """Draws of a mix."""
        return simulate(self.model, chosen, draws, seed, self.threads)

    def settle(self, need: float, seed: int) -> float:
        """Points to ask of the programme so that the searching draws just reach the goal (Gauss-Newton)."""
        for _ in range(ROUNDS):
            left = shortfall(
                self.run(settings(self.parts, mix(self.parts, need)), self.draws, seed), self.goal
            )
            need += left
            if abs(left) < CLOSE or need >= self.most():
                break
        return need

    def most(self) -> float:
        """Points that all helpful parts bring together."""
        return sum(max(part.points, 0.0) for part in self.parts)

    def verified(self, need: float, verify: int, seed: int) -> tuple[float, Draws]:
        """Raise the need until a full run with fresh luck reaches the goal; the last run where it cannot."""
        done = self.run(settings(self.parts, mix(self.parts, need)), verify, seed)
        for again in range(1, ROUNDS):
            if reached(done, self.goal) >= self.goal.probability or need >= self.most():
                break
            need = min(need + shortfall(done, self.goal) + CLOSE, self.most())
            done = self.run(settings(self.parts, mix(self.parts, need)), verify, seed + again)
        return need, done


def solve(
    model: Model,
    goal: Goal,
    limits: Mapping[str, float],
    costs: Mapping[str, float],
    draws: int = 200,
    verify: int = 1000,
    seed: int = 1,
    threads: int = 2,
    rise: Sequence[float] = (1.0, 1.0),
) -> Mix:
    """Least-cost mix of levers for a goal, verified by a full run whose probability is at least the wanted one.

    Args:
        model: prepared model that covers the goal's year.
        goal: target, year, probability, rate.
        limits: lever -> furthest value allowed (1 changes nothing).
        costs: lever -> cost of one additional person in the lever's first part, 10k yuan.
        draws: draws of the search.
        verify: draws of the verifying run; each verification has luck of its own.
        seed: of the draws.
        threads: worker threads.
        rise: cost of a person in each part of a lever relative to the first.
    """
    check(goal, list(limits))
    search = Search(model, goal, parts_of(model, goal, limits, costs, rise), draws, threads)
    before = search.run({}, verify, seed + 1)
    need, done = shortfall(before, goal), before
    if reached(before, goal) < goal.probability:
        need, done = search.verified(search.settle(need, seed), verify, seed + 2)
    use = mix(search.parts, max(need, 0.0))
    persons, cost = totals(search.parts, use)
    after = reached(done, goal)
    error = float(np.sqrt(after * (1 - after) / verify))
    answer = Mix(
        goal,
        settings(search.parts, use),
        persons,
        cost,
        reached(before, goal),
        after,
        verify,
        error,
        after >= goal.probability,
    )
    _explain(answer, search)
    return answer


def _explain(answer: Mix, search: Search) -> None:
    if not answer.levers:
        answer.notes.append("reached without any lever")
    if not answer.reached:
        answer.notes.append(
            f"NOT reached: all levers at their limits bring about {search.most():.2f} points; add levers or raise limits"
        )
    gains: dict[str, float] = {}
    for part in search.parts:
        gains[part.lever] = gains.get(part.lever, 0.0) + part.points
    useless = [lever for lever, points in gains.items() if points <= 0]
    if useless:
        answer.notes.append(f"no gain for this goal: {', '.join(useless)}")
    if answer.goal.rate == "resident":
        answer.notes.append(PLAIN)
    answer.notes.append("unit costs are illustrative (D) until an operator replaces them")
