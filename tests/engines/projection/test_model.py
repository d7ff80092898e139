"""From the shipped facts to two rates with their spread."""

import numpy as np
import pytest

from renben.catalogue import FACTS
from renben.catalogue.fact_tables import FactTables
from renben.engines.projection import kernel, levers
from renben.engines.projection.draws import theta
from renben.engines.projection.inputs import InputError, read
from renben.engines.projection.inverse import Goal, check, one_lever, solve
from renben.engines.projection.mixing import cut, mix, settings, totals
from renben.engines.projection.model import prepare
from renben.engines.projection.questions import carriers, central, effect
from renben.engines.projection.run import run
from renben.engines.projection.scenario import Scenario, county_mask, parse, with_levers
from renben.engines.projection.sensitivity import first_order, indices
from renben.engines.projection.service import by_county, demand, homes, shortage, table
from renben.engines.projection.states import hukou_rate, resident_rate
from renben.engines.projection.summary import curve, members, rate_table, reach, report


@pytest.fixture(scope="module")
def model():
    return prepare(2030, kinds=1)


@pytest.fixture(scope="module")
def draws(model):
    return run(model, 96, seed=7)


def test_the_base_population_meets_every_printed_county_total(model):
    census = model.inputs.census
    people = model.base.stock.people.sum(axis=(1, 2, 3, 4)) + model.base.students.sum(axis=(1, 2, 3))
    assert np.abs(people - census.residents).max() < 0.1
    urban = model.base.stock.people[:, :, 0].sum(axis=(1, 2, 3)) + model.base.students[:, :, 0].sum(
        axis=(1, 2)
    )
    assert np.abs(urban - census.urban).max() < 1
    assert people.sum() == pytest.approx(34_915_616, abs=1)


def test_each_estimated_step_says_so_and_keeps_its_residual(model):
    steps = {row["step"]: row for row in model.base.steps}
    assert {
        "sex by age",
        "urban by age",
        "single ages",
        "where registered",
        "hukou address",
        "students",
    } <= set(steps)
    assert all(row["estimated"] is True and np.isfinite(row["residual"]) for row in steps.values())


def test_the_people_away_match_the_census_counts(model):
    away = model.base.stock.people[:, :, :, 2:].sum(axis=(1, 2, 3, 4))
    counted = model.inputs.census.away[:, 1:].sum(axis=1)
    assert np.abs(away / counted - 1).max() < 0.01


def test_the_calibrated_years_meet_residents_births_deaths_and_the_urban_share(model):
    observed = model.inputs.observed
    for t, year in enumerate(model.calibrated.years, start=1):
        residents = year.result.residents[1]
        assert residents.sum() == pytest.approx(observed.residents[t], rel=1e-5)
        assert resident_rate(residents) == pytest.approx(observed.urban[t] / observed.residents[t], abs=5e-5)
        assert year.result.flows[0, :, 0].sum() == pytest.approx(observed.births[t], rel=1e-5)
        assert year.result.flows[0, :, 1].sum() == pytest.approx(observed.deaths[t], rel=1e-5)


def test_cities_meet_their_published_totals_where_there_are_any(model):
    observed = model.inputs.observed
    for t, year in enumerate(model.calibrated.years, start=1):
        cities = np.add.reduceat(year.result.residents[1].sum(axis=(1, 2)), model.fixed.first)
        known = np.isfinite(observed.prefecture[t])
        assert np.abs(cities[known] / observed.prefecture[t][known] - 1).max() < 2e-4


def test_the_ledger_still_closes_after_calibration_and_projection(model):
    last, result = kernel.project(model.start, model.fixed, model.path)
    registered = result.registered[-1].sum()
    assert result.residents[-1].sum() == pytest.approx(
        registered - last.outside.sum() + last.guests.sum(), rel=1e-9
    )


def test_nothing_before_the_revision_is_fitted(model):
    assert model.inputs.observed.years[0] == 2020
    assert model.inputs.observed.residents[0] < 35_000_000  # the earlier vintage stood 6.6 % higher


