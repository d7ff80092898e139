"""Citizen numbers that cannot belong to anybody, and plausible names, for demonstration persons.

Carries out: GB 11643 (18 digits: address, birth date, sequence with sex parity, check digit after
ISO 7064 MOD 11-2). The address code used is one never assigned; it is a catalogue value, not written here.

Not modelled: 15-digit numbers, the permits of Hong Kong, Macao, Taiwan and foreign residents.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from renben.core.errors import RenbenError

_CHECK_CHARACTERS = "0123456789X"
_MODULUS = 11
_LENGTH = 18
_SEQUENCES = 500


class NumberError(RenbenError, ValueError):
    """A citizen number cannot be made; the message names the value and the next step."""


def check_character(first17: str) -> str:
    """Return the check character (0-9 or X) of a citizen number.

    Formula: ISO 7064 MOD 11-2, the check c makes sum(digit_i * 2**(18 - i)) + c = 1 (mod 11).

    Args:
        first17: The first 17 digits.

    Raises:
        NumberError: If there are not exactly 17 digits.
    """
    if len(first17) != _LENGTH - 1 or not first17.isdigit():
        raise NumberError(
            f"citizen number: {first17!r} has to be {_LENGTH - 1} digits before the check digit"
        )
    total = sum(int(digit) * pow(2, _LENGTH - 1 - place, _MODULUS) for place, digit in enumerate(first17))
    return _CHECK_CHARACTERS[(1 - total) % _MODULUS]


def fixture_numbers(
    births: Sequence[np.datetime64] | npt.NDArray[np.datetime64],
    sexes: Sequence[int] | npt.NDArray[np.integer],
    address_code: str,
) -> list[str]:
    """Return one 18-character citizen number per person, unique, and never a real person's.

    Persons of the same birth date and sex get rising sequence numbers, as at a registration office.

    Args:
        births: Birth dates, one per person.
        sexes: 1 male, 2 female (GB/T 2261.1), one per person.
        address_code: Six digits that were never assigned to a region.

    Raises:
        NumberError: If more persons share a birth date and sex than there are sequence numbers (500).
    """
    used: dict[tuple[str, int], int] = {}
    numbers = []
    for birth, sex in zip(np.asarray(births, dtype="datetime64[D]"), sexes, strict=True):
        day = str(birth).replace("-", "")
        parity = 1 if int(sex) == 1 else 0
        turn = used.get((day, parity), 0)
        if turn >= _SEQUENCES:
            raise NumberError(
                f"citizen number: more than 500 persons born {birth} of sex {sex}; draw fewer persons"
            )
        used[day, parity] = turn + 1
        first17 = f"{address_code}{day}{2 * turn + parity:03d}"
        numbers.append(first17 + check_character(first17))
    return numbers


def draw_names(
    rng: np.random.Generator,
    surnames: npt.NDArray[np.int64],
    sexes: npt.NDArray[np.integer],
    words: Mapping[str, Sequence[str]],
    double_share: float,
) -> list[str]:
    """Return one plausible name per person (surname and one or two given characters; no unit).

    Args:
        rng: Source of randomness.
        surnames: Index into the surname list, one per person, so that families may share one.
        sexes: 1 male, 2 female.
        words: The lists `surnames`, `given_male`, `given_female` and `given_any` of the catalogue.
        double_share: Share of given names with two characters.
    """
    pools = {
        1: [*words["given_male"], *words["given_any"]],
        2: [*words["given_female"], *words["given_any"]],
    }
    letters = 1 + (rng.random(len(surnames)) < double_share).astype(np.int64)
    picks = rng.random((len(surnames), 2))
    names = []
    for surname, sex, length, pick in zip(surnames, sexes, letters, picks, strict=True):
        pool = pools[2 if int(sex) == 2 else 1]
        given = [pool[int(u * len(pool))] for u in pick[:length]]
        names.append(words["surnames"][int(surname) % len(words["surnames"])] + "".join(given))
    return names
