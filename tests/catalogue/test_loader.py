"""The loader reads our folder and an operator's over it, and every complaint names file and line."""

from pathlib import Path

import pytest

from renben.catalogue import Catalogue, CatalogueError, Column, load
from renben.catalogue.source import Written, csv_rows


def overlay(tmp_path: Path, name: str, content: str) -> Catalogue:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return Catalogue(tmp_path)


def plan_of(source: str, region: str = "140000", owner: str = "hrss", issued: str = "2026-01-05") -> str:
    return f"""\
{source}:
  zh: 示例方案
  en: Example plan
  number: 例〔2026〕1号
  issuer: gov_140000
  issued_on: {issued}
  first_year: 2026
  last_year: 2030
  region: "{region}"
  source: Synthetic example
  splitting_zh: 一句一项
  splitting_en: One sentence each
  goals: {{}}
  actions:
    only:
      zh: 行动
      en: Action
      chapter: 一
      aim_zh: 目的
      aim_en: Aim
      measures:
        1:
          zh: 举措
          en: Measure
          owners: [{owner}]
          commitments:
            1: {{zh: 任务, en: Task, strength: must, kind: build, reason: task}}
"""


KINDS = (
    "plans", "datasets", "indicators", "reserve_indicators", "elements", "targets", "reasons", "units",
    "offices", "groups", "regions", "laws",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_ships_is_read_without_a_complaint_and_is_not_empty(kind):
    assert len(getattr(Catalogue(), kind)) > 0


def test_an_overlay_adds_an_entry_and_leaves_ours_untouched(tmp_path):
    office = "my_office:\n  zh: 我的办公室\n  en: My office\n"
    laid_over = overlay(tmp_path, "offices/mine.yaml", office)
    assert laid_over.offices["my_office"].zh == "我的办公室"
    assert laid_over.offices["hrss"] == Catalogue().offices["hrss"]


def test_an_overlay_replaces_an_entry_of_the_same_id(tmp_path):
    laid_over = overlay(tmp_path, "offices/mine.yaml", "hrss:\n  zh: 新名称\n  en: New name\n")
    assert laid_over.offices["hrss"].zh == "新名称"
    assert len(laid_over.offices) == len(Catalogue().offices)


def test_an_overlay_adds_and_replaces_a_plan(tmp_path):
    laid_over = overlay(tmp_path, "plans/mine.yaml", plan_of("mine-2026") + plan_of("shanxi-2025"))
    assert laid_over.plans["mine-2026"].commitments[0].id == "mine-2026/1/1"
    assert len(laid_over.plans["shanxi-2025"].commitments) == 1


def test_an_overlay_replaces_a_region_by_code(tmp_path):
    rows = "code,name_zh,name_en,level,type,parent\n140105,新小店区,New Xiaodian,county,district,140100\n"
    laid_over = overlay(tmp_path, "regions/mine.csv", rows)
    assert laid_over.regions["140105"].name_zh == "新小店区"
    assert len(laid_over.regions) == len(Catalogue().regions)


def test_an_overlay_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match=r"nowhere: no such folder"):
        Catalogue(tmp_path / "nowhere")


def test_the_same_entry_in_two_files_of_one_folder_is_refused(tmp_path):
    overlay(tmp_path, "offices/a.yaml", "twin:\n  zh: 甲\n  en: A\n")
    laid_over = overlay(tmp_path, "offices/b.yaml", "# note\ntwin:\n  zh: 乙\n  en: B\n")
    with pytest.raises(CatalogueError, match=r"b\.yaml:2: twin is already written in .*a\.yaml"):
        _ = laid_over.offices


def test_a_key_written_twice_is_refused_with_both_lines(tmp_path):
    laid_over = overlay(tmp_path, "offices/a.yaml", "o:\n  zh: 甲\n  en: A\n  zh: 乙\n")
    with pytest.raises(CatalogueError, match=r"a\.yaml:4: 'zh' is written twice; first at line 2"):
        _ = laid_over.offices


def test_an_unknown_field_is_refused_with_its_line(tmp_path):
    laid_over = overlay(tmp_path, "offices/a.yaml", "o:\n  zh: 甲\n  en: A\n  colour: red\n")
    with pytest.raises(CatalogueError, match=r"a\.yaml:4: colour: .*red"):
        _ = laid_over.offices


def test_a_missing_field_is_refused_where_the_entry_begins(tmp_path):
    laid_over = overlay(tmp_path, "offices/a.yaml", "\n\no:\n  zh: 甲\n")
    with pytest.raises(CatalogueError, match=r"a\.yaml:3: en: Field required"):
        _ = laid_over.offices


def test_a_wrong_value_deep_in_a_plan_is_refused_with_its_line(tmp_path):
    wrong = plan_of("mine-2026").replace("strength: must", "strength: perhaps")
    laid_over = overlay(tmp_path, "plans/mine.yaml", wrong)
    with pytest.raises(CatalogueError, match=r"mine\.yaml:27: actions\.only\.measures\.1\..*perhaps"):
        _ = laid_over.plans


