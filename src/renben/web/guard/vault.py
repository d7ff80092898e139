"""Seals files under keys of their own: one key per purpose, derived from the data keys, bound to the row.

Whoever reads a table of encrypted fields with its key cannot open a photo: that key is another one. Stored form
as in `crypto`: version byte, key number, nonce, ciphertext and tag; the content stays binary.
"""

import base64
import secrets
import struct
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from renben.web.config import web_settings
from renben.web.guard.crypto import NONCE, VERSION, SealBroken


@lru_cache(maxsize=16)
def _ciphers(purpose: str) -> dict[int, AESGCM]:
    def derived(key: str) -> bytes:
        info = f"renben|vault|{purpose}".encode()
        return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(base64.b64decode(key))

    return {number: AESGCM(derived(key)) for number, key in web_settings().keys().data.items()}


def seal(content: bytes, purpose: str, owner: object) -> bytes:
    """Encrypt a file for one row.

    Args:
        content: the file.
        purpose: names the key, such as `photo`.
        owner: key of the row.
    """
    number = max(_ciphers(purpose))
    nonce = secrets.token_bytes(NONCE)
    sealed = _ciphers(purpose)[number].encrypt(nonce, content, f"{purpose}|{owner}".encode())
    return struct.pack(">BH", VERSION, number) + nonce + sealed


def unseal(stored: bytes | memoryview, purpose: str, owner: object) -> bytes:
    """The file that `seal` stored.

    Raises:
        SealBroken: altered, moved to another row, or sealed with a key that is not in the key file.
    """
    raw = bytes(stored)
    _, number = struct.unpack(">BH", raw[:3])
    cipher = _ciphers(purpose).get(number)
    if cipher is None:
        raise SealBroken(
            f"{purpose}: sealed with key {number}, which the key file does not hold; restore it."
        )
    try:
        return cipher.decrypt(raw[3 : 3 + NONCE], raw[3 + NONCE :], f"{purpose}|{owner}".encode())
    except InvalidTag as error:
        raise SealBroken(
            f"{purpose} of {owner}: altered or moved from another row; see the audit."
        ) from error
