"""Housing: public rental, affordable rental, rent subsidy, help for the poorest, homes sold at cost.

Carries out: MoHURD Order 11 arts. 3, 7; State Council Office 2021 No. 22; Decree 649 arts. 37-40.
Not modelled: queues and lotteries (allocation), flats themselves, former joint homes after divorce.
"""

from renben.engines.rules import (
    Bool,
    Date,
    Granted,
    Int,
    Parameters,
    all_of,
    at_least,
    cases,
    div,
    entitlement,
    granted,
    part,
    rule,
)
from renben.measures.citizenization.entitlements.ladder import LADDER, service

ORDER_11 = "住房和城乡建设部令第11号《公共租赁住房管理办法》"
RENTAL = "国办发〔2021〕22号"
DECREE_649 = "国务院令第649号《社会救助暂行办法》"
BUILDERS = "住房城乡建设厅"


@rule(zh="住房困难", en="housing is difficult", law=f"{ORDER_11}第七条")
def housing_difficult(owned_area: Int, household_size: Int, P: Parameters) -> Bool:
    """Floor area owned here per head below the local line."""
    return all_of(div(owned_area, household_size) < P.housing.area_line)


@rule(zh="收入和财产低于规定标准", en="income and assets below the lines", law=f"{ORDER_11}第七条")
def lower_income(household_income: Int, household_assets: Int, household_size: Int, P: Parameters) -> Bool:
    """Monthly income per head and assets not above the local lines."""
    per_head = div(household_income, household_size) <= P.housing.income_line
    return all_of(per_head, household_assets <= P.housing.asset_line)


@rule(
    zh="本地户籍，或在本地稳定就业达到规定年限",
    en="registered here, or in stable local employment",
    law=f"{ORDER_11}第七条",
)
def local_or_stable_worker(tier_4: Bool, stable_job_since: Date, P: Parameters) -> Bool:
    """Registered here, or the months of stable employment a city sets for migrant workers."""
    return tier_4 | at_least(stable_job_since, months=P.housing.stable_job_months)


@entitlement(
    zh="公共租赁住房",
    en="public rental housing",
    law=f"{ORDER_11}第三、七条",
    trust="S",
    about=service("resident", "T1", BUILDERS, standard="national", item="public_rental"),
)
def public_rental(
    housing_difficult: Bool, lower_income: Bool, local_or_stable_worker: Bool, in_public_housing: Bool
) -> Bool:
    """Housing difficult, income and assets below the lines, local or stably employed, not yet housed."""
    return all_of(~in_public_housing, local_or_stable_worker, housing_difficult, lower_income)


@entitlement(
    zh="保障性租赁住房",
    en="affordable rental housing",
    law=RENTAL,
    trust="S",
    about=service("resident", "T0", BUILDERS, item="affordable_rental"),
)
def affordable_rental(new_citizen_or_young: Bool, owned_area: Int, in_public_housing: Bool) -> Bool:
    """New citizens and young people without a home here; no income line."""
    return new_citizen_or_young & (owned_area <= 0) & ~in_public_housing


@rule(zh="补贴面积", en="subsidised floor area", law="市县住房租赁补贴办法")
def subsidised_area(household_size: Int, P: Parameters) -> Int:
    """Floor area by household size (m2)."""
    one, two, three = P.housing.subsidy_area_1, P.housing.subsidy_area_2, P.housing.subsidy_area_3
    return cases((household_size <= 1, one), (household_size <= 2, two), default=three)  # type: ignore[no-any-return]


@rule(zh="补贴系数", en="share of the rent", law="市县住房租赁补贴办法")
def subsidy_band(minimum_income_household: Bool, P: Parameters) -> Int:
    """Share of the rent paid (ten-thousandths): households on minimum income, other low-income households."""
    return cases((minimum_income_household, P.housing.band_minimum), default=P.housing.band_low)  # type: ignore[no-any-return]


@entitlement(
    zh="住房租赁补贴",
    en="rent subsidy",
    law=("市县住房租赁补贴办法", LADDER),
    trust="S",
    unit="yuan/month",
    about=service("permit", "T2", BUILDERS, item="rent_subsidy"),
)
def rent_subsidy(
    tier_2: Bool,
    housing_difficult: Bool,
    lower_income: Bool,
    in_public_housing: Bool,
    subsidised_area: Int,
    subsidy_band: Int,
    P: Parameters,
) -> Granted:
    """Second step of the ladder with housing difficulty: market rent x subsidised area x share."""
    who = all_of(~in_public_housing, tier_2, housing_difficult, lower_income)
    return granted(who, amount=part(P.housing.market_rent * subsidised_area, subsidy_band))


@entitlement(
    zh="住房救助",
    en="housing assistance for the poorest",
    law=f"{DECREE_649}第三十七至四十条",
    about=service("hukou", "T4", BUILDERS, item="housing_assistance"),
    place="hukou",
)
def housing_assistance(minimum_income_household: Bool, destitute: Bool, in_public_housing: Bool) -> Bool:
    """Households on minimum income and people in destitution are housed or subsidised first."""
    return (minimum_income_household | destitute) & ~in_public_housing


@entitlement(
    zh="配售型保障性住房",
    en="homes allocated for sale at cost",
    law="国发〔2023〕14号",
    trust="S",
    about=service("resident", "T1", BUILDERS, item="sale_at_cost"),
)
def home_at_cost(housing_difficult: Bool, lower_income: Bool, tier_1: Bool, P: Parameters) -> Bool:
    """Working households with housing difficulty and modest income (inactive until the text is confirmed)."""
    return all_of(P.housing.sale_offered, tier_1, housing_difficult, lower_income)


RULES = (
    housing_difficult,
    lower_income,
    local_or_stable_worker,
    public_rental,
    affordable_rental,
    subsidised_area,
    subsidy_band,
    rent_subsidy,
    housing_assistance,
    home_at_cost,
)
