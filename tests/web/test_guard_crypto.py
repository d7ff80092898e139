"""Encryption bound to the row, blind indexes per purpose, masks, and a log without personal values."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.web.guard import crypto
from renben.web.guard.logs import MaskPersonal, OneLine, masked

anything = st.text(max_size=60)


@given(anything, st.uuids())
def test_what_is_encrypted_comes_back(text: str, owner: object) -> None:
    assert crypto.decrypt(crypto.encrypt(text, "person.name", owner), "person.name", owner) == text


def test_a_value_copied_to_another_row_or_column_does_not_open() -> None:
    stored = crypto.encrypt("149901198501010014", "person.number", "a")
    for field, owner in (("person.number", "b"), ("person.name", "a")):
        with pytest.raises(crypto.SealBroken):
            crypto.decrypt(stored, field, owner)


@given(st.integers(3, 60), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, by: int) -> None:
    stored = bytearray(crypto.encrypt("149901198501010014 and more so that it is long", "f", 1))
    stored[at] ^= by
    with pytest.raises(crypto.SealBroken):
        crypto.decrypt(bytes(stored), "f", 1)


def test_a_missing_key_is_named() -> None:
    stored = bytearray(crypto.encrypt("x", "f", 1))
    stored[2] = 9
    with pytest.raises(crypto.SealBroken, match="key 9"):
        crypto.decrypt(bytes(stored), "f", 1)


def test_the_same_value_is_found_again_but_not_across_purposes() -> None:
    assert crypto.blind_index(" 11010519491231002x ", "number") == crypto.blind_index(
        "11010519491231002X", "number"
    )
    assert crypto.blind_index("1", "number") != crypto.blind_index("1", "phone")


def test_masks_cover_the_middle() -> None:
    assert crypto.masked_number("149901198501010014") == "149901********0014"
    assert crypto.masked_phone("13900000001") == "139****0001"
    assert crypto.masked_name("示例甲") == "示**"
    assert set(crypto.masked_number("123")) == {"*"}


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("GET /x?number=149901198501010014", "149901198501010014"),
        ("call 13900000001 now", "13900000001"),
        ("id 14990119850101001x", "14990119850101001x"),
        ("two\nlines\r\nforged", "\n"),
    ],
)
def test_the_log_holds_no_personal_values_and_no_forged_lines(line: str, gone: str) -> None:
    assert gone not in masked(line)


def test_an_exception_is_logged_without_its_text() -> None:
    record = logging.LogRecord("x", logging.ERROR, "p", 1, "failed", (), None)
    try:
        raise ValueError("149901198501010014 is wrong")
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    MaskPersonal().filter(record)
    text = OneLine().format(record)
    assert "149901198501010014" not in text and "ValueError" in text and "\n" not in text
