"""Mechanisms of the citizenization action."""
