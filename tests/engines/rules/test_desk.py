"""One person: answers, reasons, dates, missing facts, places and receipts."""

import datetime as dt
from itertools import pairwise, product

import pytest

from renben.engines.rules import (
    Bool,
    Date,
    Desk,
    FactError,
    InactiveRule,
    LoadedBook,
    Parameters,
    Person,
    ProvisionError,
    at_least,
    decide,
    entitlement,
    kernel,
    plain,
    read_person,
)
from renben.engines.rules.adversarial import adversarial, candidates
from renben.engines.rules.desk import ANSWERS
from renben.engines.rules.missing import missing_facts
from renben.engines.rules.receipts import ReceiptError, receipt, reproduce
from renben.engines.rules.rows import value_of
from renben.engines.rules.timeline import breakpoints, span
from tests.engines.rules.conftest import FACTS, RULES, book_of

ON = dt.date(2024, 11, 15)
NEWCOMER = {"county": 110101, "arrived": dt.date(2024, 7, 9), "works": True}


def person(**facts):
    return read_person(FACTS, {**NEWCOMER, **facts})


def test_a_refusal_says_value_threshold_provision_article_and_from_when(book):
    found = plain(decide(Desk(book), "settling", person(), ON))
    assert (found["answer"], found["from"]) == ("deny", "2025-01-09")
    (why,) = found["because"]
    assert (why["value"], why["threshold"], why["provision"]) == (
        "2024-07-09",
        "6 months",
        "test.wait_months",
    )
    assert why["article"] == "Act art. 2"
    assert "起满6个月，2025-01-09满（不符合）" in why["zh"]
    assert "at least 6 months since arrival (2024-07-09), complete on 2025-01-09 (not met)" in why["en"]


def test_a_grant_shows_only_the_branch_that_holds(book):
    found = decide(Desk(book), "settling", person(studies=False), dt.date(2025, 2, 1))
    assert [each.condition for each in found.because][1:] == ["works"]
    assert (found.answer, found.span.since) == ("grant", dt.date(2025, 1, 9))


def test_a_decided_answer_asks_for_nothing(book):
    found = decide(Desk(book), "settling", read_person(FACTS, {"works": False, "studies": False}), ON)
    assert (found.answer, found.missing) == ("deny", ())


def test_only_facts_that_can_change_the_answer_are_asked_for(book):
    known = {"county": 110101, "arrived": dt.date(2020, 1, 1), "works": False}
    found = decide(Desk(book), "settling", read_person(FACTS, known), ON)
    assert (found.answer, found.missing) == ("need_info", ("studies",))


def test_a_fact_that_cancels_out_is_not_asked_for():
    def either_way(works: Bool, studies: Bool) -> Bool:
        return (works & studies) | (works & ~studies)

    book = book_of([entitlement(zh="都行", en="either", law="Act")(either_way)])
    found = decide(Desk(book), "either_way", Person({}), ON)
    assert found.missing == ("works",)


