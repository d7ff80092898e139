"""Residence registration, the residence permit, and the ladder of residence years.

Carries out: Decree 663 (Residence Permits) arts. 2, 3, 9, 10, 21; Shanxi Government Order 247.
The half year of art. 2 is one of living in the other city, so it counts from arrival; the registration that Order 247
asks for within ten days is a condition of its own and starts no clock (ADR 0007).
Not modelled: the review itself, replacement of lost permits, penalties of arts. 18-19.
"""

from renben.engines.rules import (
    NEVER,
    TODAY,
    Bool,
    Code,
    Date,
    Parameters,
    add_months,
    any_of,
    at_least,
    city_of,
    entitlement,
    has_begun,
    is_district,
    reason,
    rule,
)

PERMIT = "国务院令第663号《居住证暂行条例》"
ORDER_247 = "山西省人民政府令第247号"


@rule(zh="本地户籍", en="registered here", law=f"{PERMIT}第二条")
def local_hukou(county: Code, hukou_county: Code) -> Bool:
    """Whether the person's household registration is at the place of residence."""
    return reason(
        county == hukou_county,
        zh="户籍地就是居住地",
        en="household registration is at the place of residence",
    )


@rule(zh="离开户籍地到其他城市居住", en="lives in another city than registered", law=f"{PERMIT}第二条")
def lives_in_another_city(county: Code, hukou_county: Code) -> Bool:
    """Whether the person lives in another city than the one of household registration."""
    return reason(
        city_of(county) != city_of(hukou_county),
        zh="居住地与户籍地不在同一城市",
        en="residence and household registration are in different cities",
    )


@rule(
    zh="就业、住所、就读三者有其一",
    en="stable job, stable home or continuous schooling",
    law=f"{PERMIT}第二条",
)
def permit_ground(stable_job_since: Date, stable_home_since: Date, study_since: Date) -> Bool:
    """Whether one of the three grounds for a permit holds."""
    return any_of(has_begun(stable_job_since), has_begun(stable_home_since), has_begun(study_since))


@entitlement(zh="办理居住登记", en="residence registration", law=f"{ORDER_247}第二、三条", trust="S")
def residence_registration(county: Code, hukou_county: Code) -> Bool:
    """Who is to register: across counties, except between districts of one prefecture-level city."""
    same_city = city_of(county) == city_of(hukou_county)
    between_districts = reason(
        same_city & is_district(county) & is_district(hukou_county),
        zh="在同一设区市的市辖区之间流动",
        en="moved between districts of one city",
    )
    return (county != hukou_county) & ~between_districts


@entitlement(zh="申领居住证", en="apply for a residence permit", law=f"{PERMIT}第二条")
def residence_permit(
    lives_in_another_city: Bool,
    resident_since: Date,
    registered_since: Date,
    permit_ground: Bool,
    P: Parameters,
) -> Bool:
    """Lives in another city for the set months and is registered there, with a job, a home or schooling."""
    registered = reason(
        has_begun(registered_since),
        zh="已在居住地办理居住登记",
        en="residence is registered",
        law=f"{ORDER_247}第二、三条",
    )
    stays = at_least(resident_since, months=P.residence_permit.min_months)
    return lives_in_another_city & registered & stays & permit_ground


@rule(zh="居住证有效", en="residence permit in force", law=f"{PERMIT}第十条")
def permit_in_force(permit_issued: Date, endorsed_until: Date, late_endorsement: Bool, P: Parameters) -> Bool:
    """Issued, not expired, and endorsed in time; once lapsed, unknown until the late endorsement is done."""
    issued = has_begun(permit_issued) & (TODAY < add_months(permit_issued, P.residence_permit.valid_months))
    endorsed = reason(
        (TODAY <= endorsed_until) | late_endorsement,
        zh="居住证按期签注（逾期可免费补办签注，补办当日恢复）",
        en="permit endorsed in time (a late endorsement is free and restores it the same day)",
        law=f"{PERMIT}第十条",
    )
    return issued & endorsed


@entitlement(zh="居住证持有人待遇", en="standing of a permit holder", law=f"{PERMIT}第三条、第十条")
def permit_holder(permit_in_force: Bool) -> Bool:
    """Holds a permit whose functions are not suspended."""
    return permit_in_force


@entitlement(zh="居住证签注", en="yearly endorsement of the permit", law=f"{PERMIT}第十条")
def permit_endorsement(permit_issued: Date, endorsed_until: Date, P: Parameters) -> Bool:
    """May endorse now: within the month before a full year, or late."""
    opens = add_months(endorsed_until, -P.residence_permit.endorse_window_months)
    return has_begun(permit_issued) & (endorsed_until < NEVER) & has_begun(opens)


@entitlement(zh="首次免费申领居住证", en="first permit free of charge", law=f"{PERMIT}第二十一条")
def first_permit_free(residence_permit: Bool, permit_issued: Date) -> Bool:
    """The first permit costs nothing."""
    return residence_permit & ~has_begun(permit_issued)


RULES = (
    local_hukou,
    lives_in_another_city,
    permit_ground,
    residence_registration,
    residence_permit,
    permit_in_force,
    permit_holder,
    permit_endorsement,
    first_permit_free,
)
