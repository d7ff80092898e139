"""Charts as SVG and PNG, the same bytes for the same numbers (Vega-Lite, drawn offline)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import polars as pl
import vl_convert as vlc

from renben.report.document import TONES

FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif"
STATUS_FILL = {
    "green": "#3C9D63",
    "yellow": "#E3B23C",
    "orange": "#E07B39",
    "red": "#C43A3F",
    "grey": "#C3C9CF",
    "synthetic": "#B9A6D9",
}
INK, BLUE = TONES["plain"], "#1F5F99"
LINES = [INK, BLUE, "#B4571E", "#5B3E96"]
"""Colours of the observed series and of each forecast."""
PNG_SCALE = 2.0


@dataclass(frozen=True)
class Picture:
    """A drawn chart."""

    svg: str
    png: bytes


def drawn(chart: alt.TopLevelMixin) -> Picture:
    """A chart as SVG and PNG."""
    spec = (
        chart.configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            gridColor="#E3E7EB",
            domainColor="#8A939C",
            tickColor="#8A939C",
        )
        .configure_legend(labelFontSize=12, titleFontSize=12)
        .to_dict()
    )
    return Picture(vlc.vegalite_to_svg(spec), vlc.vegalite_to_png(spec, scale=PNG_SCALE))


def from_svg(svg: str) -> Picture:
    """A picture from SVG that we drew ourselves."""
    return Picture(svg, vlc.svg_to_png(svg, scale=PNG_SCALE))


def fan_chart(
    observed: pl.DataFrame,
    forecasts: Mapping[str, pl.DataFrame],
    target: float | None,
    titles: Mapping[str, str],
    unit: str,
) -> Picture:
    """Observed series with the fan of each forecast and the target.

    Args:
        observed: year (int), value (unit), one row a year, of one series.
        forecasts: name -> year, median, p10, p90 (unit).
        target: value of the target line, or None.
        titles: words: year, observed, target, band.
        unit: of the value axis.
    """
    x = alt.X("year:O", title=titles["year"], axis=alt.Axis(labelAngle=0))
    names = [titles["observed"], *forecasts]
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=names, range=LINES[: len(names)]),
        title=None,
        legend=alt.Legend(orient="top", labelLimit=400),
    )
    layers = [layer for name, frame in forecasts.items() for layer in _fan(name, frame, x, colour, unit)]
    rows = observed.select("year", pl.col("value").cast(pl.Float64), name=pl.lit(titles["observed"]))
    line = _chart(rows).mark_line(point=True, strokeWidth=2.2)
    layers.append(line.encode(x, _value_axis("value", unit), color=colour))
    layers += [] if target is None else _target(target, titles["target"], unit)
    return drawn(alt.layer(*layers).properties(width=560, height=300))


def _chart(rows: pl.DataFrame) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows.to_dicts()))


def _value_axis(column: str, unit: str) -> alt.Y:
    """The value axis; every layer must say that zero is not forced, or an area drags it down to 0."""
    return alt.Y(f"{column}:Q", title=unit, scale=alt.Scale(zero=False))


def _fan(name: str, frame: pl.DataFrame, x: alt.X, colour: alt.Color, unit: str) -> list[alt.Chart]:
    """Band and median of one forecast."""
    band = _chart(frame.select("year", "p10", "p90", name=pl.lit(name))).mark_area(opacity=0.22)
    line = _chart(frame.select("year", pl.col("median").alias("value"), name=pl.lit(name)))
    return [
        band.encode(x, y=_value_axis("p10", unit), y2="p90:Q", color=colour),
        line.mark_line(strokeDash=[5, 3]).encode(x, _value_axis("value", unit), color=colour),
    ]


def _target(target: float, word: str, unit: str) -> list[alt.Chart]:
    """Line of the target and the words on it."""
    rule, y = alt.Chart(alt.Data(values=[{"value": target}])), _value_axis("value", unit)
    words = rule.mark_text(align="left", dx=4, dy=-7, color=TONES["red"], fontSize=12, x=0)
    return [
        rule.mark_rule(color=TONES["red"], strokeDash=[2, 2]).encode(y=y),
        words.encode(y=y, text=alt.value(f"{word} {target:g}")),
    ]


def status_bars(counts: pl.DataFrame, order: Sequence[str], names: Mapping[str, str], axis: str) -> Picture:
    """Stacked bars of status by group.

    Args:
        counts: group (text), status (code), n (targets).
        order: groups from top to bottom.
        names: status code -> word shown.
        axis: title of the count axis.
    """
    rank = {code: i for i, code in enumerate(STATUS_FILL)}
    rows = [
        {"group": r["group"], "status": names[r["status"]], "n": r["n"], "rank": rank[r["status"]]}
        for r in counts.to_dicts()
    ]
    base = alt.Chart(alt.Data(values=rows))
    colour = alt.Color(
        "status:N",
        scale=alt.Scale(domain=list(names.values()), range=[STATUS_FILL[c] for c in names]),
        title=None,
        legend=alt.Legend(orient="top"),
    )
    y = alt.Y(
        "group:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=330, ticks=False, domain=False)
    )
    x = alt.X("n:Q", title=axis, stack="zero", axis=alt.Axis(tickMinStep=1))
    bars = base.mark_bar(height=22).encode(y=y, x=x, color=colour, order=alt.Order("rank:Q"))
    return drawn(bars.properties(width=420, height=38 * len(order)))
