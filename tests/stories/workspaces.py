"""A workspace for the story of a family: what offices add to it by hand, and what a run says afterwards.

Everything here is synthetic. The weights of the reward were never published; those below are an example row that
the finance department would write into the workspace's own catalogue, as docs/guide/mechanisms says.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from renben.core.workspace import Workspace
from tests.command import renben
from tests.web.service import ROOT

YEAR, BEFORE = "2026", "2025"
COUNTY, CITY, PROVINCE = "140105", "140100", "140000"
WEIGHTS = """\
# 示例：测试用权重，未经任何部门发布 An example for a test; no office has published these weights
origin_weight:
  zh: 按落户来源区分的权重
  en: Weight of one settler by origin
  values:
    2026-01-01: {value: {cross_province: 3, in_province: 2, in_city: 1}, ref: 测试用示例 example for a test, trust: D}
phase_out:
  zh: 以前年度落户人口的递减系数
  en: Weight of settlers of this year, last year ...
  values:
    2026-01-01: {value: [1], ref: 测试用示例 example for a test, trust: D}
"""
NO_DRAWS = """\
draws:
  zh: 次数（本测试不用人口推演）
  en: Draws (this test has no use for the projection)
  unit: count
  values:
    2020-11-01: {value: 0, ref: 测试用 for a test, trust: D}
"""
STOCKS = {
    COUNTY: {"pop_resident": 1000, "pop_urban_resident": 900, "pop_hukou": 600, "pop_urban_hukou": 500},
    CITY: {"pop_resident": 5000, "pop_urban_resident": 4500, "pop_hukou": 3800, "pop_urban_hukou": 2800},
}
TOWNSHIPS = "township,urban\n140105001,true\n140105002,true\n"
LAND = f"region,per_capita,no_extra_land\n{COUNTY},95,false\n{CITY},95,false\n"


def in_its_own_process(*arguments: str) -> str:
    """A command that works on a database, whose settings belong to a process; what it printed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("RENBEN_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "renben", *arguments],
        env={**clean, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def prepared(space: Path) -> Path:
    """A workspace with example data, and what four offices add: weights, stocks, classes of townships, land."""
    renben("init", str(space), "--example", "--period", YEAR)
    laws = space / "catalogue" / "laws"
    laws.mkdir(parents=True)
    (laws / "settlement_reward.yaml").write_text(WEIGHTS, encoding="utf-8")
    without_projection(space)
    stocks = [
        f"{region},{name},{value},reported,false"
        for region, mine in STOCKS.items()
        for name, value in mine.items()
    ]
    files = {
        ("elements", BEFORE): "region,element,value,quality,revised\n" + "\n".join(stocks) + "\n",
        ("township_class", YEAR): TOWNSHIPS,
        ("urban_land_present", YEAR): LAND,
    }
    shutil.rmtree(space / "data" / "urban_land_present")  # theirs, not the example's
    for (name, period), text in files.items():
        path = space.parent / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        renben("data", "add", name, str(path), "--period", period, "--synthetic", "-w", str(space))
    return space


def without_projection(space: Path) -> None:
    """An overlay by which a run draws nothing."""
    laws = space / "catalogue" / "laws"
    laws.mkdir(parents=True, exist_ok=True)
    (laws / "projection_run.yaml").write_text(NO_DRAWS, encoding="utf-8")


@dataclass(frozen=True)
class Said:
    """What a run says of the city and the county."""

    settlers: int
    share: float
    reward: float
    land: dict[str, float]
    stocks: dict[str, int]
    """Persons in the county's two ledgers."""
    resident_rate: float
    hukou_rate: float
    gap: float
    synthetic: bool


def published(space: Path, web: Path) -> None:
    """The registry's snapshots enter the workspace, as an office sends them."""
    in_its_own_process(
        "exchange", "publish", "--period", YEAR, "-w", str(space), "--folder", str(web), "--demo"
    )


def said_after_a_run(space: Path, web: Path) -> Said:
    """Publish, run, and read what the run says."""
    published(space, web)
    renben("run", "--period", YEAR, "-w", str(space))
    read = Workspace(space).read
    score = read("settlement_score", YEAR).filter(region=CITY, lag=0)
    share = read("reward_share", YEAR).filter(region=CITY, part="settlement", payer=PROVINCE)
    money = read("settlement_reward", YEAR).filter(region=CITY, part="settlement", payer=PROVINCE)
    land = read("land_quota", YEAR).filter(region=COUNTY)
    values = read("indicator_values", YEAR)
    (ledger,) = read("population_ledger", YEAR).filter(region=COUNTY).to_dicts()
    return Said(
        settlers=int(score["persons"].sum()),
        share=float(share["share"].item()),
        reward=float(money["amount"].item()),
        land=dict(land.select("basis", "quota").iter_rows()),
        stocks={name: ledger[name] for name in STOCKS[COUNTY]},
        resident_rate=_value(values, COUNTY, "urban_rate_resident"),
        hukou_rate=_value(values, COUNTY, "urban_rate_hukou"),
        gap=_value(values, CITY, "urban_hukou_gap"),
        synthetic=bool(values.filter(region=COUNTY, indicator="urban_rate_hukou")["synthetic"].item()),
    )


def _value(values: pl.DataFrame, region: str, indicator: str) -> Any:
    return values.filter(region=region, indicator=indicator)["value"].item()
