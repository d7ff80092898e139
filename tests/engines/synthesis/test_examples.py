"""Example data: passes the schema it was made for, and is the same whenever it is made."""

import datetime as dt

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.catalogue import Column, Dataset
from renben.core.errors import RenbenError
from renben.core.schema import canonical, refuse_bad
from renben.engines.synthesis.example_values import ExampleError
from renben.engines.synthesis.examples import example_frame, example_frames, write_examples

REGIONS = ["140105", "140106", "140881"]
POPULATION = Dataset(
    name="population",
    zh="人口",
    en="Population",
    grain=("region", "sex"),
    columns={
        "region": Column(type="region"),
        "sex": Column(type="code", codes=("1", "2")),
        "persons": Column(
            type="int", unit="person", min=0, example={"dist": "lognormal", "median": 9e4, "sigma": 0.4}
        ),
        "urban": Column(type="int", min=0, example={"share_of": "persons", "low": 0.3, "high": 0.9}),
        "share": Column(type="float", unit="share", min=0, max=1),
        "money": Column(type="decimal", unit="yuan", min=0, max=5000),
    },
    sums_to_parent=("persons",),
)
CASES = Dataset(
    name="cases",
    zh="事件",
    en="Cases",
    grain=("case",),
    columns={
        "case": Column(type="str", pattern=r"C\d{6}", example={"dist": "text", "format": "C{:06d}"}),
        "region": Column(type="region"),
        "opened": Column(type="date"),
        "closed": Column(
            type="date", nullable=True, example={"after": "opened", "low": 1, "high": 9, "null": 0.3}
        ),
        "kind": Column(type="code", codes=("a", "b"), example={"dist": "choice", "weights": [9, 1]}),
        "urgent": Column(type="bool", example={"share": 0.1}),
        "at": Column(type="datetime"),
    },
)
VISITS = Dataset(
    name="visits",
    zh="上门",
    en="Visits",
    grain=("case", "number"),
    columns={
        "case": Column(type="str", example={"from": "cases.case"}),
        "number": Column(type="int", min=1),
        "region": Column(type="region", example={"from": "cases.region"}),
    },
)


def test_a_frame_has_one_row_per_region_and_code_with_values_inside_the_bounds():
    frame = example_frame(POPULATION, REGIONS, "2024", seed=7)
    assert frame.height == 6 and frame.select("region", "sex").n_unique() == 6
    assert set(frame["region"]) == set(REGIONS) and set(frame["sex"]) == {"1", "2"}
    assert frame["persons"].dtype == pl.Int64 and frame["persons"].min() > 0
    assert (frame["urban"] <= frame["persons"]).all() and frame["share"].is_between(0, 1).all()
    assert isinstance(frame.schema["money"], pl.Decimal) and frame["money"].max() <= 5000


def test_the_same_seed_name_and_period_give_the_same_rows_and_another_of_any_gives_others():
    one = example_frame(POPULATION, REGIONS, "2024", seed=7)
    assert one.equals(example_frame(POPULATION, REGIONS, "2024", seed=7))
    for other in (
        example_frame(POPULATION, REGIONS, "2024", seed=8),
        example_frame(POPULATION, REGIONS, "2025", seed=7),
        example_frame(POPULATION.model_copy(update={"name": "other"}), REGIONS, "2024", seed=7),
    ):
        assert not one.equals(other)


def test_parents_are_the_sum_of_their_children():
    parents = {
        "140105": "140100",
        "140106": "140100",
        "140881": "140800",
        "140100": "140000",
        "140800": "140000",
    }
    frame = example_frame(POPULATION, [*parents, "140000"], "2024", parents=parents)
    persons = frame.group_by("region").agg(pl.col("persons").sum())
    value = dict(persons.iter_rows())
    assert value["140100"] == value["140105"] + value["140106"]
    assert value["140000"] == value["140100"] + value["140800"] == value["140100"] + value["140881"]


def test_an_open_grain_is_unique_and_dates_lie_inside_the_period():
    frame = example_frame(CASES, REGIONS, "2024-02", rows=200)
    assert frame.height == 200 == frame["case"].n_unique()
    assert frame["opened"].is_between(dt.date(2024, 2, 1), dt.date(2024, 2, 29)).all()
    late = frame.drop_nulls("closed")
    assert 100 < late.height < 180 and (late["closed"] > late["opened"]).all()
    assert frame["kind"].value_counts(sort=True)["kind"][0] == "a"
    assert frame["at"].dt.date().is_between(dt.date(2024, 2, 1), dt.date(2024, 2, 29)).all()


