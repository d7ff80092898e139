"""Data at the door: every mistake is named with row, column, value, rule and cure; all or nothing."""

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.catalogue import Dataset, load
from renben.core.errors import SchemaError
from renben.engines.intake import FileError, read_cells, take_in, write_template

CATALOGUE = load()
DATASET = Dataset.model_validate(
    {
        "name": "homes",
        "zh": "住房",
        "en": "Homes",
        "source": True,
        "grain": ["region"],
        "sums_to_parent": ["homes"],
        "columns": {
            "region": {"type": "region", "zh": "地区"},
            "homes": {"type": "int", "unit": "home", "zh": "套数", "min": 0, "max_change": 3},
            "rate": {"type": "float", "unit": "%", "zh": "比例", "min": 0, "max": 100, "reasons": True},
            "kind": {"type": "code", "codes": ["public", "rental"]},
            "built": {"type": "date", "nullable": True},
            "open": {"type": "bool", "nullable": True},
            "cost": {"type": "decimal", "nullable": True},
        },
    }
)
GOOD = {
    "__row": 2,
    "region": "140105",
    "homes": "10",
    "rate": "12.5",
    "kind": "public",
    "built": "2024-05-01",
    "open": "是",
    "cost": "1,200.50",
}


def cells(*rows: dict) -> pl.DataFrame:
    full = [{**GOOD, "__row": i, **row} for i, row in enumerate(rows, start=2)]
    return pl.DataFrame(full, schema={k: pl.Int64 if k == "__row" else pl.String for k in GOOD})


def test_good_cells_become_typed_values():
    taken = take_in(cells({}), DATASET, CATALOGUE)
    assert taken.failures.height == 0
    row = taken.good.to_dicts()[0]
    assert (row["homes"], row["rate"], row["open"], str(row["cost"]), str(row["built"])) == (
        10,
        12.5,
        True,
        "1200.50",
        "2024-05-01",
    )


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("homes", "ten", "not_a_whole_number"),
        ("homes", "1.5", "not_a_whole_number"),
        ("homes", "-1", "below_minimum"),
        ("homes", None, "missing"),
        ("rate", "12.5%", "not_a_number"),
        ("rate", "101", "above_maximum"),
        ("rate", None, "value_or_reason"),
        ("kind", "villa", "unknown_code"),
        ("built", "2024-02-30", "not_a_date"),
        ("open", "maybe", "not_yes_or_no"),
        ("cost", "much", "not_an_amount"),
        ("region", "149999", "unknown_region"),
    ],
)
def test_each_kind_of_mistake_is_named_once_with_its_row_and_a_cure(column, cell, rule):
    taken = take_in(cells({"region": "140106"}, {column: cell}), DATASET, CATALOGUE)
    assert taken.failures.select("row", "column", "rule").rows() == [(3, column, rule)]
    assert taken.failures["value"][0] == cell and taken.failures["fix"][0]
    assert taken.good["region"].to_list() == ["140106"] and taken.rejected["__row"].to_list() == [3]


def test_a_missing_value_is_written_as_its_reason_and_stays_missing():
    taken = take_in(cells({"rate": "missing_late"}), DATASET, CATALOGUE)
    assert taken.failures.height == 0
    assert taken.good.select("rate", "rate_reason").rows() == [(None, "missing_late")]


def test_twin_rows_are_both_named():
    taken = take_in(cells({}, {}), DATASET, CATALOGUE)
    assert taken.failures.select("row", "rule").rows() == [(2, "duplicate"), (3, "duplicate")]


def test_a_city_that_is_not_the_sum_of_its_counties_is_named_with_the_sum():
    counties = [c for c, r in CATALOGUE.regions.items() if r.parent == "140100" and r.level == "county"]
    rows = [{"region": code, "homes": "10"} for code in counties]
    right = take_in(cells(*rows, {"region": "140100", "homes": str(10 * len(counties))}), DATASET, CATALOGUE)
    wrong = take_in(cells(*rows, {"region": "140100", "homes": "99"}), DATASET, CATALOGUE)
    partial = take_in(cells(*rows[1:], {"region": "140100", "homes": "99"}), DATASET, CATALOGUE)
    assert right.failures.height == 0 and partial.failures.height == 0
    assert wrong.failures.select("column", "value", "rule").rows() == [("homes", "99", "sum_differs")]
    assert str(10 * len(counties)) in wrong.failures["fix"][0]


def test_a_change_nobody_would_believe_asks_for_an_explanation():
    before = take_in(cells({"homes": "10"}), DATASET, CATALOGUE).good
    assert take_in(cells({"homes": "30"}), DATASET, CATALOGUE, before).failures.height == 0
    for homes in ("31", "3"):
        found = take_in(cells({"homes": homes}), DATASET, CATALOGUE, before).failures
        assert found["rule"].to_list() == ["change_too_large"] and "--explain" in found["fix"][0]


def test_chinese_labels_are_as_good_as_names_and_a_wrong_label_names_the_nearest():
    labelled = cells({}).rename({"homes": "套数", "region": "地区"})
    assert take_in(labelled, DATASET, CATALOGUE).failures.height == 0
    with pytest.raises(SchemaError, match="Did you mean homes"):
        take_in(cells({}).rename({"homes": "home"}), DATASET, CATALOGUE)
    with pytest.raises(SchemaError, match="column kind is missing"):
        take_in(cells({}).drop("kind"), DATASET, CATALOGUE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_files_of_any_usual_encoding_are_read(tmp_path, encoding):
    path = tmp_path / "x.csv"
    path.write_bytes("地区,套数\n140105,10\n\n140106, 20 \n".encode(encoding))
    assert read_cells(path).rows() == [(2, "140105", "10"), (4, "140106", "20")]


def test_a_form_comes_back_as_it_was_filled_in(tmp_path):
    path = tmp_path / "form.xlsx"
    write_template(DATASET, CATALOGUE, path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    assert header[:3] == ["地区", "套数", "比例"]
    filled = {"地区": "140105", "套数": 10, "比例": 12.5, "kind": "public"}
    for at, name in enumerate(header, start=1):
        sheet.cell(row=2, column=at, value=filled.get(name))
    book.save(path)
    taken = take_in(read_cells(path), DATASET, CATALOGUE)
    assert taken.failures.height == 0 and taken.good["homes"].to_list() == [10]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.txt", b"a", "not a table file"),
        ("x.csv", b"", "is empty"),
        ("x.csv", b"region,homes\n", "no rows"),
        ("x.xlsx", b"not a workbook", "not a readable .xlsx"),
        ("x.parquet", b"nothing", "not a readable Parquet"),
        ("x.csv", b"a,b\n1,2,3\n", "not a regular CSV"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=message):
        read_cells(path)
    with pytest.raises(FileError, match="no such file"):
        read_cells(tmp_path / "absent.csv")


@given(
    st.lists(
        st.tuples(st.sampled_from(["140105", "140106", "x"]), st.text(max_size=6)), min_size=1, max_size=12
    )
)
def test_every_row_is_either_kept_or_rejected_with_a_reason(rows):
    table = cells(*({"region": region, "homes": homes or None} for region, homes in rows))
    taken = take_in(table, DATASET, CATALOGUE)
    assert taken.good.height + taken.rejected.height == len(rows)
    assert set(taken.rejected["__row"].to_list()) == set(taken.failures["row"].to_list())
