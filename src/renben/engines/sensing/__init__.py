"""Streams of readings become events: when water stood, how deep, and until when."""

from renben.engines.sensing.ponding import START, Course, Event, Reading, Rules, Watched, watch
from renben.engines.sensing.stream import Fed, Memory, feed

__all__ = (
    "START",
    "Course",
    "Event",
    "Fed",
    "Memory",
    "Reading",
    "Rules",
    "Watched",
    "feed",
    "watch",
)
