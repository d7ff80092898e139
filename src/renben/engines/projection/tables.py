"""Tables of a projection as the contract knows them: both rates by region and year, and chances of the target.

For people: the fan in the report is this model's, beside the plain trend; each number carries its assumption sheet.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from renben.engines.projection.drift import logit
from renben.engines.projection.model import Model
from renben.engines.projection.run import Draws
from renben.engines.projection.summary import curve, members, rate_table, rates_of, reach

TARGETS = (
    ("region", pl.String),
    ("year", pl.Int64),
    ("target", pl.String),
    ("probability", pl.Float64),
    ("error", pl.Float64),
    ("draws", pl.Int64),
)


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
    """Rows of the dataset projection_targets: the curve, the plan's thresholds and the nation's rate; none without shares."""
    if not shares:
        return pl.DataFrame(schema=dict(TARGETS))
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
