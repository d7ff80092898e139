"""Django's name for the exchange."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Signed messages, sharing between departments, residence years across cities."""

    name = "renben.web.exchange"
    label = "exchange"
