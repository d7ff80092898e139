"""Formulas, rules and dates of the catalogue are read out in the page's language."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from renben.catalogue import load
from renben.report.tongue import Tongue
from renben.web.dashboards.cells import measured
from renben.web.look.templatetags.traced import amount, dated, judged, worded

RULE = "P(reach 69.5 in 2029)>=0.8 green;0.5-0.8 yellow;0.2-0.5 orange;<0.2 red"


@pytest.mark.parametrize(
    ("formula", "chinese", "english"),
    [
        ("100*pop_urban_resident/pop_resident", "100 × 城镇常住人口 ÷ 常住人口", "100 × Urban resident population ÷ Resident population"),
        ("cum(public_rental_units_new)", "累计当年新筹集公租房", "Public rental units raised in the year, summed"),
        ("lag(pop_resident,1)-1", "上年常住人口 − 1", "Resident population of the year before − 1"),
        ("no_such_name*2", "no_such_name × 2", "no_such_name × 2"),
    ],
)  # fmt: skip
def test_a_formula_is_read_out_with_what_its_names_stand_for(
    formula: str, chinese: str, english: str
) -> None:
    with translation.override("en"):
        assert worded(formula) == english
    with translation.override("zh-hans"):
        assert worded(formula) == chinese


def test_no_formula_of_the_catalogue_shows_a_name_of_the_code() -> None:
    formulas = [one.formula for one in load().indicators.values()]
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert [worded(one) for one in formulas if "_" in worded(one)] == []


def test_an_english_rule_uses_the_words_of_the_page_for_a_status() -> None:
    one = SimpleNamespace(status_thresholds=RULE, status_rule="TRAJ", judged_by_zh="按概率判定")
    with translation.override("en"):
        assert judged(one) == (
            "chance to reach 69.5 in 2029 ≥0.8 on course; 0.5–0.8 watch; 0.2–0.5 warning; <0.2 behind"
        )
    with translation.override("zh-hans"):
        assert judged(one) == "按概率判定"


@pytest.mark.parametrize(
    ("written", "chinese", "english"),
    [("2025-12-31", "2025年12月31日", "31 December 2025"), ("2012", "2012", "2012"), ("2024 Q3", "2024 Q3", "2024 Q3")],
)  # fmt: skip
def test_a_day_is_written_out_and_a_year_stays_a_year(written: str, chinese: str, english: str) -> None:
    with translation.override("en"):
        assert dated(written) == english
    with translation.override("zh-hans"):
        assert dated(written) == chinese


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [(69.5, "%", "69.5%", "69.5\u00a0%"), (0.0, "pp", "0个百分点", "0 points"), (3.0, "ratio", "3", "3")],
)
def test_a_mark_to_reach_has_its_unit_in_words(value: float, unit: str, chinese: str, english: str) -> None:
    rule = SimpleNamespace(value=value, unit=unit)
    with translation.override("en"):
        assert amount(rule) == english
    with translation.override("zh-hans"):
        assert amount(rule) == chinese


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        (47.0, "10k persons", "47万人", "47\u00a0×\u00a010,000 persons"),
        (66.32, "%", "66.32%", "66.32\u00a0%"),
        (2.3, "ratio", "2.3", "2.3"),
        (None, "%", "—", "—"),
    ],
)
def test_a_number_is_not_run_into_the_number_of_its_unit(
    value: float | None, unit: str, chinese: str, english: str
) -> None:
    read = SimpleNamespace(evidence=SimpleNamespace(catalogue=load()))
    said = [measured(read, value, unit, Tongue(language)) for language in ("zh", "en")]  # type: ignore[arg-type]
    assert said == [chinese, english]
