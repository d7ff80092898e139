"""Every number leads back to its sources: no link of the trace is dead, and what nobody wrote down says so."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.test import Client
from typer.testing import CliRunner

from renben.cli import app
from renben.core.workspace import Workspace
from renben.web.exchange import lineage
from renben.web.exchange.reading import Reading, reading
from renben.web.guard.models import User
from tests.evaluated import evaluated

HREF = re.compile(r'href="(/overview/[^"#]+)')
START = "/overview/indicators/urban_rate_resident/"


@pytest.fixture
def client(account: Callable[..., User], browse: Callable[..., Client]) -> Client:
    return browse(account("d-trace", "programme_officer", "140000"))


def read_now() -> Reading:
    read = reading()
    assert read is not None
    return read


def test_from_a_value_every_link_of_the_trace_opens_and_sources_are_reached(
    client: Client, ran: Workspace
) -> None:
    todo, seen, dead = [START], set(), []
    while todo:
        address = todo.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address.replace("&amp;", "&"))
        if answer.status_code != 200:
            dead.append((address, answer.status_code))
            continue
        found = HREF.findall(answer.content.decode()) if "/receipt/" not in address else []
        todo += [
            one
            for one in found
            if "/overview/data/" in one or "/overview/sources/" in one or "/goals/" in one
        ]
    assert dead == []
    kinds = {name: [a for a in seen if f"/overview/{name}/" in a] for name in ("data", "sources", "goals")}
    assert all(kinds.values()) and len(kinds["data"]) > 10, {name: len(some) for name, some in kinds.items()}


def test_each_version_page_goes_on_or_says_that_it_is_a_source(client: Client, ran: Workspace) -> None:
    read = read_now()
    for step in read.trace():
        text = client.get(f"/overview/data/{step.dataset}/{step.period}/{step.vintage}/").content.decode()
        version = lineage.find(read, step.dataset, step.period, step.vintage)
        assert version is not None
        known = version.provenance
        assert known.reads or "This is a source" in text or "It read no other dataset" in text, step.dataset
        assert version.digest in text and known.made_by in text
        for cite in known.provisions:
            assert cite.trust != "D" or "our default, may be changed" in text


def test_the_base_values_behind_a_rate_are_listed_with_source_and_trust(
    client: Client, ran: Workspace
) -> None:
    read = read_now()
    indicator = read.catalogue.indicators["urban_rate_resident"]
    value = read.value(indicator.id, read.plan.region)
    rows, _ = lineage.inputs(read, indicator, read.plan.region, value)
    assert rows and all(one.version.known and one.sources for one in rows)
    text = client.get(START).content.decode()
    for one in rows:
        assert one.en.replace("'", "&#x27;") in text
        for source in one.sources:
            assert source.kind != "publication" or f"/overview/sources/{source.id}/" in text


def test_the_receipt_is_the_same_for_the_same_number_and_another_for_another_region(
    client: Client, ran: Workspace
) -> None:
    first, again = (client.get(f"{START}receipt/").content for _ in range(2))
    other = client.get(f"{START}receipt/?region=140100").content
    assert first == again
    one, two = json.loads(first), json.loads(other)
    assert one["digest"] != two["digest"] and one["versions"] and one["dataset_digest"]
    assert one["value"] == read_now().value("urban_rate_resident", "140000")["value"]


def test_a_value_that_is_missing_has_no_base_values_and_says_why(client: Client, ran: Workspace) -> None:
    read = read_now()
    missing = next(
        i for i in read.catalogue.indicators if read.value(i, read.plan.region).get("value") is None
    )
    text = client.get(f"/overview/indicators/{missing}/").content.decode()
    assert "no base values were used" in text


@pytest.mark.parametrize("address", ["data/elements/2024/1999-01-01/", "data/../2024/x/", "data/nothing/2024/2024-01-01/",
                                     "sources/nothing/", "goals/nothing/", "indicators/nothing/receipt/"])  # fmt: skip
def test_what_is_not_in_the_workspace_is_not_found(address: str, client: Client, ran: Workspace) -> None:
    assert client.get(f"/overview/{address}").status_code == 404


def test_a_file_that_came_in_is_named_with_digest_sender_and_day(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = evaluated(tmp_path / "workspace")
    monkeypatch.setenv("RENBEN_WORKSPACE", str(space.root))
    file = tmp_path / "jobs.csv"
    element = next(iter(space.catalogue.elements))
    file.write_text(
        f"region,element,value,quality,revised\n140100,{element},1,reported,false\n", encoding="utf-8"
    )
    command = ["data", "add", "elements", str(file), "--period", "2024", "--vintage", "2026-03-01", "--sent-by", "hrss",
               "--workspace", str(space.root), "--explain", "test"]  # fmt: skip
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 0, answer.output
    version = space.versions("elements")[-1]
    page = unquote(client.get("/overview/data/elements/2024/2026-03-01/").content.decode())
    digest = next(s for s in version.provenance.sources if s.startswith("jobs.csv#")).split("#")[1]
    assert "jobs.csv" in page and digest in page and "Human Resources and Social Security" in page
    assert "1 March 2026" in page
