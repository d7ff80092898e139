"""The rule book: cases a jurist reads, the ladder's invariants, lints, and the family's way through it."""

import datetime as dt
import os
import pkgutil
from dataclasses import replace

import polars as pl
import pytest

from renben.catalogue import load as load_catalogue
from renben.engines.rules import (
    Bool,
    Desk,
    LoadedBook,
    Person,
    ProvisionError,
    Provisions,
    RuleBookError,
    decide,
    entitlement,
    from_catalogue,
    inactive,
    load,
    plain,
    read_changes,
    read_person,
    read_topic,
)
from renben.engines.rules.adversarial import adversarial, thresholds
from renben.engines.rules.casefiles import Coverage, differences, read_cases, sql_differences
from renben.engines.rules.engine import DuckDB, EngineError, Selection, run, table_source
from renben.engines.rules.kernel import SATURATE
from renben.engines.rules.population import Population
from renben.engines.rules.postgresql import PostgreSQL
from renben.engines.rules.rows import table_of
from renben.engines.rules.select import decisions
from renben.measures.citizenization import entitlements
from renben.measures.citizenization.entitlements import BOOK, CASES, settlement
from renben.measures.citizenization.entitlements.alike import equality_index, extra_conditions
from renben.measures.citizenization.entitlements.facts import FACTS, LAND
from renben.measures.citizenization.entitlements.services import services

