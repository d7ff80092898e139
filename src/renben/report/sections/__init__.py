"""Sections of the monitoring report."""

from renben.report.sections.goals import actions_overview, goals
from renben.report.sections.indicators import indicators, measures
from renben.report.sections.problems import findings, next_steps
from renben.report.sections.regions import regions

__all__ = ["actions_overview", "findings", "goals", "indicators", "measures", "next_steps", "regions"]
