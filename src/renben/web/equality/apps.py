"""Django's name for the equal-treatment audit."""

from django.apps import AppConfig


class EqualityConfig(AppConfig):
    """Snapshots of the comparison."""

    name = "renben.web.equality"
    label = "equality"
