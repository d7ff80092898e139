"""The runner: order, refusals, what is made again and what is not, what travels with a result."""

import datetime as dt

import polars as pl
import pytest

from renben.core.errors import OrderError, RunError
from renben.core.finding import check, with_keys
from renben.core.law import Law
from renben.core.period import Period
from renben.core.randomness import stream
from renben.core.run import run
from renben.core.table import History, Maybe, Previous, Table, table
from renben.core.workspace import Workspace
from tests.core.conftest import add, now


@table(grain=("region",))
def score(settlements: Table, effort: Previous) -> Table:
    """Settlers per region (persons), weighted by last period's effort (ratio; 1 where unknown)."""
    return settlements.join(effort, on="region", how="left").select(
        "region", score=pl.col("persons") * pl.col("effort").fill_null(1.0)
    )


@table(grain=("region",))
def effort(score: Table) -> Table:
    """Effort of the next period (ratio)."""
    return score.select("region", effort=pl.lit(2.0))


@table(grain=("region",), basis=("test.per_head",))
def reward(score: Table, law: Law) -> Table:
    """Reward (yuan)."""
    return score.select(
        "region", reward=pl.col("score") * law.value("test.per_head") * law.value("test.bonus")
    )


@table(grain=("region",))
def trend(settlements: History) -> Table:
    """Settlers over all periods (persons)."""
    return settlements.group_by("region").agg(
        periods=pl.len().cast(pl.Int64), persons=pl.col("persons").sum()
    )


@check
def nobody_settled(settlements: Table) -> Table:
    """A region where nobody settled."""
    return settlements.filter(pl.col("persons") == 0).select(
        kind=pl.lit("nobody_settled"),
        subject="region",
        severity=pl.lit("warning"),
        owner=pl.lit(None, dtype=pl.String),
        text_zh=pl.lit("无人落户"),
        text_en=pl.lit("Nobody settled."),
    )


CHAIN = (reward, effort, score, trend, nobody_settled)


def go(space: Workspace, period: str = "2024", functions=CHAIN, **more):
    return run(Workspace(space.root), functions, Period(period), now=now, **more)


def two_regions(space: Workspace, period: str = "2024", day: str = "2025-03-01", **more) -> None:
    add(space, "settlements", period, {"region": ["140100", "140200"], "persons": [100, 0]}, day, **more)


def test_functions_run_in_the_order_of_what_they_read(workspace):
    two_regions(workspace)
    result = go(workspace)
    made = result.names("made")
    assert made.index("score") < made.index("effort") and made.index("score") < made.index("reward")
    assert workspace.read("reward", "2024")["reward"].to_list() == [1500.0, 0.0]


def test_a_second_run_makes_nothing_anew(workspace):
    two_regions(workspace)
    go(workspace)
    again = go(workspace)
    assert again.names("made") == [] and len(again.names("unchanged")) == 5


def test_changing_a_provision_makes_only_what_depends_on_it(workspace):
    two_regions(workspace)
    go(workspace)
    laws = workspace.root / "catalogue" / "laws" / "test.yaml"
    laws.write_text(laws.read_text(encoding="utf-8").replace("value: 10", "value: 20"), encoding="utf-8")
    again = go(workspace)
    assert again.names("made") == ["reward"]
    assert workspace.read("reward", "2024")["reward"].to_list() == [3000.0, 0.0]


def test_previous_is_empty_at_first_and_last_period_afterwards(workspace):
    two_regions(workspace, "2023", "2024-03-01")
    two_regions(workspace)
    go(workspace, "2023")
    go(workspace, "2024")
    assert workspace.read("score", "2023")["score"].to_list() == [100.0, 0.0]
    assert workspace.read("score", "2024")["score"].to_list() == [200.0, 0.0]


def test_history_reads_every_period_up_to_this_one(workspace):
    for year in ("2022", "2023", "2024"):
        two_regions(workspace, year, f"{int(year) + 1}-03-01")
    go(workspace, "2023", (trend,))
    assert workspace.read("trend", "2023")["periods"].to_list() == [2, 2]


