"""The audit's seals for the command line, which may be called before Django is loaded."""

import importlib
from typing import Any


def _sealing() -> Any:
    return importlib.import_module("renben.web.guard.sealing")


def verify(anchor: str) -> Any:
    """Check every seal against its rows; see guard.sealing.verify."""
    return _sealing().verify(anchor)


def head() -> str:
    """Seal what is settled and return the newest seal's hash."""
    module = _sealing()
    module.seal()
    return str(module.verify().head)
