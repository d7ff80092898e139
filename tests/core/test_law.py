"""Provisions: dated, cited, overridden by region, recorded."""

import datetime as dt

import pytest

from renben.catalogue import Dated, Provision, load
from renben.core.errors import LawError
from renben.core.law import Law


def provision(**regions) -> Provision:
    values = {
        dt.date(2016, 1, 1): Dated(value=6, ref="State Council Order 663 art. 2", trust="L"),
        dt.date(2026, 1, 1): Dated(value=3, ref="Order 900 art. 1", trust="L"),
        dt.date(2030, 1, 1): Dated(value=None, ref="repealed by Order 1000", trust="L"),
    }
    return Provision(
        name="permit.months", zh="月数", en="Months", unit="month", values=values, regions=regions
    )


def law(day: str, **more) -> Law:
    one = provision(**{"140100": {dt.date(2020, 1, 1): Dated(value=1, ref="city rule 3", trust="S")}})
    return Law({"permit.months": one}, dt.date.fromisoformat(day), **more)


@pytest.mark.parametrize(
    ("day", "value"), [("2016-01-01", 6), ("2025-12-31", 6), ("2026-01-01", 3), ("2029-12-31", 3)]
)
def test_the_value_in_force_on_a_day_holds_from_its_day_until_the_next(day, value):
    assert law(day).value("permit.months") == value


def test_nothing_in_force_yet_names_the_first():
    with pytest.raises(LawError) as caught:
        law("2015-06-30").value("permit.months")
    assert str(caught.value) == (
        "permit.months: nothing in force on 2015-06-30; the first is 2016-01-01 (State Council Order 663 art. 2)."
    )


def test_a_repealed_provision_says_so():
    with pytest.raises(LawError, match="ended on 2030-01-01 \\(repealed by Order 1000\\)"):
        law("2031-01-01").value("permit.months")


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(LawError, match=r"Did you mean permit\.months\?"):
        law("2024-01-01").value("permit.month")


def test_the_nearest_region_overrides_and_the_others_keep_the_nations_value():
    parents = {"140105": "140100", "140100": "140000", "140200": "140000", "140000": None}
    at = law("2024-12-31", parents=parents)
    assert at.value("permit.months", "140105") == 1
    assert at.value("permit.months", "140200") == 6
    assert at.value("permit.months") == 6
    assert law("2019-12-31", parents=parents).value("permit.months", "140105") == 6


def test_every_value_asked_for_is_recorded_with_its_article():
    at = law("2024-12-31")
    at.value("permit.months")
    assert [(u.value, u.ref, u.trust) for u in at.used.values()] == [
        (6, "State Council Order 663 art. 2", "L")
    ]


def test_absence_is_recorded_too_so_that_a_later_value_is_noticed():
    at = law("2015-01-01")
    assert not at.has("permit.months") and not at.has("nowhere")
    assert {u.trust for u in at.used.values()} == {"absent"}


def test_every_provision_of_the_catalogue_has_a_reference_and_a_trust_mark():
    laws = load().laws
    assert laws
    assert all(d.ref and d.trust for p in laws.values() for d in p.values.values())
