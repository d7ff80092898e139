"""Flow: one way for anything to move."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """Cases, events, timers and the outbox."""

    name = "renben.web.flow"
    label = "flow"
