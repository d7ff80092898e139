"""Clusters: worked values of the recognition test first, then tiers, then the choice of a leading industry."""

import datetime as dt
import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.core.schema import polars_schema
from renben.measures.county import industry_clusters as clusters
from renben.measures.county.industry_clusters.choice import PARTS, WeightsError
from renben.measures.county.industry_clusters.results import TIERS, step
from renben.measures.county.industry_clusters.rules import judge
from tests.tables import CATALOGUE, frame, law, made

COUNTY = "141182"
NATION = CATALOGUE.laws["industry_clusters.nation"].values[dt.date(2022, 9, 13)].value
OTHER = CATALOGUE.laws["industry_clusters.province"].regions["530000"][dt.date(2022, 9, 13)].value
PARENTS = {code: region.parent for code, region in CATALOGUE.regions.items()}


def cluster(area=60.0, level="candidate", region=COUNTY, name="K1"):
    return {
        "cluster": name,
        "region": region,
        "name": "x",
        "leading_industry": "15",
        "area_km2": area,
        "level": level,
    }


def year(period, output, sme=0.74, lead=0.82, giants=0, good=12, incidents=0, name="K1", **more):
    row = {
        "cluster": name, "period": period, "output": output, "sme_output": None if output is None else round(output * sme),
        "lead_output": None if output is None else round(output * lead), "jobs": 5000, "giants": giants,
        "good_firms": good, "incidents": incidents,
    }  # fmt: skip
    return row | more


def outcome_of(outputs=(4_200_000_000, 4_800_000_000, 5_500_000_000), one=None, law_=None, **more):
    years = [year(str(2024 - len(outputs) + 1 + n), output, **more) for n, output in enumerate(outputs)]
    test = clusters.cluster_test(
        frame("cluster", [one or cluster()]), frame("cluster_year", years, history=True), law_ or law()
    )
    verdict = clusters.cluster_verdict(test)
    return made(clusters.cluster_test, test), made(clusters.cluster_verdict, verdict)


def test_the_worked_cluster_passes_every_national_rule_with_its_growth():
    test, verdict = outcome_of()
    assert verdict.select("level", "passed", "not_judged").row(0) == ("nation", True, "internet, rnd_growth")
    growth = test.filter(pl.col("rule") == "growth").row(0, named=True)
    assert growth["value"] == pytest.approx(0.1443, abs=5e-5)
    assert set(test["trust"]) == {"S"}


def test_with_a_first_year_of_39_only_the_output_rule_fails_and_the_gap_is_100_million():
    test, verdict = outcome_of((3_900_000_000, 4_800_000_000, 5_500_000_000))
    assert verdict.select("passed", "failed").row(0) == (False, "output")
    assert test.filter(pl.col("rule") == "output")["gap"].to_list() == [100_000_000.0]


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"one": cluster(area=100.1)}, "area"),
        ({"sme": 0.69}, "sme_share"),
        ({"lead": 0.70}, "lead_share"),
        ({"outputs": (5_000_000_000, 5_500_000_000, 6_050_000_000)}, "growth"),
        ({"good": 9}, "firms"),
        ({"incidents": 1}, "incidents"),
    ],
)
def test_each_rule_fails_alone_at_its_border(change, failed):
    assert outcome_of(**change)[1]["failed"].to_list() == [failed]


@pytest.mark.parametrize(
    "change", [{"one": cluster(area=100.0)}, {"sme": 0.70}, {"good": 10}, {"good": 0, "giants": 1}]
)
def test_each_rule_holds_at_its_border(change):
    assert outcome_of(**change)[1]["passed"].to_list() == [True]


def test_a_missing_year_is_a_gap_and_no_failure():
    test, verdict = outcome_of((4_800_000_000, 5_500_000_000))
    assert verdict["passed"].to_list() == [None]
    assert verdict["missing"].to_list() == ["firms, growth, incidents, lead_share, output, sme_share"]
    assert set(test.filter(pl.col("value").is_null())["value_reason"]) == {"period_gap"}
    findings = made(clusters.cluster_gap_is_known, clusters.cluster_gap_is_known(verdict.lazy(), CATALOGUE))
    assert findings["severity"].to_list() == ["warning"]


