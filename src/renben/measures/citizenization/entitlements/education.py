"""Schooling: compulsory education, kindergarten, senior high school, local exams.

Carries out: Compulsory Education Law arts. 2, 4, 11, 12; Decree 663 art. 12; Shanxi's rule on local exams.
Not modelled: seats, zones and lotteries (see allocation), and school-level rules.
"""

from renben.engines.rules import Bool, Date, Parameters, Relation, any_of, at_least, entitlement, rule, younger_than

LAW = "《义务教育法》"
PERMIT = "国务院令第663号《居住证暂行条例》"


@rule(zh="本人或监护人持有效居住证", en="the child or a guardian holds a permit in force", law=f"{PERMIT}第十二条")
def family_permit(permit_in_force: Bool, guardians: Relation) -> Bool:
    """Whether the child or one of the guardians holds a permit in force."""
    return permit_in_force | guardians.any(permit_in_force)


@rule(zh="义务教育年龄", en="of age for compulsory education", law=f"{LAW}第十一条")
def compulsory_age(birth: Date, finished_junior: Bool, P: Parameters) -> Bool:
    """Sixth birthday by the last day of August of the school year, junior high school not finished."""
    return (
        at_least(birth, years=P.education.entry_age_years)
        & younger_than(birth, years=P.education.compulsory_until_years)
        & ~finished_junior
    )


@entitlement(
    zh="义务教育入学",
    en="place in compulsory education",
    law=(f"{LAW}第四、十一、十二条", f"{PERMIT}第十二条"),
    about={"basis": "permit", "department": "教育厅", "item": "compulsory_education"},
)
def compulsory_school(compulsory_age: Bool, local_hukou: Bool, family_permit: Bool) -> Bool:
    """Of age, and registered here or in a family with a permit."""
    return compulsory_age & any_of(local_hukou, family_permit)
