"""Keys and ciphers change while nothing is lost: SM4 beside AES, sealing anew, indexes anew, killed in the middle."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import BinaryField
from hypothesis import given
from hypothesis import strategies as st

from renben.web import checks
from renben.web.config import ConfigError, Keys, web_settings
from renben.web.guard import crypto, rotation, vault
from renben.web.registry import people
from renben.web.registry.models import Person
from tests.web.planted import NAME, NUMBER, Planted
from tests.web.service import clean_environment

ROWS = 450
PREPARE = f"""
import datetime as dt, sys
from renben.web import checks, start
start.prepare(); checks.migrate()
from renben.web.registry import people
from renben.web.guard import rotation
from renben.web.registry.identifiers import check_digit
rotation.index_in_use()
for n in range({ROWS}):
    first = f"14990119800101{{n:03d}}"
    facts = dict(document_kind="citizen", number=first + check_digit(first), name=f"示例{{n}}", sex="1", phone=f"139{{n:08d}}",
                 birth=dt.date(1980, 1, 1), hukou_region="141002", hukou_kind="10", hukou_rural=True, region="140105")
    people.state_person(facts, dt.date(2026, 1, 1), "test")
"""
VERIFY = f"""
import json
from renben.web import start
start.prepare()
from renben.web.registry import people
from renben.web.registry.identifiers import check_digit
from renben.web.guard import rotation
found = read = named = 0
for n in range({ROWS}):
    first = f"14990119800101{{n:03d}}"
    one = people.find("citizen", first + check_digit(first))
    found += one is not None
    read += one is not None and (one.name, one.phone) == (f"示例{{n}}", f"139{{n:08d}}")
    named += one is not None and one.key in set(people.search(f"示例{{n}}"))
print(json.dumps({{"found": found, "read": read, "named": named, "kinds": len(rotation.used())}}))
"""
WHOLE = {"found": ROWS, "read": ROWS, "named": ROWS, "kinds": 1}


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Change keys and cipher of this process; they are put back at the end."""
    before = web_settings().keys()
    path = tmp_path / "keys.json"

    def change(keys: Keys | None = None, cipher: str = "aes256gcm") -> None:
        (keys or before).replace(path)
        monkeypatch.setenv("RENBEN_WEB_KEY_FILE", str(path))
        monkeypatch.setenv("RENBEN_WEB_CIPHER", cipher)
        crypto.forget_keys()
        vault.forget_keys()

    yield change
    monkeypatch.undo()
    crypto.forget_keys()
    vault.forget_keys()


OPEN = {"payments.GivenFile.content"}
"""Bytes that hold nothing personal and are not sealed: amounts by region."""


def test_every_sealed_column_is_known_to_the_rotation() -> None:
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and model.__module__.startswith("renben.")
    }
    assert columns - OPEN == {f"{one.model}.{one.column}" for one in rotation.COLUMNS}, (
        "add it to guard/rotation.py"
    )


@given(st.text(max_size=80), st.uuids(), st.integers(3, 40), st.integers(1, 255))
def test_sm4_gcm_gives_back_what_it_sealed_and_notices_every_change(
    text: str, owner: object, at: int, by: int
) -> None:
    cipher, bound, nonce = crypto.Sm4Gcm(b"k" * 32), str(owner).encode(), b"n" * 12
    sealed = bytearray(cipher.encrypt(nonce, text.encode(), bound))
    assert cipher.decrypt(nonce, bytes(sealed), bound).decode() == text
    sealed[at % len(sealed)] ^= by
    with pytest.raises(crypto.InvalidTag):
        cipher.decrypt(nonce, bytes(sealed), bound)
    sealed[at % len(sealed)] ^= by
    with pytest.raises(crypto.InvalidTag):
        cipher.decrypt(nonce, bytes(sealed), bound + b"x")


