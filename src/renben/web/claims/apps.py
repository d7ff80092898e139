"""Django's name for the claims."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Catalogue of services, claims, offers and take-up."""

    name = "renben.web.claims"
    label = "claims"