def test_the_sanity_bounds_of_the_specification_hold(draws):
    """A result outside 0.5 to 0.9 needs an explanation in docs/projection.md."""
    reached = reach(draws, [69, 69.5, 70], 2029)
    assert 0.5 <= reached["70"] <= 0.9
    assert reached["69"] >= reached["69.5"] >= reached["70"]
    assert 0.4 <= reached["national"] <= 0.8
    at = int(np.flatnonzero(draws.years == 2029)[0])
    assert 0.70 <= np.median(draws.resident[:, at]) <= 0.715
    assert draws.resident[:, at] == pytest.approx(
        draws.residents[:, at, :, 0].sum(axis=(1, 2)) / draws.residents[:, at].sum(axis=(1, 2, 3)), abs=1e-6
    )


def test_a_run_is_the_same_for_any_number_of_threads_and_when_it_is_taken_up_again(model, tmp_path):
    one = run(model, 70, seed=3, threads=1)
    calls = []
    two = run(
        model, 70, seed=3, threads=2, parts=tmp_path, progress=lambda done, total: calls.append((done, total))
    )
    assert np.array_equal(one.resident, two.resident) and np.array_equal(one.county_flows, two.county_flows)
    assert calls[-1] == (70, 70)
    blocks = sorted(tmp_path.glob("block-*.npz"))
    assert len(blocks) == 2
    blocks[1].unlink()
    again = run(model, 70, seed=3, threads=2, parts=tmp_path)
    assert np.array_equal(one.resident, again.resident)


def test_more_draws_keep_the_first_ones(model):
    few, many = run(model, 8, seed=5), run(model, 16, seed=5)
    assert np.array_equal(few.resident, many.resident[:8])


def test_the_same_luck_serves_every_scenario(model):
    """Common random numbers: the difference of two scenarios is far tighter than either."""
    changed, path = with_levers(model, Scenario({"to_urban": 1.2}))
    base, more = run(model, 32, seed=2), run(changed, 32, seed=2, path=path)
    difference = more.resident[:, 5] - base.resident[:, 5]
    assert difference.min() > 0
    assert difference.std() < 0.3 * base.resident[:, 5].std()


def test_settlement_raises_the_hukou_rate_and_hardly_the_resident_rate(model):
    found = effect(model, "settle", 2029)
    assert found.hukou > 0.1
    assert abs(found.resident) < 0.1 * found.hukou
    assert found.gap < 0


def test_recognised_years_bring_settlement_forward(model):
    plain, kept = central(model, {}), central(model, {"keep_years": 1.0})
    assert kept["hukou"][-1] > plain["hukou"][-1]


def test_the_inverse_refuses_settlement_for_the_resident_rate():
    with pytest.raises(levers.LeverError, match="not resident urbanization"):
        check(Goal(70, 2029, 0.8), ["settle"])


def test_bisection_finds_the_smallest_lever(model):
    goal = Goal(70, 2029, 0.85)
    value = one_lever(model, "to_urban", goal, 1.0, 3.0, draws=24, rounds=4)
    assert 1.0 < value < 3.0
    with pytest.raises(levers.LeverError, match="does not reach"):
        one_lever(model, "to_urban", Goal(80, 2029, 0.9), 1.0, 1.1, draws=8, rounds=2)


def test_the_cheapest_part_goes_first_and_the_mix_brings_what_is_needed():
    parts = [
        *cut("a", 2.0, [0, 1.0], [0, 1000.0], [3.0]),
        *cut("b", 3.0, [0, 1.0, 1.8], [0, 1000.0, 1800.0], [1.0, 4.0]),
        *cut("c", 2.0, [0, -1.0], [0, 10.0], [0.1]),
    ]
    use = mix(parts, 1.5)
    assert use.tolist() == pytest.approx([0.5, 1.0, 0.0, 0.0]), "half of a, before the dear half of b"
    assert settings(parts, use) == pytest.approx({"a": 1.5, "b": 2.0})
    persons, cost = totals(parts, use)
    assert persons == pytest.approx({"a": 500, "b": 1000}) and cost == pytest.approx({"a": 1500, "b": 1000})
    assert mix(parts, 9.0).tolist() == [1.0, 1.0, 1.0, 0.0]


