"""Citizen numbers of examples: correct in form, impossible in fact."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.synthesis.identity import check_character, draw_names, fixture_numbers
from renben.engines.synthesis.priors import Priors

CODE = str(Priors.read()["fixture_address_code"])
DIGITS17 = st.text("0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize("number", ["440524188001010014", "11010519491231002X"])
def test_the_sample_numbers_of_the_standard_have_the_check_character_it_prints(number):
    assert check_character(number[:17]) == number[17]


@pytest.mark.parametrize("wrong", ["", "1234", "1" * 18, "1499011985010100a"])
def test_anything_but_seventeen_digits_is_refused(wrong):
    with pytest.raises(ValueError, match="17 digits"):
        check_character(wrong)


@given(DIGITS17, st.integers(0, 15))
def test_swapping_two_different_neighbours_changes_the_check_character(first17, place):
    swapped = list(first17)
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    if "".join(swapped) != first17:
        assert check_character("".join(swapped)) != check_character(first17)


@given(
    st.lists(
        st.tuples(st.dates(dt.date(1900, 1, 1), dt.date(2020, 11, 1)), st.sampled_from([1, 2])), max_size=60
    )
)
def test_fixture_numbers_are_unique_carry_birth_and_sex_and_use_the_unassigned_code(people):
    births = np.array([birth for birth, _ in people], dtype="datetime64[D]")
    numbers = fixture_numbers(births, [sex for _, sex in people], CODE)
    assert len(set(numbers)) == len(people)
    for number, (birth, sex) in zip(numbers, people, strict=True):
        assert number[:6] == CODE == "149901" and number[6:14] == birth.strftime("%Y%m%d")
        assert int(number[16]) % 2 == sex % 2 and number[17] == check_character(number[:17])


def test_more_persons_of_one_birthday_and_sex_than_sequence_numbers_are_refused():
    births = np.full(501, "1990-01-01", dtype="datetime64[D]")
    assert len(set(fixture_numbers(births[:500], np.ones(500, dtype=int), CODE))) == 500
    with pytest.raises(ValueError, match="more than 500 persons born 1990-01-01"):
        fixture_numbers(births, np.ones(501, dtype=int), CODE)


def test_names_keep_the_family_name_and_come_from_the_list():
    words = Priors.read()["names"]
    surnames = np.array([0, 0, 3])
    names = draw_names(np.random.default_rng(1), surnames, np.array([1, 2, 2]), words, 1.0)
    assert [name[0] for name in names] == [words["surnames"][i] for i in surnames]
    assert all(len(name) == 3 for name in names)
    assert names[0][1] in words["given_male"] + words["given_any"]
