"""Pages of long lists: counted no further than anybody turns, since counting a million rows costs more than a page."""

from functools import cached_property

from django.core.paginator import Paginator

FURTHEST = 40
"""Pages that can be turned to; whoever looks for more narrows the list instead."""


class Pages(Paginator):  # type: ignore[misc]
    """Django's paginator over a query, with a count that stops."""

    @cached_property
    def _counted(self) -> int:
        """Rows, up to one more than can be turned to."""
        most = FURTHEST * self.per_page
        return int(self.object_list.order_by()[: most + 1].count())

    @cached_property
    def count(self) -> int:
        """Rows that can be turned to."""
        return min(self._counted, FURTHEST * self.per_page)

    @property
    def total(self) -> str:
        """Number of pages as it is shown; a plus where there is more."""
        more = self._counted > self.count
        return f"{self.num_pages}+" if more else str(self.num_pages)
