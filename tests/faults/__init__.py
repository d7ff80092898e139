"""Faults: what happens to acknowledged work when the machine misbehaves. Run: python -m tests.faults [--short]."""
