"""What the monitoring report says: no number without a table, nothing missing shown as 0, synthetic marked."""

import dataclasses
import datetime as dt
import re

import polars as pl
import pytest

from renben.report import monitoring
from renben.report.annexes.definitions import formula
from renben.report.annexes.revisions import changes, revisions
from renben.report.document import Grid, Heading, Paragraph
from renben.report.sections import goals_said, regions, warnings
from renben.report.sections.headline import decomposed
from renben.report.sections.owed import due
from renben.report.sections.problems import cut
from renben.report.sections.wording import office_name, plain
from renben.report.tongue import DASH, Tongue
from tests.report.conftest import PROVINCE, fresh

ZH, EN = Tongue("zh"), Tongue("en")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def grid(parts, word) -> Grid:
    return next(part for part in parts if isinstance(part, Grid) and word in part.caption)


def words(parts) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, Paragraph))


def test_the_report_has_the_parts_that_such_a_report_has(documents):
    headings = [p.text for p in documents["zh"].parts if isinstance(p, Heading) and p.level == 1]
    assert headings == [
        "总体进展",
        "主要指标",
        "各项举措进展",
        "各市、县对比",
        "预警与问题清单",
        "下一步工作",
        "附件",
    ]
    assert len([p for p in documents["en"].parts if isinstance(p, Heading)]) == len(
        [p for p in documents["zh"].parts if isinstance(p, Heading)]
    )


def test_the_front_says_period_cut_off_and_version(documents):
    front = "".join(documents["zh"].subtitle)
    assert "报告期：2024年" in front and "2025年12月31日" in front and "2025-12-31" in front


def test_the_headline_is_the_published_rate_with_forecast_and_probability(evidence):
    said = words(goals_said(evidence, ZH))
    assert "66.32%" in said and "上升1.35个百分点" in said and "69.5%" in said
    row = evidence.own["urban_rate_resident"]
    assert ZH.share(row["probability"]) in said


def test_no_number_stands_in_the_text_that_no_table_or_count_holds(documents, evidence):
    for language, document in documents.items():
        held = {n for g in document.grids() for row in g.rows for c in row for n in NUMBER.findall(c.text)}
        held |= {n for g in document.grids() for text in (g.caption, *g.header) for n in NUMBER.findall(text)}
        held |= {n for g in evidence.plan.goals.values() for n in NUMBER.findall(g.zh + g.en)}
        held |= {
            n for i in evidence.catalogue.indicators.values() for n in NUMBER.findall(i.name_zh + i.name_en)
        }
        held |= set(NUMBER.findall(ZH.share(evidence.own["urban_rate_resident"]["drift_probability"])))
        held |= {str(len(g.rows)) for g in document.grids()} | counts(evidence)
        for part in document.parts:
            if isinstance(part, Paragraph) and not part.note:
                loose = [n for n in NUMBER.findall(part.text) if n.strip(",") not in held and not known(n)]
                assert not loose, (language, part.text, loose)


def counts(e) -> set[str]:
    """Counts of things that the evidence holds: indicators, counties, findings, warnings, revisions."""
    grey = sum(row["status"] == "grey" for row in e.own.values())
    counties = [r for r in e.catalogue.regions.values() if r.level == "county" and e.under(r.code)]
    owed = [row for row in e.own.values() if row["value"] is None]
    found = e.findings.filter(~pl.col("kind").str.starts_with("early_warning"))
    standing = e.status.filter(pl.col("alarm") & (pl.col("warning") > 0)).height
    numbers = [
        len(e.own),
        len(e.valued),
        len(e.own) - len(e.valued),
        grey,
        len(e.own) - grey,
        len(counties),
        standing,
    ]
    numbers += [
        len(e.newest("urban_rate_resident")),
        found.height,
        *found["severity"].value_counts()["count"],
    ]
    numbers += [
        n
        for n in range(len(owed) + 1)
        if n == sum(r["value_reason"] not in ("not_applicable",) for r in values_of(owed, e))
    ]
    return {str(n) for n in numbers} | {"6"}


def values_of(rows, e):
    return [e.values[row["indicator"]] for row in rows]


