"""Jobs near home: SME clusters that pass a published test, and a county's choice of leading industry (特色产业集群).

A county sees for each recognition rule what it has, what is asked for and what is lacking; which tier its results
suggest; and which industries its own evidence speaks for, beside the direction that a plan names.

Carries out: 工信部企业〔2022〕119号 (national recognition rules) and the rules a province, city or county loads.
Rules that are known only from memory are not judged until an operator confirms them; a level without rules gives no
verdict. Weights of the leading-industry score are our default (D) and shown with the result, with the share of
random weights under which each industry would still lead.

Not modelled: chain cooperation, openness and governance (described without numbers), three-year validity of a
national recognition (from memory only), the cluster map from firm coordinates.
"""

from renben.measures.county.industry_clusters.checks import (
    cluster_data_fit_together,
    cluster_gap_is_known,
    cluster_tier_differs_from_the_official,
    plan_direction_lacks_evidence,
)
from renben.measures.county.industry_clusters.choice import leading_industry, named_direction
from renben.measures.county.industry_clusters.recognition import cluster_test, cluster_verdict
from renben.measures.county.industry_clusters.results import cluster_data, cluster_ratio, cluster_tier

__all__ = (
    "cluster_data",
    "cluster_data_fit_together",
    "cluster_gap_is_known",
    "cluster_ratio",
    "cluster_test",
    "cluster_tier",
    "cluster_tier_differs_from_the_official",
    "cluster_verdict",
    "leading_industry",
    "named_direction",
    "plan_direction_lacks_evidence",
)
