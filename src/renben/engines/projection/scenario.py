"""A scenario: levers, changed assumptions and when they act; and the run of it.

For people: one sentence in, two rates with their spread out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import yaml

from renben.catalogue import load
from renben.engines.projection import levers
from renben.engines.projection.inputs import Regions
from renben.engines.projection.model import Model, prepare
from renben.engines.projection.run import Draws, Progress, run
from renben.engines.projection.states import Mask, Path
from renben.engines.projection.summary import members

KEYS = ("levers", "assume", "since", "moves_share")


@dataclass(frozen=True)
class Scenario:
    """What is changed against the central course."""

    levers: Mapping[str, float] = field(default_factory=dict)
    assume: Mapping[str, Any] = field(default_factory=dict)
    since: int | None = None
    moves_share: float | None = None

    def written(self) -> dict[str, Any]:
        """As plain data, for results."""
        return {
            "levers": dict(self.levers),
            "assume": dict(self.assume),
            "since": self.since,
            "moves_share": self.moves_share,
        }


def parse(settings: Sequence[str], written: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario from a file's mapping and LEVER=VALUE settings (the settings win).

    Raises:
        LeverError: a setting has no '=', its value is no number, or the lever is unknown.
    """
    data = dict(written or {})
    unknown = sorted(set(data) - set(KEYS))
    if unknown:
        raise levers.LeverError(f"scenario: unknown keys {unknown}; a scenario has {', '.join(KEYS)}")
    chosen = {str(k): float(v) for k, v in (data.get("levers") or {}).items()}
    assume = dict(data.get("assume") or {})
    for text in settings:
        name, sign, value = text.partition("=")
        if not sign:
            raise levers.LeverError(f"{text!r}: write LEVER=VALUE, for example settle=1.5")
        if name.startswith("assume."):
            assume[name.removeprefix("assume.")] = yaml.safe_load(value)
            continue
        chosen[name] = _number(name, value)
    for name, number in chosen.items():
        levers.check(name, number)
    since, share = data.get("since"), data.get("moves_share")
    return Scenario(
        chosen, assume, None if since is None else int(since), None if share is None else float(share)
    )


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise levers.LeverError(f"{name}={value!r} is not a number") from None


def county_mask(regions: Regions, text: str) -> Mask:
    """Counties named by codes (county, prefecture, province) or a catalogue group, separated by commas.

    Raises:
        LeverError: a name is neither.
    """
    groups = load().groups
    mask = np.zeros(len(regions.counties), bool)
    for name in (part.strip() for part in text.split(",")):
        codes = groups[name].members if name in groups else (name,)
        for code in codes:
            try:
                mask[members(regions, code)] = True
            except ValueError as error:
                raise levers.LeverError(f"@{name}: {error}; groups are {', '.join(groups)}") from None
    return mask


def with_levers(model: Model, scenario: Scenario) -> tuple[Model, Path]:
    """The model with a scenario's course and rates; base, calibration and luck stay the same."""
    years = None if scenario.since is None else model.years[1:] >= scenario.since
    path, fixed = levers.apply(
        model.path, model.fixed, scenario.levers, lambda text: county_mask(model.inputs.regions, text), years
    )
    return replace(model, fixed=fixed), path


@dataclass(frozen=True)
class Done:
    """A finished run."""

    model: Model
    draws: Draws

    def codes(self, wanted: str) -> list[str]:
        """Region codes of 'province', 'prefectures' (with the province), 'counties' or a list with commas."""
        regions = self.model.inputs.regions
        top = [regions.province]
        named = {
            "province": top,
            "prefectures": [*top, *regions.prefectures],
            "counties": [*top, *regions.prefectures, *regions.counties],
        }
        if wanted in named:
            return named[wanted]
        codes = [part.strip() for part in wanted.split(",") if part.strip()]
        for code in codes:
            members(regions, code)
        return codes


def project(
    scenario: Scenario,
    until: int,
    draws: int,
    seed: int,
    kinds: int = 3,
    threads: int = 2,
    facts: FilePath | None = None,
    parts: FilePath | None = None,
    progress: Progress | None = None,
) -> Done:
    """Prepare a model, apply a scenario and run its draws."""
    model = prepare(until, kinds, facts, scenario.assume, scenario.moves_share)
    changed, path = with_levers(model, scenario)
    return Done(model, run(changed, draws, seed, path, threads, progress, parts))
