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
from renben.web.guard.crypto import CIPHERS, HEAD, NONCE, Aead, SealBroken, Sm4Gcm, newest, seal_of


@lru_cache(maxsize=16)
def _ciphers(purpose: str) -> dict[tuple[int, int], Aead]:
    """Every cipher of one purpose by its byte and key number."""

    def derived(key: str) -> bytes:
        info = f"renben|vault|{purpose}".encode()
        return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(base64.b64decode(key))

    keys = {number: derived(key) for number, key in web_settings().keys().data.items()}
    found: dict[tuple[int, int], Aead] = {(CIPHERS["aes256gcm"], n): AESGCM(key) for n, key in keys.items()}
    return found | {(CIPHERS["sm4gcm"], n): Sm4Gcm(key) for n, key in keys.items()}


def forget_keys() -> None:
    """Read the keys again: after they were changed, and in tests."""
    _ciphers.cache_clear()


def seal(content: bytes, purpose: str, owner: object) -> bytes:
    """Encrypt a file for one row.

    Args:
        content: the file.
        purpose: names the key, such as `photo`.
        owner: key of the row.
    """
    kind = newest()
    nonce = secrets.token_bytes(NONCE)
    sealed = _ciphers(purpose)[kind].encrypt(nonce, content, f"{purpose}|{owner}".encode())
    return struct.pack(">BH", *kind) + nonce + sealed


def unseal(stored: bytes | memoryview, purpose: str, owner: object) -> bytes:
    """The file that `seal` stored.

    Raises:
        SealBroken: altered, moved to another row, or sealed with a key that is not in the key file.
    """
    raw = bytes(stored)
    kind, number = seal_of(raw)
    cipher = _ciphers(purpose).get((kind, number))
    if cipher is None:
        raise SealBroken(
            f"{purpose}: sealed with key {number}, which the key file does not hold; restore it."
        )
    try:
        return cipher.decrypt(raw[HEAD : HEAD + NONCE], raw[HEAD + NONCE :], f"{purpose}|{owner}".encode())
    except InvalidTag as error:
        raise SealBroken(
            f"{purpose} of {owner}: altered or moved from another row; see the audit."
        ) from error
