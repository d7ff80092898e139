"""Arrow columns of the synthetic population: days as dates, region codes as text, one constant, ages as birthdays."""

import datetime as dt

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renben.engines.synthesis.fitting import Floats
from renben.engines.synthesis.priors import LAST_AGE

EPOCH = dt.date(1970, 1, 1)
DAYS_A_YEAR = 365.2425


def birth_days(age: npt.NDArray[np.integer], part: Floats, today: dt.date) -> npt.NDArray[np.int32]:
    """Days since 1970 of a birth that makes somebody `age` years old today, spread over the year."""
    birthday = np.array([(years_before(today, years) - EPOCH).days for years in range(LAST_AGE + 2)])
    span = birthday[age] - birthday[age + 1]
    born: npt.NDArray[np.int32] = (birthday[age] - np.floor(part * span)).astype(np.int32)
    return born


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day some years before; 28 February for a 29th that is not there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def days(numbers: npt.NDArray[np.int32], empty: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Days since 1970 as dates."""
    return pa.array(numbers, mask=empty).cast(pa.date32())


def constant(text: str, n: int) -> pa.Array:
    """One text for n rows, written once."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, dtype=np.int8)), pa.array([text]))


def codes(values: npt.NDArray[np.int32], empty: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Region codes as text, each written once; found by a table of all six-digit codes, not by sorting."""
    seen = np.zeros(10**6, dtype=bool)
    seen[values] = True
    known = np.flatnonzero(seen)
    number = np.zeros(10**6, dtype=np.int16)
    number[known] = np.arange(len(known))
    return pa.DictionaryArray.from_arrays(
        pa.array(number[values], mask=empty), pa.array([f"{code:06d}" for code in known])
    )
