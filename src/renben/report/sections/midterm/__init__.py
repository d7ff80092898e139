"""Sections of the mid-term evaluation."""

from renben.report.sections.midterm.adjustments import adjustments
from renben.report.sections.midterm.effects import effects
from renben.report.sections.midterm.process import method, process
from renben.report.sections.midterm.quoted import quoted
from renben.report.sections.midterm.tasks import tasks
from renben.report.sections.midterm.verdict import paces, verdict

__all__ = ["adjustments", "effects", "method", "paces", "process", "quoted", "tasks", "verdict"]