def known(number: str) -> bool:
    """Years; the 80 % of an interval; the 1 of a pace; the levels of a warning."""
    return bool(re.fullmatch(r"20\d\d", number)) or number in {"80", "0", "1", "2", "3", "4"}


def test_what_is_missing_is_a_dash_and_never_a_zero(documents, evidence):
    table = grid(documents["zh"].parts, "有数据的主要指标")
    jobs = next(row for row in table.rows if "城镇新增就业" in row[0].text)
    assert jobs[1].text == DASH and jobs[1].number is None
    for document in documents.values():
        for g in document.grids():
            for row in g.rows:
                for cell in row:
                    assert not (cell.text == DASH and cell.number is not None), (g.caption, cell)
                    assert cell.text not in ("None", "nan", "null", "")


def test_missing_goals_say_why(documents):
    table = grid(documents["zh"].parts, "总体目标进展")
    missing = [row for row in table.rows if row[2].text == DASH]
    assert missing and all("数据" in row[-1].text or "不适用" in row[-1].text for row in missing)


def test_the_two_contributions_add_up_to_the_change(evidence):
    rows = grid(decomposed(evidence, ZH), "分子、分母贡献").rows
    top, bottom, rate = (row[4].number for row in rows)
    assert top + bottom == pytest.approx(rate, abs=1e-9)
    assert rate == pytest.approx(evidence.values["urban_rate_resident"]["change"], abs=1e-9)
    assert (top > 0, bottom > 0) == (True, True)


def test_all_33_measures_stand_with_their_owners(documents, evidence):
    rows = [row for g in documents["zh"].grids() if "项举措的责任单位" in g.caption for row in g.rows]
    assert [int(row[0].text) for row in rows] == list(range(1, 34))
    owners = {m.number: len(m.owners) for m in evidence.plan.measures}
    assert all(len(row[2].text.split("、")) == owners[int(row[0].text)] for row in rows)


def test_the_counties_that_the_plan_names_have_a_table_of_their_own(evidence):
    parts = regions(evidence, ZH)
    group = evidence.catalogue.groups["potential_counties"]
    table = grid(parts, group.zh)
    names = [evidence.catalogue.regions[code].name_zh for code in group.members]
    assert [row[0].text for row in table.rows[:-1]] == names
    assert table.rows[-1][0].text.startswith("合计")


def test_cities_with_data_of_different_years_show_their_years(evidence):
    rows = grid(regions(evidence, ZH), "各市常住人口城镇化率").rows
    assert len(rows) == 11 and len({row[2].text for row in rows}) > 1


def test_a_warning_of_level_3_or_4_drafts_a_report_and_nothing_else_does(space, evidence):
    assert "无须起草重大事项报告" in words(warnings(evidence, ZH))
    said = words(warnings(with_warning(space, evidence, level=4, synthetic=False), ZH))
    assert "预警级别四级" in said and "省统计局" in said and "66.32%" in said
    assert "无须起草" not in said


def test_no_report_on_a_major_matter_is_drafted_from_synthetic_data(space, evidence):
    parts = warnings(with_warning(space, evidence, level=4, synthetic=True), ZH)
    assert "无须起草重大事项报告" in words(parts)
    table = grid(parts, "合成数据上的预警")
    assert table.rows[0][3].text.endswith("（合成）")


def with_warning(space, evidence, *, level, synthetic):
    hit = (pl.col("region") == PROVINCE) & (pl.col("indicator") == "urban_rate_resident")
    status = evidence.status.with_columns(
        warning=pl.when(hit).then(level).otherwise(0),
        alarm=hit,
        synthetic=hit if synthetic else pl.lit(False),
    )
    return fresh(space, status=status)


def test_numbers_that_rest_on_synthetic_data_are_marked_wherever_they_stand(space, evidence):
    values = {k: {**v, "synthetic": k == "urban_rate_resident"} for k, v in evidence.values.items()}
    own = {k: {**v, "synthetic": k == "urban_rate_resident"} for k, v in evidence.own.items()}
    made_up = fresh(space, values=values, own=own)
    document = monitoring.build(made_up, ZH)
    row = next(r for r in grid(document.parts, "有数据的主要指标").rows if "常住人口城镇化率" in r[0].text)
    assert row[2].text == "66.32（合成）" and row[-1].text == "正常（合成）" and row[-1].tone == "muted"
    assert "66.32%（合成）" in words(document.parts)
    actions = grid(document.parts, "指标状态分布")
    assert actions.header[-2] == "合成"


