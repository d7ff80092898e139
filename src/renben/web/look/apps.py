"""Look: templates, styles and the small script that pages may do without."""

from django.apps import AppConfig
from django.forms import Field

from renben.web.words import later


class LookConfig(AppConfig):
    """The design system."""

    name = "renben.web.look"
    label = "look"

    def ready(self) -> None:
        """An empty field is asked for in our words, in every form and in the page's language."""
        Field.default_error_messages = {**Field.default_error_messages, "required": later("form.empty")}
