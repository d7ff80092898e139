"""Social insurance: joining, medical insurance of residents and employees, treatment elsewhere.

Carries out: Social Insurance Law arts. 10, 23, 32, 95; Medical Security 2021 No. 43, 2022 No. 22;
State Council Office 2024 No. 38. Pensions have their own module.
Not modelled: clearing of bills, the ceiling bonus for unbroken cover, transfers of accounts.
"""

from renben.engines.rules import (
    Bool,
    Code,
    Date,
    Granted,
    Int,
    Parameters,
    all_of,
    any_of,
    at_least,
    cases,
    entitlement,
    granted,
    greatest,
    has_begun,
    one_of,
    rule,
    when,
    younger_than,
)
from renben.measures.citizenization.entitlements.facts import SEX
from renben.measures.citizenization.entitlements.ladder import PERMIT, service

LAW = "《社会保险法》"
WAIT = "国办发〔2024〕38号"
MONEY_LAW = "城乡居民医保年度工作通知"
HR, MEDICAL = "人力资源社会保障厅", "医疗保障局"


@entitlement(
    zh="参加职工基本养老保险",
    en="join the employees' pension scheme",
    law=f"{LAW}第十、九十五条",
    place="insured",
    about=service("insured", "T0", HR, standard="national", item="employee_pension"),
)
def employee_pension(employed: Bool, flexible_worker: Bool) -> Bool:
    """Everybody employed or working flexibly; no condition of household registration."""
    return employed | flexible_worker


@entitlement(
    zh="参加职工基本医疗保险",
    en="join the employees' medical scheme",
    law=f"{LAW}第二十三、九十五条",
    place="insured",
    about=service("insured", "T0", MEDICAL, standard="national", item="employee_medical"),
)
def employee_medical(employed: Bool, flexible_worker: Bool) -> Bool:
    """Everybody employed or working flexibly; no condition of household registration."""
    return employed | flexible_worker


@entitlement(
    zh="在居住地参加居民医保并享受财政补助",
    en="residents' medical scheme with the public subsidy",
    law=(f"{PERMIT}第十二条", MONEY_LAW),
    trust="S",
    unit="yuan/year",
    about=service(
        "permit", "T1", MEDICAL, standard="national", payer="中央60%、地方40%", item="resident_medical"
    ),
)
def resident_medical_subsidy(tier_1: Bool, employee_insured: Bool, P: Parameters) -> Granted:
    """Permit holders not in the employees' scheme; the same subsidy as for those registered here."""
    return granted(tier_1 & ~employee_insured, amount=P.social_insurance.resident_subsidy)


@rule(zh="居民医保等待月数", en="waiting months of the residents' scheme", law=WAIT)
def medical_wait(
    joined_in_window: Bool, medical_missed_years: Int, medical_repaired_years: Int, P: Parameters
) -> Int:
    """None when on time and unbroken; else the fixed wait, longer by missed years, shorter by repaired ones."""
    fixed = P.social_insurance.fixed_wait_months
    wait = fixed + greatest(medical_missed_years - 1, 0) - medical_repaired_years
    long_break = medical_missed_years >= P.social_insurance.long_break_years
    least = when(long_break, P.social_insurance.long_break_wait_months, fixed)
    on_time = joined_in_window & (medical_missed_years <= 0)
    return when(on_time, 0, greatest(wait, least))  # type: ignore[no-any-return]


@entitlement(
    zh="享受居民医保待遇",
    en="benefits of the residents' medical scheme",
    law=WAIT,
    trust="S",
    place="insured",
    about=service("insured", "T1", MEDICAL, item="resident_medical_benefit"),
)
def resident_medical_benefit(resident_insured: Bool, resident_cover_from: Date, medical_wait: Int) -> Bool:
    """Insured, and the waiting months after the beginning of cover are over."""
    return resident_insured & at_least(resident_cover_from, months=medical_wait)


@entitlement(
    zh="医保关系转移后补缴中断费用",
    en="pay up a short gap in medical insurance",
    law="医保办发〔2021〕43号",
    trust="S",
    place="insured",
    about=service("insured", "T0", MEDICAL, item="medical_repair"),
)
def medical_gap_repair(
    medical_gap_months: Int, employee_insured: Bool, resident_insured: Bool, P: Parameters
) -> Bool:
    """Insured again after a gap of at most the months set; benefits cover the gap too."""
    short = (medical_gap_months >= 1) & (medical_gap_months <= P.social_insurance.repair_gap_months)
    return all_of(short, any_of(employee_insured, resident_insured))


@entitlement(
    zh="退休后继续享受职工医保",
    en="employees' medical insurance in retirement",
    law=f"{LAW}第三十二条",
    trust="S",
    place="insured",
    about=service("insured", "T0", MEDICAL, item="retired_medical"),
)
def retired_medical(
    old_age_reached: Bool, sex: Code, medical_months: Int, medical_months_paid: Int, P: Parameters
) -> Bool:
    """At retirement age with the credited years for the sex and the years really paid."""
    rules = P.social_insurance
    men, women = rules.retired_medical_men_years * 12, rules.retired_medical_women_years * 12
    credited = medical_months >= cases((one_of(sex, SEX.male), men), default=women)
    return all_of(old_age_reached, credited, medical_months_paid >= rules.retired_medical_paid_years * 12)


@entitlement(
    zh="异地就医直接结算",
    en="direct settlement of treatment elsewhere",
    law="医保发〔2022〕22号",
    trust="S",
    place="insured",
    about=service("insured", "T0", MEDICAL, item="direct_settlement"),
)
def direct_settlement(
    filed_treatment_place: Date,
    long_stay_filing: Bool,
    employee_insured: Bool,
    resident_insured: Bool,
    P: Parameters,
) -> Bool:
    """Insured with a filing: unlimited for a long stay, else for the months of a temporary filing."""
    temporary = younger_than(filed_treatment_place, months=P.social_insurance.temporary_filing_months)
    valid = has_begun(filed_treatment_place) & (long_stay_filing | temporary)
    return any_of(employee_insured, resident_insured) & valid


@entitlement(
    zh="失业保险金",
    en="unemployment benefit",
    law=("《失业保险条例》第十七条", f"{LAW}失业保险一章"),
    trust="S",
    place="insured",
    unit="",
    about=service("insured", "T0", HR, standard="national", item="unemployment"),
)
def unemployment_benefit(registered_unemployed: Bool, unemployment_months: Int, P: Parameters) -> Bool:
    """Registered as unemployed after the months of contributions; inactive until its other conditions are read."""
    rules = P.social_insurance
    paid = unemployment_months >= rules.unemployment_least_months
    return all_of(registered_unemployed, paid, rules.unemployment_offered)


RULES = (
    employee_pension,
    employee_medical,
    resident_medical_subsidy,
    medical_wait,
    resident_medical_benefit,
    medical_gap_repair,
    retired_medical,
    direct_settlement,
    unemployment_benefit,
)
