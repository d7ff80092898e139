"""Mechanisms of the county action."""
