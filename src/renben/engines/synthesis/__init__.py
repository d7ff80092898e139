"""Synthetic populations consistent with published margins."""
