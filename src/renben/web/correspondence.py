"""Partners, keys and signed messages for the command line, which may be called before Django is loaded."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from renben.web.config import web_settings
from renben.web.exchange.envelope import Malformed, fits, parsed
from renben.web.passage import Place, enter


class NotGenuine(ValueError):
    """A receipt does not fit the key."""

    shown_to_users = True


def parties(place: Place) -> Any:
    """The register of partners; see exchange.parties."""
    enter(place)
    return importlib.import_module("renben.web.exchange.parties")


def own_key(place: Place) -> dict[str, str]:
    """Our name, and the public key that partners register."""
    found = parties(place)
    key = found.own_key()
    return {"party": found.own(), "key": key.key, "public": key.public}


def messages(place: Place, count: int) -> list[dict[str, Any]]:
    """The newest messages, without their contents."""
    enter(place)
    found = importlib.import_module("renben.web.exchange.log").listed(count)
    return list(found)


def problems(place: Place) -> list[str]:
    """What no longer fits: the audit's seals, and the log of messages that they cover."""
    enter(place)
    sealing = importlib.import_module("renben.web.guard.sealing")
    sealing.seal()
    log = importlib.import_module("renben.web.exchange.log")
    return [*sealing.verify().problems, *log.problems(web_settings().party)]


def post(place: Place, again: bool) -> int:
    """Deliver what is due now, as the background process does; with what was given up where asked (messages)."""
    enter(place)
    sending = importlib.import_module("renben.web.exchange.sending")
    if again:
        sending.try_again()
    return int(sending.deliver())


def receipt_of(place: Place, message: str) -> str:
    """The receipt of a message as JSON, as it can be kept and shown to others.

    Raises:
        NotGenuine: no such message, or no receipt yet.
    """
    enter(place)
    models = importlib.import_module("renben.web.exchange.models")
    scope = importlib.import_module("renben.web.guard.scope")
    with scope.reading_as("setup"):
        found = models.MessageReceipt.objects.filter(message__message=message).first()
    if found is None:
        raise NotGenuine(f"message {message}: not here, or no receipt yet. See: renben exchange messages")
    return json.dumps(found.document, ensure_ascii=False, indent=1, sort_keys=True)


def verified(path: Path, public: str) -> Mapping[str, Any]:
    """A receipt from a file, checked against a public key; needs neither database nor network.

    Raises:
        NotGenuine: no receipt, or not signed with the key.
    """
    try:
        document = parsed(path.read_bytes())
        if not fits("receipt", document, bytes.fromhex(public)):
            raise NotGenuine(
                f"{path}: not signed with this key, or altered since. Ask the partner for its key of that time."
            )
    except (Malformed, OSError) as error:
        raise NotGenuine(f"{path}: {error}") from error
    except ValueError as error:
        if isinstance(error, NotGenuine):
            raise
        raise NotGenuine(f"--public {public[:20]}...: 64 hexadecimal digits are needed.") from error
    return document
