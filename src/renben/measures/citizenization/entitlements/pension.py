"""Retirement: statutory age, least contributions, early retirement, and where the pension is claimed.

Carries out: the Standing Committee's decision of 2024-09-13 on later retirement; State Council Office 2009 No. 66
arts. 5-6. Not modelled: the amount (the provincial base is not published), late retirement by agreement.
"""

from renben.engines.rules import (
    TODAY,
    Bool,
    Code,
    Date,
    Int,
    Parameters,
    add_months,
    any_of,
    at_least,
    cases,
    div,
    entitlement,
    greatest,
    least,
    month_index,
    one_of,
    rule,
    when,
)
from renben.measures.citizenization.entitlements.facts import RETIREMENT
from renben.measures.citizenization.entitlements.ladder import service

DECISION = "全国人大常委会关于实施渐进式延迟法定退休年龄的决定（2024年9月13日）"
CLAIM = "国办发〔2009〕66号第五、六条"
HR = service("insured", "T0", "人力资源社会保障厅", standard="national", item="old_age_pension")


@rule(zh="原法定退休年龄（月）", en="former retirement age in months", law=DECISION, place="insured")
def former_age(retirement_class: Code, P: Parameters) -> Int:
    """Former retirement age (months): 60, 55 or 50 years by class."""
    rules = P.retirement
    man = (one_of(retirement_class, RETIREMENT.man), rules.old_age_man_years * 12)
    woman_55 = (one_of(retirement_class, RETIREMENT.woman_55), rules.old_age_woman_55_years * 12)
    return cases(man, woman_55, default=rules.old_age_woman_50_years * 12)  # type: ignore[no-any-return]


@rule(zh="延迟月数", en="months of delay", law=DECISION, place="insured")
def retirement_delay(birth: Date, retirement_class: Code, former_age: Int, P: Parameters) -> Int:
    """Months of delay: one for every four (or two) months of birth after the reform's first cohort, capped."""
    rules = P.retirement
    fast = one_of(retirement_class, RETIREMENT.woman_50)
    step = when(fast, rules.step_fast_months, rules.step_slow_months)
    cap = when(fast, rules.cap_fast_months, rules.cap_slow_months)
    behind = month_index(birth) + former_age - month_index(rules.reform_start)
    return when(behind < 0, 0, least(cap, div(behind, step) + 1))  # type: ignore[no-any-return]


@rule(zh="法定退休年龄（月）", en="statutory retirement age in months", law=DECISION, place="insured")
def statutory_age(former_age: Int, retirement_delay: Int) -> Int:
    """Statutory retirement age (months)."""
    return former_age + retirement_delay


@rule(zh="已达法定退休年龄", en="statutory retirement age reached", law=DECISION, place="insured")
def old_age_reached(birth: Date, statutory_age: Int) -> Bool:
    """Whether the statutory retirement age has been reached."""
    return at_least(birth, months=statutory_age)


def _least_months(year: Int, P: Parameters) -> Int:
    """Least months of contributions for a pension that begins in the calendar year."""
    rules = P.retirement
    rises = least(greatest(year - rules.least_rise_after_year, 0), rules.least_rise_years)
    return rules.least_months + rules.least_rise_months * rises  # type: ignore[no-any-return]


@rule(zh="最低缴费月数", en="least months of contributions", law=DECISION, place="insured")
def least_contribution(birth: Date, statutory_age: Int, P: Parameters) -> Int:
    """Least months of contributions in the year the statutory age is reached (our reading of the decision)."""
    return _least_months(div(month_index(add_months(birth, statutory_age)), 12), P)


@entitlement(
    zh="按月领取职工基本养老金",
    en="monthly employees' pension",
    law=DECISION,
    trust="S",
    place="insured",
    about=HR,
)
def old_age_pension(old_age_reached: Bool, pension_months: Int, least_contribution: Int) -> Bool:
    """At the statutory age with the least months of contributions."""
    return old_age_reached & (pension_months >= least_contribution)


@entitlement(
    zh="弹性提前退休", en="early retirement by choice", law=DECISION, trust="S", place="insured", about=HR
)
def early_retirement(
    birth: Date,
    former_age: Int,
    statutory_age: Int,
    old_age_reached: Bool,
    pension_months: Int,
    P: Parameters,
) -> Bool:
    """At most three years early, not below the former age, with the least months of the year chosen."""
    earliest_age = greatest(former_age, statutory_age - P.retirement.early_months)
    paid = pension_months >= _least_months(div(month_index(TODAY), 12), P)
    return at_least(birth, months=earliest_age) & ~old_age_reached & paid


@entitlement(
    zh="在本地申领养老金",
    en="claim the pension here",
    law=CLAIM,
    trust="S",
    place="insured",
    about=service("insured", "T0", "人力资源社会保障厅", item="claim_place"),
)
def pension_claim_here(
    insured_county: Code,
    hukou_county: Code,
    pension_relation_here: Bool,
    temporary_account: Bool,
    pension_months_here: Int,
    P: Parameters,
) -> Bool:
    """The relation is kept here, and this is the registered place or ten years were paid here."""
    long_enough = pension_months_here >= P.social_insurance.claim_here_months
    return pension_relation_here & any_of(insured_county == hukou_county, ~temporary_account & long_enough)


RULES = (
    former_age,
    retirement_delay,
    statutory_age,
    old_age_reached,
    least_contribution,
    old_age_pension,
    early_retirement,
    pension_claim_here,
)
