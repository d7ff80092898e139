"""The schematic map: one cell for every region, none shared, always the same; or the operator's boundaries."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.core.errors import RenbenError
from renben.report.boundaries import boundary_map
from renben.report.sections.county_map import BOUNDARIES, county_map
from renben.report.tilemap import Place, Shade, hex_map, hexagons
from renben.report.tongue import Tongue

SEATS = st.lists(
    st.tuples(st.integers(110_000, 115_000), st.integers(34_000, 41_000)),
    min_size=1,
    max_size=40,
    unique=True,
)
SHADES = {"149901": Shade("#1F5F99", "61.00 %"), "149902": Shade("#DCEAF5", "无数据")}
LEGEND = [("#1F5F99", "≥60 %")]


def places(seats):
    return [
        Place(f"{149900 + i}", f"县{i}", lon / 1000, lat / 1000, "1499") for i, (lon, lat) in enumerate(seats)
    ]


@given(SEATS)
@settings(max_examples=40, deadline=None)
def test_every_region_has_exactly_one_cell_and_no_two_share_one(seats):
    cells = hexagons(places(seats))
    assert len(cells) == len(seats) == len(set(cells.values()))


@given(SEATS)
@settings(max_examples=15, deadline=None)
def test_the_same_seats_give_the_same_cells(seats):
    assert hexagons(places(seats)) == hexagons(places(seats))


def test_regions_east_and_north_of_others_stay_there():
    cells = hexagons(places([(110_000, 38_000), (112_000, 38_000), (114_000, 38_000)]))
    columns = [cells[f"{149900 + i}"][0] for i in range(3)]
    assert columns == sorted(columns) and len(set(columns)) == 3


def test_a_code_twice_is_refused():
    twice = [Place("149901", "甲", 111, 37, "1499"), Place("149901", "乙", 112, 37, "1499")]
    with pytest.raises(RenbenError, match="different codes"):
        hexagons(twice)


def test_the_map_names_every_region_and_what_it_shows():
    seats = places([(111_000, 37_000), (112_000, 37_500)])
    svg = hex_map(seats, {p.code: Shade("#DCEAF5", "61.00 %") for p in seats}, LEGEND, "sans-serif")
    assert svg.count("<polygon") == 2
    assert "<title>县0 61.00 %</title>" in svg and "≥60 %" in svg


def square(code, west):
    ring = [[west, 37], [west + 1, 37], [west + 1, 38], [west, 38], [west, 37]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(path, features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_an_operators_boundaries_are_drawn_with_north_up_and_west_left(tmp_path):
    svg = boundary_map(
        geojson(tmp_path / "b.geojson", [square("149901", 111), square("149902", 112)]), SHADES, LEGEND, "x"
    )
    first, second = re.findall(r'points="([^"]+)"', svg)
    assert min(x(first)) < min(x(second))
    assert svg.count("<title>61.00 %</title>") == 1


def x(points):
    return [float(pair.split(",")[0]) for pair in points.split()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "not GeoJSON"),
        (
            '{"features": [{"properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}}]}',
            "not GeoJSON",
        ),
        ('{"features": []}', "no feature has a code"),
    ],
    ids=["no JSON", "no code", "nothing in it"],
)
def test_boundaries_that_cannot_be_read_are_refused_with_their_path(tmp_path, text, said):
    path = tmp_path / "b.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RenbenError, match=said) as error:
        boundary_map(path, SHADES, LEGEND, "x")
    assert str(path) in str(error.value)


def test_the_report_uses_the_operators_file_where_the_workspace_has_one(evidence):
    indicator = evidence.catalogue.indicators["urban_rate_resident"]
    own = evidence.workspace.root / BOUNDARIES
    counties = [r.code for r in evidence.catalogue.regions.values() if r.level == "county"][:2]
    schematic = county_map(evidence, Tongue("zh"), indicator, evidence.newest(indicator.id))[-1]
    geojson(own, [square(code, 111 + i) for i, code in enumerate(counties)])
    try:
        figure = county_map(evidence, Tongue("zh"), indicator, evidence.newest(indicator.id))[-1]
    finally:
        own.unlink()
    assert "示意图" in schematic.caption and "示意图" not in figure.caption
    assert figure.svg.count("<polygon") == 2
