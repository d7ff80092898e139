"""A demonstration sample: a few thousand invented persons in whole households, with names and unreal numbers.

Citizen numbers carry an address code that was never assigned and a correct check digit (GB 11643), so forms and
checks can be tried with them and they can belong to nobody. Children carry their father's surname, or their
mother's where there is no father at home. The names come from a short list of our own.

Not modelled: telephone numbers, photographs, addresses below the county.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.core.randomness import stream
from renben.engines.synthesis.fitting import FitError
from renben.engines.synthesis.identity import draw_names, fixture_numbers
from renben.engines.synthesis.partition import make_county
from renben.engines.synthesis.planning import Plan


def demo_persons(
    plan: Plan, persons: int, *, seed: int = 0, counties: list[str] | None = None
) -> pl.DataFrame:
    """Return invented persons in whole households with `name`, `id_number` and `synthetic` (persons; yuan a year).

    Every county gives households in proportion to its residents, so the sample looks like the province.

    Args:
        plan: A plan, usually of a small share.
        persons: Persons wanted; whole households make it a few less.
        seed: Another seed gives other persons.
        counties: Only these counties.

    Raises:
        FitError: If the plan holds fewer persons or a county is unknown.
    """
    codes = plan.margins.codes
    chosen = [i for i, code in enumerate(codes) if counties is None or code in counties]
    if counties is not None and len(chosen) < len(set(counties)):
        raise FitError(
            f"demo: {sorted(set(counties) - set(codes))} not in the facts; use codes of regions.csv"
        )
    have = int(plan.margins.residents[chosen].sum())
    if persons > have:
        raise FitError(
            f"demo: {persons} persons wanted, the plan holds {have}; make the plan with a larger share"
        )
    frames: list[pl.DataFrame] = []
    due = 0.0
    for i in chosen:
        rows = pl.DataFrame(pl.from_arrow(make_county(plan, i, seed).persons))
        due += persons * int(plan.margins.residents[i]) / have
        wanted = due - sum(frame.height for frame in frames)
        frames.append(_whole_households(rows, wanted, stream(seed, "demo", codes[i])))
    sample = pl.concat(frames).with_columns(pl.col("county", "hukou_region").cast(pl.String))
    return _named(sample, plan, seed)


def _whole_households(rows: pl.DataFrame, persons: float, rng: np.random.Generator) -> pl.DataFrame:
    """Randomly drawn households that hold about the number of persons, at most the number."""
    sizes = rows.group_by("household", maintain_order=True).len()
    order = sizes[rng.permutation(sizes.height).tolist()].with_columns(pl.col("len").cum_sum().alias("until"))
    kept = order.filter(pl.col("until") <= persons)
    return rows.join(kept.select("household"), on="household", how="semi", maintain_order="left")


def _named(sample: pl.DataFrame, plan: Plan, seed: int) -> pl.DataFrame:
    """The sample with names and numbers; parents of the sample are in it because households are whole."""
    words = plan.priors["names"]
    rng = stream(seed, "demo", "names")
    surnames = rng.integers(0, len(words["surnames"]), sample.height)
    surnames = _inherited(sample, surnames)
    sexes = sample["sex"].to_numpy()
    names = draw_names(rng, surnames, sexes, words, plan.priors.number("double_given"))
    births = sample["birth"].to_numpy().astype("datetime64[D]")
    numbers = fixture_numbers(births, sexes, str(plan.priors["fixture_address_code"]))
    return sample.with_columns(
        pl.Series("name", names), pl.Series("id_number", numbers), pl.lit(True).alias("synthetic")
    )


def _inherited(sample: pl.DataFrame, surnames: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Surnames passed down from the father at home, else from the mother, oldest generation first."""
    place = {person: i for i, person in enumerate(sample["person"])}
    parents = sample.select(pl.coalesce("father", "mother"))["father"]
    out = surnames.copy()
    births = sample["birth"].to_numpy()
    for i in np.argsort(births, kind="stable"):
        parent = place.get(parents[int(i)])
        if parent is not None:
            out[i] = out[parent]
    return out
