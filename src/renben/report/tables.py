"""Tables of a report built column by column, so that header, widths and alignment cannot drift apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from renben.report.document import Align, Cell, Grid


@dataclass(frozen=True)
class Col:
    """A column: what stands over it, its width relative to the others, and how it is aligned."""

    name: str
    width: float
    align: Align = "left"


def table(
    caption: str, columns: Sequence[Col], rows: Iterable[Sequence[Cell]], sheet: str = ""
) -> list[Grid]:
    """A table, or nothing where it has no rows.

    Args:
        caption: what the table shows.
        columns: from left to right.
        rows: cells, as many as columns.
        sheet: name of its sheet in a spreadsheet.
    """
    body = tuple(tuple(row) for row in rows)
    if not body:
        return []
    return [
        Grid(
            caption,
            tuple(c.name for c in columns),
            body,
            tuple(c.width for c in columns),
            tuple(c.align for c in columns),
            sheet,
        )
    ]
