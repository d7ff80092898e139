"""Work: free job services, registration as unemployed, training and its subsidy.

Carries out: Employment Promotion Law arts. 31, 35, 37, 50; Decree 663 art. 12; Shanxi's rule on employment subsidies.
Not modelled: matching of vacancies, wage guarantees, the level-based training standards that may have replaced these.
"""

from renben.engines.rules import (
    Bool,
    Granted,
    Int,
    Parameters,
    any_of,
    entitlement,
    granted,
    greatest,
    least,
    rule,
)
from renben.measures.citizenization.entitlements.ladder import PERMIT, service

LAW = "《就业促进法》"
SUBSIDY = "山西省就业补助资金管理办法"
HR = "人力资源社会保障厅"


@entitlement(
    zh="免费公共就业服务",
    en="free public employment service",
    law=(f"{LAW}第三十五、三十七条", f"{PERMIT}第十二条"),
    about=service("resident", "T0", HR, standard="national", item="job_service"),
)
def job_service(wants_work: Bool, tier_0: Bool) -> Bool:
    """Residents who look for work: advice, vacancies, guidance, job fairs."""
    return wants_work & tier_0


@entitlement(
    zh="在居住地登记失业",
    en="register as unemployed where one lives",
    law="山西省人民政府令第247号",
    trust="S",
    about=service("permit", "T1", HR, standard="national", item="unemployment_registration"),
)
def unemployment_registration(wants_work: Bool, employed: Bool, tier_1: Bool) -> Bool:
    """Permit holders without work who look for it."""
    return wants_work & ~employed & tier_1


@entitlement(
    zh="进城农村劳动者职业培训",
    en="training for rural workers in cities",
    law=f"{LAW}第五十条",
    about=service("resident", "T0", HR, standard="national", item="training"),
)
def rural_worker_training(rural_hukou: Bool, tier_0: Bool) -> Bool:
    """Rural workers living in the city."""
    return rural_hukou & tier_0


@rule(zh="培训补贴对象", en="groups with subsidised training", law=SUBSIDY)
def training_group(
    poor_family: Bool,
    leaving_school: Bool,
    school_leaver_unemployed: Bool,
    rural_hukou: Bool,
    registered_unemployed: Bool,
) -> Bool:
    """Children of poor families, graduating students, school leavers, rural workers, registered unemployed."""
    return any_of(poor_family, leaving_school, school_leaver_unemployed, rural_hukou, registered_unemployed)


@entitlement(
    zh="职业培训补贴",
    en="training subsidy",
    law=SUBSIDY,
    trust="S",
    unit="yuan/course",
    about=service("resident", "T0", HR, item="training_subsidy"),
)
def training_subsidy(
    training_group: Bool, training_subsidy_this_year: Bool, training_days: Int, P: Parameters
) -> Granted:
    """One subsidy of a kind per year: a full rate for the first days, a lower one up to the most days."""
    rules = P.training
    first = least(training_days, rules.full_days) * rules.full_rate
    rest = greatest(least(training_days, rules.most_days) - rules.full_days, 0) * rules.later_rate
    who = training_group & ~training_subsidy_this_year & (training_days >= 1)
    return granted(who, amount=first + rest)


RULES = (job_service, unemployment_registration, rural_worker_training, training_group, training_subsidy)
