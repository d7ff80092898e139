"""How to compute: engines without a domain opinion; each is usable alone."""
