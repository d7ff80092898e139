"""The contract: tables, law, findings, receipts, the workspace and the runner. No domain lives here."""
