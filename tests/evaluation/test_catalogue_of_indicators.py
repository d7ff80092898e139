"""The indicators' part of the catalogue: complete, consistent, and tied to offices, groups, plans and reasons."""

import pytest

from renben.catalogue import Catalogue
from renben.catalogue.indicator import Indicator, ReasonCode
from renben.catalogue.source import CatalogueError
from renben.evaluation.tables import STATUS_COLUMNS


def test_there_are_a_hundred_and_three_indicators_and_every_measure_has_at_least_two(catalogue):
    assert (len(catalogue.indicators), len(catalogue.reserve_indicators)) == (103, 21)
    for number in range(1, 34):
        of_measure = [i for i in catalogue.indicators.values() if number in i.measure_numbers]
        assert len(of_measure) >= 2, number
    assert sum(i.headline for i in catalogue.indicators.values()) == 8


def test_every_owner_is_an_office_and_every_group_a_group(catalogue):
    entries = [
        *catalogue.indicators.values(),
        *catalogue.reserve_indicators.values(),
        *catalogue.elements.values(),
    ]
    assert {e.owner for e in entries} <= set(catalogue.offices)
    groups = {i.scope for i in catalogue.indicators.values()} | {e.group for e in catalogue.elements.values()}
    assert groups - {None} <= set(catalogue.groups)


def test_every_indicator_that_a_plan_names_is_written(catalogue):
    known = {**catalogue.indicators, **catalogue.reserve_indicators}
    for plan in catalogue.plans.values():
        named = {name for c in plan.duties for name in c.indicators}
        named |= {goal.indicator for goal in plan.goals.values() if goal.indicator}
        assert named <= set(known), named - set(known)


def test_the_reason_codes_are_the_ones_with_labels_in_the_same_order(catalogue):
    labelled = [reason.code for reason in catalogue.reasons.values() if reason.kind == "value"]
    assert labelled == [reason.code for reason in ReasonCode]


def test_every_derived_element_comes_from_one_that_is_reported(catalogue):
    for element in catalogue.elements.values():
        if element.from_element:
            source = catalogue.elements[element.from_element]
            assert source.from_element is None and source.unit == element.unit


def test_the_status_columns_are_the_declared_ones(catalogue):
    assert list(STATUS_COLUMNS) == list(catalogue.datasets["target_status"].columns)


def test_class_limits_out_of_order_are_refused_with_file_and_line(tmp_path):
    folder = tmp_path / "indicators"
    folder.mkdir()
    header = "id,name_zh,name_en,measures,action,levels,unit,direction,kind,formula,frequency,data_source,owner,status_rule,scale,green,yellow,orange"
    row = "x,甲,A,1,行动,province,%,up,output,100*a/b,annual,局,drc,STD,logit,80,90,70"
    (folder / "indicators.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        _ = Catalogue(tmp_path).indicators
    assert "indicators.csv:2" in str(error.value) and "not in the order" in str(error.value)


def test_an_operator_s_row_replaces_ours_and_twins_are_refused(tmp_path, catalogue):
    folder = tmp_path / "indicators"
    folder.mkdir()
    path = folder / "targets.csv"
    header = "indicator,region,levels,year,comparison,value,stated,text,kind,binding,source,trust,reach_trust"
    row = "pension_coverage,100000,province,2025,at_least,96,96,96%,national_target,no,文件,L,L"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    laid_over = Catalogue(tmp_path).targets
    assert laid_over["pension_coverage", "100000", 2025].value == 96
    assert len(laid_over) == len(catalogue.targets)
    path.write_text(f"{header}\n{row}\n{row}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="written twice; first at line 2"):
        _ = Catalogue(tmp_path).targets


def test_measures_are_numbers_and_a_headline_mark():
    indicator = Indicator(
        id="x", name_zh="甲", name_en="A", measures="H;12;18", action="", levels="province;county", unit="%",
        direction="up", kind="output", formula="a", frequency="annual", data_source="", owner="drc",
        status_rule="TREND", scale="logit",
    )  # fmt: skip
    assert indicator.headline and indicator.measure_numbers == (12, 18)
    assert indicator.levels == ("province", "county")