def test_synthetic_is_inherited_also_across_periods(workspace):
    two_regions(workspace, "2023", "2024-03-01", synthetic=True)
    two_regions(workspace)
    go(workspace, "2023")
    go(workspace, "2024")
    latest = workspace.latest("reward", Period("2024"))
    assert latest.provenance.synthetic
    assert not workspace.latest("settlements", Period("2024")).provenance.synthetic


def test_uncertain_provisions_travel_with_every_result(workspace):
    two_regions(workspace)
    go(workspace)
    assert [c.name for c in workspace.latest("reward", Period("2024")).provenance.uncertain()] == [
        "test.bonus"
    ]
    assert workspace.latest("score", Period("2024")).provenance.uncertain() == []


def test_as_of_rebuilds_what_was_known_then(workspace):
    two_regions(workspace, day="2025-03-01")
    add(workspace, "settlements", "2024", {"region": ["140100"], "persons": [900]}, "2025-09-01")
    go(workspace)
    go(workspace, as_of=dt.date(2025, 4, 1))
    assert workspace.read("score", "2024")["score"].to_list() == [900.0]
    assert workspace.read("score", "2024", dt.date(2025, 4, 1))["score"].to_list() == [100.0, 0.0]


def test_what_lacks_a_source_waits_and_says_how_to_add_it(workspace):
    result = go(workspace)
    steps = {step.name: step for step in result.steps}
    assert steps["score"].outcome == "waiting"
    assert "renben data add settlements FILE --period 2024" in steps["score"].why


def test_findings_have_the_same_key_in_every_run(workspace):
    two_regions(workspace)
    go(workspace)
    first = with_keys(workspace.latest("findings_nobody_settled", Period("2024")).scan(), "2024")
    assert first["subject"].to_list() == ["140200"] and len(first["key"][0]) == 24
    assert (
        first["key"][0]
        != with_keys(workspace.latest("findings_nobody_settled", Period("2024")).scan(), "2025")["key"][0]
    )


def test_an_optional_input_is_empty_where_there_is_none_and_says_where_it_comes_from(workspace):
    @table(grain=("region",))
    def holes(settlements: Table, weights: Maybe) -> Table:
        """Weights where there are some (ratio)."""
        both = settlements.join(weights, on="region", how="left")
        mark = pl.when(pl.col("synthetic")).then(pl.lit("synthetic")).otherwise(pl.lit("known"))
        none = pl.when(pl.col("weight").is_null()).then(pl.lit("no_data"))
        return both.select(
            "region",
            value=pl.when(mark == "known").then("weight"),
            value_reason=none.fill_null(pl.when(mark == "synthetic").then(pl.lit("rejected"))),
        )

    two_regions(workspace)
    go(workspace, functions=(holes,))
    assert workspace.read("holes", "2024")["value_reason"].to_list() == ["no_data", "no_data"]
    add(workspace, "weights", "2024", {"region": ["140100"], "weight": [2.0]}, "2025-04-01", synthetic=True)
    assert go(workspace, functions=(holes,)).names("made") == ["holes"]
    assert workspace.read("holes", "2024")["value_reason"].to_list() == ["rejected", "no_data"]
    add(workspace, "weights", "2024", {"region": ["140100"], "weight": [2.0]}, "2025-05-01")
    go(workspace, functions=(holes,))
    assert workspace.read("holes", "2024")["value"].to_list() == [2.0, None]


def test_two_makers_are_refused(workspace):
    twin = table(grain=("region",))(_another_score())
    with pytest.raises(OrderError, match="score has two makers"):
        go(workspace, functions=(score, effort, twin))


def _another_score():
    def score(settlements: Table) -> Table:
        """Another score (persons)."""
        return settlements.select("region", score=pl.col("persons") * 1.0)

    return score


def test_a_written_source_is_refused(workspace):
    @table(grain=("region",))
    def weights(settlements: Table) -> Table:
        """Weights (ratio)."""
        return settlements.select("region", weight=1.0)

    with pytest.raises(OrderError, match="is a source"):
        go(workspace, functions=(weights,))


