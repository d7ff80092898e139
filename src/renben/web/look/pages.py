"""Pages of long lists: counted no further than anybody turns, since counting a million rows costs more than a page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Func, QuerySet

from renben.web.prepared import Prepared

FURTHEST = 40
"""Pages that can be turned to; whoever looks for more narrows the list instead."""


class Walked(Func):
    """A column by which SQLite looks up nothing, so that it reads rows in the order asked for until a page is full.

    SQLite keeps no statistics of single values: it takes a common stage for a rare one, fetches every row of it
    and sorts. PostgreSQL knows better and sees the plain column.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The column under a plus sign."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def walked(rows: QuerySet[Any], *columns: str) -> QuerySet[Any]:
    """Rows with each column once more as ``walked_COLUMN``, to filter by without its index."""
    return rows.alias(**{f"walked_{name}": Walked(name) for name in columns})


class PreparedList:
    """A list that is asked for often: its pages and its count are statements that are kept.

    Args:
        make: the query for some values and a shape, as of `Prepared`.
    """

    def __init__(self, make: Callable[..., QuerySet[Any]]) -> None:
        self.rows = Prepared(lambda *values, start, stop, **shape: make(*values, **shape)[start:stop])
        self.counted = Prepared(
            lambda *values, stop, **shape: make(*values, **shape).order_by().values("pk")[:stop]
        )

    def __call__(self, *values: Any, **shape: Any) -> "Asked":
        """The list for some values; nothing is read yet."""
        return Asked(self, values, shape)


@dataclass(frozen=True)
class Asked:
    """A prepared list for some values: what a paginator needs of a query."""

    kept: PreparedList
    values: tuple[Any, ...]
    shape: dict[str, Any]

    def __getitem__(self, part: slice) -> list[Any]:
        return self.kept.rows(*self.values, start=part.start, stop=part.stop, **self.shape)

    def upto(self, most: int) -> int:
        """Number of rows, counted no further."""
        return self.kept.counted.count(*self.values, stop=most, **self.shape)


class Pages(Paginator):  # type: ignore[misc]
    """Django's paginator over a query, with a count that stops.

    Args:
        rows: of the list, in their order.
        per_page: rows of a page.
        many: the same rows, read in their order by an index instead of looked up and sorted; used where there are
            more than can be turned to, for then a page is full after a few.
    """

    def __init__(
        self, rows: QuerySet[Any] | Asked, per_page: int, many: QuerySet[Any] | Asked | None = None
    ) -> None:
        super().__init__(rows, per_page)
        if many is not None and self._counted > self.count:
            self.object_list = many

    @cached_property
    def _counted(self) -> int:
        """Rows, up to one more than can be turned to."""
        most = FURTHEST * self.per_page + 1
        if isinstance(self.object_list, Asked):
            return self.object_list.upto(most)
        return int(self.object_list.order_by()[:most].count())

    @cached_property
    def count(self) -> int:
        """Rows that can be turned to."""
        return min(self._counted, FURTHEST * self.per_page)

    @property
    def total(self) -> str:
        """Number of pages as it is shown; a plus where there is more."""
        more = self._counted > self.count
        return f"{self.num_pages}+" if more else str(self.num_pages)
