"""What a residence permit gives: rights, six services and seven conveniences.

Carries out: Decree 663 arts. 12 and 13; Shanxi Government Order 247 (local affairs).
Not modelled: "other services and conveniences" that the State or a place may add; they are rules of their own.
"""

from renben.engines.rules import Bool, entitlement
from renben.measures.citizenization.entitlements.ladder import PERMIT, service

ARTICLE_12 = f"{PERMIT}第十二条"
ARTICLE_13 = f"{PERMIT}第十三条"
POLICE = service("permit", "T1", "公安厅", item="convenience")


@entitlement(
    zh="享受基本公共文化体育服务",
    en="public culture and sport",
    law=ARTICLE_12,
    about=service("permit", "T1", "文化和旅游厅、体育局", standard="national", item="culture_sport"),
)
def culture_and_sport(tier_1: Bool) -> Bool:
    """Public culture and sport as residents have it."""
    return tier_1


@entitlement(
    zh="法律援助和其他法律服务",
    en="legal aid and legal services",
    law=ARTICLE_12,
    about=service("permit", "T1", "司法厅", standard="national", item="legal_aid"),
)
def legal_aid(tier_1: Bool) -> Bool:
    """Legal aid as residents have it."""
    return tier_1


@entitlement(
    zh="计划生育基本公共服务",
    en="family planning services",
    law=ARTICLE_12,
    about=service("permit", "T1", "卫生健康委", standard="national", item="family_planning"),
)
def family_planning(tier_1: Bool) -> Bool:
    """Basic family planning services as residents have them."""
    return tier_1


@entitlement(
    zh="缴存、提取和使用住房公积金",
    en="pay into, draw and use the housing fund",
    law=ARTICLE_12,
    about=service("permit", "T1", "住房城乡建设厅", item="housing_fund"),
)
def housing_fund(tier_1: Bool, employed: Bool) -> Bool:
    """Employed residents with a permit use the housing fund."""
    return tier_1 & employed


@entitlement(zh="办理出入境证件", en="exit and entry papers", law=ARTICLE_13, about=POLICE)
def exit_entry_papers(tier_1: Bool) -> Bool:
    """Applies for exit and entry papers at the place of residence."""
    return tier_1


@entitlement(zh="换领、补领居民身份证", en="renew or replace the identity card", law=ARTICLE_13, about=POLICE)
def identity_card_renewal(tier_1: Bool) -> Bool:
    """Renews or replaces the identity card at the place of residence."""
    return tier_1


@entitlement(zh="机动车登记", en="register a vehicle", law=ARTICLE_13, about=POLICE)
def vehicle_registration(tier_1: Bool) -> Bool:
    """Registers a motor vehicle at the place of residence."""
    return tier_1


@entitlement(zh="申领机动车驾驶证", en="driving licence", law=ARTICLE_13, about=POLICE)
def driving_licence(tier_1: Bool) -> Bool:
    """Applies for a driving licence at the place of residence."""
    return tier_1


@entitlement(
    zh="报名职业资格考试、申请职业资格",
    en="vocational exams and qualifications",
    law=ARTICLE_13,
    about=service("permit", "T1", "人力资源社会保障厅", item="convenience"),
)
def vocational_exams(tier_1: Bool) -> Bool:
    """Sits vocational exams at the place of residence."""
    return tier_1


@entitlement(
    zh="办理生育服务登记",
    en="birth service registration",
    law=ARTICLE_13,
    about=service("permit", "T1", "卫生健康委", item="convenience"),
)
def birth_service_registration(tier_1: Bool) -> Bool:
    """Registers for birth services at the place of residence."""
    return tier_1


@entitlement(
    zh="参与居住地社会事务",
    en="take part in local affairs",
    law="山西省人民政府令第247号",
    trust="S",
    about=service("permit", "T1", "公安厅", item="local_affairs"),
)
def local_affairs(tier_1: Bool) -> Bool:
    """Takes part in local affairs and organisations."""
    return tier_1


RULES = (
    culture_and_sport,
    legal_aid,
    family_planning,
    housing_fund,
    exit_entry_papers,
    identity_card_renewal,
    vehicle_registration,
    driving_licence,
    vocational_exams,
    birth_service_registration,
    local_affairs,
)
