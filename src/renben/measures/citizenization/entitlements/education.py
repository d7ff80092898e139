"""Schooling: compulsory education, kindergarten, senior high school, local exams.

Carries out: Compulsory Education Law arts. 4, 11, 12; Decree 663 art. 12; the provincial rule on local exams.
The rule on exams asks for "the parents'" job and home and leaves open whether one of them is enough: a provision says which
reading holds, and both are here. Job and home may be those of two parents: a family lives in one home on one job.
Not modelled: seats, zones and lotteries (allocation), aid for poor pupils (standards not confirmed).
"""

from renben.engines.rules import (
    Bool,
    Date,
    Parameters,
    Relation,
    all_of,
    any_of,
    at_least,
    div,
    entitlement,
    month_index,
    reason,
    rule,
    when,
    younger_than,
)
from renben.measures.citizenization.entitlements.ladder import LADDER, PERMIT, service

LAW = "《义务教育法》"
EXAMS = "山西省进城务工人员随迁子女在当地参加升学考试办法"
SCHOOLS = "教育厅"
YEAR = 12
"""Months."""


@rule(
    zh="本人或监护人持有效居住证",
    en="the child or a guardian holds a permit in force",
    law=f"{PERMIT}第十二条",
)
def family_permit(permit_in_force: Bool, guardians: Relation) -> Bool:
    """Whether the child or one of the guardians holds a permit in force."""
    by_guardian = reason(
        guardians.any(permit_in_force),
        zh="任一监护人的居住证有效",
        en="a guardian's residence permit is in force",
        law=f"{PERMIT}第十条",
    )
    return any_of(permit_in_force, by_guardian)


@rule(zh="地方附加的持证月数", en="further months with a permit", law=f"{LAW}第十二条")
def permit_long_enough(permit_counted_from: Date, guardians: Relation, P: Parameters) -> Bool:
    """Whether the months a district asks for have passed; nothing is asked where it asks for none."""
    months = P.education.extra_permit_months
    held = at_least(permit_counted_from, months=months)
    by_guardian = reason(
        guardians.any(held),
        zh="任一监护人持居住证已满地方附加的月数",
        en="a guardian has held a permit for the further months",
    )
    return any_of(months <= 0, held, by_guardian)


@rule(zh="义务教育年龄", en="of age for compulsory education", law=f"{LAW}第十一条")
def compulsory_age(birth: Date, finished_junior: Bool, P: Parameters) -> Bool:
    """Sixth birthday reached, junior high school not finished."""
    of_age = at_least(birth, years=P.education.entry_age_years)
    at_school = reason(~finished_junior, zh="尚未完成初中教育", en="junior high school is not finished")
    return of_age & younger_than(birth, years=P.education.compulsory_until_years) & at_school


@entitlement(
    zh="义务教育入学",
    en="place in compulsory education",
    law=(f"{LAW}第四、十一、十二条", f"{PERMIT}第十二条"),
    about=service("permit", "T1", SCHOOLS, item="compulsory_education"),
)
def compulsory_school(
    compulsory_age: Bool, tier_4: Bool, family_permit: Bool, permit_long_enough: Bool
) -> Bool:
    """Of age, and registered here or in a family with a permit."""
    return compulsory_age & any_of(tier_4, family_permit & permit_long_enough)


@entitlement(
    zh="义务教育免除学杂费、免费提供教科书",
    en="compulsory education free of charge, with textbooks",
    law=("《国家基本公共服务标准（2023年版）》", f"{LAW}第四条"),
    trust="S",
    about=service("resident", "T0", SCHOOLS, standard="national", item="compulsory_fees"),
)
def compulsory_fees_free(compulsory_age: Bool, tier_0: Bool) -> Bool:
    """Of age for compulsory education and resident here."""
    return compulsory_age & tier_0


