"""Django's name for the payments."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Batches of computed amounts, their files, and what the treasury sent back."""

    name = "renben.web.payments"
    label = "payments"
