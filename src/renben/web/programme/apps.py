"""Programme: a plan's commitments as supervised tasks."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Tasks, reports, findings that landed, and the offices that accounts speak for."""

    name = "renben.web.programme"
    label = "programme"