ADDRESS = os.environ.get("RENBEN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
NEWCOMERS = {
    "residence_registration",
    "residence_permit",
    "first_permit_free",
    "permit_holder",
    "permit_endorsement",
    "settle",
}
BOOK_NOW = load(BOOK, from_catalogue(load_catalogue().laws))
CHECKS = [check for path in sorted(CASES.glob("*.yaml")) for check in read_cases(path, BOOK_NOW)]


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_case(check):
    assert differences(BOOK_NOW, check) == []


def test_every_case_has_the_same_answer_in_duckdb():
    assert sql_differences(BOOK_NOW, CHECKS) == []


def test_every_case_has_the_same_answer_in_postgresql():
    try:
        engine = PostgreSQL(ADDRESS)
    except EngineError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have it: {error}")
        pytest.skip(str(error))
    assert sql_differences(BOOK_NOW, CHECKS, engine) == []


def test_the_cases_see_both_outcomes_of_nearly_every_condition():
    coverage = Coverage()
    for check in CHECKS:
        coverage.add(BOOK_NOW, check)
    rows = coverage.rows(BOOK_NOW)
    assert [name for name, seen, _, _ in rows if seen == 0] == []
    seen, of = sum(row[1] for row in rows), sum(row[2] for row in rows)
    assert seen / of >= 0.97, [line for row in rows for line in row[3]]


def test_there_are_at_least_forty_active_decisions_and_each_cites_its_article():
    active = [name for name in BOOK_NOW.decisions if not inactive(BOOK_NOW, name)]
    assert len(active) >= 40
    for name in BOOK_NOW.decisions:
        rule = BOOK_NOW.rules[name].rule
        assert rule.law and rule.doc and rule.zh and rule.en, name


def test_rules_that_rest_on_memory_are_inactive_and_say_why():
    asleep = {name for name in BOOK_NOW.decisions if inactive(BOOK_NOW, name)}
    assert asleep == {
        "home_at_cost",
        "unemployment_benefit",
        "destitute_support",
        "medical_assistance",
        "temporary_assistance",
        "old_age_allowance",
        "disability_allowance",
    }
    assert "known from memory only (trust M)" in inactive(BOOK_NOW, "home_at_cost")[0]


def test_the_contents_page_lists_every_module_with_rules():
    found = {m.name for m in pkgutil.iter_modules(entitlements.__path__)}
    listed = {module.__name__.rsplit(".", 1)[1] for module in entitlements.MODULES}
    assert found - listed == {"facts", "register", "alike", "counts", "rulebook", "services", "steps"}
    for module in entitlements.MODULES:
        rules = [
            value
            for value in vars(module).values()
            if type(value).__name__ == "Rule" and value.function.__module__ == module.__name__
        ]
        assert {rule.name for rule in rules} == {rule.name for rule in module.RULES}


def edges_of(checks):
    """People of the cases with one fact moved over each threshold it is compared with: rule, fact, person."""
    binding = Desk(BOOK_NOW, checks[0].provisions).binding(checks[0].on)
    for check in checks:
        for rule in check.expected:
            limits = thresholds([binding.bind(BOOK_NOW.rules[rule].term)])
            for fact, values in limits.items():
                ordered = sorted(
                    v for v in values if v < SATURATE and FACTS[fact].type.name in ("date", "int")
                )
                for value in dict.fromkeys(
                    [None, *(limit + d for limit in ordered for d in (-1, 0, 1))] if ordered else []
                ):
                    facts = {n: v for n, v in check.person.facts.items() if n != fact}
                    facts |= {} if value is None else {fact: value}
                    yield rule, fact, Person(facts, check.person.related)


def test_people_on_the_edge_of_every_threshold_are_decided_alike_and_the_edge_decides():
    groups, tried, flips = {}, 0, {}
    for check in CHECKS:
        groups.setdefault((check.on, id(check.provisions)), []).append(check)
    for (day, _), checks in groups.items():
        edges, desk = list(edges_of(checks)), Desk(BOOK_NOW, checks[0].provisions)
        table, numbers = table_of(FACTS, [person for *_, person in edges])
        engine = DuckDB()
        engine.put("edges", table)
        selection = Selection(
            {r: desk.binding(day).bind(BOOK_NOW.rules[r].term) for r in {rule for rule, *_ in edges}}
        )
        if not edges:
            continue
        found = run(
            engine, selection, table_source(engine, "edges", FACTS), FACTS, keep=("person",)
        ).to_pylist()
        answers = {row["person"]: row for row in found}
        for (rule, fact, person), number in zip(edges, numbers, strict=True):
            one = desk.truth(rule, person, day)
            assert one is answers[number][rule], (rule, day, fact, person.facts)
            flips.setdefault((rule, fact), set()).add(one)
            tried += 1
    assert tried > 2_000
    assert {pair for pair, seen in flips.items() if not {True, False} <= seen} == set()


# -- the ladder ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table():
    return adversarial(BOOK_NOW, dt.date(2025, 2, 28), 40_000, seed=77)


def answers(table, outputs=None):
    engine = DuckDB()
    engine.put("people", table)
    selection = outputs or decisions(BOOK_NOW, dt.date(2025, 2, 28))
    found = run(engine, selection, table_source(engine, "people", FACTS), FACTS, keep=("person",))
    return pl.DataFrame(pl.from_arrow(found)).sort("person")


def tier_truths(table):
    binding = Desk(BOOK_NOW).binding(dt.date(2025, 2, 28))
    names = [f"tier_{i}" for i in range(5)]
    selection = replace(
        decisions(BOOK_NOW, dt.date(2025, 2, 28), []),
        outputs={n: binding.bind(BOOK_NOW.rules[n].term) for n in names},
    )
    return answers(table, selection)


def test_a_higher_step_always_contains_the_lower(table):
    tiers = tier_truths(table)
    for upper, lower in (
        ("tier_4", "tier_3"),
        ("tier_3", "tier_2"),
        ("tier_2", "tier_1"),
        ("tier_1", "tier_0"),
    ):
        above = tiers.filter(pl.col(upper))
        assert above.height > 0
        assert above.filter(pl.col(lower).not_() | pl.col(lower).is_null()).height == 0, (upper, lower)


def test_settling_never_removes_an_entitlement(table):
    settled = table.set_column(table.column_names.index("hukou_county"), "hukou_county", table["county"])
    before, after = answers(table), answers(settled)
    by_place = {n for n in BOOK_NOW.decisions if BOOK_NOW.rules[n].rule.place == "hukou"}
    checked = 0
    for name in before.columns:
        if name == "person" or name in NEWCOMERS | by_place or name.endswith(".amount"):
            continue
        lost = before[name].fill_null(False) & ~after[name].fill_null(False)
        if name == "pension_claim_here":
            lost = lost & (before["person"] < 0)  # settles the residence, not the place of insurance
        assert lost.sum() == 0, name
        checked += 1
    assert checked >= 40


def test_items_of_the_national_standard_for_residents_stand_at_most_on_the_first_step():
    for name, loaded in BOOK_NOW.decisions.items():
        about = loaded.rule.about
        if about.get("standard") == "national" and about.get("basis") in ("resident", "permit"):
            assert about["tier"] in ("T0", "T1"), name
            assert not {"tier_2", "tier_3", "tier_4"} & set(loaded.uses), name


def test_the_step_written_beside_a_service_is_the_step_its_rule_reads():
    for name, loaded in BOOK_NOW.decisions.items():
        steps = [f"T{use[-1]}" for use in loaded.uses if use.startswith("tier_")]
        if steps and "permit_in_force" not in loaded.uses and loaded.rule.about.get("tier"):
            assert loaded.rule.about["tier"] in steps or "T4" in steps, name


# -- lints ----------------------------------------------------------------------------------------------------


def test_a_rule_that_makes_settling_depend_on_land_fails_at_load():
    def settle(contracted_land: Bool) -> Bool:
        """Applicants shall return contracted land."""
        return ~contracted_land

    written = entitlement(zh="申请落户", en="settle", law="某地办法", tags=("settlement",))(settle)
    with pytest.raises(RuleBookError, match=r"settle \(settlement\) reads contracted_land \(land_rights\)"):
        load(BOOK.replacing(written), BOOK_NOW.provisions)


def test_every_land_right_is_marked_so_that_the_lint_sees_it():
    marked = {fact.name for fact in FACTS if fact.tags & LAND}
    assert marked == {"contracted_land", "homestead", "collective_share"}
    assert not BOOK_NOW.rules["settle"].facts & marked


def test_a_local_condition_over_the_states_ceiling_is_found():
    local = read_topic(
        "settlement",
        {
            "insurance_months": {
                "unit": "month",
                "values": {},
                "regions": {"140100": {dt.date(2025, 1, 1): {"value": 61, "ref": "示例", "trust": "S"}}},
            }
        },
    )
    provisions = BOOK_NOW.provisions.overlay(Provisions(local))
    (found,) = settlement.over_ceiling(provisions, {140100: "large", 140200: "medium"})
    assert found.startswith("E_SETTLE_OVER_CEILING") and "at most 60" in found
    assert settlement.over_ceiling(BOOK_NOW.provisions, {140100: "large"}) == []


def test_newcomers_and_locals_are_treated_alike_but_for_stable_employment():
    extra = extra_conditions(BOOK_NOW, "public_rental")
    assert [facts for facts, _ in extra] == [frozenset({"stable_job_since"})]
    assert equality_index(BOOK_NOW, "public_rental") == pytest.approx(1 - 1 / 5)
    assert equality_index(BOOK_NOW, "affordable_rental") == 1


def test_an_unequal_extra_condition_is_an_error():
    def affordable_rental(owned_area: entitlements.housing.Int, tier_4: Bool, employee_insured: Bool) -> Bool:
        """Newcomers must be insured."""
        return (owned_area <= 0) & (tier_4 | employee_insured)

    written = entitlement(zh="保障性租赁住房", en="affordable rental", law="某地办法")(affordable_rental)
    changed = load(BOOK.replacing(written), BOOK_NOW.provisions)
    assert entitlements.alike.unequal(changed, ["affordable_rental"]) == [
        "E_UNEQUAL: affordable_rental asks newcomers for employee_insured, which locals need not show"
    ]
    assert entitlements.alike.unequal(BOOK_NOW, ["public_rental", "affordable_rental"]) == []


def test_items_of_the_national_standard_say_how_far_they_are_to_be_trusted_and_lead_to_decisions():
    found = services(load_catalogue(), BOOK_NOW)
    assert len({item.domain for item in found}) == 9 and len(found) == 82
    assert {item.zh for item in found if item.trust == "S"} >= {"孕前补服叶酸", "农村危房改造"}
    assert {item.trust for item in found} == {"M", "S"} and all(item.ref for item in found)
    states = {item.zh: item.state for item in found}
    assert (states["法律援助"], states["医疗救助"], states["孕前补服叶酸"]) == (
        "active",
        "inactive",
        "no_rule",
    )
    given = [item for item in found if item.rule]
    assert len(given) >= 30 and all(item.basis and item.law for item in given)


def test_a_value_whose_first_day_was_not_found_says_so_instead_of_a_day():
    rate = BOOK_NOW.provisions["training.full_rate"]
    assert rate.values[0].since == "not known (used from 2016-01-01 on)"
    with pytest.raises(
        ProvisionError, match=r"nothing in force on 2015-06-30; the first is not known \(used from"
    ):
        rate.at(dt.date(2015, 6, 30))
    months = BOOK_NOW.provisions["residence_permit.min_months"]
    assert months.values[0].since == "2016-01-01"


def test_values_from_secondary_sources_without_a_day_are_all_marked():
    """A secondary copy that gives no day must not look as if one had been read."""
    undated = ("training.", "housing.subsidy_area", "housing.band", "social_insurance.retired_medical")
    for provision in BOOK_NOW.provisions:
        if provision.name.startswith(undated):
            assert not any(dated.start_known for _, dated in provision.all_values()), provision.name


# -- published tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("class_", "born", "years", "months"),
    [
        ("man", "1964-12", 60, 0),
        ("man", "1965-01", 60, 1),
        ("man", "1965-05", 60, 2),
        ("man", "1976-08", 62, 11),
        ("man", "1976-09", 63, 0),
        ("man", "1990-01", 63, 0),
        ("woman_55", "1970-01", 55, 1),
        ("woman_55", "1981-08", 57, 11),
        ("woman_55", "1981-09", 58, 0),
        ("woman_50", "1975-01", 50, 1),
        ("woman_50", "1975-03", 50, 2),
        ("woman_50", "1984-10", 54, 11),
        ("woman_50", "1984-11", 55, 0),
        ("man", "1970-06", 61, 5),
        ("man", "1972-09", 62, 0),
    ],
)
def test_statutory_age_is_the_published_one(class_, born, years, months):
    person = read_person(FACTS, {"retirement_class": class_, "birth": f"{born}-01"})
    desk = Desk(BOOK_NOW)
    assert (
        desk.member(BOOK_NOW.rules["statutory_age"].term, person, desk.binding(dt.date(2025, 1, 1)))
        == years * 12 + months
    )


