"""The cohort-component projection beside the drift: in the fan, in the text, and as chances of each target."""

import polars as pl

from renben.report.document import Figure
from renben.report.sections import curve, fan, goals_said
from tests.report.conftest import PROVINCE, fresh
from tests.report.test_content import ZH, grid, words


def with_tables(monkeypatch, space, **tables):
    """Evidence in whose workspace other datasets stand as well."""
    made = fresh(space)
    table = type(made).table
    monkeypatch.setattr(
        type(made), "table", lambda self, name: tables[name] if name in tables else table(self, name)
    )
    made.__dict__["versions"] = {**made.versions, **dict.fromkeys(tables, made.versions["target_status"])}
    return made


def projected_rates() -> pl.DataFrame:
    years = list(range(2025, 2031))
    median = [66.9, 67.6, 68.2, 68.8, 69.4, 70.0]
    rows = {"region": PROVINCE, "rate": "resident", "year": years, "median": median}
    return pl.DataFrame(rows).with_columns(p10=pl.col("median") - 0.5, p90=pl.col("median") + 0.5)


def test_a_run_puts_the_projection_into_the_fan_and_the_chances(evidence):
    picture = next(p for p in fan(evidence, ZH) if isinstance(p, Figure))
    assert "队列要素人口模型" in picture.svg and "趋势外推" in picture.svg
    assert {"≥69.5%", "≥70%", "不低于全国平均"} <= {
        r[0].text for r in grid(curve(evidence, ZH), "2029年").rows
    }


def test_the_fan_shows_the_projection_beside_the_drift_where_there_is_one(space, evidence, monkeypatch):
    none = with_tables(monkeypatch, space, projection_rates=projected_rates().head(0))
    alone = next(p for p in fan(none, ZH) if isinstance(p, Figure))
    assert "队列要素" not in alone.svg and "趋势外推" in alone.svg
    both = with_tables(monkeypatch, space, projection_rates=projected_rates())
    picture = next(p for p in fan(both, ZH) if isinstance(p, Figure))
    assert "队列要素人口模型" in picture.svg and "趋势外推" in picture.svg
    assert "2029 69.40" in picture.alt and "2030" not in picture.alt


def test_the_projections_chances_stand_in_order_with_the_nation_last(space, evidence, monkeypatch):
    none = with_tables(monkeypatch, space, projection_targets=pl.DataFrame())
    assert curve(none, ZH) == []
    rows = {
        "target": ["national", "70", "69.5", "66", "70.25"],
        "probability": [0.2, 0.6, 1.0, 1.0, 0.5],
        "error": [0.01, 0.012, 0.0, 0.0, 0.02],
    }
    frame = pl.DataFrame({"region": PROVINCE, "year": 2029, **rows, "draws": 1000})
    both = with_tables(monkeypatch, space, projection_targets=frame, projection_rates=projected_rates())
    table = grid(curve(both, ZH), "2029年")
    both.__dict__["own"] = {
        k: {**row, "forecast_by": "drift"} if row["forecast_by"] else row for k, row in both.own.items()
    }
    assert "按队列要素人口模型，该概率为100%" in words(goals_said(both, ZH))
    assert [(r[0].text, r[1].text, r[2].text) for r in table.rows] == [
        ("≥69.5%", "100%", "0.00"),
        ("≥70%", "60%", "1.20"),
        ("不低于全国平均", "20%", "1.00"),
    ]
