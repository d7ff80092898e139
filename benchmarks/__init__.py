"""Speed, measured against a peer or a plain reference in one run, with a physical limit beside it."""