def test_a_value_taken_from_another_dataset_exists_there_and_keeps_its_row_together():
    made = example_frames({"visits": VISITS, "cases": CASES}, REGIONS, "2024", rows=3)
    joined = made["visits"].join(made["cases"], on="case", suffix="_case")
    assert joined.height == made["visits"].height == 9
    assert (joined["region"] == joined["region_case"]).all()


def test_a_missing_reference_a_bad_pattern_and_a_circle_are_named_with_the_next_step():
    with pytest.raises(
        ExampleError, match=r"visits.case: its values come from cases, which is not given; make"
    ):
        example_frame(VISITS, REGIONS, "2024")
    with pytest.raises(ExampleError, match="not given; add these datasets"):
        example_frames({"visits": VISITS}, REGIONS, "2024")
    bad = Dataset(name="d", zh="", en="", grain=("id",), columns={"id": Column(type="str", pattern=r"\d+")})
    with pytest.raises(ExampleError, match=r"d.id: 'id-000001' fits neither its codes nor its pattern"):
        example_frame(bad, REGIONS, "2024")
    loop = {
        a: Dataset(
            name=a,
            zh="",
            en="",
            grain=("id",),
            columns={"id": Column(type="str", example={"from": f"{b}.id"})},
        )
        for a, b in (("a", "b"), ("b", "a"))
    }
    with pytest.raises(ExampleError, match=r"circle through \['a', 'b'\]"):
        example_frames(loop, REGIONS, "2024")


def test_an_open_grain_of_fractions_is_spread_between_its_bounds():
    steps = Dataset(
        name="steps", zh="", en="", grain=("x",), columns={"x": Column(type="float", min=0, max=1)}
    )
    values = example_frame(steps, [], "2024", rows=5)["x"].to_list()
    assert values == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_more_rows_than_days_and_a_hint_that_empties_a_required_column_are_refused():
    daily = Dataset(name="daily", zh="", en="", grain=("day",), columns={"day": Column(type="date")})
    assert example_frame(daily, [], "2024-02", rows=29)["day"].n_unique() == 29
    with pytest.raises(ExampleError, match="30 rows do not fit on 29 days"):
        example_frame(daily, [], "2024-02", rows=30)
    strict = daily.model_copy(
        update={"columns": {**daily.columns, "x": Column(type="int", example={"null": 0.5})}}
    )
    with pytest.raises(ExampleError, match="not nullable"):
        example_frame(strict, [], "2024-02", rows=3)


def test_a_frame_passes_the_contract_it_was_made_for_with_a_reason_column_where_one_is_declared():
    reasoned = POPULATION.model_copy(
        update={"columns": {**POPULATION.columns, "beds": Column(type="int", min=0, reasons=True)}}
    )
    for dataset in (reasoned, CASES):
        frame = example_frame(dataset, REGIONS, "2024Q1")
        assert refuse_bad(canonical(frame.lazy(), dataset), dataset) == frame.height


@pytest.mark.parametrize("text", ["24", "2024-13", "2024Q5", "2023-02-29", "spring"])
def test_a_period_that_does_not_exist_is_refused(text):
    with pytest.raises(RenbenError, match="write"):
        example_frame(POPULATION, REGIONS, text)


def test_written_examples_carry_the_synthetic_mark_in_their_metadata(tmp_path):
    (path,) = write_examples({"population": example_frame(POPULATION, REGIONS, "2024")}, tmp_path)
    assert pq.read_metadata(path).metadata[b"renben.synthetic"] == b"true"
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=40, deadline=None)
@given(
    low=st.integers(-1000, 1000),
    width=st.integers(0, 50),
    kind=st.sampled_from(["int", "float", "decimal"]),
    median=st.floats(0.1, 1e6),
    seed=st.integers(0, 2**40),
)
def test_numbers_never_leave_their_bounds(low, width, kind, median, seed):
    column = Column(type=kind, min=low, max=low + width, example={"dist": "lognormal", "median": median})
    schema = Dataset(
        name="d", zh="", en="", grain=("region",), columns={"region": Column(type="region"), "x": column}
    )
    values = example_frame(schema, REGIONS, "2024", seed=seed)["x"].cast(pl.Float64)
    assert values.is_between(low, low + width).all() and values.len() == 3


