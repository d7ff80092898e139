"""What must not stand in a text that a department head reads: codes where words belong."""

import re

UNITS = frozenset({"km", "m", "t", "d", "h", "kg", "ug", "mg", "kWh"})
"""Lower-case units that a Chinese text may hold; pollutants (PM2.5, SO2) and ids (K0001) have capitals."""
UNDERSCORED = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+")
LOWER = re.compile(r"(?<![A-Za-z0-9_])[a-z][a-z0-9_]*(?![A-Za-z])")


def codes_in(zh: str, en: str) -> list[str]:
    """Words that are codes: with an underscore in either text, or in bare lower case in the Chinese one."""
    found = UNDERSCORED.findall(f"{zh} {en}")
    return found + [word for word in LOWER.findall(zh) if word not in UNITS]
