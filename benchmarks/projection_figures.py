"""Draw the pictures of docs/projection.md: `python -m benchmarks.projection_figures RESULT.json`."""

import json
import sys
from pathlib import Path

import altair as alt
import numpy as np
import polars as pl
import vl_convert as vlc

from benchmarks.harness import ROOT
from renben.engines.projection import kernel
from renben.engines.projection.model import Model, prepare

FOLDER = ROOT / "docs" / "images"
FONT = "Noto Sans CJK SC, sans-serif"
NAMES = {"resident_rate": "常住人口城镇化率 resident rate", "hukou_rate": "户籍人口城镇化率 hukou rate"}


def save(chart: alt.TopLevelMixin, name: str) -> None:
    styled = (
        chart.configure(font=FONT)
        .configure_axis(labelFontSize=12, titleFontSize=12)
        .configure_legend(labelFontSize=12, labelLimit=0)
    )
    (FOLDER / name).write_bytes(vlc.vegalite_to_png(styled.to_dict(), scale=1.6))


def fan(result: dict, model: Model) -> alt.TopLevelMixin:
    """Both rates of the province: median, 80 % and 90 % bands; observed values and the target."""
    code = model.inputs.regions.province
    rows = [
        {"rate": NAMES[key], "year": int(year), **cell}
        for key in NAMES
        for year, cell in result[key][code].items()
    ]
    observed = model.inputs.observed
    seen = [
        {"rate": NAMES["resident_rate"], "year": int(y), "value": 100 * float(u / n)}
        for y, u, n in zip(observed.years, observed.urban, observed.residents, strict=True)
        if np.isfinite(u)
    ]
    seen += [
        {"rate": NAMES["hukou_rate"], "year": y, "value": 100 * v}
        for y, v in observed.hukou_rate.items()
        if y >= 2017
    ]
    colour = alt.Color(
        "rate:N", title=None, legend=alt.Legend(orient="top"), scale=alt.Scale(range=["#b5532a", "#24579b"])
    )
    x = alt.X("year:Q", axis=alt.Axis(format="d", title="年末 year end", tickCount=10))
    scale = alt.Scale(zero=False)
    base = alt.Chart(alt.Data(values=rows))
    wide = base.mark_area(opacity=0.18).encode(
        x=x, y=alt.Y("p5:Q", scale=scale, title="%"), y2="p95:Q", color=colour
    )
    narrow = base.mark_area(opacity=0.3).encode(x=x, y="p10:Q", y2="p90:Q", color=colour)
    line = base.mark_line(strokeWidth=2).encode(x=x, y="median:Q", color=colour)
    dots = (
        alt.Chart(alt.Data(values=seen))
        .mark_point(filled=True, size=55)
        .encode(x=x, y="value:Q", color=colour)
    )
    goal = (
        alt.Chart(alt.Data(values=[{"year": result["p_target_year"], "value": 70}]))
        .mark_point(shape="cross", size=140, color="black", filled=True)
        .encode(x="year:Q", y="value:Q")
    )
    return (wide + narrow + line + dots + goal).properties(
        width=620,
        height=340,
        title="城镇化率：观测、中位数与80%、90%区间  Urbanization rates: observed, median, 80 % and 90 % bands",
    )


def pyramid(model: Model) -> alt.TopLevelMixin:
    """Residents by five-year age, sex and hukou at the last observed and the last projected year end."""
    last, _ = kernel.project(model.start, model.fixed, model.path)
    rows = []
    for stock, year in ((model.start, model.years[0]), (last, model.years[-1])):
        people = stock.people.sum(axis=(0, 2))
        people[:, -1] += model.fixed.students.sum(axis=(0, 2))
        for x, sex in enumerate(("男 men", "女 women")):
            for a in range(0, 101, 5):
                for label, part in (
                    ("户籍在本县 registered here", people[x, :2]),
                    ("户籍在外 registered elsewhere", people[x, 2:]),
                ):
                    n = float(part[:, a : a + 5].sum()) / 1e4
                    rows.append(
                        {
                            "year": f"{year:.0f}",
                            "age": a,
                            "sex": sex,
                            "group": label,
                            "n": -n if x == 0 else n,
                        }
                    )
    colour = alt.Color(
        "group:N", title=None, legend=alt.Legend(orient="top"), scale=alt.Scale(range=["#9db8d9", "#24579b"])
    )
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X(
                "n:Q",
                title="万人 10,000 persons (男 men | 女 women)",
                axis=alt.Axis(labelExpr="abs(datum.value)"),
            ),
            y=alt.Y("age:O", sort="descending", title="年龄 age from"),
            color=colour,
        )
        .properties(width=300, height=380)
    )
    return bars.facet(column=alt.Column("year:N", title=None))


def seats(model: Model, year: int) -> alt.TopLevelMixin:
    """County seats: change of the urban share up to a year (colour) and residents (size)."""
    at = int(np.flatnonzero(model.years == year)[0])
    residents = model.central.residents.sum(axis=3)
    share = residents[:, :, 0] / residents.sum(axis=2)
    regions = model.inputs.regions
    frame = pl.DataFrame(
        {
            "name": [regions.names[c] for c in regions.counties],
            "lon": regions.lon,
            "lat": regions.lat,
            "change": 100 * (share[at] - share[0]),
            "residents": residents[at].sum(axis=1) / 1e4,
        }
    )
    points = (
        alt.Chart(alt.Data(values=frame.to_dicts()))
        .mark_circle(opacity=0.85, stroke="#444", strokeWidth=0.4)
        .encode(
            x=alt.X("lon:Q", scale=alt.Scale(zero=False), title="东经 longitude"),
            y=alt.Y("lat:Q", scale=alt.Scale(zero=False), title="北纬 latitude"),
            size=alt.Size(
                "residents:Q", title="常住人口(万) residents, 10,000", scale=alt.Scale(range=[20, 700])
            ),
            color=alt.Color("change:Q", title="百分点 points", scale=alt.Scale(scheme="yelloworangered")),
        )
    )
    return points.properties(
        width=430,
        height=560,
        title=f"{model.years[0]:.0f}—{year}年县级常住城镇化率变化 Change of the urban share by county",
    )


def main(path: Path) -> None:
    """Write the three pictures."""
    FOLDER.mkdir(exist_ok=True)
    result = json.loads(path.read_text(encoding="utf-8"))
    model = prepare(2035, 1)
    save(fan(result, model), "projection_fan.png")
    save(pyramid(model), "projection_pyramid.png")
    save(seats(model, result["p_target_year"]), "projection_map.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
