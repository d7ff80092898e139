"""Codes that are printed and typed in by hand: without letters that look like digits, in groups of four."""

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH, GROUP = 12, 4


def fresh() -> str:
    """A new random code (60 bits), without letters that look like digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """A code as people read it: groups of four."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def folded(typed: str) -> str:
    """A code as it was made, from what somebody typed."""
    return typed.upper().replace("-", "").replace(" ", "")
