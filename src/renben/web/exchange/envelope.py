"""A signed message to or from another system: its shape, its canonical form, signature and digest.

Canonical form: JSON after RFC 8785 for the values that a message may hold (objects with plain names, lists, text,
whole numbers, true, false, null; no fractions): names in order, no spaces, UTF-8. What is signed is a word for the
kind of document, a line end, and the canonical form of everything but the signature, so that a signature of one kind
of document never fits another. Signatures: Ed25519 (RFC 8032), written in hexadecimal.
"""

import datetime as dt
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

VERSION = 1
LARGEST = 256 * 1024
"""Bytes of a message at most."""
DEEPEST = 12
WHOLE = 2**53 - 1
"""Largest whole number that every system writes alike (RFC 8785)."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}\Z")
"""How a party or a kind of message is named."""
KIND = re.compile(r"[a-z][a-z_]{0,38}(\.[a-z][a-z_]{0,38})?\Z")
REGION = re.compile(r"[0-9]{6}\Z")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
KEY = re.compile(r"[0-9a-f]{16}\Z")
SIGNATURE = re.compile(r"[0-9a-f]{128}\Z")
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
LONGEST = 200
"""Characters of a legal basis at most."""


class Malformed(ValueError):
    """A document is not in the form that can be signed; the message names the place."""


def canonical(value: Any) -> bytes:
    """The one form of a value in bytes.

    >>> canonical({"b": 1, "a": ["甲", None]}).decode()
    '{"a":["甲",null],"b":1}'

    Raises:
        Malformed: a value that cannot be written in one way only.
    """
    _check(value, "document", DEEPEST)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Malformed("document: half of a character pair in a text; send whole characters.") from error


def _check(value: Any, where: str, depth: int) -> None:
    if not depth:
        raise Malformed(f"{where}: nested more than {DEEPEST} deep; flatten it.")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_name(name, where)
            _check(inner, f"{where}.{name}", depth - 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, f"{where}[{number}]", depth - 1)
    else:
        _check_plain(value, where)


def _check_name(name: Any, where: str) -> None:
    if not (isinstance(name, str) and NAME.match(name)):
        raise Malformed(f"{where}: name {name!r}: small Latin letters, digits and _ only, at most 40.")


def _check_plain(value: Any, where: str) -> None:
    if isinstance(value, int):
        if abs(value) > WHOLE:
            raise Malformed(f"{where}: {value} is beyond 2^53; send it as text.")
    elif not (value is None or isinstance(value, str)):
        kind = type(value).__name__
        raise Malformed(f"{where}: {kind} {value!r} has no single form; send text or whole numbers.")


def parsed(raw: bytes) -> dict[str, Any]:
    """A document from bytes.

    Raises:
        Malformed: too large, no JSON object, or a name twice in one object.
    """
    if len(raw) > LARGEST:
        raise Malformed(f"document: {len(raw)} bytes, {LARGEST} at most; send less at a time.")
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_once)
    except Malformed:
        raise
    except (ValueError, RecursionError) as error:  # also a whole number of thousands of digits
        raise Malformed(f"document: no JSON in UTF-8 ({type(error).__name__}).") from error
    if not isinstance(value, dict):
        raise Malformed(f"document: {type(value).__name__}, an object is needed.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"document: name {twice!r} twice in one object; keep one.")
    return found


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def key_id(public: bytes) -> str:
    """By what a key is called: the first 16 hexadecimal digits of the SHA-256 of the 32 bytes of its public part."""
    return hashlib.sha256(public).hexdigest()[:16]


def sign(what: str, document: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """A document with the key's name and the signature.

    Args:
        what: envelope, receipt or certificate.
        document: everything else that is signed.
        key: the signer's.
    """
    named = {**document, "key": key_id(key.public_key().public_bytes_raw())}
    return {**named, "signature": key.sign(_signed(what, named)).hex()}


def fits(what: str, document: dict[str, Any], public: bytes) -> bool:
    """Whether a document carries the signature of a key, over everything that it says."""
    signature = document.get("signature")
    if not (isinstance(signature, str) and SIGNATURE.match(signature)):
        return False
    named = {name: value for name, value in document.items() if name != "signature"}
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), _signed(what, named))
    except InvalidSignature:
        return False
    return True


def _signed(what: str, document: dict[str, Any]) -> bytes:
    return f"renben.{what}.{VERSION}\n".encode() + canonical(document)


@dataclass(frozen=True)
class Content:
    """What a message says, whenever it is signed and sent: the same content is the same message."""

    id: str
    sender: str
    receiver: str
    kind: str
    purpose: str
    """A purpose of the policy (guard/policy.yaml)."""
    basis: str
    """The article of law on which the sender relies."""
    region: str
    """Six digits: the county, city or province that the message is about."""
    body: dict[str, Any] = field(default_factory=dict)
    answers: str = ""
    """Id of the message that this one answers."""

    @property
    def digest(self) -> str:
        """SHA-256 of the content without the moment of sending and the signature."""
        return digest({"version": VERSION, **asdict(self)})

    def signed(self, key: Ed25519PrivateKey, moment: dt.datetime) -> dict[str, Any]:
        """The envelope: content, moment of sending, name of the key, signature."""
        sent = {"version": VERSION, **asdict(self), "sent_at": written(moment)}
        return sign("envelope", sent, key)


FORMS = {
    "id": ID, "sender": CODE, "receiver": CODE, "kind": KIND, "purpose": NAME, "region": REGION,
    "key": KEY, "signature": SIGNATURE,
}  # fmt: skip
FIELDS = {"version", "id", "sender", "receiver", "kind", "purpose", "basis", "region", "body", "answers",
          "sent_at", "key", "signature"}  # fmt: skip


def opened(envelope: dict[str, Any]) -> tuple[Content, dt.datetime]:
    """The content of an envelope and when it was sent; the signature is checked apart from this.

    Raises:
        Malformed: a field is missing, unknown or out of form, or a value in it cannot be signed.
    """
    canonical(envelope)
    if wrong := FIELDS ^ set(envelope):
        raise Malformed(f"envelope: {', '.join(sorted(wrong))}: missing, or unknown in version {VERSION}.")
    if isinstance(envelope["version"], bool) or envelope["version"] != VERSION:
        raise Malformed(f"envelope.version: {envelope['version']!r}, {VERSION} is read here.")
    for name, form in FORMS.items():
        if not (isinstance(envelope[name], str) and form.match(envelope[name])):
            raise Malformed(f"envelope.{name}: {str(envelope[name])[:60]!r} is not in its form.")
    basis, answers = envelope["basis"], envelope["answers"]
    if not (isinstance(basis, str) and 0 < len(basis) <= LONGEST):
        raise Malformed(f"envelope.basis: name the article of law, in 1 to {LONGEST} characters.")
    if answers != "" and not (isinstance(answers, str) and ID.match(answers)):
        raise Malformed("envelope.answers: an id, or empty.")
    if not isinstance(envelope["body"], dict):
        raise Malformed("envelope.body: an object is needed.")
    names = ("id", "sender", "receiver", "kind", "purpose", "basis", "region", "body", "answers")
    return Content(**{name: envelope[name] for name in names}), moment_of(envelope["sent_at"])


def written(moment: dt.datetime) -> str:
    """A moment in UTC to the second."""
    return moment.astimezone(dt.UTC).strftime(MOMENT)


def moment_of(text: Any) -> dt.datetime:
    """The moment that `written` wrote.

    Raises:
        Malformed: another form.
    """
    try:
        found = dt.datetime.strptime(text, MOMENT).replace(tzinfo=dt.UTC)
    except (TypeError, ValueError) as error:
        raise Malformed(
            f"envelope.sent_at: {str(text)[:40]!r}; UTC to the second, such as 2026-03-02T01:00:00Z."
        ) from error
    if written(found) != text:
        raise Malformed(f"envelope.sent_at: {text!r}; write every digit, such as 2026-03-02T01:00:00Z.")
    return found
