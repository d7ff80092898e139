"""Keys and their rotation for the command line, which may be called before Django is loaded."""

import importlib
from collections.abc import Callable
from typing import Any

from renben.web import checks
from renben.web.config import Keys, web_settings


def _rotation() -> Any:
    return importlib.import_module("renben.web.guard.rotation")


class StillInUse(ValueError):
    """A key still seals values."""

    shown_to_users = True


def lines() -> list[str]:
    """Which key and cipher seal how many values, and whether the indexes fit the index key."""
    crypto = importlib.import_module("renben.web.guard.crypto")
    names = {byte: name for name, byte in crypto.CIPHERS.items()}
    rows = [
        f"key {number} {names.get(byte, byte)}: {count} values{' (seals new ones)' if (byte, number) == crypto.newest() else ''}"
        for (byte, number), count in sorted(_rotation().used().items())
    ]
    index = (
        "fit the index key" if _rotation().index_in_use() else "do not fit: run `renben keys rotate --index`"
    )
    return [*(rows or ["no sealed values"]), f"blind indexes {index}"]


def add(index: bool) -> str:
    """Put a new data key, or a new index key, into the key file."""
    settings = web_settings()
    keys: Keys = settings.keys()
    (keys.with_index_key() if index else keys.with_data_key()).replace(settings.key_path)
    if index:
        return "new index key; stop the service and run `renben keys rotate --index`."
    return f"new data key {max(keys.data) + 1}; restart the service, then run `renben keys rotate`."


def rotate(index: bool, progress: Callable[[str, int], None]) -> str:
    """Seal every value anew, or make every index anew.

    Raises:
        StartError: on PostgreSQL, not as the owner of the tables.
    """
    checks.check_owner()
    checks.migrate()
    if index:
        return f"indexes of {_rotation().reindex(progress)} rows made anew"
    return f"{sum(_rotation().reseal(progress).values())} values sealed anew"


def retire(number: int) -> str:
    """Take a data key out of the key file once nothing is sealed with it.

    Raises:
        StillInUse: values are still sealed with it.
    """
    left = sum(count for (_, key), count in _rotation().used().items() if key == number)
    if left:
        raise StillInUse(f"key {number}: still seals {left} values; run `renben keys rotate` first.")
    settings = web_settings()
    settings.keys().without(number).replace(settings.key_path)
    return f"key {number} is retired; keep a copy as long as backups from its time are kept."
