"""Community health: who is cared for where they live.

Carries out: Decree 663 art. 12 (basic public health); Shanxi Government Order 247; the plan (community health).
Not modelled: vaccination schedules and due lists, standards of money per head (not confirmed).
"""

from collections.abc import Callable
from typing import Any

from renben.engines.rules import Bool, Date, Parameters, Rule, at_least, entitlement, younger_than
from renben.measures.citizenization.entitlements.ladder import PERMIT, service

HEALTH = (f"{PERMIT}第十二条", "山西省方案：社区健康服务覆盖流动人口")
CARE = service("resident", "T0", "卫生健康委", standard="national", item="public_health")


def _care(zh: str, en: str) -> Callable[[Callable[..., Any]], Rule]:
    return entitlement(zh=zh, en=en, law=HEALTH, about=CARE)


@_care("建立居民健康档案", "health record")
def health_record(tier_0: Bool) -> Bool:
    """Every resident."""
    return tier_0


@_care("健康教育", "health education")
def health_education(tier_0: Bool) -> Bool:
    """Every resident."""
    return tier_0


@_care("传染病防治服务", "care in infectious diseases")
def infectious_disease_care(tier_0: Bool) -> Bool:
    """Every resident."""
    return tier_0


@_care("预防接种", "vaccination")
def vaccination(birth: Date, tier_0: Bool, P: Parameters) -> Bool:
    """Resident children of the target age."""
    return younger_than(birth, years=P.health.child_until_years) & tier_0


@_care("0—6岁儿童健康管理", "child health care")
def child_health(birth: Date, tier_0: Bool, P: Parameters) -> Bool:
    """Resident children of the target age."""
    return younger_than(birth, years=P.health.child_until_years) & tier_0


@_care("孕产妇健康管理", "care around birth")
def maternal_health(pregnant_or_after_birth: Bool, tier_0: Bool) -> Bool:
    """Resident women around birth."""
    return pregnant_or_after_birth & tier_0


@_care("老年人健康管理", "yearly check for older people")
def elder_health(birth: Date, tier_0: Bool, P: Parameters) -> Bool:
    """Residents from the target age on."""
    return at_least(birth, years=P.health.elder_from_years) & tier_0


@_care("高血压患者健康管理", "care in hypertension")
def hypertension_care(hypertension: Bool, tier_0: Bool) -> Bool:
    """Residents with hypertension."""
    return hypertension & tier_0


@_care("2型糖尿病患者健康管理", "care in type 2 diabetes")
def diabetes_care(diabetes: Bool, tier_0: Bool) -> Bool:
    """Residents with type 2 diabetes."""
    return diabetes & tier_0


@_care("严重精神障碍患者管理", "care in severe mental disorders")
def mental_care(severe_mental_illness: Bool, tier_0: Bool) -> Bool:
    """Residents with a severe mental disorder."""
    return severe_mental_illness & tier_0


@_care("肺结核患者健康管理", "care in tuberculosis")
def tuberculosis_care(tuberculosis: Bool, tier_0: Bool) -> Bool:
    """Residents with tuberculosis."""
    return tuberculosis & tier_0


RULES = (
    health_record,
    health_education,
    infectious_disease_care,
    vaccination,
    child_health,
    maternal_health,
    elder_health,
    hypertension_care,
    diabetes_care,
    mental_care,
    tuberculosis_care,
)
