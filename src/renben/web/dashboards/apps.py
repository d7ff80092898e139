"""Dashboards: what the monitoring knows, for people who decide."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Overview, measures, regions and indicators; no tables of their own."""

    name = "renben.web.dashboards"
    label = "dashboards"