def test_revised_values_stand_with_both_numbers_and_both_days(evidence):
    table = grid(revisions(evidence, ZH), "修订的数值")
    row = next(r for r in table.rows if r[0].text == "2018" and "城镇化率" in r[2].text)
    assert (row[3].number, row[4].number, row[5].text) == (58.41, 59.85, "2021-12-31")
    assert "restated" in row[6].text


def test_a_revision_that_came_later_than_the_asked_day_is_not_told(evidence):
    before = dataclasses.replace(evidence, as_of=dt.date(2021, 6, 30))
    days = {row["vintage"] for row in changes(before, "indicator_published", "indicator")}
    assert "2021-12-31" not in days
    assert "2021-12-31" in {row["vintage"] for row in changes(evidence, "indicator_published", "indicator")}


def test_sources_have_publication_publisher_and_day_and_no_address(documents):
    table = grid(documents["zh"].parts, "资料来源")
    assert len(table.rows) > 20 and table.header == ("编号", "出版物", "发布者", "日期")
    text = " ".join(c.text for row in table.rows for c in row)
    assert not re.search(r"https?:|www\.|github", text)
    cited = {
        c.text for g in documents["zh"].grids() if "来源" in g.header for row in g.rows for c in row[-1:]
    }
    known_numbers = {row[0].text for row in table.rows}
    assert {n for text in cited for n in text.split() if n != DASH} <= known_numbers


def test_a_formula_is_told_with_the_names_of_its_data(evidence):
    assert formula(evidence, "100*pop_urban_resident/pop_resident", ZH) == "100 × 城镇常住人口 ÷ 常住人口"


def test_offices_are_short_in_both_languages(evidence):
    assert (
        office_name(evidence, "housing", ZH) == "省住建厅"
        if "housing" in evidence.catalogue.offices
        else True
    )
    assert office_name(evidence, "education", EN) == "Education"
    assert office_name(evidence, "gov_140100", EN) == "Taiyuan City"
    assert office_name(evidence, None, ZH) == DASH


def test_reason_codes_in_a_finding_are_told_in_words(evidence):
    assert plain(evidence, "15 no_data", ZH) == "15 无数据（未规定报送期限）"
    assert plain(evidence, "plan_x stays", ZH) == "plan_x stays"
    assert plain(evidence, "缺 140105、1401059", ZH) == "缺 小店区、1401059"


def test_a_long_text_is_cut_behind_a_word():
    assert cut("一二三四五，六七八九十", 8) == "一二三四五……"
    assert cut("short", 10) == "short"
    assert len(cut("one two three four five six", 16)) <= 17


def test_no_day_is_due_where_no_lag_is_set(evidence):
    indicator = evidence.catalogue.indicators["urban_rate_resident"]
    lags = [evidence.catalogue.elements[n].lag_days for n in ("pop_resident", "pop_urban_resident")]
    assert (due(evidence, indicator) is None) == all(lag is None for lag in lags)


def test_english_pages_have_no_chinese_but_names_of_documents(documents):
    for part in documents["en"].parts:
        if isinstance(part, Paragraph | Heading):
            assert not re.search(r"[\u4e00-\u9fff]", part.text), part.text


@pytest.mark.parametrize(
    ("value", "unit", "zh"),
    [
        (66.3187, "%", "66.32"),
        (22520100.0, "person", "22,520,100"),
        (36.0, "ug/m3", "36"),
        (0.0, "%", "0.00"),
        (None, "%", DASH),
    ],
)
def test_numbers_follow_the_habits_of_official_tables(value, unit, zh):
    assert ZH.number(value, unit) == zh


def test_a_change_has_its_sign_and_certainty_is_never_rounded_up():
    assert (ZH.signed(-1.354, "%"), ZH.signed(0.5, "%"), ZH.signed(0.0, "%")) == ("−1.35", "+0.50", "0.00")
    assert (ZH.share(0.999), EN.share(0.001), ZH.share(0.84)) == ("99%以上", "<1 %", "84%")
