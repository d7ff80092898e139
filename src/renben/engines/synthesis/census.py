"""Takes richer margins from a census table by county that an operator adds.

The table is a CSV with the columns `code`, `year`, `indicator_zh`, `value`, one printed cell per row, with the
labels of the 2020 county tabulation. Only shares are taken, so that a table which counts zones apart still fits
counties that include them. Which label means what is in the catalogue, not here.

Not modelled: tenure, marital state and industry of the table, which stay at their priors.
"""

from pathlib import Path

import numpy as np
import polars as pl

from renben.engines.synthesis.fitting import FitError, Floats
from renben.engines.synthesis.priors import Priors

_COLUMNS = ("code", "year", "indicator_zh", "value")
_YEAR = "2020"
_PRESCHOOL = 1


def read_census(path: Path, codes: set[str], overlay: Path | None = None) -> dict[str, dict[str, Floats]]:
    """Return county -> margin -> shares (education by sex x 7, occupation 7, single, generations 3, and others).

    Args:
        path: The operator's table.
        codes: Counties of the population.
        overlay: Catalogue overlay with other labels.

    Raises:
        FitError: If the file lacks a column, names no county of ours, or a margin of a county is incomplete.
    """
    if not path.is_file():
        raise FitError(f"census table {path}: no such file; give a CSV with {', '.join(_COLUMNS)}")
    table = pl.read_csv(path, infer_schema=False)
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise FitError(f"census table {path}: lacks column {missing[0]}; it needs {', '.join(_COLUMNS)}")
    labels = Priors.read(overlay)["census_labels"]
    rows = table.filter((pl.col("year") == _YEAR) & pl.col("code").is_in(list(codes))).select(_COLUMNS)
    if rows.is_empty():
        raise FitError(
            f"census table {path}: no county of this population in {_YEAR}; use the codes of regions.csv"
        )
    found: dict[str, dict[str, Floats]] = {}
    for (code,), part in rows.group_by("code", maintain_order=True):
        cells = {name: float(value) for name, value in part.select("indicator_zh", "value").iter_rows()}
        found[str(code)] = _margins(cells, labels, f"{path}: county {code}")
    return found


def _margins(cells: dict[str, float], labels: dict[str, list[str]], place: str) -> dict[str, Floats]:
    """Shares of the margins that a county's printed cells hold whole."""
    values = {}
    for margin, names in labels.items():
        have = [name for name in names if name in cells]
        if have and len(have) < len(names):
            gone = next(name for name in names if name not in cells)
            raise FitError(
                f"census table {place}: {margin} is incomplete, {gone} is missing; add it or drop the rest"
            )
        if have:
            values[margin] = np.array([cells[name] for name in names])
    out: dict[str, Floats] = {}
    if "education_male" in values and "education_female" in values:
        out["education"] = np.stack(
            [_rebuilt(values["education_male"]), _rebuilt(values["education_female"])]
        )
    if "occupation" in values:
        out["occupation"] = values["occupation"] / values["occupation"].sum()
    if "households" in values:
        families, single, *generations, persons, residents = values["households"]
        out["single"] = np.array([single / families])
        total = sum(generations)
        out["generations"] = np.array([generations[1], generations[2], generations[3]]) / total
        out["family_share"] = np.array([persons / residents])
        out["households_per_resident"] = np.array([families / residents])
    return out


def _rebuilt(values: Floats) -> Floats:
    """Persons of one sex by education as shares of all residents of that sex, preschool left open.

    The printed preschool column leaves out most children at kindergarten; it is rebuilt as the remainder of the
    population of three and over, without which the margins contradict each other.
    """
    shares: Floats = values[1:] / values[0]
    shares[_PRESCHOOL] = np.nan
    return shares
