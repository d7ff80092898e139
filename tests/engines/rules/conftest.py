"""A small rule book of its own, so that the engine is tested without the domain."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest

from renben.engines.rules import (
    BOOL,
    DATE,
    INT,
    Bool,
    Date,
    Domain,
    Fact,
    Facts,
    Int,
    LoadedBook,
    Parameters,
    Provisions,
    Relation,
    Rule,
    RuleBook,
    at_least,
    div,
    entitlement,
    granted,
    has_begun,
    load,
    read_topic,
    rule,
)
from renben.engines.rules.types import code_type
from renben.engines.rules.words import Granted

COLOUR = Domain("colour", red=(1, "红", "red"), blue=(2, "蓝", "blue"))
FACTS = Facts(
    [
        Fact("birth", DATE, "出生日期", "date of birth"),
        Fact("arrived", DATE, "到达日期", "arrival"),
        Fact("works", BOOL, "就业", "works"),
        Fact("studies", BOOL, "就读", "studies"),
        Fact("income", INT, "收入", "income", unit="yuan/month"),
        Fact("colour", COLOUR.type, "颜色", "colour", domain=COLOUR),
        Fact("county", code_type("region"), "居住地", "residence"),
        Fact("hukou_county", code_type("region"), "户籍地", "household registration"),
        Fact("holds_land", BOOL, "有承包地", "holds land", tags=frozenset({"land_rights"})),
    ],
    [
        Relation("household", "家庭成员", "household members", shared="household"),
        Relation("guardians", "监护人", "guardians", pointers=("mother", "father")),
    ],
)
PLACES = {"residence": "county", "hukou": "hukou_county"}
LAWS = {
    "wait_months": {
        "unit": "month",
        "values": {dt.date(2020, 1, 1): {"value": 6, "ref": "Act art. 2", "trust": "L"}},
        "regions": {
            "140100": {dt.date(2021, 1, 1): {"value": 3, "ref": "City order art. 1", "trust": "S"}},
            "140105": {dt.date(2022, 1, 1): {"value": 1, "ref": "County order", "trust": "S"}},
        },
    },
    "line": {
        "unit": "yuan/month",
        "values": {
            dt.date(2020, 1, 1): {"value": 700, "ref": "Act art. 9", "trust": "L"},
            dt.date(2024, 1, 1): {"value": 750.5, "ref": "Act art. 9", "trust": "L"},
        },
    },
    "unpublished": {
        "unit": "yuan",
        "values": {dt.date(2020, 1, 1): {"value": None, "ref": "not published", "trust": "D"}},
    },
    "from_memory": {
        "unit": "month",
        "values": {dt.date(2020, 1, 1): {"value": 9, "ref": "recalled", "trust": "M"}},
    },
}


@rule(zh="收入总额", en="income of the household")
def household_income(household: Relation, income: Int) -> Int:
    """Monthly income of all members (fen)."""
    return household.sum(income)


@entitlement(zh="安顿补助", en="settling help", law="Act art. 2")
def settling(arrived: Date, works: Bool, studies: Bool, P: Parameters) -> Bool:
    """Here for the waiting months, and working or studying."""
    return at_least(arrived, months=P.test.wait_months) & (works | studies)


@entitlement(zh="家庭补助", en="family help", law="Act art. 9", unit="yuan/month")
def family_help(household_income: Int, household: Relation, works: Bool, P: Parameters) -> Granted:
    """Income per head below the line; the difference is paid per member."""
    members = household.count(works | ~works)
    head = div(household_income, members)
    return granted(head < P.test.line, amount=(P.test.line - head) * members)


@entitlement(zh="子女补助", en="help for a child", law="Act art. 11")
def child_help(birth: Date, guardians: Relation, arrived: Date, P: Parameters) -> Bool:
    """Of age 6 and a guardian has arrived."""
    return at_least(birth, years=6) & guardians.any(has_begun(arrived))


RULES = (household_income, settling, family_help, child_help)


def provisions(changes: dict[str, Any] | None = None) -> Provisions:
    """The test provisions, with some replaced."""
    return Provisions(read_topic("test", {**LAWS, **(changes or {})}))


def book_of(rules: Iterable[Rule], laws: Provisions | None = None) -> LoadedBook:
    """A loaded book of these rules."""
    lint = [("settlement", "land_rights", "land is no condition of settlement")]
    return load(RuleBook("test", FACTS, rules, PLACES, lint), laws or provisions())


@pytest.fixture(scope="session")
def book() -> LoadedBook:
    """The small rule book, loaded."""
    return book_of(RULES)
