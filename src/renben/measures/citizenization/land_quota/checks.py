"""Finding: regions whose people became fewer bring no land and turn to the land they have."""

import polars as pl

from renben.catalogue import Catalogue
from renben.core.finding import check
from renben.core.table import Table
from renben.engines.wording import Finding, Text, findings, regions

OWNER = "natural_resources"


@check
def land_quota_regions_losing_people(land_quota: Table, cat: Catalogue) -> Table:
    """One finding for all regions that lost people by the basis in force.

    Args:
        land_quota: Added people (persons) by region and basis.
        cat: For names of regions.
    """
    lost = land_quota.filter("counts", pl.col("people") < 0).select("region").sort("region").collect()
    names = regions(cat, lost["region"].to_list())
    text = Text(
        f"{lost.height}个地区人口减少，不新增用地指标，宜盘活存量：{names.zh}。",
        f"{lost.height} regions lost people and get no new land; they should use the land they have: {names.en}.",
    )
    found = [Finding("land_quota_none", "land_quota", "info", OWNER, text)]
    return findings(found if lost.height else [])
