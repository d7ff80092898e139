"""The contents of the rule book: modules of rules, what the lint forbids, and a digest of all that decides."""

import hashlib
from importlib.resources import files
from pathlib import Path

from renben.engines.rules import RuleBook
from renben.measures.citizenization.entitlements import (
    assistance,
    education,
    health,
    housing,
    insurance,
    ladder,
    pension,
    permit_rights,
    residence,
    settlement,
    work,
)
from renben.measures.citizenization.entitlements.facts import FACTS, PLACES

MODULES = (
    residence,
    ladder,
    settlement,
    permit_rights,
    education,
    health,
    work,
    housing,
    insurance,
    pension,
    assistance,
)
FORBIDDEN = (
    (
        "settlement",
        "land_rights",
        "giving up land must not be a condition of settling (Rural Land Contracting Law art. 27; "
        "Implementing Regulation of the Land Administration Law arts. 35-36)",
    ),
)
CASES = Path(__file__).parent / "cases"
"""Cases of the rule book that a jurist reads, one YAML file per subject."""
BOOK = RuleBook("citizenization", FACTS, [r for module in MODULES for r in module.RULES], PLACES, FORBIDDEN)


def _digest(*packages: str) -> str:
    texts = [path for name in packages for path in files(name).iterdir() if path.name.endswith(".py")]
    found = hashlib.sha256()
    for path in sorted(texts, key=str):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


SOURCE = _digest("renben.engines.rules", "renben.measures.citizenization.entitlements")
"""Digest of the rules and of the engine as written: where it differs, counts are made again."""