@pytest.mark.parametrize(
    ("born", "least"), [("1970-06", 192), ("1972-09", 210), ("1965-01", 180), ("1990-01", 240)]
)
def test_least_contribution_follows_the_year_the_age_is_reached(born, least):
    person = read_person(FACTS, {"retirement_class": "man", "birth": f"{born}-15"})
    desk = Desk(BOOK_NOW)
    assert (
        desk.member(BOOK_NOW.rules["least_contribution"].term, person, desk.binding(dt.date(2025, 1, 1)))
        == least
    )


@pytest.mark.parametrize(
    ("until", "opens"),
    [("2026-03-10", "2026-02-10"), ("2025-02-28", "2025-01-28"), ("2026-03-31", "2026-02-28")],
)
def test_endorsement_opens_a_calendar_month_before_the_year_is_full(until, opens):
    person = read_person(FACTS, {"permit_issued": "2024-02-01", "endorsed_until": until, "county": 140105})
    found = decide(Desk(BOOK_NOW), "permit_endorsement", person, dt.date(2024, 3, 1))
    assert str(found.span.granted_from) == opens
    assert "距居住证签注有效至" in found.because[0].zh and opens in found.because[0].en


@pytest.mark.parametrize(("missed", "repaired", "in_window", "wait"), [
    (1, 0, True, 3), (3, 0, True, 5), (4, 0, True, 6), (5, 0, True, 7), (5, 2, True, 6), (4, 3, True, 6),
    (0, 0, False, 3), (2, 0, True, 4), (2, 1, True, 3), (0, 0, True, 0),
])  # fmt: skip
def test_waiting_months_are_the_published_ones(missed, repaired, in_window, wait):
    facts = {
        "medical_missed_years": missed,
        "medical_repaired_years": repaired,
        "joined_in_window": in_window,
    }
    desk = Desk(BOOK_NOW)
    term = BOOK_NOW.rules["medical_wait"].term
    assert desk.member(term, read_person(FACTS, facts), desk.binding(dt.date(2027, 1, 1))) == wait


