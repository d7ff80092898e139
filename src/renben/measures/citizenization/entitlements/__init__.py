"""The rule book of entitlements: who may have which service, where, since when and on what ground.

Carries out: the documents each rule cites. Contents are written by hand; a test compares them with the modules.
"""

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
from renben.measures.citizenization.entitlements.steps import entitlement_money, hukou_based_items, uptake_gap

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
BOOK = RuleBook("citizenization", FACTS, [r for module in MODULES for r in module.RULES], PLACES, FORBIDDEN)

__all__ = ("BOOK", "FORBIDDEN", "MODULES", "entitlement_money", "hukou_based_items", "uptake_gap")
