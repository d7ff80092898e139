"""What the plan asks: one module per mechanism, grouped by action. This page is the list of them."""

from types import ModuleType

from renben.measures.citizenization import (
    entitlements,
    fiscal_transfer,
    land_quota,
    population_ledger,
    settlement_reward,
)
from renben.measures.city import air_quality, city_cases, flooding
from renben.measures.county import industry_clusters
from renben.measures.metropolis import link_evaluation

MECHANISMS: tuple[ModuleType, ...] = (
    settlement_reward,
    entitlements,
    population_ledger,
    land_quota,
    fiscal_transfer,
    industry_clusters,
    link_evaluation,
    air_quality,
    flooding,
    city_cases,
)
