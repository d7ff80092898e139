"""Dashboards: overview, measures, regions and indicators, read through the exchange."""