def test_a_verified_mix_is_at_least_as_likely_as_asked(model):
    costs, limits = model.assume.value("lever_cost"), {"to_urban": 1.6, "mobility": 1.3}
    answer = solve(model, Goal(70, 2029, 0.88), limits, costs, draws=32, verify=64, rise=[1.0, 1.5])
    assert answer.reached and answer.before < 0.88 <= answer.after
    assert set(answer.cost) == set(answer.levers) and min(answer.cost.values()) > 0
    assert any("not resident urbanization" in note for note in answer.notes)


def test_an_unreachable_goal_is_said_to_be(model):
    answer = solve(model, Goal(75, 2029, 0.9), {"mobility": 1.1}, {"mobility": 9.0}, draws=8, verify=16)
    assert not answer.reached and answer.after < 0.9 and any("NOT reached" in note for note in answer.notes)
    assert answer.levers == pytest.approx({"mobility": 1.1})


def test_the_spread_of_the_resident_rate_comes_from_its_own_drift_first(model):
    luck = theta(model, 128, 7)
    found = indices(run(model, 128, seed=7), model, luck, 2026).to_dicts()
    by = {row["unknown"]: row for row in found}
    assert found[0]["unknown"] in ("drift", "yearly_innovations") and found[-1]["unknown"] == "rest"
    assert by["settlement_response"]["hukou"] > by["settlement_response"]["resident"]
    assert sum(row["resident"] for row in found) == pytest.approx(1)


def test_a_variance_is_divided_by_what_each_number_brings():
    x = np.random.default_rng(3).normal(size=(4096, 3))
    value = 2 * x[:, 0] + x[:, 1]
    assert [first_order(x[:, i], value) for i in range(3)] == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    with pytest.raises(ValueError, match="too few"):
        first_order(x[:10, 0], value[:10])


def test_counties_carry_exactly_the_change_of_the_province(model, draws):
    found = carriers(draws, model, 2029)
    assert len(found) == 117
    people = draws.residents.mean(axis=0, dtype=np.float64).sum(axis=(1, 3))
    change = 100 * (people[5, 0] / people[5].sum() - people[0, 0] / people[0].sum())
    assert found["total"].sum() == pytest.approx(change, abs=1e-6)


def test_the_report_has_the_promised_keys(model, draws):
    regions = model.inputs.regions
    out = report(draws, regions, [regions.province, *regions.prefectures], model.assume)
    assert set(out["p_target"]) == {"69", "69.5", "70", "national"}
    for key in ("resident_rate", "hukou_rate", "gap"):
        cell = out[key][regions.province]["2029"]
        assert list(cell) == ["median", "p5", "p10", "p90", "p95"]
        assert cell["p5"] <= cell["p10"] <= cell["median"] <= cell["p90"] <= cell["p95"]
    assert len(out["resident_rate"]) == 12
    assert all(row["trust"] in "LPSD" and row["ref"] for row in out["assumptions"])


def test_the_curve_falls_and_names_its_monte_carlo_error(draws):
    found = curve(draws, 2029)
    assert np.all(np.diff(found["probability"].to_numpy()) <= 0)
    assert found["error"].max() <= 0.5 / np.sqrt(draws.count) + 1e-12


def test_an_unknown_region_and_an_unknown_year_are_refused(model, draws):
    with pytest.raises(ValueError, match="999999"):
        members(model.inputs.regions, "999999")
    with pytest.raises(ValueError, match="2050"):
        reach(draws, [70], 2050)
    assert rate_table(draws, model.inputs.regions, [model.inputs.regions.province]).height == 3 * len(
        draws.years
    )


