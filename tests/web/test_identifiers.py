"""Document numbers: the worked values of the specification, then properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.web.registry.identifiers import check_digit, check_id, from_fifteen

TODAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("number", "kind", "level", "birth", "sex", "why"),
    [
        ("11010519491231002X", "citizen", "ok", dt.date(1949, 12, 31), "2", "002 is even"),
        (
            "440524188001010014",
            "citizen",
            "ok",
            dt.date(1880, 1, 1),
            "1",
            "county and birth year need not match",
        ),
        ("11010519491231002x", "citizen", "ok", dt.date(1949, 12, 31), "2", "small x"),
        ("１１０１０５１９４９１２３１００２Ｘ", "citizen", "ok", dt.date(1949, 12, 31), "2", "full width"),
        ("110105491231002", "citizen", "warning", dt.date(1949, 12, 31), "2", "old number, converted"),
        ("149901198501010014", "citizen", "warning", dt.date(1985, 1, 1), "1", "address never assigned"),
        ("149901198501010022", "citizen", "warning", dt.date(1985, 1, 1), "2", "female fixture"),
        ("149901200402290014", "citizen", "warning", dt.date(2004, 2, 29), "1", "leap day"),
        ("149901198812310030", "citizen", "warning", dt.date(1988, 12, 31), "1", "fixture"),
        ("810000199901010014", "compatriot", "ok", dt.date(1999, 1, 1), "1", "compatriot permit"),
        ("830000199901010026", "compatriot", "ok", dt.date(1999, 1, 1), "2", "compatriot permit"),
        ("910199199901010015", "foreign_2023", "ok", dt.date(1999, 1, 1), "1", "foreign permanent resident"),
        ("810000199901010014", "citizen", "error", None, "", "not a citizen's number"),
        ("910199199901010015", "citizen", "error", None, "", "not a citizen's number"),
        ("910199199901010015", "compatriot", "error", None, "", "not a compatriot's number"),
        ("149901198501010015", "citizen", "error", None, "", "wrong check character"),
        ("149901199002300013", "citizen", "error", None, "", "30 February"),
        ("14010\n", "citizen", "error", None, "", "line break and too short"),
        ("١٤٩٩٠١١٩٨٥٠١٠١٠٠١٤", "citizen", "error", None, "", "Arabic digits are not digits here"),
    ],
)
def test_a_number_is_judged_as_the_specification_says(
    number: str, kind: str, level: str, birth: dt.date | None, sex: str, why: str
) -> None:
    found = check_id(number, kind, TODAY)
    assert found.level == level, why
    if level != "error":
        assert (found.birth, found.sex) == (birth, sex), why


def test_an_old_number_is_converted() -> None:
    assert from_fifteen("110105491231002") == "11010519491231002X"


def test_a_birth_in_the_future_is_refused() -> None:
    first = "14990120990101001"
    assert "E_BIRTH" in check_id(first + check_digit(first), "citizen", TODAY).codes


def test_a_stated_sex_that_contradicts_the_number_asks_for_a_look() -> None:
    assert check_id("11010519491231002X", "citizen", TODAY, declared_sex="1").level == "review"


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="passport"):
        check_id("1", "passport", TODAY)


first17 = st.integers(0, 10**17 - 1).map(lambda n: f"{n:017d}")


@given(first17, st.integers(0, 15))
def test_every_swap_of_neighbours_is_noticed(number: str, at: int) -> None:
    whole = number + check_digit(number)
    swapped = whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :]
    if swapped != whole and swapped[:17].isdigit():
        assert check_digit(swapped[:17]) != swapped[17]


@given(first17, st.integers(0, 16), st.integers(0, 9))
def test_every_wrong_digit_is_noticed(number: str, at: int, digit: int) -> None:
    changed = number[:at] + str(digit) + number[at + 1 :]
    assert (check_digit(changed) == check_digit(number)) == (changed == number)
