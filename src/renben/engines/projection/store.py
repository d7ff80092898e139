"""Puts a projection into a workspace, where the monitoring report and the evaluation find it.

For people: the fan in the report is this model's, beside the plain trend; each number carries its assumption sheet.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from renben.core.schema import canonical
from renben.core.workspace import Cite, Provenance, Workspace
from renben.engines.projection.drift import logit
from renben.engines.projection.model import Model
from renben.engines.projection.run import Draws
from renben.engines.projection.summary import curve, members, rate_table, rates_of, reach

MADE_BY = "engines/projection"


def rate_frame(draws: Draws, model: Model, codes: Sequence[str]) -> pl.DataFrame:
    """Rows of the dataset projection_rates (percent; percentage points for the gap)."""
    table = rate_table(draws, model.inputs.regions, codes)
    parts = []
    for code in codes:
        for rate, values in rates_of(draws, members(model.inputs.regions, code)).items():
            if rate == "gap":
                continue
            on_logit = logit(np.clip(values, 1e-6, 1 - 1e-6))
            parts.append(
                pl.DataFrame(
                    {
                        "region": code,
                        "rate": rate,
                        "year": draws.years.astype(np.int64),
                        "centre": on_logit.mean(axis=0),
                        "spread": on_logit.std(axis=0),
                    }
                )
            )
    return table.join(pl.concat(parts), on=["region", "rate", "year"], how="left", maintain_order="left")


def target_frame(draws: Draws, model: Model, year: int, shares: Sequence[float]) -> pl.DataFrame:
    """Rows of the dataset projection_targets: the curve, the plan's thresholds and the nation's rate."""
    points = {f"{s:g}": p for s, p in curve(draws, year).select("share", "probability").iter_rows()}
    points |= reach(draws, shares, year)
    rows = [
        {
            "region": model.inputs.regions.province,
            "year": year,
            "target": name,
            "probability": p,
            "error": float(np.sqrt(p * (1 - p) / draws.count)),
            "draws": draws.count,
        }
        for name, p in points.items()
    ]
    return pl.DataFrame(rows)


def save(
    space: Workspace,
    draws: Draws,
    model: Model,
    codes: Sequence[str],
    scenario: dict[str, object],
    seed: int,
    now: Callable[[], dt.datetime],
) -> list[str]:
    """Write both datasets for the last observed year; returns their names.

    Their vintage is the newest day of the facts in the workspace: a projection knows no more than its facts.
    """
    assume = model.assume
    year = int(assume.value("target_year"))
    day = max((v.day for v in space.versions("elements")), default=now().date())
    frames = {"projection_rates": rate_frame(draws, model, codes)}
    if draws.years[0] < year <= draws.years[-1]:
        frames["projection_targets"] = target_frame(draws, model, year, assume.value("target_shares"))
    cites = tuple(
        Cite(name=u.name, region=u.region, since=u.since, value=u.value, ref=u.ref, trust=u.trust)
        for u in assume.law.used.values()
    )
    for name, frame in frames.items():
        dataset = space.dataset(name)
        provenance = Provenance(
            dataset=name,
            period=str(int(draws.years[0])),
            made_by=MADE_BY,
            provisions=cites,
            seed=seed,
            note=json.dumps(scenario, ensure_ascii=False, default=str),
            created_at=now(),
        )
        space.write_checked(canonical(frame.lazy(), dataset), dataset, provenance, day)
    return list(frames)
