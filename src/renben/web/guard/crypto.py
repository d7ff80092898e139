"""Encrypts personal fields bound to their row, makes blind indexes, and masks what is shown.

Stored form: version byte, key number (2 bytes), 12-byte nonce, AES-256-GCM ciphertext and tag. The field
name and the owner's key are authenticated with it, so a value copied to another row does not open.
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
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from renben.web.config import web_settings

VERSION = 1
NONCE = 12


class SealBroken(ValueError):
    """A stored value does not belong to the row in which it was found, or its key is missing."""


@lru_cache(maxsize=1)
def _ciphers() -> dict[int, AESGCM]:
    return {number: AESGCM(base64.b64decode(key)) for number, key in web_settings().keys().data.items()}


@lru_cache(maxsize=16)
def index_key(purpose: str) -> bytes:
    """Key of the blind index of one purpose, so that two leaked indexes cannot be joined."""
    master = base64.b64decode(web_settings().keys().index)
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()


def encrypt(plain: str, field: str, owner: object) -> bytes:
    """Encrypt one value for one row.

    Args:
        plain: the value.
        field: table and column, such as `person.name`.
        owner: key of the row's owner.
    """
    number = max(_ciphers())
    nonce = secrets.token_bytes(NONCE)
    sealed = _ciphers()[number].encrypt(nonce, plain.encode(), _bound(field, owner))
    return struct.pack(">BH", VERSION, number) + nonce + sealed


def decrypt(stored: bytes | memoryview | None, field: str, owner: object) -> str:
    """The value that `encrypt` stored; an empty text for nothing stored.

    Raises:
        SealBroken: moved to another row, altered, or sealed with a key that is not in the key file.
    """
    if stored is None:
        return ""
    raw = bytes(stored)
    _, number = struct.unpack(">BH", raw[:3])
    cipher = _ciphers().get(number)
    if cipher is None:
        raise SealBroken(f"{field}: sealed with key {number}, which the key file does not hold; restore it.")
    try:
        plain = cipher.decrypt(raw[3 : 3 + NONCE], raw[3 + NONCE :], _bound(field, owner))
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
    return hmac.new(index_key(purpose), folded.encode(), hashlib.sha256).hexdigest()[:32]


def masked_number(number: str) -> str:
    """First six and last four characters of an identity number, the rest covered."""
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)


def masked_phone(phone: str) -> str:
    """First three and last four digits of a phone number."""
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:] if len(phone) > 7 else "*" * len(phone)


def masked_name(name: str) -> str:
    """First character of a name, the rest covered."""
    return name[:1] + "*" * (len(name) - 1)
