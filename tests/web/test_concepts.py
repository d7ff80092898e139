"""The five population concepts: identities of the census, then cases of each definition."""

import datetime as dt

import pytest

from renben.web.registry.concepts import Concepts, Life, concepts, origin_class

DAY = dt.date(2026, 3, 2)
LONG, SHORT = dt.date(2025, 1, 1), dt.date(2026, 2, 1)


@pytest.mark.parametrize(
    ("life", "expected", "why"),
    [
        (Life("141002", "140105001", LONG), Concepts(True, False, True, True, True, True), "another city"),
        (
            Life("141002", "140105001", SHORT),
            Concepts(False, False, False, True, False, True),
            "not half a year",
        ),
        (
            Life("140106001", "140105001", LONG),
            Concepts(True, True, False, False, True, True),
            "two districts of a city",
        ),
        (
            Life("140121001", "140105001", LONG),
            Concepts(True, False, True, True, True, True),
            "county to district",
        ),
        (Life("140105001", "140105001", LONG), Concepts(False, False, False, False, True, True), "at home"),
        (
            Life("140105", "140105001", LONG),
            Concepts(None, None, None, False, True, True),
            "township unknown",
        ),
        (
            Life("990000", "140105001", LONG),
            Concepts(True, False, True, True, True, True),
            "another province",
        ),
        (
            Life("", "140105001", LONG),
            Concepts(None, None, None, None, True, True),
            "registered nowhere known",
        ),
    ],
)
def test_a_person_belongs_to_the_concepts_as_defined(life: Life, expected: Concepts, why: str) -> None:
    assert concepts(life, DAY) == expected, why


def test_the_census_identities_hold_in_the_definitions() -> None:
    separated, intra, floating = 492_762_506, 116_945_747, 375_816_759
    assert separated == intra + floating
    places = ["140105001", "140105002", "140106001", "140121001", "141002001", "140702001"]
    found = [concepts(Life(h, r, LONG), DAY) for h in places for r in places]
    assert sum(bool(c.separated) for c in found) == sum(
        bool(c.intra_district) + bool(c.floating) for c in found
    )


def test_the_class_of_a_settler_follows_from_the_origin() -> None:
    assert origin_class("141002", "140105") == "in_province"
    assert origin_class("990000", "140105") == "cross_province"
    assert origin_class("140121", "140105") == "in_city"