# -- the family's way ---------------------------------------------------------------------------------------------


def test_a_family_goes_from_registration_to_settling_and_keeps_its_land():
    desk = Desk(BOOK_NOW)
    man = {
        "county": 140105, "hukou_county": 141002, "birth": dt.date(1985, 3, 1), "registered_since": dt.date(2024, 3, 8),
        "resident_since": dt.date(2024, 3, 1),
        "stable_job_since": dt.date(2024, 3, 1), "stable_home_since": dt.date(2024, 3, 1), "study_since": "never",
        "permit_issued": "never", "contracted_land": True, "homestead": True, "pension_months_here": 0,
    }  # fmt: skip

    def answer(rule, on, facts):
        return plain(decide(desk, rule, read_person(FACTS, facts), on))

    first = answer("residence_permit", dt.date(2024, 6, 1), man)
    assert (first["answer"], first["from"]) == ("deny", "2024-09-01")
    permit = {
        "permit_issued": dt.date(2024, 9, 12),
        "permit_counted_from": dt.date(2024, 9, 12),
        "endorsed_until": dt.date(2025, 9, 12),
    }
    child = {
        "county": 140105,
        "hukou_county": 141002,
        "birth": dt.date(2018, 5, 1),
        "finished_junior": False,
        "permit_issued": "never",
        "permit_counted_from": "never",
        "guardians": [permit, {"permit_issued": "never"}],
    }
    assert answer("compulsory_school", dt.date(2025, 9, 1), child)["answer"] == "grant"
    holder = {**man, **permit}
    assert answer("permit_endorsement", dt.date(2025, 8, 12), holder)["since"] == "2025-08-12"
    assert answer("settle", dt.date(2026, 1, 5), holder)["answer"] == "grant"
    settled = {**holder, "hukou_county": 140105}
    for right in ("keep_contracted_land", "keep_homestead"):
        assert answer(right, dt.date(2026, 2, 1), settled)["answer"] == "grant"
    missed = answer("permit_holder", dt.date(2025, 9, 13), holder)
    assert (missed["answer"], missed["missing"]) == ("need_info", ["late_endorsement"])


