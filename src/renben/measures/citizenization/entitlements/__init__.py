"""The rule book of entitlements: who may have which service, where, since when and on what ground.

Carries out: the documents each rule cites. Contents are written by hand; a test compares them with the modules.
"""

from renben.measures.citizenization.entitlements.rulebook import BOOK, CASES, FORBIDDEN, MODULES
from renben.measures.citizenization.entitlements.steps import (
    entitlement_counts,
    entitlement_data,
    entitlement_money,
    hukou_based_items,
    uptake_gap,
)

__all__ = (
    "BOOK",
    "CASES",
    "FORBIDDEN",
    "MODULES",
    "entitlement_counts",
    "entitlement_data",
    "entitlement_money",
    "hukou_based_items",
    "uptake_gap",
)