def test_a_value_that_was_not_reported_is_missing_and_not_zero():
    test, verdict = outcome_of(good=None)
    assert verdict.select("passed", "missing").row(0) == (None, "firms")
    assert test.filter(pl.col("rule") == "firms")["value_reason"].to_list() == ["missing"]


def test_a_provincial_rule_applies_only_in_its_province_and_carries_its_own_thresholds():
    rules = law()
    rules._parents = {"530100": "530000"}
    here = clusters.recognition.thresholds(rules, "province", COUNTY)
    there = clusters.recognition.thresholds(rules, "province", "530100")
    assert here is None
    assert there == OTHER
    assert NATION["output_yuan"] == 4 * there["output_yuan"]


def test_a_rule_known_from_memory_is_judged_only_after_confirmation():
    rules = law()
    rules.confirmed = frozenset({"industry_clusters.nation_rnd_growth"})
    test, verdict = outcome_of(law_=rules, rnd=100_000_000)
    assert test.filter(pl.col("rule") == "rnd_growth").select("threshold", "value", "passed").row(0) == (
        0.1,
        0.0,
        False,
    )
    assert verdict["failed"].to_list() == ["rnd_growth"]


AMOUNT = st.integers(0, 10**11)


@settings(deadline=None)
@given(st.lists(AMOUNT, min_size=3, max_size=3), st.integers(0, 10**10))
def test_more_output_in_the_weakest_year_never_breaks_the_output_rule(outputs, more):
    years = [{"output": o} for o in outputs]
    raised = [{"output": o + more} for o in outputs]
    before, after = judge("output", NATION, 1.0, years), judge("output", NATION, 1.0, raised)
    assert after.passed or not before.passed
    assert (after.gap or 0) <= (before.gap or 0)


@settings(deadline=None)
@given(st.integers(1, 10**11), st.integers(0, 10**11))
def test_a_gap_closed_exactly_passes(first, last):
    outcome = judge("growth", NATION, 1.0, [{"output": first}, {"output": 0}, {"output": last}])
    assert outcome.value == pytest.approx(math.sqrt(last / first) - 1)
    assert outcome.passed == (last * 100 > first * 121)


NEED = {"promote": 2, "demote": 2}


def test_two_good_years_promote_and_two_bad_ones_demote():
    rows, before = [], None
    for passed in (True, True, False, True, False, False):
        before = step(before, "candidate", {"nation": passed}, NEED)
        rows.append((before["level"], before["change"]))
    assert rows == [
        ("candidate", "none"), ("nation", "promoted"), ("nation", "none"),
        ("nation", "none"), ("nation", "none"), ("candidate", "demoted"),
    ]  # fmt: skip


def test_a_year_without_a_verdict_ends_the_way_up_and_is_no_failure():
    up = step(step(None, "candidate", {"nation": True}, NEED), "candidate", {"nation": None}, NEED)
    assert (up["level"], up["passes"]) == ("candidate", 0)
    down = step(step(None, "nation", {"nation": False}, NEED), "nation", {"nation": None}, NEED)
    assert (down["level"], down["fails"]) == ("nation", 1)


def test_promotion_goes_to_the_next_level_that_has_rules():
    row = step(None, "county", {"province": True, "nation": True}, {"promote": 1, "demote": 2})
    assert (row["level"], row["next_level"]) == ("province", "province")


VERDICTS = st.dictionaries(st.sampled_from(TIERS[1:]), st.sampled_from([True, False, None]))


@settings(deadline=None)
@given(st.sampled_from(TIERS), st.lists(VERDICTS, min_size=1, max_size=8))
def test_no_tier_changes_twice_without_the_years_between(start, years):
    before, last = None, None
    for n, verdicts in enumerate(years):
        before = step(before, start, verdicts, NEED)
        if before["change"] != "none":
            assert last is None or n - last >= 2
            last = n


