"""What leaves the registry: counts by region and origin, complete with zeros, synthetic where the demo is."""

from pathlib import Path

import polars as pl
import pytest

from renben.core.workspace import Workspace
from renben.web.exchange.publish import publish_settlements
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor
from renben.web.registry import applications
from renben.web.registry.models import Address
from tests.web.cases import again, do, registered
from tests.web.conftest import CITY, COUNTY, answers


@pytest.fixture
def settled(people: dict[str, Actor], address: Address) -> None:
    registered(people, answers(address))
    resident = again(people["resident"])
    case = applications.begin(resident, "hukou_settlement", "begin-settlement").case
    fields = {"notice": "x", "settlement_basis": "employment", "settle_with": "household"}
    for question in ("notice", "settlement"):
        do(case, "save", resident, question=question, fields=fields)
    do(case, "submit", resident)
    do(case, "claim", people["officer"])
    do(case, "propose", people["officer"])
    do(case, "settle", people["issuer"])


def test_a_settlement_is_counted_in_its_county_and_city_and_zeros_are_written(
    settled: None, tmp_path: Path
) -> None:
    space = Workspace.create(tmp_path / "space")
    version = publish_settlements(space, "2026")
    table = version.scan().collect()
    assert table.height == 6 and table["persons"].sum() == 2
    ones = table.filter(pl.col("persons") > 0).sort("region").rows()
    assert ones == [(CITY, "in_province", 1), (COUNTY, "in_province", 1)]
    assert version.provenance.synthetic and version.provenance.made_by == "renben publish"
    assert AuditEvent.objects.filter(kind="export", object_type="dataset").count() == 1


def test_a_settlement_of_another_period_is_not_counted_and_a_rerun_is_a_new_vintage(
    settled: None, tmp_path: Path
) -> None:
    space = Workspace.create(tmp_path / "space")
    assert publish_settlements(space, "2025").scan().collect()["persons"].sum() == 0
    first, second = publish_settlements(space, "2026"), publish_settlements(space, "2026")
    assert first.vintage != second.vintage and first.scan().collect().equals(second.scan().collect())


def test_nothing_personal_is_in_the_published_file(settled: None, tmp_path: Path) -> None:
    version = publish_settlements(Workspace.create(tmp_path / "space"), "2026")
    assert set(version.scan().collect_schema().names()) == {"region", "origin", "persons"}
    content = version.path.read_bytes()
    assert "示例甲".encode() not in content and b"149901" not in content
