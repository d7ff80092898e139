"""The catalogue's plan is whole in itself: ids, names, answers and indicators hold together."""

from collections import Counter

import pytest
from pydantic import ValidationError

from renben.catalogue import Catalogue, Commitment, Plan, Quantity
from renben.catalogue.coverage import built_mechanisms
from renben.catalogue.plan import Goal
from renben.catalogue.plan_names import named

BEING_BUILT = {
    "citizenization/settlement_reward",
    "citizenization/entitlements",
    "county/industry_clusters",
    "metropolis/link_evaluation",
    "city/air_quality",
}
"""Mechanisms that the plan may name before their module has arrived; empty this set once all are in."""


@pytest.fixture(scope="session")
def indicator_measures(catalogue: Catalogue) -> dict[str, set[str]]:
    """Measure numbers (and H for the overall goals) of every indicator."""
    return {name: set(indicator.measures) for name, indicator in catalogue.indicators.items()}


def test_the_plan_has_four_actions_33_measures_and_121_commitments(plan):
    assert [len(a.measures) for a in plan.actions.values()] == [7, 9, 7, 10]
    assert len(plan.measures) == 33 and len(plan.commitments) == 121 and len(plan.safeguards) == 8
    assert [m.number for m in plan.measures] == list(range(1, 34))


def test_ids_come_from_measure_and_number_and_are_unique(plan):
    ids = [c.id for c in plan.duties]
    assert len(ids) == len(set(ids)) == 129
    assert {"shanxi-2025/1/1", "shanxi-2025/26/3", "shanxi-2025/safeguards/1"} <= set(ids)
    assert all(c.id == f"{plan.id}/{m.number}/{n}" for m in plan.measures for n, c in m.commitments.items())


def test_every_commitment_has_text_in_both_languages_and_owners(plan):
    assert all(c.zh.strip() and c.en.strip() and c.owners for c in plan.duties)
    assert all(len(set(c.owners)) == len(c.owners) for c in plan.duties)


def test_commitments_inherit_the_owners_of_their_measure(plan):
    assert all(c.owners == m.owners for m in plan.measures for c in m.commitments.values())


def test_every_mechanism_named_exists_or_is_being_built(plan):
    unknown = {n.name for n in named(plan) if n.kind == "mechanism"} - built_mechanisms() - BEING_BUILT
    assert not unknown, f"no such module under measures/: {sorted(unknown)}"


def test_no_planned_mechanism_exists_already(plan):
    built = {n.name for n in named(plan) if n.kind == "planned"} & built_mechanisms()
    assert not built, f"move these from planned to mechanisms in the plan: {sorted(built)}"


def test_planned_names_do_not_repeat_mechanisms_and_stand_under_an_action(plan):
    mechanisms = {n.name for n in named(plan) if n.kind == "mechanism"}
    planned = {n.name for n in named(plan) if n.kind == "planned"}
    assert not mechanisms & planned
    assert all(name.split("/")[0] in plan.actions and name.count("/") == 1 for name in mechanisms | planned)


def test_indicators_stand_only_at_measures_that_their_own_row_names(plan, indicator_measures):
    for measure in plan.measures:
        for commitment in measure.commitments.values():
            for indicator in commitment.indicators:
                of = indicator_measures[indicator]
                assert str(measure.number) in of, (
                    f"{commitment.id} names {indicator}, which answers {sorted(of)}"
                )


def test_every_indicator_answers_each_measure_that_its_row_names(plan, indicator_measures):
    used = {(i, str(m.number)) for m in plan.measures for c in m.commitments.values() for i in c.indicators}
    rows = {(i, number) for i, of in indicator_measures.items() for number in of if number != "H"}
    assert not rows - used


def test_every_headline_indicator_is_named_somewhere(plan, indicator_measures):
    headline = {i for i, of in indicator_measures.items() if "H" in of}
    assert not headline - {n.name for n in named(plan) if n.kind == "indicator"}


def test_a_goal_that_has_a_rule_is_not_written_a_second_time_as_a_target(plan, catalogue):
    judged = [goal for goal in plan.goals.values() if goal.rule is not None]
    assert len(judged) == 2
    assert [g.id for g in judged if (g.indicator, plan.region, g.year) in catalogue.targets] == []


def test_close_to_70_percent_counts_as_reached_from_69_5_by_our_own_reading(plan):
    goal = plan.goals["urban_rate"]
    assert (goal.value, goal.unit, goal.vague, goal.year) == (70, "%", "close_to", 2029)
    assert (goal.rule.comparison, goal.rule.value, goal.rule.trust) == ("at_least", 69.5, "D")


def test_the_national_average_is_reached_when_the_gap_is_zero_or_negative(plan):
    goal = plan.goals["urban_rate_national"]
    assert goal.indicator == "urban_rate_gap_national"
    assert (goal.rule.comparison, goal.rule.value) == ("at_most", 0)


def test_goals_without_a_rule_say_why(plan):
    assert all(goal.reason for goal in plan.goals.values() if goal.rule is None)


