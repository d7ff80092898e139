"""Reads an official plan document into actions, measures and commitments."""

from renben.engines.plan_reader.model import Reading
from renben.engines.plan_reader.reader import read, read_source
from renben.engines.plan_reader.source import PlanFileError

__all__ = ["PlanFileError", "Reading", "read", "read_source"]
