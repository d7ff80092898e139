"""A workspace with a small catalogue of its own: settlers, a score, last year's effort, a reward."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from renben.core.period import Period
from renben.core.workspace import Provenance, Workspace

DATASETS = """
settlements:
  {zh: 落户, en: Settlements, source: true, grain: [region], columns: {region: {type: region}, persons: {type: int, min: 0, unit: person}}}
weights:
  {zh: 权重, en: Weights, source: true, grain: [region], columns: {region: {type: region}, weight: {type: float, min: 0}}}
score:
  {zh: 得分, en: Score, grain: [region], columns: {region: {type: region}, score: {type: float}}}
effort:
  {zh: 努力, en: Effort, grain: [region], columns: {region: {type: region}, effort: {type: float}}}
reward:
  {zh: 奖励, en: Reward, grain: [region], columns: {region: {type: region}, reward: {type: float}}}
trend:
  {zh: 趋势, en: Trend, grain: [region], columns: {region: {type: region}, periods: {type: int}, persons: {type: int}}}
holes:
  {zh: 缺值, en: Holes, grain: [region], columns: {region: {type: region}, value: {type: float, reasons: true}}}
"""
LAWS = """
per_head:
  zh: 人均
  en: Per head
  unit: yuan
  values:
    2020-01-01: {value: 10, ref: Order 1 art. 2, trust: L}
bonus:
  zh: 加成
  en: Bonus
  values:
    2020-01-01: {value: 1.5, ref: our default, trust: D}
memory:
  zh: 记忆
  en: Memory
  values:
    2020-01-01: {value: 7, ref: remembered, trust: M}
"""


def now() -> dt.datetime:
    """A fixed clock."""
    return dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace with the small catalogue."""
    space = Workspace.create(tmp_path / "space")
    for kind, name, text in (("datasets", "small.yaml", DATASETS), ("laws", "test.yaml", LAWS)):
        folder = space.root / "catalogue" / kind
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Workspace(space.root)


def add(
    space: Workspace, name: str, period: str, rows: dict[str, list], day: str, synthetic: bool = False
) -> None:
    """A source version, as data entry would write it."""
    provenance = Provenance(
        dataset=name, period=str(Period(period)), made_by="test", synthetic=synthetic, created_at=now()
    )
    space.write_checked(pl.LazyFrame(rows), space.dataset(name), provenance, dt.date.fromisoformat(day))
