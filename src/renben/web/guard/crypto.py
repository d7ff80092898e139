"""Encrypts personal fields bound to their row, makes blind indexes, and masks what is shown.

Stored form: cipher byte (1 AES-256-GCM, 2 SM4-GCM), key number (2 bytes), 12-byte nonce, ciphertext and tag. The
field name and the owner's key are authenticated with it, so a value copied to another row does not open. The
setting `cipher` says which one seals new values; both open. With SM4 blind indexes are HMAC-SM3, else HMAC-SHA-256.
Not covered: whoever holds the index key can try every possible number; keep it outside the database.
"""

import base64
import hashlib
import hmac
import json
import secrets
import struct
import unicodedata
from functools import lru_cache
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from renben.web.config import web_settings

CIPHERS = {"aes256gcm": 1, "sm4gcm": 2}
"""Setting -> the byte that a stored value begins with."""
HEAD, NONCE, TAG = 3, 12, 16


class SealBroken(ValueError):
    """A stored value does not belong to the row in which it was found, or its key is missing."""


class Aead(Protocol):
    """Authenticated encryption with associated data."""

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        """Ciphertext and tag."""

    def decrypt(self, nonce: bytes, sealed: bytes, bound: bytes, /) -> bytes:
        """The data; raises InvalidTag where anything was altered."""


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois counter mode; its 16-byte key is drawn from a 32-byte one with SM3."""

    def __init__(self, key: bytes) -> None:
        self.cipher = algorithms.SM4(_hmac_sm3(key, b"sm4gcm")[:16])

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        """Ciphertext and tag."""
        work = Cipher(self.cipher, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(bound)
        return work.update(data) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, sealed: bytes, bound: bytes, /) -> bytes:
        """The data; raises InvalidTag where anything was altered."""
        work = Cipher(self.cipher, modes.GCM(nonce, sealed[-TAG:])).decryptor()
        work.authenticate_additional_data(bound)
        return work.update(sealed[:-TAG]) + work.finalize()


def _hmac_sm3(key: bytes, data: bytes) -> bytes:
    work = HMAC(key, hashes.SM3())
    work.update(data)
    return work.finalize()


@lru_cache(maxsize=1)
def _ciphers() -> dict[tuple[int, int], Aead]:
    """Every cipher by its byte and key number."""
    keys = {number: base64.b64decode(key) for number, key in web_settings().keys().data.items()}
    found: dict[tuple[int, int], Aead] = {(1, number): AESGCM(key) for number, key in keys.items()}
    return found | {(2, number): Sm4Gcm(key) for number, key in keys.items()}


@lru_cache(maxsize=1)
def newest() -> tuple[int, int]:
    """Cipher byte and key number that seal new values."""
    return CIPHERS[web_settings().cipher], max(web_settings().keys().data)


def seal_of(stored: bytes | memoryview) -> tuple[int, int]:
    """Cipher byte and key number with which a stored value was sealed."""
    kind, number = struct.unpack(">BH", bytes(stored[:HEAD]))
    return kind, number


def forget_keys() -> None:
    """Read the key file and the settings again: after they were changed, and in tests."""
    for cached in (_ciphers, newest, index_key, web_settings):
        cached.cache_clear()


@lru_cache(maxsize=16)
def index_key(purpose: str) -> bytes:
    """Key of the blind index of one purpose, so that two leaked indexes cannot be joined."""
    return digest(base64.b64decode(web_settings().keys().index), purpose.encode())


def digest(key: bytes, data: bytes) -> bytes:
    if web_settings().cipher == "sm4gcm":
        return _hmac_sm3(key, data)
    return hmac.digest(key, data, hashlib.sha256)


def encrypt(plain: str, field: str, owner: object) -> bytes:
    """Encrypt one value for one row.

    Args:
        plain: the value.
        field: table and column, such as `person.name`.
        owner: key of the row's owner.
    """
    kind = newest()
    nonce = secrets.token_bytes(NONCE)
    sealed = _ciphers()[kind].encrypt(nonce, plain.encode(), _bound(field, owner))
    return struct.pack(">BH", *kind) + nonce + sealed


def decrypt(stored: bytes | memoryview | None, field: str, owner: object) -> str:
    """The value that `encrypt` stored; an empty text for nothing stored.

    Raises:
        SealBroken: moved to another row, altered, or sealed with a key that is not in the key file.
    """
    if stored is None:
        return ""
    raw = bytes(stored)
    kind, number = seal_of(raw)
    cipher = _ciphers().get((kind, number))
    if cipher is None:
        raise SealBroken(
            f"{field}: sealed with key {number} of cipher {kind}, which the key file lacks; restore it."
        )
    try:
        plain = cipher.decrypt(raw[HEAD : HEAD + NONCE], raw[HEAD + NONCE :], _bound(field, owner))
    except InvalidTag as error:
        raise SealBroken(f"{field} of {owner}: altered or moved from another row; see the audit.") from error
    return plain.decode()


def _bound(field: str, owner: object) -> bytes:
    return f"{field}|{owner}".encode()


def encrypt_json(value: Any, field: str, owner: object) -> bytes:
    """Encrypt a JSON value for one row."""
    return encrypt(json.dumps(value, ensure_ascii=False, sort_keys=True), field, owner)


def decrypt_json(stored: bytes | memoryview | None, field: str, owner: object) -> Any:
    """The JSON value that `encrypt_json` stored; an empty mapping for nothing stored."""
    text = decrypt(stored, field, owner)
    return json.loads(text) if text else {}


def blind_index(value: str, purpose: str) -> str:
    """Keyed hash (32 hexadecimal digits) by which an encrypted value can be found; one key per purpose."""
    folded = unicodedata.normalize("NFKC", value).strip().upper()
    return digest(index_key(purpose), folded.encode()).hex()[:32]


def masked_number(number: str) -> str:
    """First six and last four characters of an identity number, the rest covered."""
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)


def masked_phone(phone: str) -> str:
    """First three and last four digits of a phone number."""
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:] if len(phone) > 7 else "*" * len(phone)


def masked_name(name: str) -> str:
    """First character of a name, the rest covered."""
    return name[:1] + "*" * (len(name) - 1)