def test_the_tier_starts_from_the_official_level_and_a_difference_is_reported():
    verdict = frame("cluster_verdict", [{"cluster": "K1", "level": "nation", "passed": True}])
    before = [
        {
            "cluster": "K1",
            "level": "candidate",
            "official": "candidate",
            "passes": 1,
            "fails": 0,
            "change": "none",
        }
    ]
    tier = made(
        clusters.cluster_tier,
        clusters.cluster_tier(frame("cluster", [cluster()]), verdict, frame("cluster_tier", before), law()),
    )
    assert tier.select("level", "change").row(0) == ("nation", "promoted")
    findings = made(
        clusters.cluster_tier_differs_from_the_official,
        clusters.cluster_tier_differs_from_the_official(tier.lazy(), CATALOGUE),
    )
    assert findings.height == 1


def test_ratios_and_indicator_data_of_a_cluster():
    years = [year("2022", 4_200_000_000), year("2023", 4_800_000_000), year("2024", 5_500_000_000)]
    firms = [{"cluster": "K1", "firm": f"E{n}", "jobs": 1, "output": o} for n, o in enumerate((70, 20, 10))]
    ratio = made(
        clusters.cluster_ratio,
        clusters.cluster_ratio(
            frame("cluster", [cluster()]),
            frame("cluster_year", years, history=True),
            frame("cluster_firm", firms),
        ),
    ).row(0, named=True)
    assert (ratio["lead_share"], ratio["sme_share"], ratio["largest_firm"]) == pytest.approx(
        (0.82, 0.74, 0.7)
    )
    assert ratio["growth"] == pytest.approx(0.1443, abs=5e-5)
    now = [{k: v for k, v in years[2].items() if k != "period"}]
    both = [cluster(level="province"), cluster(level="city", name="K2"), cluster(region="140728", name="K3")]
    data = made(
        clusters.cluster_data, clusters.cluster_data(frame("cluster", both), frame("cluster_year", now))
    )
    assert data.select(
        "region", "sme_cluster_count", "cluster_employment", "cluster_employment_reason"
    ).rows() == [
        ("140728", 0, None, "missing_late"),
        (COUNTY, 1, None, "missing_late"),
    ]


def test_data_that_do_not_fit_together_are_reported():
    firms = [{"cluster": c, "firm": "E1", "jobs": 1, "output": 1} for c in ("K1", "K2")]
    now = [{k: v for k, v in year("2024", 5_000_000_000, lead=1.2).items() if k != "period"}]
    county = [{"region": COUNTY, "industry": "15", "jobs": 1, "output": 500_000, "firms": 1, "sme_jobs": 1}]
    findings = made(
        clusters.cluster_data_fit_together,
        clusters.cluster_data_fit_together(
            frame("cluster", [cluster()]),
            frame("cluster_year", now),
            frame("cluster_firm", firms),
            frame("county_industry", county),
        ),
    )
    assert findings["kind"].to_list() == [
        "cluster_above_county",
        "cluster_part_above_whole",
        "firm_in_two_clusters",
    ]


COUNTIES = ("140728", "140821", "141182")


def industries(jobs, period="2024", counties=COUNTIES, firms=20, sme=0.8):
    return [
        {
            "region": c,
            "industry": i,
            "period": period,
            "jobs": n,
            "output": n * 1_000_000,
            "firms": firms,
            "sme_jobs": int(n * sme),
        }
        for c, row in zip(counties, jobs, strict=True)
        for i, n in zip(("13", "15", "34"), row, strict=True)
    ]


LINKS = [{"industry": i, "backward": b} for i, b in (("13", 1.1), ("15", 0.9), ("34", 1.2))]
NOW = [(900, 300, 300), (500, 500, 500), (200, 4000, 600)]
BEFORE = [(850, 350, 300), (500, 500, 500), (300, 3000, 600)]


def chosen(now=NOW, before=BEFORE, links=LINKS, law_=None, seed=1, extra=()):
    rows = industries(now) + (industries(before, "2023") if before else []) + list(extra)
    result = clusters.leading_industry(
        frame("county_industry", rows, history=True),
        frame("industry_linkage", links),
        CATALOGUE,
        law_ or law(),
        seed,
    )
    return made(clusters.leading_industry, result)


def test_the_specialised_growing_industry_leads_and_a_small_one_is_kept_out():
    equal = [{**row, "backward": 1.0} for row in LINKS]
    got = chosen(links=equal).filter(pl.col("region") == "141182").sort("rank", nulls_last=True)
    assert got["industry"].to_list() == ["15", "34", "13"]
    assert got.select("gate", "rank", "top_two").row(2) == (False, None, None)


