"""Multi-regional, multi-state cohort-component projection."""
