"""The signed envelope: worked values with a known key, canonical form, and that no change goes unnoticed."""

import copy
import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.web.exchange.envelope import (
    Content,
    Malformed,
    canonical,
    digest,
    fits,
    key_id,
    opened,
    parsed,
    sign,
)

# The secret key of RFC 8032, 7.1, test 1; its public key stands there too.
SECRET = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET))
MOMENT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
CONTENT = Content(
    id="5e0d7c1a-0000-4000-8000-000000000001", sender="linfen", receiver="taiyuan", kind="residence.request",
    purpose="residence_permit", basis="第九条", region="141002", body={"b": 1, "a": ["甲", None, True]},
)  # fmt: skip
CANONICAL = (
    '{"answers":"","basis":"第九条","body":{"a":["甲",null,true],"b":1},"id":"5e0d7c1a-0000-4000-8000-000000000001",'
    '"key":"21fe31dfa154a261","kind":"residence.request","purpose":"residence_permit","receiver":"taiyuan",'
    '"region":"141002","sender":"linfen","sent_at":"2026-03-02T01:00:00Z","version":1}'
)
SIGNATURE = "d2e9065b5ec6c7dcc3b369dda5d5a1e6f761bac12e4791fdf96ec5f46234bbbbf2fece4f38ee5f3ff994e9435caaa8b8e308d3dcc7b8f24079abe8e9256a600f"


def envelope() -> dict[str, Any]:
    return CONTENT.signed(KEY, MOMENT)


def test_the_key_is_the_one_of_the_standard() -> None:
    assert KEY.public_key().public_bytes_raw().hex() == PUBLIC
    assert (
        key_id(bytes.fromhex(PUBLIC))
        == hashlib.sha256(bytes.fromhex(PUBLIC)).hexdigest()[:16]
        == "21fe31dfa154a261"
    )


def test_a_known_message_has_the_known_canonical_form_and_signature() -> None:
    found = envelope()
    signature = found.pop("signature")
    assert canonical(found).decode() == CANONICAL
    assert KEY.sign(b"renben.envelope.1\n" + CANONICAL.encode()).hex() == signature == SIGNATURE


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    value = {"z": '€$\u000f\nA\'B"\\\\"/', "a": [56, -1, 0, None, True, False], "n": {}}
    assert (
        canonical(value).decode()
        == '{"a":[56,-1,0,null,true,false],"n":{},"z":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_the_order_of_names_changes_nothing() -> None:
    found = envelope()
    turned = dict(reversed(found.items()))
    assert list(turned) != list(found)
    assert canonical(turned) == canonical(found) and fits("envelope", turned, bytes.fromhex(PUBLIC))
    assert opened(turned) == opened(found) == (CONTENT, MOMENT)


@given(st.dictionaries(st.from_regex(r"\A[a-z][a-z0-9_]{0,6}\Z"), st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
                       | st.text(st.characters(exclude_categories=("Cs",)), max_size=9), max_size=6))  # fmt: skip
def test_what_is_read_again_has_the_same_form(value: dict[str, Any]) -> None:
    spaced = json.dumps(value, indent=2).encode()
    assert canonical(parsed(spaced)) == canonical(value) == canonical(parsed(canonical(value)))


@settings(max_examples=400)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_refused(place: int, flip: int) -> None:
    raw = bytearray(canonical(envelope()))
    place %= len(raw)
    raw[place] ^= flip
    try:
        found = parsed(bytes(raw))
        opened(found)
    except Malformed:
        return
    assert not fits("envelope", found, bytes.fromhex(PUBLIC)), (place, flip)


def test_a_changed_field_is_refused_each_by_itself() -> None:
    for name, value in envelope().items():
        found = copy.deepcopy(envelope())
        found[name] = (
            {"c": 2}
            if name == "body"
            else value + 1
            if isinstance(value, int)
            else value[:-1] + "0" + value[-1:]
        )
        assert not fits("envelope", found, bytes.fromhex(PUBLIC)), name


def test_a_signature_of_one_kind_of_document_fits_no_other() -> None:
    found = sign("receipt", {"version": 1}, KEY)
    assert fits("receipt", found, bytes.fromhex(PUBLIC))
    assert not fits("certificate", found, bytes.fromhex(PUBLIC))
    assert not fits("receipt", found, hashlib.sha256(b"x").digest())


def test_the_same_content_sent_later_has_the_same_digest_and_another_signature() -> None:
    later = CONTENT.signed(KEY, MOMENT + dt.timedelta(hours=3))
    assert later["signature"] != envelope()["signature"]
    assert opened(later)[0].digest == CONTENT.digest == digest({**CONTENT.__dict__, "version": 1})


WRONG: tuple[tuple[Any, str], ...] = (
    (1.5, "float 1.5"),
    (2**53, "beyond 2"),
    ({"Name": 1}, "name 'Name'"),
    ({"a": {"b": ["x", b"y"]}}, r"document.a.b\[1\]: bytes"),
    ("\ud800", "half of a character pair"),
)


@pytest.mark.parametrize(("value", "said"), WRONG)
def test_a_value_without_a_single_form_is_named(value: Any, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        canonical(value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"a":1,"a":2}', "name 'a' twice"),
        (b"[1]", "list, an object"),
        (b"{", "no JSON"),
        (b'{"a":"' + b"x" * 300_000 + b'"}', "262144 at most"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_bytes_that_are_no_document_are_named(raw: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        parsed(raw)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 2), ("version", True), ("id", "1"), ("sender", "Linfen"), ("kind", "../x"), ("purpose", ""),
        ("basis", ""), ("basis", 1), ("region", "14"), ("body", []), ("answers", "x"), ("sent_at", "2026-03-02"),
        ("sent_at", "2026-3-02T01:00:00Z"), ("key", "00"), ("signature", "A" * 128), ("more", 1),
    ],
)  # fmt: skip
def test_an_envelope_out_of_form_is_refused_by_its_field(name: str, value: Any) -> None:
    with pytest.raises(Malformed, match=name):
        opened({**envelope(), name: value})


def test_a_missing_field_is_named() -> None:
    found = envelope()
    del found["basis"]
    with pytest.raises(Malformed, match="basis"):
        opened(found)
