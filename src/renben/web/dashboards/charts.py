"""A series with its forecast fan and target as inline SVG: colours come from the style sheet, words are text."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 66, 88, 18, 36
TICKS = 5
MOST_YEARS = 9
Point = tuple[int, float]


@dataclass(frozen=True)
class Fan:
    """Forecast by year: median and the 80 % interval, all in the indicator's unit."""

    years: Sequence[int]
    low: Sequence[float]
    median: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class _Scale:
    first: int
    last: int
    low: float
    high: float

    def x(self, year: float) -> float:
        """Pixels from the left."""
        return LEFT + (year - self.first) / max(self.last - self.first, 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)

    def path(self, points: Sequence[Point]) -> str:
        """Points as an SVG path."""
        return "M" + " L".join(f"{self.x(year):.1f} {self.y(value):.1f}" for year, value in points)


def ticks(low: float, high: float, wanted: int = TICKS) -> list[float]:
    """Round numbers that cover a range, about as many as wanted.

    >>> ticks(64.2, 70.9)
    [64.0, 66.0, 68.0, 70.0, 72.0]
    """
    raw = (high - low) / max(wanted - 1, 1) or abs(high) or 1.0
    power = 10 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(n * step, 10) for n in range(first, last + 1)]


def fan_chart(
    observed: Sequence[Point], fan: Fan | None, target: Point | None, words: Mapping[str, str], title: str
) -> str:
    """The chart, empty where nothing is observed.

    Args:
        observed: (year, value), oldest first.
        fan: forecast after the last observed year.
        target: (year, value) that counts as reached.
        words: observed, forecast, target.
        title: what a screen reader says.
    """
    if not observed:
        return ""
    scale, grid = _scale(observed, fan, target)
    parts = [
        *_grid(scale, grid),
        *(_fan(scale, observed[-1], fan) if fan else []),
        *_target(scale, target, words),
    ]
    parts.append(f'<path class="seen" d="{scale.path(observed)}"/>')
    parts += [f'<circle class="dot" cx="{scale.x(y):.1f}" cy="{scale.y(v):.1f}" r="3.2"><title>{y}: {v:g}</title></circle>'
              for y, v in observed]  # fmt: skip
    return (f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}">'
            f"<title>{html.escape(title)}</title>{''.join(parts)}</svg>")  # fmt: skip


def _scale(observed: Sequence[Point], fan: Fan | None, target: Point | None) -> tuple[_Scale, list[float]]:
    years, values = [y for y, _ in observed], [v for _, v in observed]
    if fan:
        years, values = [*years, *fan.years], [*values, *fan.low, *fan.high]
    if target:
        years, values = [*years, target[0]], [*values, target[1]]
    grid = ticks(min(values), max(values))
    return _Scale(min(years), max(years), grid[0], grid[-1] if len(grid) > 1 else grid[0] + 1), grid


def _grid(scale: _Scale, grid: Sequence[float]) -> list[str]:
    parts = []
    for value in grid:
        y = scale.y(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    every = math.ceil((scale.last - scale.first + 1) / MOST_YEARS)
    for year in range(scale.first, scale.last + 1):
        if (scale.last - year) % every == 0:
            x = scale.x(year)
            parts.append(
                f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{year}</text>'
            )
    return parts


def _fan(scale: _Scale, last: Point, fan: Fan) -> list[str]:
    start = [last]
    low = start + list(zip(fan.years, fan.low, strict=True))
    high = start + list(zip(fan.years, fan.high, strict=True))
    middle = start + list(zip(fan.years, fan.median, strict=True))
    end = middle[-1]
    return [
        f'<path class="band" d="{scale.path([*low, *reversed(high)])} Z"/>',
        f'<path class="ahead" d="{scale.path(middle)}"/>',
        f'<text class="tick" x="{scale.x(end[0]) + 7:.1f}" y="{scale.y(end[1]) + 4:.1f}">{end[1]:.4g}</text>',
    ]


def _target(scale: _Scale, target: Point | None, words: Mapping[str, str]) -> list[str]:
    if target is None:
        return []
    y = scale.y(target[1])
    return [
        f'<line class="aim" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
        f'<text class="aimed" x="{LEFT + 4}" y="{y - 6:.1f}">{html.escape(words["target"])} {target[1]:g}</text>',
    ]
