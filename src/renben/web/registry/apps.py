"""Registry: people who actually live here."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Persons, households, addresses, residence spells, proofs, permits, settlements."""

    name = "renben.web.registry"
    label = "registry"
