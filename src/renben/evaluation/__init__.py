"""Did it work: indicators, targets, status, monitoring."""