def test_sm4_gcm_agrees_with_the_published_vector() -> None:
    """RFC 8998, appendix A.1."""
    from cryptography.hazmat.primitives.ciphers import algorithms  # noqa: PLC0415

    work = crypto.Sm4Gcm(b"")
    work.cipher = algorithms.SM4(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    plain = bytes.fromhex("".join(f"{pair}" * 8 for pair in ("AA", "BB", "CC", "DD", "EE", "FF", "EE", "AA")))
    bound = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = work.encrypt(bytes.fromhex("00001234567800000000ABCD"), plain, bound)
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


def test_hmac_sm3_is_the_published_one() -> None:
    """SM3 of "abc" is GB/T 32905 A.1; the keyed form is checked against the definition of HMAC over it."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

    def sm3(data: bytes) -> bytes:
        work = hashes.Hash(hashes.SM3())
        work.update(data)
        return work.finalize()

    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    key = b"key".ljust(64, b"\0")
    inner = sm3(bytes(b ^ 0x36 for b in key) + b"data")
    assert crypto._hmac_sm3(b"key", b"data") == sm3(bytes(b ^ 0x5C for b in key) + inner)


def test_values_of_both_ciphers_open_and_new_ones_take_the_chosen_one(keyed: Callable[..., None]) -> None:
    keyed()
    aes, index = crypto.encrypt("x", "f", 1), crypto.blind_index("1", "number")
    keyed(cipher="sm4gcm")
    sm4 = crypto.encrypt("y", "f", 1)
    assert (crypto.seal_of(aes)[0], crypto.seal_of(sm4)[0]) == (1, 2)
    assert (crypto.decrypt(aes, "f", 1), crypto.decrypt(sm4, "f", 1)) == ("x", "y")
    assert crypto.blind_index("1", "number") != index


def test_everything_is_sealed_anew_and_still_opens(planted: Planted, keyed: Callable[..., None]) -> None:
    keyed()
    keyed(web_settings().keys().with_data_key(), "sm4gcm")
    before = rotation.used()
    assert set(before) == {(1, 1)} and before.total() >= 8
    done = rotation.reseal()
    assert rotation.used() == {(2, 2): before.total()} and sum(done.values()) == before.total()
    unused = {"registry.OneTimeCode.code_ct", "registry.PhotoGrant.code_ct"}
    unused |= {"flow.CaseLink.why_ct", "flow.CaseLink.undone_why_ct"}
    assert set(done) == {f"{one.model}.{one.column}" for one in rotation.COLUMNS} - unused
    assert sum(rotation.reseal().values()) == 0, "a second call has nothing to do"
    person = people.person(str(planted.done.person_key))
    assert person is not None and (person.name, person.number) == (NAME, NUMBER)


def test_a_changed_index_key_keeps_the_service_from_starting_until_the_indexes_are_made_anew(
    planted: Planted, keyed: Callable[..., None]
) -> None:
    keyed()
    assert rotation.index_in_use() and people.find("citizen", NUMBER) is not None
    keyed(web_settings().keys().with_index_key())
    with pytest.raises(checks.StartError, match="keys rotate --index"):
        checks.check_start()
    assert people.find("citizen", NUMBER) is None, "found by the old index only"
    assert rotation.reindex() == Person.objects.count()
    found = people.find("citizen", NUMBER)
    assert found is not None and found.key == planted.done.person_key
    assert planted.done.person_key in set(people.search(NAME))
    checks.check_start()


def test_the_newest_key_cannot_be_retired_nor_one_that_is_not_there() -> None:
    keys = Keys.fresh().with_data_key()
    assert set(keys.without(1).data) == {2}
    for number in (2, 9):
        with pytest.raises(ConfigError, match=f"key {number}"):
            keys.without(number)


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        **clean_environment(),
        "RENBEN_WEB_FOLDER": str(folder),
        "RENBEN_WEB_DEMO": "1",
        "RENBEN_WEB_HTTPS": "0",
        **more,
    }


def told(folder: Path, code: str, **more: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(folder, **more), capture_output=True, check=True
    )
    return json.loads(done.stdout) if done.stdout.strip() else None


def keys_command(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "renben", "keys", *words, "--demo", "--folder", str(folder)]
    return subprocess.run(
        command, env=environment(folder, **more), capture_output=True, text=True, check=False
    )


def killed(folder: Path, at: str, *words: str, **more: str) -> None:
    """Begin a rotation and kill -9 it when it says that some rows are done."""
    command = [sys.executable, "-m", "renben", "keys", "rotate", *words, "--demo", "--folder", str(folder)]
    process = subprocess.Popen(
        command, env=environment(folder, **more), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(at):
            os.killpg(process.pid, signal.SIGKILL)
            break
    else:
        raise AssertionError("ended before it could be killed")
    process.wait()


def test_a_rotation_killed_in_the_middle_goes_on_and_ends_whole(tmp_path: Path) -> None:
    folder = tmp_path / "service"
    folder.mkdir()
    told(folder, PREPARE)
    assert told(folder, VERIFY) == WHOLE
    assert "new data key 2" in keys_command(folder, "new").stdout
    sm4 = {"RENBEN_WEB_CIPHER": "sm4gcm"}
    killed(folder, "registry.Person.name_ct 200")
    half = told(folder, VERIFY)
    assert half == {**WHOLE, "kinds": 2}, "mixed, and every person is found and read"
    refused = keys_command(folder, "retire", "1")
    assert refused.returncode != 0 and "still seals" in refused.stderr + refused.stdout
    assert "values sealed anew" in keys_command(folder, "rotate").stdout
    assert told(folder, VERIFY) == WHOLE
    assert "key 1 is retired" in keys_command(folder, "retire", "1").stdout
    assert told(folder, VERIFY) == WHOLE
    killed(folder, "registry.Person 200", "--index", **sm4)
    assert "do not fit" in keys_command(folder, "status", **sm4).stdout
    rows = keys_command(folder, "rotate", "--index", **sm4).stdout
    assert "registry.Person 250" in rows, "it went on after the 200 rows that were done"
    assert told(folder, VERIFY, **sm4) == WHOLE
    assert "fit the index key" in keys_command(folder, "status", **sm4).stdout