def test_location_quotients_are_relative_to_the_province_and_other_levels_are_left_out():
    whole = industries([(10**6, 10**6, 10**6)], counties=("140000",))
    got = chosen(extra=whole)
    assert got["region"].unique().sort().to_list() == sorted(COUNTIES)
    cell = got.filter(pl.col("region") == "140728", pl.col("industry") == "13")["quotient"][0]
    assert cell == pytest.approx((900 / 1500) / (1600 / 7800))


def test_without_an_earlier_year_the_shift_and_with_it_the_score_are_unknown():
    got = chosen(before=None)
    assert set(got["shift_reason"]) == {"no_shift"}
    assert set(got["score_reason"]) == {"part_unknown"}
    assert got["rank"].is_null().all()


def test_a_part_without_weight_may_be_unknown():
    weights = dict.fromkeys(PARTS, 0.2) | {"linkage": 0.0}
    got = chosen(links=LINKS[:1], law_=law(industry_clusters__leading_weight=weights))
    assert got["score"].is_not_null().all()


def test_the_same_seed_gives_the_same_shares_and_another_seed_nearly_the_same():
    first, again, other = chosen(seed=1), chosen(seed=1), chosen(seed=2)
    assert first.equals(again)
    difference = (first["top_two"] - other["top_two"]).drop_nulls().abs().max()
    assert difference < 0.06


def test_weights_that_name_other_parts_are_refused():
    with pytest.raises(WeightsError, match="leading_weight"):
        chosen(law_=law(industry_clusters__leading_weight={"quotient": 1.0}))


def test_no_county_data_gives_an_empty_table():
    empty = pl.LazyFrame(schema={**polars_schema(CATALOGUE.datasets["county_industry"]), "period": pl.String})
    result = clusters.leading_industry(empty, frame("industry_linkage", LINKS), CATALOGUE, law(), 1)
    assert made(clusters.leading_industry, result).is_empty()


def test_a_named_direction_is_confirmed_weak_contradicted_or_without_data():
    named = [
        {"region": "141182", "industry": "15", "source": "示例规划"},
        {"region": "141182", "industry": "13", "source": "示例规划"},
        {"region": "140728", "industry": "99", "source": "示例规划"},
        {"region": "140821", "industry": "1", "source": "示例规划"},
    ]
    evidence = chosen().lazy()
    got = made(clusters.named_direction, clusters.named_direction(evidence, frame("named_industry", named)))
    flags = {(r, i): f for r, i, f in got.select("region", "industry", "flag").iter_rows()}
    assert flags == {
        ("141182", "15"): "confirmed", ("141182", "13"): "contradicted",
        ("140728", "99"): "no_data", ("140821", "1"): "confirmed",
    }  # fmt: skip
    findings = made(
        clusters.plan_direction_lacks_evidence, clusters.plan_direction_lacks_evidence(got.lazy(), CATALOGUE)
    )
    assert findings["severity"].to_list() == ["info", "warning"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 5000)] * 3), min_size=3, max_size=3))
def test_first_places_of_a_county_add_up_to_two_and_scores_stay_between_zero_and_one(now):
    got = chosen(now=now)
    assert got["score"].drop_nulls().is_between(0, 1).all()
    ranked = got.filter(pl.col("rank").is_not_null())
    for _, rows in ranked.group_by("region"):
        assert sorted(rows["rank"].to_list()) == list(range(1, rows.height + 1))
        assert rows["top_two"].sum() >= min(2, rows.height) - 1e-9


def test_spending_that_grows_exactly_as_asked_passes_while_output_must_grow_faster():
    rules = {"rnd_growth": 0.1, "growth": 0.1}
    years = [{"rnd": 100, "output": 100}, {"rnd": 0, "output": 0}, {"rnd": 121, "output": 121}]
    assert judge("rnd_growth", rules, 1.0, years).passed is True
    assert judge("growth", rules, 1.0, years).passed is False


def test_of_three_candidates_two_are_first_under_every_weight():
    got = chosen().filter(pl.col("region") == "140728")
    assert got["rank"].sort().to_list() == [1, 2, 3]
    assert got["top_two"].sum() == pytest.approx(2.0)
