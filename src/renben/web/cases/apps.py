"""Django's name for the city cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """What is wrong in the street, who puts it right, and whether it was."""

    name = "renben.web.cases"
    label = "cases"