def test_levers_are_parsed_and_wrong_ones_named():
    scenario = parse(
        ["settle=1.5", "urban_attraction@potential_counties=1.2", "assume.exit_hazard=0.08"],
        {"levers": {"settle": 2}, "since": 2026},
    )
    assert scenario.levers == {"settle": 1.5, "urban_attraction@potential_counties": 1.2}
    assert scenario.assume == {"exit_hazard": 0.08} and scenario.since == 2026
    for wrong, word in (
        ("settel=1", "no lever is named 'settel'"),
        ("settle", "write LEVER=VALUE"),
        ("settle=much", "not a number"),
        ("newborn_here=2", "between 0 and 1"),
    ):
        with pytest.raises(levers.LeverError, match=word):
            parse([wrong])
    with pytest.raises(levers.LeverError, match="unknown keys"):
        parse([], {"lever": {}})


def test_places_after_the_at_sign_are_codes_or_groups(model):
    regions = model.inputs.regions
    assert county_mask(regions, "potential_counties").sum() == 8
    assert county_mask(regions, regions.prefectures[0]).sum() == 10
    with pytest.raises(levers.LeverError, match="nowhere"):
        county_mask(regions, "nowhere")


def test_levers_act_only_from_their_year(model):
    _, path = with_levers(model, Scenario({"to_urban": 2.0}, since=2028))
    ratio = path.moves[:, 3] / model.path.moves[:, 3]
    assert np.allclose(ratio[:3], 1.0) and np.allclose(ratio[3:], 2.0)


def test_school_seats_follow_the_school_year(model, draws):
    bands = draws.bands
    # on 31 August two thirds of the year-end six-year-olds and a third of the twelve-year-olds are of primary age
    assert np.all(bands[..., 11].sum() <= bands[..., 2].sum() * 1.2)
    weights = model.fixed.weights[11]
    assert (
        weights[6] == pytest.approx(8 / 12)
        and weights[12] == pytest.approx(4 / 12)
        and weights[7:12].tolist() == [1] * 5
    )
    seats = demand(draws, model.assume, "seats_primary")
    assert seats.sum(axis=(2, 3, 4))[:, -1].mean() < seats.sum(axis=(2, 3, 4))[:, 0].mean()  # births fell


def test_demand_by_group_adds_up_and_by_county_to_the_prefecture(model):
    fine = run(by_county(model), 4, seed=1)
    coarse = run(model, 4, seed=1)
    county = demand(fine, model.assume, "beds").sum(axis=(2, 3, 4))
    city = demand(coarse, model.assume, "beds").sum(axis=(2, 3, 4))
    assert np.allclose(county, city, rtol=1e-5)
    rows = table(coarse, model, ["beds"], split=())
    assert rows.height == 11 * len(coarse.years)


def test_homes_never_go_below_the_replacement():
    households = np.array([[100.0, 90.0, 110.0]])
    assert homes(households, 0.01).tolist() == [[1.0, pytest.approx(0.9), pytest.approx(21.1)]]


def test_a_shortage_needs_a_supply_figure_and_is_a_probability(model, draws):
    code = model.inputs.regions.prefectures[0]
    found = shortage(draws, model, "seats_primary", {code: 1.0}, 2029)
    assert found.height == 1 and found["p_shortage"][0] == 1.0
    with pytest.raises(ValueError, match="no areas"):
        shortage(draws, model, "beds", {"000000": 1.0}, 2029)
    with pytest.raises(ValueError, match="not known"):
        demand(draws, model.assume, "swimming")


def test_the_two_ends_of_the_unidentified_split_give_the_same_resident_rate(model):
    other = prepare(2026, kinds=1, moves_share=0.9)
    assert resident_rate(other.central.residents)[:3] == pytest.approx(
        resident_rate(model.central.residents)[:3], abs=1e-4
    )
    assert hukou_rate(other.central.registered)[0] == pytest.approx(
        hukou_rate(model.central.registered)[0], abs=1e-4
    )


def test_a_missing_facts_table_is_named(tmp_path):
    with pytest.raises(InputError, match=r"regions\.csv"):
        read(FactTables(tmp_path))
    (tmp_path / "regions.csv").write_bytes((FACTS / "regions.csv").read_bytes())
    with pytest.raises(InputError, match=r"age_county\.csv"):
        read(FactTables(tmp_path))


def test_an_earlier_last_year_is_refused():
    with pytest.raises(ValueError, match="ask for a later year"):
        prepare(2024, kinds=1)
