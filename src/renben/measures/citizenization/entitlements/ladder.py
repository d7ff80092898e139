"""The ladder of residence years: T0 registered, T1 permit, T2 and T3 permit for some years, T4 settled.

Carries out: Decree 663 arts. 3, 12 (what a permit gives); the steps in years are our default.
Each step contains the one below by construction, and settling stands above all of them.
"""

from collections.abc import Mapping

from renben.engines.rules import Bool, Date, Parameters, at_least, has_begun, reason, rule

PERMIT = "国务院令第663号《居住证暂行条例》"
LADDER = "居住年限阶梯（本系统默认）"


def service(
    basis: str, tier: str, department: str, *, standard: str = "", payer: str = "", item: str = ""
) -> Mapping[str, str]:
    """Catalogue columns of a service: basis (hukou, resident, permit, insured), step, department, payer."""
    columns = {
        "basis": basis,
        "tier": tier,
        "department": department,
        "standard": standard,
        "payer": payer,
        "item": item,
    }
    return {key: value for key, value in columns.items() if value}


@rule(zh="已落户", en="settled", law=f"{PERMIT}第三条")
def tier_4(local_hukou: Bool) -> Bool:
    """Settled: registered at the place of residence."""
    return local_hukou


@rule(zh="持证满三年（T3）", en="permit for the third step (T3)", law=LADDER)
def tier_3(tier_4: Bool, permit_in_force: Bool, permit_counted_from: Date, P: Parameters) -> Bool:
    """Settled, or a permit in force counted for the months of the third step."""
    later = at_least(permit_counted_from, months=P.ladder.tier2_months)
    return tier_4 | (permit_in_force & later & at_least(permit_counted_from, months=P.ladder.tier3_months))


@rule(zh="持证满一年（T2）", en="permit for the second step (T2)", law=LADDER)
def tier_2(tier_3: Bool, permit_in_force: Bool, permit_counted_from: Date, P: Parameters) -> Bool:
    """The third step, or a permit in force counted for the months of the second step."""
    return tier_3 | (permit_in_force & at_least(permit_counted_from, months=P.ladder.tier2_months))


@rule(zh="持有效居住证（T1）", en="permit in force (T1)", law=f"{PERMIT}第十二条")
def tier_1(tier_4: Bool, permit_in_force: Bool) -> Bool:
    """Settled, or a permit in force."""
    return tier_4 | permit_in_force


@rule(zh="已办居住登记（T0）", en="residence registered (T0)", law=LADDER)
def tier_0(tier_1: Bool, registered_since: Date) -> Bool:
    """The first step, or residence registered."""
    registered = reason(
        has_begun(registered_since), zh="已在居住地办理居住登记", en="residence is registered"
    )
    return tier_1 | registered


RULES = (tier_4, tier_3, tier_2, tier_1, tier_0)
