"""The synthetic people whose values are looked for afterwards: every value can be told from its own form."""

from collections.abc import Iterator

from renben.web.registry.identifiers import check_digit

STEM = "149901"
SURNAME = "隐测"
"""Two characters that begin every name here and stand nowhere else in the service."""


def person(n: int) -> dict[str, str]:
    """Number, name and phone of the n-th person."""
    first = f"{STEM}{1950 + n % 50}{1 + n % 12:02d}{1 + n % 28:02d}{n // 700 % 1000:03d}"
    return {
        "number": first + check_digit(first),
        "name": f"{SURNAME}{chr(0x4E00 + n % 5000)}{chr(0x6000 + n // 5000 % 5000)}",
        "phone": f"139{10_000_000 + n:08d}",
    }


def values(count: int) -> dict[str, set[str]]:
    """Every value by field."""
    found: dict[str, set[str]] = {"number": set(), "name": set(), "phone": set()}
    for one in people(count):
        for field, value in one.items():
            found[field].add(value)
    return found


def people(count: int) -> Iterator[dict[str, str]]:
    """The first people."""
    return (person(n) for n in range(count))
