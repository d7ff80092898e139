"""Land follows people: new urban construction land by settlers or by growth of residents (人地挂钩).

A town that takes people in gets land to house and serve them; one whose people leave gets none and looks to the land
it has. Everybody sees both ways of counting, and which is in force.

Carries out: 国土资发〔2016〕123号 (land per settler by present land per head, shift of at most a tenth, none for the
core of very large cities); since the plan, residents count instead of settlers. Only one basis is in force, so no
settler counts twice.

Not modelled: what the land may be spent on, and in which order; towns below the county.
"""

from renben.measures.citizenization.land_quota.checks import land_quota_regions_losing_people
from renben.measures.citizenization.land_quota.quota import land_quota

__all__ = ("land_quota", "land_quota_regions_losing_people")