def test_names_in_chinese_are_in_simplified_script(plan, catalogue):
    opencc = pytest.importorskip("opencc")
    to_simplified = opencc.OpenCC("t2s")
    written = [
        x.zh for x in (*plan.measures, *plan.duties, *plan.goals.values(), *catalogue.offices.values())
    ]
    assert [zh for zh in written if to_simplified.convert(zh) != zh] == []


def test_aliases_of_offices_are_unambiguous(catalogue):
    names = Counter(n for o in catalogue.offices.values() for n in {o.zh, *o.aliases})
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize(
    "form", ["省人社厅", "省人力资源和社会保障厅", "山西省人力资源和社会保障厅", "人社厅"]
)
def test_short_and_long_forms_are_one_office(catalogue, form):
    found = [o.id for o in catalogue.offices.values() if form in (o.zh, *o.aliases)]
    assert found == ["hrss"]


def test_every_city_has_a_government_with_its_region_code(catalogue):
    cities = [r for r in catalogue.regions.values() if r.level == "prefecture"]
    assert len(cities) == 11
    for city in cities:
        office = catalogue.offices[f"gov_{city.code}"]
        assert office.region == city.code and office.zh == f"{city.name_zh}人民政府"


def test_owners_of_datasets_and_indicators_are_known_offices(catalogue):
    owners = {d.owner for d in catalogue.datasets.values()} | {i.owner for i in catalogue.indicators.values()}
    assert owners - set(catalogue.offices) - {""} == set()


def test_the_region_of_every_office_is_known(catalogue):
    regions = {o.region for o in catalogue.offices.values() if o.region is not None}
    assert regions <= set(catalogue.regions)


def test_the_special_statistical_zones_lie_in_their_city(catalogue):
    zones = {r.code: r.parent for r in catalogue.regions.values() if r.level == "zone"}
    assert zones == {"140171": "140100", "140271": "140200", "140671": "140600", "140971": "140900"}


def test_regions_are_one_province_11_cities_and_117_counties(catalogue):
    levels = Counter(r.level for r in catalogue.regions.values())
    assert (levels["province"], levels["prefecture"], levels["county"]) == (1, 11, 117)


def test_the_circle_is_the_capital_its_core_and_the_five_town_groups(catalogue):
    parts = {m for g in catalogue.groups.values() if g.id.startswith("town_group_") for m in g.members}
    core = set(catalogue.groups["taiyuan_core"].members)
    circle = catalogue.groups["taiyuan_circle"]
    assert set(circle.members) == parts | core and circle.trust == "D"


COMMITMENT = {"zh": "一", "en": "one", "strength": "must", "kind": "build"}


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({}, "mechanisms or a reason"),
        ({"mechanisms": ["city/flooding"], "reason": "task"}, "mechanisms or a reason"),
        ({"reason": "planned"}, "names of the planned mechanisms"),
        ({"reason": "task", "planned": ["city/flooding"]}, "contradicts the planned"),
    ],
)
def test_a_commitment_without_an_honest_answer_is_refused(answer, complaint):
    with pytest.raises(ValidationError, match=complaint):
        Commitment.model_validate(COMMITMENT | answer)


@pytest.mark.parametrize(
    ("comparison", "to", "complaint"),
    [("between", None, "needs `to`"), ("at_least", 3, "needs `to`"), ("between", 1, "must end above")],
)
def test_a_range_without_two_ends_is_refused(comparison, to, complaint):
    with pytest.raises(ValidationError, match=complaint):
        Quantity(zh="数", en="number", value=2, to=to, unit="item", comparison=comparison)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({}, "a rule, or a reason"),
        ({"reason": "none", "value": 70}, "belong together"),
        (
            {"rule": {"comparison": "at_least", "value": 1, "unit": "%", "trust": "D", "ref": "ours"}},
            "needs the indicator",
        ),
    ],
)
def test_a_goal_that_cannot_be_checked_and_does_not_say_why_is_refused(more, complaint):
    with pytest.raises(ValidationError, match=complaint):
        Goal.model_validate({"zh": "一", "en": "one", "vague": "quality", "year": 2029} | more)


def test_a_gap_in_the_numbers_of_measures_or_commitments_is_refused(plan):
    written = plan.model_dump()
    written["actions"]["city"]["measures"][35] = written["actions"]["city"]["measures"].pop(33)
    with pytest.raises(ValidationError, match="numbered 1, 2, 3"):
        Plan.model_validate(written)
    written = plan.model_dump()
    written["safeguards"][10] = written["safeguards"].pop(8)
    with pytest.raises(ValidationError, match="safeguards must be numbered"):
        Plan.model_validate(written)


def test_the_action_of_a_measure_is_found_and_a_missing_number_refused(plan):
    assert plan.action_of(26) == "city" and plan.action_of(8) == "county"
    with pytest.raises(KeyError, match="no measure 34"):
        plan.action_of(34)
