"""Sections of the monitoring report."""

from renben.report.sections.curve import curve
from renben.report.sections.goals import goals, goals_said
from renben.report.sections.headline import decomposed, fan
from renben.report.sections.indicators import indicators
from renben.report.sections.measures import measures
from renben.report.sections.overview import actions_overview
from renben.report.sections.owed import next_steps
from renben.report.sections.problems import findings
from renben.report.sections.regions import regions
from renben.report.sections.warnings import warnings

__all__ = [
    "actions_overview",
    "curve",
    "decomposed",
    "fan",
    "findings",
    "goals",
    "goals_said",
    "indicators",
    "measures",
    "next_steps",
    "regions",
    "warnings",
]
