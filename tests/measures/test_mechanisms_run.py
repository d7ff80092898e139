"""The four mechanisms in the real runner, on example data: made once, marked synthetic, made again only where due."""

import datetime as dt
import shutil

import polars as pl
import pytest

from renben.core.period import Period
from renben.core.run import run
from renben.core.schema import canonical
from renben.core.table import functions_of
from renben.core.workspace import Provenance, Workspace
from renben.engines.synthesis.examples import example_frames
from renben.measures.citizenization import settlement_reward
from renben.measures.city import air_quality
from renben.measures.county import industry_clusters
from renben.measures.metropolis import link_evaluation
from tests.plain_words import codes_in

STEPS = functions_of(settlement_reward, industry_clusters, link_evaluation, air_quality)
WEIGHTS = """
origin_weight:
  zh: 权重
  en: Weights
  values:
    2022-04-13: {value: {cross_province: 3, in_province: 2, in_city: 1}, ref: our finance department, trust: D}
phase_out:
  zh: 递减
  en: Phase-out
  values:
    2022-04-13: {value: [1, 0.5], ref: our finance department, trust: D}
"""


def now() -> dt.datetime:
    return dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


def needed() -> set[str]:
    made = {name for step in STEPS for name in step.outputs}
    return {name for step in STEPS for name in step.reads} - made


def fill(space: Workspace) -> None:
    catalogue = space.catalogue
    wanted = {name: catalogue.datasets[name] for name in needed()}
    known = [r for r in catalogue.regions.values() if r.level != "zone" and r.code != "100000"]
    regions = {r.code: r.parent for r in known}
    levels = {r.code: r.level for r in known}
    for period in ("2022", "2023", "2024"):
        for name, frame in example_frames(
            wanted, list(regions), period, seed=3, rows=12, parents=regions, levels=levels
        ).items():
            provenance = Provenance(
                dataset=name,
                period=period,
                made_by="test",
                synthetic=True,
                sources=("example",),
                created_at=now(),
            )
            dataset = space.dataset(name)
            space.write_checked(canonical(frame.lazy(), dataset), dataset, provenance, Period(period).end)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    space = Workspace.create(tmp_path_factory.mktemp("mechanisms") / "space")
    fill(space)
    for period in ("2022", "2023", "2024"):
        result = run(space, STEPS, Period(period), now=now)
        assert result.names("waiting") == []
    return space


def table(space: Workspace, name: str) -> pl.DataFrame:
    version = space.latest(name, Period("2024"))
    assert version is not None
    return version.scan().collect()


def test_every_table_passes_its_schema_and_is_marked_synthetic(filled):
    for step in STEPS:
        for name in step.outputs:
            version = filled.latest(name, Period("2024"))
            assert version is not None, name
            assert version.provenance.synthetic, name


def test_a_second_run_makes_nothing_anew(filled):
    result = run(filled, STEPS, Period("2024"), now=now)
    assert result.names("made") == []


def test_default_provisions_are_named_beside_the_results_that_used_them(filled):
    version = filled.latest("leading_industry", Period("2024"))
    assert {c.name for c in version.provenance.uncertain()} >= {"industry_clusters.leading_weight"}


def test_without_published_weights_the_settlement_part_is_withheld_at_every_level(filled):
    returned = table(filled, "reward_returned").filter(pl.col("part") == "settlement")
    assert (returned["returned"] == returned["pool"]).all()


def found(space: Workspace) -> pl.DataFrame:
    return pl.concat([table(space, name) for step in STEPS if step.is_check for name in step.outputs])


def test_no_finding_shows_a_code_where_words_belong(filled):
    findings = found(filled)
    assert findings["kind"].n_unique() >= 8
    for zh, en in findings.select("text_zh", "text_en").iter_rows():
        assert not codes_in(zh, en), (zh, en)


@pytest.mark.parametrize(
    ("zh", "en", "codes"),
    [
        ("建议 issue 预警（yellow）", "Recommended", ["issue", "yellow"]),
        ("存疑：forecast_short。", "In doubt", ["forecast_short", "forecast_short"]),
        ("原因", "part_withheld", ["part_withheld"]),
        ("集群K0001，车速165 km/h，PM2.5、SO2超标，节点N01", "Cluster K0001", []),
    ],
)
def test_a_code_in_a_text_is_seen(zh, en, codes):
    assert codes_in(zh, en) == codes


def test_the_findings_of_example_data_are_few_and_each_mechanism_has_some(filled):
    findings = found(filled)
    assert findings.height < 150
    assert set(findings["owner"]) == {"finance", "industry", "transport", "ecology"}
    assert findings.filter(pl.col("kind") == "settlers_claimed_differ").height <= 5
    assert findings.filter(pl.col("kind") == "cluster_tier_differs").height <= 3


def test_an_operators_weights_remake_what_depends_on_them_and_nothing_else(filled, tmp_path):
    shutil.copytree(filled.root, tmp_path / "copy")
    laws = tmp_path / "copy" / "catalogue" / "laws"
    laws.mkdir(parents=True)
    (laws / "settlement_reward.yaml").write_text(WEIGHTS, encoding="utf-8")
    space = Workspace(tmp_path / "copy")
    result = run(space, STEPS, Period("2024"), now=now)
    made = set(result.names("made"))
    assert {"settlement_score", "reward_share", "settlement_reward"} <= made
    assert not made & {"iaqi_day", "aqi_day", "cluster_test", "travel_time", "link_effect"}
    paid = table(space, "settlement_reward").filter(pl.col("part") == "settlement", payer="140000")
    assert paid["amount"].is_not_null().all()
    pool = table(space, "reward_pool").filter(part="settlement", payer="140000")["amount"][0]
    assert paid["amount"].sum() == pool
    version = space.latest("settlement_reward", Period("2024"))
    assert "settlement_reward.origin_weight" in {c.name for c in version.provenance.uncertain()}
