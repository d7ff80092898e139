"""Settling, and what stays: hukou transfer with a home or a job; land rights are kept.

Carries out: Decree 663 arts. 15-16; the plan (full opening of settling); Rural Land Contracting Law art. 27; Land
Administration Law art. 62; Rural Collective Economic Organization Law art. 18.
Not modelled: points systems of very large cities, family members who settle together.
"""

from renben.engines.rules import (
    Bool,
    Date,
    Int,
    Parameters,
    Provisions,
    all_of,
    any_of,
    entitlement,
    has_begun,
    when,
)
from renben.measures.citizenization.entitlements.ladder import service

LAND = {"tier": "T0", "department": "农业农村厅", "item": "land_rights"}
"""A right kept at home is no service of the place: it has no basis and counts in no share of services."""
PLAN = "山西省新型城镇化方案：全面放开落户限制"
CEILINGS = {
    "small": "settlement.ceiling_small_months",
    "medium": "settlement.ceiling_medium_months",
    "large": "settlement.ceiling_large_months",
}


@entitlement(
    zh="申请落户",
    en="settle (transfer of household registration)",
    law=(PLAN, "国务院令第663号《居住证暂行条例》第十六条"),
    trust="P",
    tags=("settlement",),
    about=service("resident", "T0", "公安厅", item="settlement"),
)
def settle(
    local_hukou: Bool,
    stable_home_since: Date,
    stable_job_since: Date,
    pension_months_here: Int,
    P: Parameters,
) -> Bool:
    """Not registered here, with a home (rental counts) or a job, and the insurance months a place asks for."""
    home, job = has_begun(stable_home_since), has_begun(stable_job_since)
    grounds = when(P.settlement.needs_both, home & job, home | job)
    asked = P.settlement.insurance_months
    return all_of(~local_hukou, grounds, any_of(asked <= 0, pension_months_here >= asked))


@entitlement(
    zh="保留土地承包经营权",
    en="keep contracted land",
    law="《农村土地承包法》第二十七条",
    place="hukou",
    tags=("land",),
    about=LAND,
)
def keep_contracted_land(contracted_land: Bool) -> Bool:
    """Giving up contracted land is no condition of settling."""
    return contracted_land


@entitlement(
    zh="保留宅基地使用权",
    en="keep the homestead",
    law=("《土地管理法》第六十二条", "《土地管理法实施条例》第三十六条"),
    place="hukou",
    tags=("land",),
    about=LAND,
)
def keep_homestead(homestead: Bool) -> Bool:
    """Leaving a homestead is voluntary and no condition of settling."""
    return homestead


@entitlement(
    zh="保留集体收益分配权",
    en="keep the share in the collective's income",
    law="《农村集体经济组织法》第十八条",
    place="hukou",
    tags=("land",),
    about=LAND,
)
def keep_collective_share(collective_share: Bool) -> Bool:
    """Membership is not lost by working or living elsewhere."""
    return collective_share


def over_ceiling(provisions: Provisions, city_class: dict[int, str]) -> list[str]:
    """Local conditions for settling stricter than the State allows for the class of city (Decree 663 art. 16).

    Args:
        provisions: all provisions.
        city_class: region code to small, medium or large.

    Returns:
        One line per local value over its ceiling, beginning with E_SETTLE_OVER_CEILING.
    """
    found = []
    local = provisions["settlement.insurance_months"]
    for region, kind in city_class.items():
        for dated in local.regions.get(region, ()):
            ceiling = provisions[CEILINGS[kind]].at(dated.start)
            if (
                dated.value is not None
                and ceiling
                and ceiling.value is not None
                and dated.value > ceiling.value
            ):
                found.append(
                    f"E_SETTLE_OVER_CEILING: {local.name} in {region} from {dated.start} is {dated.value}, "
                    f"a {kind} city may ask for at most {ceiling.value} ({ceiling.ref})"
                )
    return found


RULES = (settle, keep_contracted_land, keep_homestead, keep_collective_share)