def test_the_six_months_stop_those_registered_too_short_and_registration_those_not_registered():
    engine = DuckDB()
    base = {
        "county": 140105,
        "hukou_county": 141002,
        "stable_job_since": "2020-01-01",
        "permit_issued": "never",
    }
    people = [
        {**base, "registered_since": since, "resident_since": since if since != "never" else "2024-01-01"}
        for since in ("never", "2024-12-01", "2025-01-15", "2024-01-01")
    ]
    table, _ = table_of(FACTS, [read_person(FACTS, each) for each in people])
    engine.put("four", table)
    population = Population(BOOK_NOW, engine, table_source(engine, "four", FACTS), dt.date(2025, 3, 1))
    stopped = {row["en"]: row["people"] for row in population.stopped_by([], ["residence_permit"]).to_dicts()}
    assert stopped["at least 6 months since arrival at the place of residence"] == 2
    assert stopped["residence is registered"] == 1


def test_three_months_instead_of_six_grants_three_months_earlier():
    changes = read_changes(
        {"residence_permit.min_months": {dt.date(2024, 1, 1): 3}}, BOOK_NOW.provisions, "reform"
    )
    reformed = Desk(BOOK_NOW, BOOK_NOW.provisions.overlay(changes))
    person = read_person(
        FACTS,
        {
            "county": 140105,
            "hukou_county": 141002,
            "resident_since": dt.date(2024, 7, 9),
            "registered_since": dt.date(2024, 7, 12),
            "stable_job_since": dt.date(2024, 7, 5),
            "stable_home_since": "never",
            "study_since": "never",
        },
    )
    assert plain(decide(reformed, "residence_permit", person, dt.date(2024, 8, 1)))["from"] == "2024-10-09"
    assert (
        plain(decide(Desk(BOOK_NOW), "residence_permit", person, dt.date(2024, 8, 1)))["from"] == "2025-01-09"
    )


def test_the_loaded_book_is_the_same_every_time():
    assert load(BOOK, from_catalogue(load_catalogue().laws)).digest() == BOOK_NOW.digest()
    assert isinstance(BOOK_NOW, LoadedBook)
