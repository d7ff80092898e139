"""A small population end to end: same rows for any threads, kept margins, sound families, marked for ever."""

import csv
import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import renben
from renben.core.workspace import Provenance
from renben.engines.synthesis.demo import demo_persons
from renben.engines.synthesis.fitting import FitError
from renben.engines.synthesis.identity import check_character
from renben.engines.synthesis.planning import make_plan
from renben.engines.synthesis.population import code_lists, write_population

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CENSUS_DAY = dt.date(2020, 11, 1)
SMALL = ["140105", "140213", "140931", "141034"]


@pytest.fixture(scope="module")
def plan():
    return make_plan(0.01)


@pytest.fixture(scope="module")
def written(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("population")
    return folder, write_population(plan, folder, seed=3, threads=2, created_at=NOW)


@pytest.fixture(scope="module")
def persons(written):
    frame = pl.read_parquet(written[0] / "persons" / "*.parquet")
    days = (pl.lit(CENSUS_DAY) - pl.col("birth")).dt.total_days()
    return frame.with_columns(age=days / 365.2425)


@pytest.fixture(scope="module")
def households(written):
    return pl.read_parquet(written[0] / "households" / "*.parquet")


def test_every_margin_is_kept_and_its_error_is_reported(written):
    folder, made = written
    assert made.persons == 349_156 and all(row.kept for row in made.fit)
    kinds = {row.kind for row in made.fit}
    assert kinds == {"published", "estimated", "assumed"}
    saved = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    assert {row["margin"] for row in saved} >= {
        "age group by county",
        "households and their persons, province",
    }
    assert all(row["srmse"] < 0.01 for row in saved if row["kind"] == "published")


def test_the_report_is_of_the_rows_themselves(written, persons, households):
    report = {row.margin: row for row in written[1].fit}
    assert report["residents by county"].made == persons.height
    assert report["urban residents by county"].made == persons["urban"].sum()
    away = persons.filter(pl.col("away") > 0).height
    assert report["away from hukou township by county and class"].made == away
    made = report["households and their persons, province"].made
    assert made == households.height + persons.height
    assert households["size"].sum() == persons.height


def test_another_number_of_threads_gives_the_same_rows_and_another_seed_others(plan, written, tmp_path):
    write_population(plan, tmp_path / "one", seed=3, threads=1, created_at=NOW, counties=SMALL)
    write_population(plan, tmp_path / "other", seed=4, threads=3, created_at=NOW, counties=SMALL)
    for table in ("persons", "households"):
        for code in SMALL:
            name = f"{table}/{code}.parquet"
            again, other = (
                pl.read_parquet(tmp_path / "one" / name),
                pl.read_parquet(tmp_path / "other" / name),
            )
            assert_frame_equal(pl.read_parquet(written[0] / name), again)
            assert not other.equals(again)


def test_an_interrupted_run_goes_on_and_keeps_what_was_finished(plan, written, tmp_path):
    first = write_population(plan, tmp_path, seed=3, created_at=NOW, counties=SMALL[:3])
    assert first.kept_from_before == 0
    stamp = (tmp_path / "persons" / f"{SMALL[0]}.parquet").stat().st_mtime_ns
    (tmp_path / "persons" / f"{SMALL[1]}.parquet").unlink()
    told = []
    made = write_population(
        plan, tmp_path, seed=3, created_at=NOW, counties=SMALL, tell=lambda *step: told.append(step)
    )
    assert made.kept_from_before == 2 and [step[1:] for step in told] == [(3, 4), (4, 4)]
    assert (tmp_path / "persons" / f"{SMALL[0]}.parquet").stat().st_mtime_ns == stamp
    for code in SMALL:
        whole = pl.read_parquet(written[0] / "persons" / f"{code}.parquet")
        assert_frame_equal(pl.read_parquet(tmp_path / "persons" / f"{code}.parquet"), whole)
    assert not list(tmp_path.rglob("*.part"))


def test_a_killed_run_leaves_only_whole_files_and_the_next_call_ends_the_same(plan, written, tmp_path):
    command = [
        sys.executable,
        "-m",
        "renben",
        "synth",
        "--share",
        "0.01",
        "--seed",
        "3",
        "--out",
        str(tmp_path),
    ]
    source = str(Path(renben.__file__).parents[1])
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": source}, stderr=subprocess.DEVNULL
    ) as run:
        deadline = time.monotonic() + 120
        while len(list(tmp_path.glob("persons/*.parquet"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        run.kill()
    done = len(list(tmp_path.glob("persons/*.parquet")))
    assert 3 <= done < 117 and not (tmp_path / "fit.json").exists()
    made = write_population(plan, tmp_path, seed=3, created_at=NOW)
    assert made.kept_from_before == done and made.fit == written[1].fit
    for path in tmp_path.glob("*/*.parquet"):
        assert_frame_equal(pl.read_parquet(path), pl.read_parquet(written[0] / path.parent.name / path.name))


def test_a_folder_that_holds_another_population_is_refused(plan, tmp_path):
    write_population(plan, tmp_path, seed=3, created_at=NOW, counties=SMALL[2:3])
    with pytest.raises(FitError, match="belongs to another population"):
        write_population(plan, tmp_path, seed=4, created_at=NOW, counties=SMALL[2:3])
    with pytest.raises(FitError, match="county 999999: not in the facts"):
        write_population(plan, tmp_path, seed=3, created_at=NOW, counties=["999999"])


def test_every_file_says_that_it_is_synthetic_with_every_assumption_it_rests_on(written):
    for path in written[0].glob("*/*.parquet"):
        metadata = pl.read_parquet_metadata(path)
        provenance = Provenance.model_validate_json(metadata["renben"])
        assert metadata["renben.synthetic"] == "true" and provenance.synthetic and provenance.seed == 3
        assert len(provenance.uncertain()) == len(provenance.provisions) > 40


def test_person_and_household_numbers_are_unique_and_every_person_has_a_household(persons, households):
    assert persons["person"].n_unique() == persons.height
    assert households["household"].n_unique() == households.height
    sizes = persons.group_by("household").len().join(households, on="household", how="full", coalesce=True)
    assert (sizes["len"] == sizes["size"]).all() and sizes["size"].null_count() == 0


def test_parents_live_in_the_household_have_the_right_sex_and_are_at_least_16_years_older(persons):
    other = persons.select("person", other_sex="sex", other_age="age", other_home="household")
    for link, sex in (("mother", 2), ("father", 1)):
        pairs = persons.join(other, left_on=link, right_on="person")
        assert pairs.height == persons[link].drop_nulls().len() > 50_000
        assert (pairs["other_sex"] == sex).all() and (pairs["other_home"] == pairs["household"]).all()
        assert (pairs["other_age"] - pairs["age"]).min() > 15.98
    mothers = persons.filter(pl.col("relation") == 3).join(other, left_on="mother", right_on="person")
    gap = mothers["other_age"] - mothers["age"]
    assert 25 < gap.median() < 30 and gap.quantile(0.01) > 16 and gap.quantile(0.99) < 45


def test_spouses_point_to_each_other_are_married_and_of_different_sex(persons):
    other = persons.select("person", other_sex="sex", back="spouse")
    pairs = persons.join(other, left_on="spouse", right_on="person")
    assert pairs.height == persons["spouse"].drop_nulls().len()
    assert (pairs["back"] == pairs["person"]).all() and (pairs["sex"] != pairs["other_sex"]).all()
    assert (pairs["marital"] == 20).all() and pairs["age"].min() >= 18


def test_every_family_household_has_one_head_and_children_do_not_head_one(persons, households):
    families = persons.join(households.filter(pl.col("kind") != "collective"), on="household", how="semi")
    heads = families.filter(pl.col("relation") == 1)
    assert heads["household"].n_unique() == heads.height == families["household"].n_unique()
    assert heads["age"].min() >= 15
    small = families.filter(pl.col("age") < 15)
    assert (small["mother"].is_null() & small["father"].is_null()).mean() < 0.001


def test_dates_are_in_order_and_missing_where_they_do_not_apply(persons):
    away = persons.filter(pl.col("away") > 0)
    assert persons.filter(pl.col("away") == 0)["resident_since"].null_count() == (persons["away"] == 0).sum()
    assert away["resident_since"].null_count() == 0
    assert (away["resident_since"] >= away["birth"]).all()
    known = away.drop_nulls("registered_since")
    assert (known["registered_since"] >= known["resident_since"]).all()
    assert known["registered_since"].max() <= CENSUS_DAY and persons["birth"].max() <= CENSUS_DAY
    assert 0.5 < known.height / away.height < 0.8


def test_the_place_of_hukou_fits_the_class_of_being_away(persons):
    same = pl.col("hukou_region") == pl.col("county")
    assert persons.filter(pl.col("away") <= 1).select(same.all()).item()
    assert not persons.filter(pl.col("away") >= 2).select(same.any()).item()
    inside = pl.col("hukou_region").str.starts_with("14")
    assert persons.filter(pl.col("away") == 2).select(inside.all()).item()
    assert not persons.filter(pl.col("away") == 3).select(inside.any()).item()


def test_households_move_together(persons):
    mixed = persons.filter(pl.col("away") > 0).group_by("household").agg(pl.col("away").n_unique())
    assert (mixed["away"] == 1).mean() > 0.97


def test_income_per_head_is_the_published_one_and_codes_are_listed(persons):
    means = dict(persons.group_by("urban").agg(pl.col("income").mean()).iter_rows())
    assert means[True] == pytest.approx(41_327, rel=1e-4) and means[False] == pytest.approx(17_677, rel=1e-4)
    for column, codes in code_lists().items():
        if column != "insurance":
            assert set(persons[column].unique()) <= set(codes)


def test_schooling_follows_age_and_education(persons):
    children = persons.filter(pl.col("age").is_between(7, 11))
    assert (children["schooling"] == 2).mean() > 0.99
    assert persons.filter(pl.col("age") < 2.9)["education"].unique().to_list() == [0]
    assert persons.filter(pl.col("schooling") == 5)["education"].min() >= 6
    assert persons.filter(pl.col("occupation") > 0)["age"].min() >= 15


def test_an_operators_census_table_becomes_a_margin_that_is_kept(tmp_path):
    labels = make_plan(0.01).priors["census_labels"]
    cells = {label: 1000.0 for names in labels.values() for label in names}
    cells |= {"人口数_男": 20_000, "人口数_女": 20_000, "人口数_合计": 40_000, "家庭户人口数": 36_000}
    cells |= {
        "家庭户数": 14_000,
        "一人户数": 4_000,
        "一代户数": 7_100,
        "二代户数": 5_500,
        "三代户数": 1_350,
        "四代以上户数": 50,
    }
    for sex in ("男", "女"):
        cells |= {f"小学_{sex}": 4_000, f"初中_{sex}": 7_500, f"高中_{sex}": 3_000}
    path = tmp_path / "census.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "year", "indicator_zh", "value"])
        rows.writerows(["140881", "2020", label, value] for label, value in cells.items())
    plan = make_plan(0.2, census=path)
    made = write_population(plan, tmp_path / "out", created_at=NOW, counties=["140881"])
    report = {row.margin: row for row in made.fit if row.kind == "census"}
    assert set(report) == {
        "education by sex and county",
        "occupation by county",
        "one-person households by county",
        "generations by county",
    }
    assert all(row.kept for row in report.values())
    homes = pl.read_parquet(tmp_path / "out" / "households" / "140881.parquet").filter(
        pl.col("kind") != "collective"
    )
    assert (homes["size"] == 1).mean() == pytest.approx(4 / 14, abs=0.002)


def test_a_census_table_that_lacks_a_column_or_a_cell_is_named(tmp_path):
    path = tmp_path / "census.csv"
    path.write_text("code,year,value\n", encoding="utf-8")
    with pytest.raises(FitError, match="lacks column indicator_zh"):
        make_plan(0.01, census=path)
    path.write_text("code,year,indicator_zh,value\n140881,2020,一人户数,5\n", encoding="utf-8")
    with pytest.raises(FitError, match="county 140881: households is incomplete, 家庭户数 is missing"):
        make_plan(0.01, census=path)
    with pytest.raises(FitError, match="no such file"):
        make_plan(0.01, census=tmp_path / "none.csv")


def test_the_demo_sample_has_whole_households_names_and_numbers_that_belong_to_nobody(plan):
    sample = demo_persons(plan, 2000, seed=5)
    assert 1980 <= sample.height <= 2000 and sample["id_number"].n_unique() == sample.height
    for number, birth, sex in sample.select("id_number", "birth", "sex").iter_rows():
        assert number.startswith("149901") and number[6:14] == birth.strftime("%Y%m%d")
        assert int(number[16]) % 2 == sex % 2 and check_character(number[:17]) == number[17]
    family = sample.join(sample.select("person", father_name="name"), left_on="father", right_on="person")
    assert family.height > 300
    assert (family["name"].str.head(1) == family["father_name"].str.head(1)).all()
    assert set(sample["mother"].drop_nulls()) <= set(sample["person"])
    assert sample["synthetic"].all() and sample.equals(demo_persons(plan, 2000, seed=5))
    with pytest.raises(FitError, match="larger share"):
        demo_persons(plan, 10_000_000)