LEVELS = {"140000": "province", "140100": "prefecture", "140200": "prefecture", "140105": "county"}
SETTLED = Dataset(
    name="settled",
    zh="落户",
    en="Settled",
    grain=("region", "origin"),
    columns={
        "region": Column(type="region", example={"levels": ["prefecture"]}),
        "origin": Column(type="code", codes=("a", "b")),
        "persons": Column(type="int", min=0),
    },
)
CLAIMED = Dataset(
    name="claimed",
    zh="申报",
    en="Claimed",
    grain=("region",),
    columns={
        "region": Column(type="region", example={"levels": ["province", "prefecture"]}),
        "persons": Column(type="int", min=0, example={"total_of": "settled.persons"}),
    },
)


def with_example(dataset: Dataset, column: str, **hint) -> Dataset:
    changed = dataset.columns[column].model_copy(update={"example": hint})
    return dataset.model_copy(update={"columns": {**dataset.columns, column: changed}})


def test_a_region_column_takes_only_the_levels_its_hint_names_in_and_outside_the_grain():
    rows = example_frame(SETTLED, list(LEVELS), "2024", levels=LEVELS)
    assert rows["region"].to_list() == ["140100", "140100", "140200", "140200"]
    cases = with_example(CASES, "region", levels=["county"])
    assert set(example_frame(cases, list(LEVELS), "2024", levels=LEVELS)["region"]) == {"140105"}


def test_without_levels_the_hint_is_not_applied_and_a_level_nobody_has_is_refused():
    assert set(example_frame(SETTLED, list(LEVELS), "2024")["region"]) == set(LEVELS)
    zones = with_example(SETTLED, "region", levels=["zone"])
    with pytest.raises(ExampleError, match=r"settled\.region: none of the regions .*'zone'"):
        example_frame(zones, list(LEVELS), "2024", levels=LEVELS)


def test_a_total_is_the_sum_of_the_other_dataset_by_shared_grain_and_0_where_it_has_no_row():
    made = example_frames({"claimed": CLAIMED, "settled": SETTLED}, list(LEVELS), "2024", levels=LEVELS)
    sums = dict(made["settled"].group_by("region").agg(pl.col("persons").sum()).iter_rows())
    assert dict(made["claimed"].iter_rows()) == {"140000": 0, **sums}
    with pytest.raises(ExampleError, match="`from` and `total_of` hints name"):
        example_frames({"claimed": CLAIMED}, list(LEVELS), "2024")


def test_a_total_that_is_wrong_on_purpose_is_up_to_a_tenth_too_high():
    wrong = with_example(CLAIMED, "persons", total_of="settled.persons", wrong=1.0)
    made = example_frames({"claimed": wrong, "settled": SETTLED}, list(LEVELS), "2024", levels=LEVELS)
    sums = dict(made["settled"].group_by("region").agg(pl.col("persons").sum()).iter_rows())
    for region, claimed in made["claimed"].filter(pl.col("persons") > 0).iter_rows():
        assert sums[region] < claimed <= 1.1 * sums[region] + 1


def test_a_total_of_a_dataset_without_a_common_grain_is_refused():
    other = with_example(POPULATION, "persons", total_of="cases.case")
    alone = Dataset(
        name="alone", zh="甲", en="A", grain=("day",),
        columns={"day": Column(type="date"), "n": Column(type="int", example={"total_of": "population.persons"})},
    )  # fmt: skip
    made = example_frame(POPULATION, REGIONS, "2024")
    with pytest.raises(ExampleError, match="shares no grain column"):
        example_frame(alone, REGIONS, "2024", related={"population": made})
    with pytest.raises(ExampleError, match="cases, which is not given"):
        example_frame(other, REGIONS, "2024")


def test_a_steady_column_is_the_same_in_every_period_and_the_others_are_not():
    steady = with_example(CASES, "kind", weights=[1, 1], steady=True)
    before, after = (example_frame(steady, REGIONS, period) for period in ("2023", "2024"))
    assert before["kind"].to_list() == after["kind"].to_list()
    assert before["region"].to_list() != after["region"].to_list()
