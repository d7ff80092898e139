"""Look: templates, styles and the small script that pages may do without."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """The design system."""

    name = "renben.web.look"
    label = "look"
