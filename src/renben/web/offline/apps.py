"""Django's name for drafts on a device."""

from django.apps import AppConfig


class OfflineConfig(AppConfig):
    """The page that works without a network, its worker, and the doors of its queue."""

    name = "renben.web.offline"
    label = "offline"
