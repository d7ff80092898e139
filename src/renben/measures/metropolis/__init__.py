"""Mechanisms of the metropolis action."""