def test_a_bad_date_is_refused_with_its_line(tmp_path):
    laid_over = overlay(tmp_path, "plans/mine.yaml", plan_of("mine-2026", issued="2026-13-45"))
    with pytest.raises(CatalogueError, match=r"mine\.yaml:6: '2026-13-45' is no valid value"):
        _ = laid_over.plans


def test_an_unknown_owner_or_place_of_a_plan_is_refused_with_its_line(tmp_path):
    laid_over = overlay(tmp_path, "plans/mine.yaml", plan_of("mine-2026", owner="nobody"))
    with pytest.raises(CatalogueError, match=r"mine\.yaml:25: unknown office 'nobody'"):
        _ = laid_over.plans
    laid_over = overlay(tmp_path, "plans/mine.yaml", plan_of("mine-2026", region="999999"))
    with pytest.raises(CatalogueError, match=r"mine\.yaml:9: unknown place '999999'"):
        _ = laid_over.plans


def test_an_unknown_indicator_of_a_plan_is_refused_with_its_line(tmp_path):
    wrong = plan_of("mine-2026").replace("reason: task", "reason: task, indicators: [nothing]")
    laid_over = overlay(tmp_path, "plans/mine.yaml", wrong)
    with pytest.raises(CatalogueError, match=r"mine\.yaml:27: unknown indicator 'nothing'"):
        _ = laid_over.plans


def test_a_group_with_an_unknown_member_is_refused(tmp_path):
    group = 'g:\n  zh: 组\n  en: Group\n  members: ["000001"]\n  ref: none\n  trust: D\n'
    laid_over = overlay(tmp_path, "regions/g.yaml", group)
    with pytest.raises(CatalogueError, match=r"region group g: unknown region codes \['000001'\]"):
        _ = laid_over.groups


def test_a_row_of_another_width_than_the_header_is_refused_with_its_line(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n1,2,3\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"rows\.csv:3: 3 fields where the header has 2"):
        list(csv_rows(path))


def test_an_empty_csv_file_is_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"rows\.csv:1: the file is empty"):
        list(csv_rows(path))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a: [1, 2\n", r":\d+: not valid YAML"),
        ("- a\n- b\n", r":1: expected entries `name: \.\.\.`, found a list"),
        ("just words\n", r":1: expected entries `name: \.\.\.`, found a str"),
    ],
)
def test_a_file_that_is_no_mapping_of_entries_is_refused(tmp_path, content, complaint):
    path = tmp_path / "x.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"x\.yaml" + complaint):
        Written(path)


def test_an_empty_file_has_no_entries(tmp_path):
    assert overlay(tmp_path, "offices/empty.yaml", "").offices == Catalogue().offices


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes("名: 值\n".encode("gb18030"))
    with pytest.raises(CatalogueError, match=r"x\.yaml: not UTF-8 text"):
        Written(path)


def test_an_entry_that_is_no_mapping_is_refused_with_its_line(tmp_path):
    laid_over = overlay(tmp_path, "offices/a.yaml", "# first\no: words\n")
    with pytest.raises(CatalogueError, match=r"a\.yaml:2: expected a mapping \(Office\), found 'words'"):
        _ = laid_over.offices


def test_a_provision_without_a_reference_is_refused_with_its_line(tmp_path):
    law = "rate:\n  zh: 率\n  en: Rate\n  values:\n    2020-01-01: {value: 1, ref: ' ', trust: D}\n"
    laid_over = overlay(tmp_path, "laws/mine.yaml", law)
    with pytest.raises(CatalogueError, match=r"mine\.yaml:5: values\.2020-01-01: .*needs a reference"):
        _ = laid_over.laws


def test_provisions_carry_dotted_names_through_nested_keys(tmp_path):
    law = (
        "housing:\n  rate:\n    zh: 率\n    en: Rate\n"
        "    values:\n      2020-01-01: {value: 1, ref: ours, trust: D}\n"
    )
    assert "mine.housing.rate" in overlay(tmp_path, "laws/mine.yaml", law).laws


def test_labels_name_every_code_or_none():
    labels = {"a": {"zh": "甲", "en": "A"}}
    with pytest.raises(ValueError, match=r"labels and codes differ in \['b'\]"):
        Column.model_validate({"type": "code", "codes": ["a", "b"], "labels": labels})
    assert Column.model_validate({"type": "str", "labels": labels}).labels["a"].zh == "甲"


def test_reason_codes_that_mechanisms_write_have_words_and_cannot_be_sent():
    catalogue = load()
    for code in ("weights_not_published", "part_withheld", "no_region_below", "period_gap", "unreachable"):
        assert catalogue.reasons[code].kind == "result"
        assert catalogue.reasons[code].zh and catalogue.reasons[code].en
