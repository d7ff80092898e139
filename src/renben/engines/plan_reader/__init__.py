"""Reads an official plan document into actions, measures and commitments."""