@entitlement(
    zh="公益普惠性幼儿园入园",
    en="place in a public-benefit kindergarten",
    law=("山西省方案：随迁子女接受学前教育", LADDER),
    trust="D",
    about=service("permit", "T2", SCHOOLS, item="preschool"),
)
def preschool_place(birth: Date, tier_2: Bool, P: Parameters) -> Bool:
    """Of kindergarten age, second step of the ladder."""
    of_age = at_least(birth, years=P.education.preschool_from_years)
    return of_age & younger_than(birth, years=P.education.entry_age_years) & tier_2


@entitlement(
    zh="普通高中入学",
    en="place in senior high school",
    law=("山西省方案：随迁子女接受普通高中教育", LADDER),
    trust="D",
    about=service("permit", "T2", SCHOOLS, item="senior_high"),
)
def senior_high_place(finished_junior: Bool, tier_2: Bool) -> Bool:
    """Junior high school finished, second step of the ladder."""
    return finished_junior & tier_2


@entitlement(
    zh="中等职业学校入学",
    en="place in a secondary vocational school",
    law=("山西省方案：随迁子女接受中等职业教育", LADDER),
    trust="D",
    about=service("permit", "T2", SCHOOLS, item="vocational_secondary"),
)
def vocational_school_place(finished_junior: Bool, tier_2: Bool) -> Bool:
    """Junior high school finished, second step of the ladder."""
    return finished_junior & tier_2


@entitlement(
    zh="在居住地参加中考",
    en="senior high entrance exam where one lives",
    law=EXAMS,
    trust="S",
    about=service("permit", "T1", SCHOOLS, item="zhongkao"),
)
def local_zhongkao(student_record: Bool, tier_4: Bool, family_permit: Bool) -> Bool:
    """Formal student record, registered here or in a family with a permit."""
    return student_record & any_of(tier_4, family_permit)


@rule(zh="高中阶段连续就读年限已到", en="the years of senior high school are reached", law=EXAMS)
def schooled_long_enough(senior_high_since: Date, P: Parameters) -> Bool:
    """In the last of the school years asked for, each attended from its beginning; or all of their months passed.

    The exam is in June of the third year, 33 months after September: whole months would let no pupil in. A provision says
    which reading holds.
    """
    asked = P.education.senior_high_months
    begun = month_index(senior_high_since) - (P.education.school_year_month - 1)
    until_first = div(begun + (YEAR - 1), YEAR) * YEAR - begun
    by_years = at_least(senior_high_since, months=until_first + asked - YEAR)
    found: Bool = when(
        P.education.senior_high_by_school_years, by_years, at_least(senior_high_since, months=asked)
    )
    return found


@rule(zh="父母有合法稳定职业和住所", en="parents have a lawful stable job and home", law=EXAMS)
def parents_job_and_home(
    parents_stable_job: Bool,
    parents_stable_home: Bool,
    each_parent_stable_job: Bool,
    each_parent_stable_home: Bool,
    P: Parameters,
) -> Bool:
    """A parent has a job and a parent has a home; each of them both, where that reading holds."""
    each, one = each_parent_stable_job & each_parent_stable_home, parents_stable_job & parents_stable_home
    found: Bool = when(P.education.exam_each_parent, each, one)
    return found


@entitlement(
    zh="在居住地参加高考",
    en="college entrance exam where one lives",
    law=EXAMS,
    trust="S",
    about=service("resident", "T3", SCHOOLS, item="gaokao"),
)
def local_gaokao(
    schooled_long_enough: Bool, student_record: Bool, parents_job_and_home: Bool, tier_4: Bool
) -> Bool:
    """Registered here, or three years of senior high school with a record and parents with job and home."""
    return any_of(tier_4, all_of(schooled_long_enough, student_record, parents_job_and_home))


RULES = (
    family_permit,
    permit_long_enough,
    compulsory_age,
    compulsory_school,
    compulsory_fees_free,
    preschool_place,
    senior_high_place,
    vocational_school_place,
    local_zhongkao,
    schooled_long_enough,
    parents_job_and_home,
    local_gaokao,
)
