"""The dashboards show the numbers of the run, mark what is synthetic, and say what to run where there is none."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from renben.core.workspace import Workspace
from renben.report.tongue import Tongue
from renben.web.dashboards.charts import Fan, fan_chart, ticks
from renben.web.dashboards.services import needs
from renben.web.exchange.reading import Reading, reading
from renben.web.guard.models import User

PAGES = ("/overview/", "/overview/measures/1/", "/overview/regions/140100/", "/overview/indicators/",
         "/overview/indicators/urban_rate_resident/")  # fmt: skip


@pytest.fixture
def client(account: Callable[..., User], browse: Callable[..., Client]) -> Client:
    return browse(account("d-lead", "programme_officer", "140000"))


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_without_a_workspace_a_page_says_what_to_run(
    address: str, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("RENBEN_WORKSPACE", str(tmp_path / "none"))
    assert f"renben demo {tmp_path / 'none'}" in body(client, address)


def test_a_workspace_without_a_run_says_so(client: Client, workspace: Workspace) -> None:
    assert "holds no complete run" in body(client, "/overview/")


def test_the_overview_shows_the_headline_with_its_probability(client: Client, ran: Workspace) -> None:
    text, read = body(client, "/overview/"), reading()
    assert isinstance(read, Reading)
    row = read.status("urban_rate_resident", read.plan.region)
    assert row is not None and f"{row['value']:.2f}\u00a0%" in text
    assert f'value="{row["probability"]:.3f}"' in text and "<svg" in text
    assert text.count('class="card goal"') == len(read.plan.goals)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_can_be_read_in_both_languages(
    address: str, ran: Workspace, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    user = account("d-two", "programme_officer", "140000")
    chinese, english = body(browse(user, "zh-hans"), address), body(browse(user, "en"), address)
    assert 'lang="zh-Hans"' in chinese and 'lang="en"' in english and chinese != english
    assert "style=" not in chinese and "<script>" not in chinese, "nothing inline that the policy forbids"


def test_an_indicator_leads_back_to_its_publications_and_sources(client: Client, ran: Workspace) -> None:
    text, read = body(client, "/overview/indicators/urban_rate_resident/"), reading()
    assert read is not None
    steps = read.trace()
    assert steps[0].dataset == "indicator_values" and {"elements", "indicator_history"} <= {
        s.dataset for s in steps
    }
    assert all(step.known for step in steps) and any(step.sources for step in steps)
    cited = read.publications(read.value("urban_rate_resident", read.plan.region)["sources"])
    assert cited and all(one["publication_en"].replace("'", "&#x27;") in text for one in cited)


def test_what_is_not_there_is_not_found(client: Client, ran: Workspace) -> None:
    for address in ("/overview/measures/34/", "/overview/regions/999999/", "/overview/indicators/nothing/",
                    "/overview/indicators/urban_rate_resident/?region=999999"):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_a_new_vintage_is_seen_without_a_restart(ran: Workspace) -> None:
    first = reading()
    assert first is not None and reading() is first
    path = ran.data / "indicator_values" / "2024"
    marker = path / "touched.tmp"
    marker.write_text("")
    assert reading() is not first
    marker.unlink()


def test_a_made_up_number_is_marked_wherever_it_is_shown(
    client: Client, ran: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renben.report.evidence.Evidence.made_up", lambda *_: True)
    text = body(client, "/overview/indicators/")
    rows = [row for row in text.split("<tr>")[2:] if 'data-label="Now">—' not in row]
    assert rows and all('class="tag synthetic"' in row for row in rows)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_the_grid_covers_the_values_with_few_lines(low: float, span: float) -> None:
    found = ticks(low, low + span)
    slack = 1e-6 * max(abs(low), span)
    assert found[0] <= low + slack and found[-1] >= low + span - slack
    assert 2 <= len(found) <= 8


def test_a_chart_is_valid_svg_with_a_point_for_each_year_and_words_that_are_escaped() -> None:
    svg = fan_chart(
        [(2023, 64.97), (2024, 66.32)],
        Fan([2025], [66.0], [67.0], [68.0]),
        (2029, 69.5),
        {"target": "a<b"},
        'x"y',
    )
    root = ET.fromstring(svg)
    kinds = [one.get("class") for one in root.iter()]
    assert kinds.count("dot") == 2 and kinds.count("band") == kinds.count("aim") == 1
    assert "a&lt;b 69.5" in svg and fan_chart([], None, None, {"target": ""}, "") == ""


def test_a_county_shows_what_will_be_needed_and_where_it_falls_short(
    client: Client, ran: Workspace, tmp_path: Any
) -> None:
    text, read = body(client, "/overview/regions/140105/"), reading()
    assert read is not None
    rows = {one["service"]: one for one in read.service_rows("140105", read.plan.last_year)}
    assert "seats_primary" in rows and f"{rows['seats_primary']['median']:,.0f}" in text
    assert "Chance of a shortage" in text and "Public primary places" in text
    assert "Chance of a shortage" not in body(client, "/overview/regions/140100/"), "services are by county"


def test_a_need_with_a_supply_says_how_far_it_falls_short_and_without_one_nothing() -> None:
    known = {"service": "beds", "median": 1200.0, "p10": 1100.0, "p90": 1300.0, "supply": 1000.0, "supply_year": 2024,
             "gap": 200.0, "probability": 0.97, "synthetic": True}  # fmt: skip
    open_ = {
        "service": "households",
        "median": 5.0,
        "p10": 4.0,
        "p90": 6.0,
        "supply": None,
        "probability": None,
    }
    read = SimpleNamespace(service_rows=lambda _region, _year: [open_, known])
    with translation.override("en"):
        beds, homes = needs(read, "140105", 2029, Tongue("en"))  # type: ignore[arg-type]
    assert (strip_tags(beds.demand), beds.supply, beds.gap, beds.chance) == (
        "1,200 (1,100–1,300)",
        "1,000 (2024)",
        "+200",
        "97 %",
    )
    assert beds.short and beds.synthetic and beds.name == "Hospital beds"
    assert (homes.supply, homes.gap, homes.chance, homes.short, homes.synthetic) == (
        "—",
        "—",
        "—",
        False,
        False,
    )
