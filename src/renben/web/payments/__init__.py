"""Batches of money that follow people: drawn up from computed tables, approved by a second officer, exported, reconciled."""
