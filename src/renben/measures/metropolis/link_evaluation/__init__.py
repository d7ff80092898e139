"""Which road or rail link helps most people, and whom it leaves out (通勤圈路网与项目比选).

People see what they reach in 45 and 60 minutes, by group; planners see for each project who gains, how much time is
saved for its cost, how much goes to those who reach least, and where the network hangs on one road or does not meet.

Carries out: 发改规划〔2019〕328号 (a metropolitan circle is based on one hour of commuting). New links and lines are
evaluated exactly from the times before, without computing the network anew for each project.

Not modelled: closures (compute the network anew), flows and congestion after a project, timetables, parking, fares,
measured commuting trips (the survey indicators need sampled trips), opening dates: `road_edge` is what is open.
"""

from renben.measures.metropolis.link_evaluation.checks import (
    gains_reach_those_who_reach_least,
    network_data_are_credible,
    network_hangs_on_one_road,
    zones_are_connected,
    zones_have_people,
)
from renben.measures.metropolis.link_evaluation.effects import (
    link_effect,
    project_effect,
    project_group_effect,
    project_region_effect,
)
from renben.measures.metropolis.link_evaluation.times import (
    core_reach_data,
    group_access,
    travel_time,
    zone_access,
)
from renben.measures.metropolis.link_evaluation.weak import network_bridge, unconnected_road

__all__ = (
    "core_reach_data",
    "gains_reach_those_who_reach_least",
    "group_access",
    "link_effect",
    "network_bridge",
    "network_data_are_credible",
    "network_hangs_on_one_road",
    "project_effect",
    "project_group_effect",
    "project_region_effect",
    "travel_time",
    "unconnected_road",
    "zone_access",
    "zones_are_connected",
    "zones_have_people",
)
