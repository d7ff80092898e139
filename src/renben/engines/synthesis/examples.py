"""Small, seeded example data for any dataset of the catalogue, so that every mechanism can be tried offline.

A frame made here passes its dataset's schema: types, bounds, codes, patterns, unique grain, dates inside the
period. The same seed, dataset name and period give the same rows. The numbers are invented: whoever writes the
frame to a workspace or a file must mark it synthetic (`write_examples` does).

Not modelled: what is true of any place; relations between datasets beyond `from` and `total_of` hints and
`sums_to_parent`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from renben.catalogue import Dataset
from renben.core.period import Period
from renben.engines.synthesis.example_rows import RowPlan, add_up, referenced
from renben.engines.synthesis.example_values import Cell, ExampleError

SYNTHETIC = {"renben.synthetic": "true"}


def example_frame(
    dataset: Dataset,
    regions: Sequence[str],
    period: str,
    *,
    seed: int = 0,
    rows: int = 20,
    related: Mapping[str, pl.DataFrame] | None = None,
    parents: Mapping[str, str | None] | None = None,
    levels: Mapping[str, str] | None = None,
    offices: Sequence[str] = (),
) -> pl.DataFrame:
    """Return example rows that pass a dataset's schema (one row per grain; units as in the schema).

    Args:
        dataset: The schema.
        regions: Region codes to fill region columns with.
        period: "2024", "2024Q1", "2024-05" or "2024-05-17"; dates lie inside it.
        seed: Another seed gives other numbers.
        rows: Rows for each combination of regions and codes in the grain, where the grain has an open
            column (an id, a date); all rows where the grain has neither regions nor codes.
        related: Frames of the datasets that `from` and `total_of` hints name.
        parents: Region code -> parent code, to make `sums_to_parent` columns add up.
        levels: Region code -> level, for `levels` hints; without it these hints are not applied.
        offices: Office ids to fill office columns with; without them the dataset's owner.

    Raises:
        ExampleError: If the schema cannot be satisfied; names dataset, column and next step.
    """
    span = Period(period)
    plan = RowPlan(
        dataset=dataset,
        cells={n: Cell(dataset.name, n, c, span.start, span.end) for n, c in dataset.columns.items()},
        regions=tuple(dict.fromkeys(regions)),
        offices=tuple(offices),
        rows=rows,
        levels=levels or {},
        related=related or {},
        key=(seed, dataset.name, period),
    )
    frame = plan.frame()
    return add_up(frame, dataset, parents) if parents and dataset.sums_to_parent else frame


def example_frames(
    datasets: Mapping[str, Dataset],
    regions: Sequence[str],
    period: str,
    *,
    seed: int = 0,
    rows: int = 20,
    parents: Mapping[str, str | None] | None = None,
    levels: Mapping[str, str] | None = None,
    offices: Sequence[str] = (),
) -> dict[str, pl.DataFrame]:
    """Return example frames of several datasets; hints between them are honoured (units as in each schema).

    Args:
        datasets: Schemas by name.
        regions: Region codes.
        period: Period text as in `example_frame`.
        seed: Seed of all of them.
        rows: As in `example_frame`.
        parents: As in `example_frame`.
        levels: As in `example_frame`.
        offices: As in `example_frame`.

    Raises:
        ExampleError: If hints name a dataset not given, or run in a circle.
    """
    made: dict[str, pl.DataFrame] = {}
    for name in _in_order(datasets):
        made[name] = example_frame(
            datasets[name],
            regions,
            period,
            seed=seed,
            rows=rows,
            related=made,
            parents=parents,
            levels=levels,
            offices=offices,
        )
    return made


def write_examples(frames: Mapping[str, pl.DataFrame], folder: Path) -> list[Path]:
    """Write example frames as Parquet files NAME.parquet that are marked synthetic in their metadata.

    Args:
        frames: Frames by dataset name.
        folder: Made where absent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.parquet" for name in frames]
    for path, frame in zip(paths, frames.values(), strict=True):
        part = path.with_suffix(".part")
        frame.write_parquet(part, metadata=SYNTHETIC)
        part.replace(path)
    return paths


def _in_order(datasets: Mapping[str, Dataset]) -> list[str]:
    """Names such that every dataset comes after those its hints name."""
    needs = {name: referenced(dataset) - {name} for name, dataset in datasets.items()}
    unknown = {need for wanted in needs.values() for need in wanted} - set(datasets)
    if unknown:
        raise ExampleError(
            f"example data: `from` and `total_of` hints name {sorted(unknown)}, not given; add these datasets"
        )
    order: list[str] = []
    while len(order) < len(needs):
        ready = [name for name, wanted in needs.items() if name not in order and wanted <= set(order)]
        if not ready:
            circle = sorted(set(needs) - set(order))
            raise ExampleError(
                f"example data: `from` and `total_of` hints run in a circle through {circle}; remove one"
            )
        order += ready
    return order