def test_an_input_nobody_makes_is_refused_with_the_nearest_name(workspace):
    @table(grain=("region",))
    def score(settlement: Table) -> Table:
        """Score (persons)."""
        return settlement

    with pytest.raises(
        OrderError, match=r"reads settlement, which nothing makes\. Did you mean settlements\?"
    ):
        go(workspace, functions=(score,))


def test_a_circle_is_named_with_the_way_out(workspace):
    @table(grain=("region",))
    def score(reward: Table) -> Table:
        """Score (persons)."""
        return reward

    with pytest.raises(OrderError, match=r"circle within one period: .*(score|reward).*\n.*Previous"):
        go(workspace, functions=(score, reward))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            {"region": ["140100", "140100"], "score": [1.0, 2.0]},
            r"more than one row for \{'region': '140100'\}",
        ),
        ({"region": ["149999"], "score": [1.0]}, "unknown_region in 1 rows"),
        ({"region": ["140100"], "score": [None]}, "missing in 1 rows"),
        ({"region": ["140100"], "scores": [1.0]}, "lacks column score"),
        ({"region": ["140100"], "score": ["1"]}, "column score is String, declared Float64"),
        ({"region": ["140100"], "score": [float("nan")]}, "not_finite"),
    ],
)
def test_a_table_that_does_not_fit_its_schema_stops_the_run_and_names_function_dataset_and_period(
    workspace, frame, message
):
    made = pl.LazyFrame(
        frame, schema_overrides={"score": pl.Float64} if frame.get("score") == [None] else None
    )

    def maker():
        def score(settlements: Table) -> Table:
            """Score (persons)."""
            return made

        return score

    globals()["made"] = made
    two_regions(workspace)
    with pytest.raises(RunError, match=message) as caught:
        go(workspace, functions=(table(grain=("region",))(maker()),))
    assert "score, 2024" in str(caught.value) and "test_run" in str(caught.value)
    assert workspace.versions("score") == [] and list(workspace.data.glob("score/*/.*")) == []


def test_a_memory_only_value_refuses_until_it_is_confirmed(workspace):
    @table(grain=("region",))
    def score(settlements: Table, law: Law) -> Table:
        """Score (persons)."""
        return settlements.select("region", score=pl.col("persons") * float(law.value("test.memory")))

    two_regions(workspace)
    with pytest.raises(RunError, match=r"renben law confirm test\.memory"):
        go(workspace, functions=(score,))
    Workspace(workspace.root).confirm("test.memory", "tester", "gazette p. 3", dt.date(2026, 1, 1))
    go(workspace, functions=(score,))
    assert workspace.read("score", "2024")["score"].to_list() == [700.0, 0.0]
    assert [c.trust for c in workspace.latest("score", Period("2024")).provenance.uncertain()] == ["M"]


def test_a_missing_cell_carries_exactly_one_reason(workspace):
    @table(grain=("region",))
    def holes(settlements: Table) -> Table:
        """Values with holes (persons)."""
        value = pl.when(pl.col("persons") > 0).then(pl.col("persons") * 1.0)
        return settlements.select(
            "region", value=value, value_reason=pl.when(value.is_null()).then(pl.lit("missing_late"))
        )

    two_regions(workspace)
    go(workspace, functions=(holes,))
    rows = workspace.read("holes", "2024")
    assert rows["value"].to_list() == [100.0, None] and rows["value_reason"].to_list() == [
        None,
        "missing_late",
    ]


def test_the_seed_decides_and_nothing_else(workspace):
    @table(grain=("region",))
    def score(settlements: Table, seed: int) -> Table:
        """Noise (persons)."""
        return settlements.select("region", score=pl.lit(float(stream(seed, "noise").random())))

    two_regions(workspace)
    first = go(workspace, functions=(score,), seed=1)
    value = workspace.read("score", "2024")["score"][0]
    assert first.names("made") == ["score"] and go(workspace, functions=(score,), seed=1).names("made") == []
    assert go(workspace, functions=(score,), seed=2).names("made") == ["score"]
    assert workspace.read("score", "2024")["score"][0] != value
