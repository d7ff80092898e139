"""The web service with a million persons and cases on PostgreSQL and a hundred thousand on SQLite.

RENBEN_LOAD_LARGE sets fewer.
Takes half an hour and more; run by name: python -m benchmarks web_large.
"""

import os

from benchmarks.harness import Row
from benchmarks.web import table

ROWS = int(os.environ.get("RENBEN_LOAD_LARGE", "1000000"))
SQLITE = 100_000


def rows() -> list[Row]:
    """Every journey at the sizes of the specification's test programme."""
    sizes = (("SQLite", min(ROWS, SQLITE)), ("PostgreSQL", ROWS))
    found = []
    for name, persons in sizes:
        found += [Row(f"{row.what}, {persons:,} persons", *_rest(row)) for row in table(name, persons)]
    return found


def _rest(row: Row) -> tuple[str, str, str, str, bool | None]:
    return row.ours, row.beside, row.ratio, row.bar, row.met
