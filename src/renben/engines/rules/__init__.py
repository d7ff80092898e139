"""Entitlement rules as terms: one formula for one person and for a population."""