@pytest.mark.parametrize("on", [dt.date(2024, 2, 29), ON])
def test_missing_facts_are_exactly_those_that_can_change_the_answer(book, on):
    desk, values = Desk(book), candidates(book, on, ["settling"])
    names = ["arrived", "works", "studies", "county"]
    for known in product([True, None], repeat=4):
        facts = {n: int(values[n][len(values[n]) // 2]) for n, k in zip(names, known, strict=True) if k}
        facts = {n: bool(v) if n in ("works", "studies") else v for n, v in facts.items()}
        case = desk.case("settling", Person(facts), on)
        listed = set(missing_facts(desk, case))
        unknown = [n for n in names if n not in facts]
        assert listed == ({n for n in unknown if _matters(desk, facts, n, unknown, values, on)}), facts


def _matters(desk, facts, name, unknown, values, on):
    others = [n for n in unknown if n != name]
    for filled in product(*(_some(values[n], n) for n in others)):
        completed = {**facts, **dict(zip(others, filled, strict=True))}
        answers = {
            desk.truth("settling", Person({**completed, name: v}), on) for v in _some(values[name], name)
        }
        if len(answers) > 1:
            return True
    return False


def _some(values, name):
    if name in ("works", "studies"):
        return [True, False]
    return [int(v) for v in values] if name == "county" else [int(v) for v in values[::3]] + [0]


def test_a_provision_that_was_never_published_is_a_missing_fact():
    def needs_line(works: Bool, P: Parameters) -> Bool:
        return works & (P.test.line <= P.test.unpublished)

    book = book_of([entitlement(zh="线", en="line", law="Act")(needs_line)])
    assert decide(Desk(book), "needs_line", person(), ON).missing == ("test.unpublished",)
    assert decide(Desk(book), "needs_line", person(works=False), ON).answer == "deny"


def test_a_value_from_memory_is_refused_until_confirmed():
    def recalled(arrived: Date, P: Parameters) -> Bool:
        return at_least(arrived, months=P.test.from_memory)

    loaded = book_of([entitlement(zh="记忆", en="recalled", law="Act")(recalled)])
    with pytest.raises(InactiveRule, match=r"test\.from_memory is known from memory only"):
        decide(Desk(loaded), "recalled", person(), ON)
    loaded.provisions.confirmed = frozenset({"test.from_memory"})
    assert decide(Desk(loaded), "recalled", person(), ON).answer == "deny"


def test_before_the_first_value_the_rule_refuses_and_says_since_when(book):
    with pytest.raises(
        ProvisionError, match=r"nothing in force on 2019-12-31; the first is 2020-01-01 \(Act art. 2\)"
    ):
        decide(Desk(book), "settling", person(), dt.date(2019, 12, 31))


def test_a_county_value_goes_before_a_citys_and_a_citys_before_the_nations(book):
    day = dt.date(2024, 9, 1)
    answers = {
        c: decide(Desk(book), "settling", person(county=c, arrived=dt.date(2024, 7, 15)), day)
        for c in (140105, 140106, 141002)
    }
    assert {c: d.answer for c, d in answers.items()} == {140105: "grant", 140106: "deny", 141002: "deny"}
    assert str(answers[140106].span.granted_from) == "2024-10-15"
    assert answers[140106].because[0].article == "City order art. 1"
    assert answers[140105].place == {"basis": "residence", "region": "140105"}


def test_an_amount_is_paid_in_yuan_and_only_where_granted(book):
    family = {
        **NEWCOMER,
        "income": 0,
        "household": [{"income": 300, "works": True}, {"income": 0, "works": False}],
    }
    found = decide(Desk(book), "family_help", read_person(FACTS, family), ON)
    assert (found.answer, found.amount) == ("grant", 1951.5)
    rich = decide(Desk(book), "family_help", read_person(FACTS, {**family, "income": 90_000}), ON)
    assert (rich.answer, rich.amount) == ("deny", None)


def test_a_members_unknown_income_is_asked_for_by_name(book):
    family = {**NEWCOMER, "income": 0, "household": [{"works": True}]}
    assert decide(Desk(book), "family_help", read_person(FACTS, family), ON).missing == (
        "household[1].income",
    )
    alone = decide(Desk(book), "family_help", read_person(FACTS, NEWCOMER), ON)
    assert alone.missing == ("household",)


def test_one_guardian_is_enough(book):
    child = {
        "birth": dt.date(2015, 1, 1),
        "guardians": [{"arrived": "never"}, {"arrived": dt.date(2020, 1, 1)}],
    }
    assert decide(Desk(book), "child_help", read_person(FACTS, child), ON).answer == "grant"
    child["guardians"][1]["arrived"] = None
    assert decide(Desk(book), "child_help", read_person(FACTS, child), ON).answer == "need_info"


def people(book: LoadedBook, rows: int, seed: int) -> list[Person]:
    table = adversarial(book, ON, rows, seed, ["settling", "child_help"])
    found = []
    for row in table.to_pylist():
        facts = {f.name: value_of(row[f.name], f.type) for f in FACTS if row[f.name] is not None}
        found.append(Person(facts, {"guardians": []}))
    for child, guardian in pairwise(found):
        child.related["guardians"] = [guardian]
    return found


@pytest.mark.parametrize("rule", ["settling", "child_help"])
def test_between_two_break_points_an_answer_never_changes(book, rule):
    desk = Desk(book)
    first, last = dt.date(2024, 1, 1), dt.date(2025, 12, 31)
    days = [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
    for someone in people(book, 60, seed=3):
        points = set(breakpoints(desk, rule, someone, ON))
        answers = [desk.truth(rule, someone, day) for day in days]
        changed = {
            d for d, before, after in zip(days[1:], answers, answers[1:], strict=False) if before is not after
        }
        assert changed <= points, someone.facts


def test_since_until_and_from_are_what_a_daily_search_finds(book):
    desk = Desk(book)
    for someone in people(book, 40, seed=5):
        found = span(desk, "settling", someone, ON)
        answer = desk.truth("settling", someone, ON)
        ahead = [ON + dt.timedelta(days=i) for i in range(1, 800)]
        until = next((d for d in ahead if desk.truth("settling", someone, d) is not answer), None)
        granted = next((d for d in ahead if desk.truth("settling", someone, d) is True), None)
        if until is not None:
            assert found.until == until
        if answer is not True and granted is not None:
            assert found.granted_from == granted


def test_a_receipt_reproduces_its_decision_from_what_is_written_on_it(book):
    desk, someone = Desk(book), person()
    given = receipt(desk, decide(desk, "settling", someone, ON), someone, "applicant-1")
    assert given.because_zh and given.because_en and "2025-01-09" in given.next_step_en
    again = reproduce(desk, given.model_dump(mode="json"))
    assert again.digest == given.digest


def test_a_receipt_with_links_reproduces_too(book):
    desk = Desk(book)
    child = read_person(
        FACTS,
        {"birth": dt.date(2015, 1, 1), "guardians": [{"arrived": "never"}, {"arrived": dt.date(2020, 1, 1)}]},
    )
    given = receipt(desk, decide(desk, "child_help", child, ON), child)
    assert reproduce(desk, given).digest == given.digest


def test_an_altered_receipt_is_found_out(book):
    desk, someone = Desk(book), person()
    given = receipt(desk, decide(desk, "settling", someone, ON), someone).model_dump(mode="json")
    given["answer"] = "grant"
    with pytest.raises(ReceiptError, match="gives other answer"):
        reproduce(desk, given)


def test_a_receipt_of_another_rule_book_is_not_reproduced(book):
    desk, someone = Desk(book), person()
    given = receipt(desk, decide(desk, "settling", someone, ON), someone)
    with pytest.raises(ReceiptError, match="another rule book"):
        reproduce(Desk(book_of(RULES[:3])), given)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"arived": 1}, "arived is no fact of this rule book. Did you mean arrived?"),
        ({"arrived": "soon"}, "arrived: 'soon' is no date"),
        ({"works": "maybe"}, "works: 'maybe' is neither yes nor no"),
        ({"income": "much"}, "income: .*is neither a number"),
        ({"income": 1.005}, "finer than the engine keeps"),
        ({"colour": "green"}, "colour: 'green' is not one of red, blue"),
        ({"arrived": dt.date(1700, 1, 1)}, "before 1800"),
    ],
)
def test_a_wrong_fact_is_refused_and_named(facts, message):
    with pytest.raises(FactError, match=message):
        read_person(FACTS, facts)


def test_chinese_and_english_words_are_read_alike():
    found = read_person(FACTS, {"works": "是", "studies": "no", "colour": "蓝", "arrived": "无"})
    assert found.facts == {"works": True, "studies": False, "colour": 2, "arrived": kernel.NEVER}


def test_answers_are_three():
    assert ANSWERS == {True: "grant", False: "deny", None: "need_info"}
