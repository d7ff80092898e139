"""Mechanisms of the city action."""
