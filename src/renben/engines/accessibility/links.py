"""Travel times after a new link or line, exactly, from the times before: no second run over the network.

A shortest path is simple, so it uses a new link at most once; the time after is the smaller of the time before and
the way over the link. A line is exact unless a path boards it twice. Closures cannot be updated this way.
Times are matrices (s) among the same places in rows and columns, NaN where there is no path.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def with_directed_link(times: Floats, start: int, end: int, seconds: float) -> Floats:
    """Travel times (s) after a link that can be used from start to end only.

    Args:
        times: Times before, places by places.
        start: Place where the link starts (row and column number).
        end: Place where it ends.
        seconds: Time along it (s).
    """
    over = times[:, start, None] + seconds + times[None, end, :]
    result: Floats = np.fmin(times, over)
    return result


def with_link(times: Floats, start: int, end: int, seconds: float) -> Floats:
    """Travel times (s) after a link that can be used both ways.

    Args:
        times: Times before, places by places.
        start: Place at one end.
        end: Place at the other end.
        seconds: Time along it (s).
    """
    there = times[:, start, None] + seconds + times[None, end, :]
    back = times[:, end, None] + seconds + times[None, start, :]
    result: Floats = np.fmin(times, np.fmin(there, back))
    return result


def with_line(times: Floats, stations: npt.NDArray[np.int64], ride: Floats) -> Floats:
    """Travel times (s) after a line with stations, exact for paths that board it once.

    Args:
        times: Times before, places by places.
        stations: Place number of each station.
        ride: Time on the line between stations (s), waiting and boarding included; diagonal not used.
    """
    to_line = times[:, stations]
    best = np.full((len(times), len(stations)), np.nan)
    for b in range(len(stations)):
        boarded = to_line + ride[None, :, b]
        boarded[:, b] = np.nan
        best[:, b] = _least(boarded)
    result = times.copy()
    for b, station in enumerate(stations):
        result = np.fmin(result, best[:, b, None] + times[None, station, :])
    return result


def _least(values: Floats) -> Floats:
    """Smallest known value of each row, NaN where none is known."""
    smallest = np.min(np.where(np.isnan(values), np.inf, values), axis=1)
    return np.where(np.isfinite(smallest), smallest, np.nan)
