"""A registered synthetic population in the real runner: counts, money, C2-06 with its trace, marked synthetic."""

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from renben.cli import app
from renben.cli.steps import STEPS
from renben.core.errors import RenbenError
from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Workspace
from renben.engines.synthesis.planning import make_plan
from renben.engines.synthesis.population import write_population
from renben.evaluation.facts import store_facts

COUNTIES = ["140105", "140108", "141034"]
NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
YEAR = Period("2024")


def called(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    assert isinstance(done.exception, RenbenError), done.output
    return str(done.exception)


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic")
    write_population(make_plan(0.002), folder, seed=5, threads=1, created_at=NOW, counties=COUNTIES)
    return folder


@pytest.fixture(scope="module")
def space(people: Path, tmp_path_factory) -> Workspace:
    found = Workspace.create(tmp_path_factory.mktemp("work") / "space")
    called("data", "add", "population", people, "--period", "2024", "--workspace", found.root)
    store_facts(found, lambda: NOW)
    run(found, STEPS, YEAR, now=lambda: NOW)
    return found


def test_a_folder_of_the_synthetic_population_is_added_whole_and_stays_synthetic(people, space):
    version = space.latest("population", YEAR)
    written = (
        pl.scan_parquet(sorted((people / "persons").glob("*.parquet"))).select(pl.len()).collect().item()
    )
    assert version.scan().select(pl.len()).collect().item() == written
    assert version.provenance.synthetic
    assert any(cite.name.startswith("synthesis.") for cite in version.provenance.uncertain())


def test_every_run_counts_what_the_command_counts(people, space):
    counted = (
        space.read("entitlement_counts", "2024")
        .group_by("region", "rule")
        .agg(pl.col("persons", "granted", "refused", "undecided").sum())
    )
    rows = json.loads(called("entitle", "--population", people, "--on", "2024-12-31", "--json"))
    command = pl.DataFrame(rows, infer_schema_length=None).select(
        pl.col("county").cast(pl.String).alias("region"),
        "rule",
        persons="people",
        granted="grant",
        refused="deny",
        undecided="need_info",
    )
    keys = ["region", "rule"]
    assert counted.sort(keys).equals(command.select(counted.columns).sort(keys))
    assert set(counted["region"]) == set(COUNTIES) and counted["rule"].n_unique() >= 40


def test_people_are_counted_by_where_they_are_registered(space):
    counts = space.read("entitlement_counts", "2024").filter(rule="residence_permit")
    by = dict(counts.group_by("origin").agg(pl.col("persons").sum()).iter_rows())
    assert by["local"] > by["cross_province"] > 0
    granted = dict(counts.group_by("origin").agg(pl.col("granted").sum()).iter_rows())
    assert granted["local"] == 0 and granted["in_province"] > 0, "a permit is for people from another city"


def test_the_share_of_services_by_household_registration_has_a_value_that_leads_back_to_the_people(space):
    values = space.read("indicator_values", "2024").filter(indicator="hukou_based_service_share")
    row = values.filter(region="140105").to_dicts()[0]
    book = space.read("hukou_based_items", "2024").filter(region="140105").to_dicts()[0]
    assert row["value"] == pytest.approx(100 * book["hukou_items"] / book["items"]) and 0 < row["value"] < 100
    assert row["synthetic"] and row["sources"] == "entitlement_data"
    chain, at = [], "indicator_values"
    for name in (
        "indicator_history",
        "mechanism_elements",
        "entitlement_data",
        "entitlement_counts",
        "population",
    ):
        version = space.latest(at, YEAR)
        assert version.provenance.synthetic
        assert name in {read.dataset for read in version.provenance.reads}, (at, name)
        chain, at = [*chain, name], name
    cited = space.latest("entitlement_counts", YEAR).provenance.provisions
    assert {"residence_permit.min_months", "education.entry_age_years"} <= {cite.name for cite in cited}


def test_permits_that_nobody_wrote_down_leave_the_coverage_without_a_value(people, tmp_path):
    (tmp_path / "persons").mkdir()
    for path in (people / "persons").glob("*.parquet"):
        frame = pl.read_parquet(path).drop("has_permit", "permit_issued", "endorsed_until")
        frame.write_parquet(tmp_path / "persons" / path.name)
    space = Workspace.create(tmp_path / "space")
    called(
        "data", "add", "population", tmp_path, "--period", "2024", "--synthetic", "--workspace", space.root
    )
    store_facts(space, lambda: NOW)
    run(space, STEPS, YEAR, now=lambda: NOW)
    data = space.read("entitlement_data", "2024")
    assert data["residence_permit_valid"].null_count() == data.height
    assert set(data["residence_permit_valid_reason"]) == {"undecided"}


def test_nothing_is_counted_again_until_people_or_laws_change(space):
    again = run(space, STEPS, YEAR, now=lambda: NOW)
    assert "entitlement_counts" in again.names("unchanged")
    overlay = space.root / "catalogue" / "laws"
    overlay.mkdir(parents=True)
    (overlay / "local.yaml").write_text(
        "line:\n  zh: 线\n  en: line\n  unit: yuan/month\n  values:\n"
        "    2024-01-01: {value: 1, ref: 示例, trust: D}\n",
        encoding="utf-8",
    )
    after = run(Workspace(space.root), STEPS, YEAR, now=lambda: NOW)
    assert "entitlement_counts" in after.names("made")


def test_with_permits_in_the_population_their_coverage_is_an_indicator(people, tmp_path):
    """People of the synthetic population given permits by hand: every third of those registered elsewhere."""
    (tmp_path / "persons").mkdir()
    for path in (people / "persons").glob("*.parquet"):
        frame = pl.read_parquet(path)
        held = (pl.col("away") > 0) & (pl.col("person") % 3 == 0)
        frame.with_columns(
            has_permit=held,
            permit_issued=pl.when(held).then(dt.date(2022, 5, 1)),
            endorsed_until=pl.when(held).then(dt.date(2025, 5, 1)),
        ).write_parquet(tmp_path / "persons" / path.name)
    space = Workspace.create(tmp_path / "space")
    called(
        "data", "add", "population", tmp_path, "--period", "2024", "--synthetic", "--workspace", space.root
    )
    store_facts(space, lambda: NOW)
    run(space, STEPS, YEAR, now=lambda: NOW)
    everybody = space.read("population", "2024")
    data = {row["region"]: row for row in space.read("entitlement_data", "2024").to_dicts()}
    for county, own in everybody.group_by("county"):
        row = data[county[0]]
        assert row["residence_permit_valid"] == own["has_permit"].sum()
        elsewhere = own.filter(
            pl.col("hukou_region") != pl.col("county"), pl.col("resident_since") <= dt.date(2024, 6, 30)
        )
        assert row["pop_nonlocal_over_6m"] == elsewhere.height
    values = space.read("indicator_values", "2024").filter(indicator="residence_permit_coverage")
    (row,) = values.filter(region="140105").to_dicts()
    expected = 100 * data["140105"]["residence_permit_valid"] / data["140105"]["pop_nonlocal_over_6m"]
    assert row["value"] == pytest.approx(expected) and row["synthetic"]
    permits = space.read("entitlement_counts", "2024").filter(rule="permit_holder")
    assert permits["undecided"].sum() == 0


def test_a_folder_without_files_and_rows_that_do_not_fit_are_refused_and_nothing_is_kept(people, tmp_path):
    space = Workspace.create(tmp_path / "space")
    bad = tmp_path / "bad"
    bad.mkdir()
    asked = ("data", "add", "population", bad, "--period", "2024", "--workspace", space.root)
    assert "no Parquet file in it" in refused(*asked)
    frame = pl.read_parquet(next((people / "persons").glob("*.parquet")))
    frame.with_columns(sex=pl.lit(3)).write_parquet(bad / "x.parquet")
    assert "population.sex: above_maximum" in refused(*asked)
    frame.drop("county").write_parquet(bad / "x.parquet")
    assert "lacks column county" in refused(*asked)
    assert space.versions("population") == []


def test_an_empty_population_counts_nobody(tmp_path):
    space = Workspace.create(tmp_path / "space")
    (tmp_path / "people").mkdir()
    schema = {"person": pl.Int64, "county": pl.String, "hukou_region": pl.String}
    pl.DataFrame(schema=schema).write_parquet(tmp_path / "people" / "x.parquet")
    called("data", "add", "population", tmp_path / "people", "--period", "2024", "--workspace", space.root)
    run(space, STEPS, YEAR, now=lambda: NOW)
    assert space.read("entitlement_counts", "2024").height == 0
