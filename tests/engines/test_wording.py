"""Texts of findings: labels from the catalogue, amounts, days and names as each language writes them."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.catalogue import load
from renben.engines.wording import (
    Finding,
    Text,
    WordingError,
    day,
    findings,
    labels,
    percent,
    reason,
    region,
    regions,
    yuan,
)

CATALOGUE = load()


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        ("978000000", "9.78亿元", "978,000,000 yuan"),
        ("12345600000", "123.46亿元", "12,345,600,000 yuan"),
        ("10000", "1万元", "10,000 yuan"),
        ("99990000", "9,999万元", "99,990,000 yuan"),
        ("9999.5", "9,999.5元", "9,999.50 yuan"),
        ("0", "0元", "0 yuan"),
        ("-30000", "-3万元", "-30,000 yuan"),
    ],
)
def test_an_amount_is_written_in_the_habit_of_each_language(amount, zh, en):
    assert yuan(Decimal(amount)) == Text(zh, en)


@given(st.decimals(min_value=0, max_value=10**15, places=2))
def test_an_english_amount_says_the_amount_itself(amount):
    assert Decimal(yuan(amount).en.removesuffix(" yuan").replace(",", "")) == amount


def test_labels_come_from_the_catalogue_and_a_column_without_them_is_named():
    assert labels(CATALOGUE, "air_warning", "level")["yellow"] == Text("黄色预警", "yellow warning")
    with pytest.raises(WordingError, match=r"aqi_day\.category: its codes have no labels"):
        labels(CATALOGUE, "aqi_day", "category")


def test_reasons_and_regions_are_told_in_words_and_unknown_ones_stay():
    assert reason(CATALOGUE, "weights_not_published") == Text("权重未公布", "the weights are not published")
    assert reason(CATALOGUE, "odd") == Text("odd", "odd")
    assert region(CATALOGUE, "140100") == Text("太原市", "Taiyuan City")
    assert region(CATALOGUE, "999999") == Text("999999", "999999")


def test_many_regions_are_counted_behind_the_first_three():
    assert regions(CATALOGUE, ["140100", "140200"]).zh == "太原市、大同市"
    many = regions(CATALOGUE, ["140100", "140200", "140300", "140400", "140500"])
    assert many.zh.endswith("等5个地区") and many.en.endswith(" and 2 more")


def test_days_and_shares_in_words():
    assert day(dt.date(2025, 12, 31)) == Text("2025年12月31日", "31 December 2025")
    assert percent(0.2) == Text("20%", "20 %")
    assert percent(None).zh == "未知"


def test_findings_make_a_table_also_when_there_are_none():
    one = findings([Finding("kind", "a", "info", "finance", Text("甲", "A"))]).collect()
    assert one.row(0) == ("kind", "a", "info", "finance", "甲", "A")
    assert findings([]).collect().columns == one.columns
