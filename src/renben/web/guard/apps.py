"""Guard: who may do what, and a trace of who did."""

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """Accounts, grants, audit and sealing."""

    name = "renben.web.guard"
    label = "guard"
