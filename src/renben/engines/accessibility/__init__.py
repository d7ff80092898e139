"""How far people are from what they need: travel times, new links and lines, what is within reach."""

from renben.engines.accessibility.links import with_directed_link, with_line, with_link
from renben.engines.accessibility.network import Network, NetworkError
from renben.engines.accessibility.reach import mean_time, within, within_by_limit
from renben.engines.accessibility.weak_points import bridges, dead_ends, missing_links

__all__ = (
    "Network",
    "NetworkError",
    "bridges",
    "dead_ends",
    "mean_time",
    "missing_links",
    "with_directed_link",
    "with_line",
    "with_link",
    "within",
    "within_by_limit",
)
