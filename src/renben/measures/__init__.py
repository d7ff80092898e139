"""What the plan asks: one module per mechanism, grouped by action."""
