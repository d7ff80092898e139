"""Where water stands again and again, and what to mend first (易涝积水点与排涝整治).

People report ponding or a sensor does; what was confirmed and cleared becomes points on the map. A city learns which
points come back, in which order the next period's works should take them, how fast each owner cleared the water,
and which points are really cured.

Carries out: Drainage and Sewage Regulation (State Council Order 641) arts. 13-18 (lists of facilities, linkage of warning
and response), 国办发〔2021〕11号 (flood-prone points). Depths and times of the severities are provisions.

Not modelled: rain and pipes (no hydraulic model: what was measured counts), areas of water, causes, costs of works, roads
between the points. The historical list of flood-prone points is reported, not made here.
"""

from renben.measures.city.flooding.checks import (
    cured_points_stay_dry,
    ponding_has_a_place,
    ponding_is_cleared_in_time,
)
from renben.measures.city.flooding.points import ponding_point
from renben.measures.city.flooding.priority import drainage_priority
from renben.measures.city.flooding.results import flooding_data, ponding_clearance

__all__ = (
    "cured_points_stay_dry",
    "drainage_priority",
    "flooding_data",
    "ponding_clearance",
    "ponding_has_a_place",
    "ponding_is_cleared_in_time",
    "ponding_point",
)
