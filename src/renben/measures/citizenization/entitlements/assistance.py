"""Social assistance: minimum living allowance at the registered place and where one lives, and more.

Carries out: Decree 649 arts. 9-13; Ministry of Civil Affairs 2021 No. 57 arts. 4-7.
Not modelled: who counts as a household member, re-checks, penalties for false claims.
"""

from renben.engines.rules import (
    Bool,
    Date,
    Granted,
    Int,
    Parameters,
    all_of,
    at_least,
    div,
    entitlement,
    granted,
    part,
    rule,
)
from renben.measures.citizenization.entitlements.ladder import service

DECREE_649 = "国务院令第649号《社会救助暂行办法》"
CIVIL_57 = "民发〔2021〕57号"
CIVIL = "民政厅"


@rule(zh="家庭人均月收入", en="monthly income per head", law=f"{DECREE_649}第九条")
def income_per_head(household_income: Int, household_size: Int) -> Int:
    """Monthly household income per head (fen)."""
    return div(household_income, household_size)


@entitlement(
    zh="最低生活保障（户籍地）",
    en="minimum living allowance at the registered place",
    law=f"{DECREE_649}第九至十二条",
    place="hukou",
    unit="yuan/month",
    about=service("hukou", "T4", CIVIL, standard="national", item="minimum_living"),
)
def minimum_living(
    income_per_head: Int, household_assets: Int, household_size: Int, P: Parameters
) -> Granted:
    """Income per head below the line of the registered place, assets within its limit; the gap times the members."""
    poor = (income_per_head < P.social_aid.line) & (household_assets <= P.social_aid.asset_line)
    return granted(poor, amount=(P.social_aid.line - income_per_head) * household_size)


@entitlement(
    zh="最低生活保障（居住地）",
    en="minimum living allowance where one lives",
    law=f"{CIVIL_57}第四至七条",
    trust="S",
    unit="yuan/month",
    about=service("permit", "T3", CIVIL, item="minimum_living_residence"),
)
def minimum_living_at_residence(
    tier_4: Bool,
    permit_in_force: Bool,
    permit_counted_from: Date,
    local_member: Bool,
    income_per_head: Int,
    household_assets: Int,
    household_size: Int,
    P: Parameters,
) -> Granted:
    """Where the place has opened it: a permit for the set months, a member registered here, income below the line."""
    held = permit_in_force & at_least(permit_counted_from, months=P.social_aid.permit_months) & local_member
    poor = (income_per_head < P.social_aid.line) & (household_assets <= P.social_aid.asset_line)
    here = tier_4 | (P.social_aid.open_to_permit_holders & held)
    return granted(here & poor, amount=(P.social_aid.line - income_per_head) * household_size)


@entitlement(
    zh="低保边缘家庭认定",
    en="recognised as an edge household",
    law=CIVIL_57,
    trust="S",
    place="hukou",
    about=service("hukou", "T4", CIVIL, item="edge_household"),
)
def edge_household(income_per_head: Int, P: Parameters) -> Bool:
    """Income per head not below the line but below the set multiple of it."""
    line = P.social_aid.line
    return all_of(income_per_head >= line, income_per_head < part(line, P.social_aid.edge_ratio))


@entitlement(
    zh="特困人员救助供养",
    en="support in destitution",
    law=DECREE_649,
    trust="S",
    place="hukou",
    about=service("hukou", "T4", CIVIL, standard="national", item="destitute_support"),
)
def destitute_support(destitute: Bool, P: Parameters) -> Bool:
    """People in destitution (inactive until the article is confirmed)."""
    return all_of(destitute, P.social_aid.destitute_offered)


@entitlement(
    zh="医疗救助",
    en="medical assistance",
    law=DECREE_649,
    trust="S",
    place="hukou",
    about=service("hukou", "T4", "医疗保障局", standard="national", item="medical_assistance"),
)
def medical_assistance(minimum_income_household: Bool, destitute: Bool, P: Parameters) -> Bool:
    """Households on minimum income and people in destitution (inactive until confirmed)."""
    return all_of(minimum_income_household | destitute, P.social_aid.medical_offered)


@entitlement(
    zh="临时救助",
    en="temporary assistance",
    law=DECREE_649,
    trust="S",
    about=service("resident", "T0", CIVIL, standard="national", item="temporary_assistance"),
)
def temporary_assistance(sudden_hardship: Bool, tier_0: Bool, P: Parameters) -> Bool:
    """Residents in sudden hardship (inactive until confirmed)."""
    return all_of(sudden_hardship, tier_0, P.social_aid.temporary_offered)


@entitlement(
    zh="高龄津贴",
    en="old-age allowance",
    law="老年福利补贴制度",
    trust="S",
    place="hukou",
    about=service("hukou", "T4", CIVIL, standard="national", item="old_age_allowance"),
)
def old_age_allowance(birth: Date, P: Parameters) -> Bool:
    """From the set age on (inactive until confirmed)."""
    return at_least(birth, years=P.social_aid.old_age_allowance_years)


@entitlement(
    zh="残疾人两项补贴",
    en="allowances for people with disabilities",
    law="残疾人两项补贴制度",
    trust="S",
    place="hukou",
    about=service("hukou", "T4", CIVIL, standard="national", item="disability_allowance"),
)
def disability_allowance(disabled: Bool, P: Parameters) -> Bool:
    """People with a recognised disability (inactive until confirmed)."""
    return all_of(disabled, P.social_aid.disability_offered)


RULES = (
    income_per_head,
    minimum_living,
    minimum_living_at_residence,
    edge_household,
    destitute_support,
    medical_assistance,
    temporary_assistance,
    old_age_allowance,
    disability_allowance,
)
