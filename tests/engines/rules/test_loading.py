"""Every mistake in a rule book is found before anything runs, and the message says what to do."""

import datetime as dt

import pytest

from renben.engines.rules import Bool, Date, Int, Parameters, RuleBookError, at_least, entitlement, rule
from tests.engines.rules.conftest import RULES, book_of, provisions


def decision(function, **more):
    return entitlement(zh="决定", en="decision", law="Act art. 1", **more)(function)


def refused(*rules, laws=None):
    with pytest.raises(RuleBookError) as error:
        book_of(rules, laws)
    return str(error.value)


def test_a_circle_is_named_with_its_path():
    def x1(x2: Bool) -> Bool:
        return x2

    def x2(x1: Bool) -> Bool:
        return x1

    assert "circle: x1 -> x2 -> x1" in refused(decision(x1), decision(x2))


def test_a_missing_input_says_who_needs_it_and_what_was_meant():
    def inner(arived: Date) -> Bool:
        return at_least(arived, months=1)

    def outer(inner: Bool) -> Bool:
        return inner

    said = refused(rule(zh="内", en="inner")(inner), decision(outer))
    assert "missing input 'arived', needed by inner. Did you mean arrived?" in said


def test_a_wrongly_declared_parameter_is_refused():
    def wrong(arrived: Int) -> Bool:
        return arrived > 3

    assert "parameter arrived is declared int but is date" in refused(decision(wrong))


def test_a_wrongly_declared_result_is_refused():
    def wrong(arrived: Date) -> Date:
        return arrived

    assert "must return Bool" in refused(decision(wrong))


def test_python_logic_inside_a_rule_is_refused_at_load():
    def wrong(works: Bool, studies: Bool) -> Bool:
        return works and studies

    assert "write &, |, ~ and when()" in refused(decision(wrong))


def test_a_rule_nobody_reads_is_refused():
    def lonely(works: Bool) -> Bool:
        return works

    assert "lonely: no decision reads it" in refused(*RULES, rule(zh="孤", en="lonely")(lonely))


def test_an_unknown_provision_is_refused_with_a_hint():
    def wrong(arrived: Date, P: Parameters) -> Bool:
        return at_least(arrived, months=P.test.wait_month)

    assert "needs provision test.wait_month" in refused(decision(wrong))
    assert "Did you mean test.wait_months?" in refused(decision(wrong))


def test_a_provision_without_article_is_refused():
    laws = provisions(
        {"bare": {"unit": "month", "values": {dt.date(2020, 1, 1): {"value": 1, "ref": " ", "trust": "L"}}}}
    )
    assert "test.bare from 2020-01-01: no ref" in refused(*RULES, laws=laws)


def test_a_decision_without_law_is_refused():
    def lawless(works: Bool) -> Bool:
        return works

    assert "cites no law" in refused(entitlement(zh="无", en="none", law=())(lawless))


def test_a_settlement_rule_that_reads_land_rights_is_refused():
    def condition(holds_land: Bool, works: Bool) -> Bool:
        return ~holds_land & works

    def settle(condition: Bool) -> Bool:
        return condition

    said = refused(rule(zh="条件", en="condition")(condition), decision(settle, tags=("settlement",)))
    assert "settle (settlement) reads holds_land (land_rights), which is forbidden" in said


def test_a_local_value_below_a_legal_floor_is_refused():
    entry = {
        "unit": "yuan",
        "floor": True,
        "values": {dt.date(2020, 1, 1): {"value": 100, "ref": "Act", "trust": "L"}},
        "regions": {"140105": {dt.date(2021, 1, 1): {"value": 99, "ref": "Order", "trust": "S"}}},
    }
    said = refused(*RULES, laws=provisions({"floor": entry}))
    assert "test.floor in 140105 from 2021-01-01: 99 is below the legal floor 100 (Act)" in said


def test_an_amount_without_unit_is_refused(book):
    family = book.rules["family_help"].rule
    bare = entitlement(zh="补助", en="help", law="Act")(family.function)
    assert "say its unit" in refused(RULES[0], bare)


def test_all_mistakes_are_listed_at_once():
    def one(arived: Date) -> Bool:
        return at_least(arived, months=1)

    def two(works: Bool, studies: Bool) -> Bool:
        return works or studies

    said = refused(decision(one), decision(two))
    assert "arived" in said and "two:" in said


def test_two_loads_of_one_book_have_one_digest_and_a_changed_rule_another(book):
    def settling(arrived: Date, P: Parameters) -> Bool:
        return at_least(arrived, months=P.test.wait_months)

    changed = [r for r in RULES if r.name != "settling"] + [decision(settling)]
    assert book_of(RULES).digest() == book.digest() != book_of(changed).digest()
