"""Reads the assumptions of the synthetic population from the catalogue and lists them beside every result.

Not modelled: regional priors; a county's own figure enters as a census table instead.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from renben.catalogue import CatalogueError, load

_FILE = "synthesis"
AGE_GROUPS = ("0", "1-4", *(f"{low}-{low + 4}" for low in range(5, 85, 5)), "85+")
GROUP_STARTS = np.array([0, 1, *range(5, 90, 5)])
LAST_AGE = 100
AGES = np.arange(LAST_AGE + 1)
GROUP_OF_AGE = np.searchsorted(GROUP_STARTS, AGES, side="right") - 1


@dataclass(frozen=True)
class Priors:
    """Assumed values by key, each with its label, unit, reference and trust mark."""

    values: dict[str, Any]
    rows: tuple[dict[str, Any], ...]

    @classmethod
    def read(cls, overlay: Path | None = None) -> "Priors":
        """Return the newest value of every assumption (units as written beside each).

        Args:
            overlay: An operator's catalogue folder laid over ours.

        Raises:
            CatalogueError: If the catalogue holds none.
        """
        values: dict[str, Any] = {}
        rows = []
        for name, provision in load(overlay).laws.items():
            if not name.startswith(f"{_FILE}."):
                continue
            key = name.removeprefix(f"{_FILE}.")
            since = max(provision.values)
            dated = provision.values[since]
            values[key] = dated.value
            rows.append(
                {
                    "key": key,
                    "zh": provision.zh,
                    "en": provision.en,
                    "unit": provision.unit,
                    "value": dated.value,
                    "ref": dated.ref,
                    "trust": dated.trust,
                    "since": since,
                }
            )
        if not values:
            raise CatalogueError("catalogue/laws/synthesis.yaml: no assumption found; restore the file.")
        return cls(values, tuple(rows))

    def __getitem__(self, key: str) -> Any:
        if key not in self.values:
            raise CatalogueError(
                f"catalogue/laws/{_FILE}.yaml: {key} is not written; add it with unit and trust."
            )
        return self.values[key]

    def array(self, key: str, *path: str) -> npt.NDArray[np.float64]:
        """Return a listed assumption as numbers in its unit.

        Args:
            key: Name of the assumption.
            path: Keys inside its value.
        """
        value = self[key]
        for part in path:
            value = value[part]
        return np.asarray(value, dtype=np.float64)

    def number(self, key: str) -> float:
        """Return a single assumption in its unit."""
        return float(self[key])

    @property
    def reference_date(self) -> dt.date:
        """The day the population describes."""
        return dt.date.fromisoformat(str(self["reference_date"]))
