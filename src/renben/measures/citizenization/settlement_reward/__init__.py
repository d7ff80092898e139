"""Reward money follows settled migrants (农业转移人口市民化奖励资金).

A city that lets people settle and teaches their children gets money for it, and everybody can see how much one
more settler or pupil brings and how much the answer depends on weights that were never published.

Carries out: 财预〔2022〕60号 (core factor = actual settlers, differentiated by origin, earlier settlers phased out,
tilt to hard-up regions) and the three parts a province publishes (settlement, migrant pupils, effort).
A province shares among its prefectures, a prefecture among its counties: recipients of a pool are the regions
directly below its payer, each level calculated by itself.

The weights of origins and the phase-out were not published. Without an operator's provision nothing is invented:
the settlement part is withheld with the reason, and a finding says what to write where.

Not modelled: claw-back when a settler leaves within a year (the rule is not public; send net settlers), how the
effort score comes about (it is a source), counties that a province pays directly.
"""

from renben.measures.citizenization.settlement_reward.checks import (
    reward_claims_match_the_registry,
    reward_follows_the_published_order,
    reward_is_paid_out,
    reward_pools_have_recipients,
)
from renben.measures.citizenization.settlement_reward.results import (
    citizenization_fund_data,
    reward_comparison,
    reward_marginal,
    reward_sensitivity,
)
from renben.measures.citizenization.settlement_reward.score import settlement_score
from renben.measures.citizenization.settlement_reward.shares import reward_share, settlement_reward

__all__ = (
    "citizenization_fund_data",
    "reward_claims_match_the_registry",
    "reward_comparison",
    "reward_follows_the_published_order",
    "reward_is_paid_out",
    "reward_marginal",
    "reward_pools_have_recipients",
    "reward_sensitivity",
    "reward_share",
    "settlement_reward",
    "settlement_score",
)
