"""Django's name for the spot checks."""

from django.apps import AppConfig


class SpotCheckConfig(AppConfig):
    """Draws of closed cases, and what officers of other offices found."""

    name = "renben.web.spotcheck"
    label = "spotcheck"
