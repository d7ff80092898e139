"""Errors that a user can act on: each names the thing, the value, where it is written and the next step."""

import difflib
from collections.abc import Iterable


class RenbenError(Exception):
    """Base of every error that is meant to be read by a user."""

    shown_to_users = True


class DefinitionError(RenbenError):
    """A table function or check is declared wrongly."""


class OrderError(RenbenError):
    """The table functions of a run do not fit together."""


class SchemaError(RenbenError):
    """A table does not fit its declared schema."""


class LawError(RenbenError):
    """A provision is unknown, not in force, or not confirmed."""


class WorkspaceError(RenbenError):
    """The workspace or one of its dataset versions is missing, damaged or in the way."""


class RunError(RenbenError):
    """A table function failed; names function, dataset and period."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or an empty string.

    >>> did_you_mean("settlement", ["settlements", "reward"])
    ' Did you mean settlements?'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""
