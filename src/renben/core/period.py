"""Periods of a run: a year, a quarter, a month or a day, as text that sorts and knows its end."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering

from renben.core.errors import RenbenError

_FORM = re.compile(r"^(\d{4})(?:Q([1-4])|-(\d{2})(?:-(\d{2}))?)?$")


@total_ordering
@dataclass(frozen=True)
class Period:
    """A year (2024), quarter (2024Q3), month (2024-07) or day (2024-07-15).

    Raises:
        RenbenError: the text is none of these.
    """

    text: str

    def __post_init__(self) -> None:
        try:
            self.end  # noqa: B018  (the check is the point)
        except (AttributeError, ValueError) as error:
            raise RenbenError(
                f"period {self.text!r} is not a year, quarter, month or day; write 2024, 2024Q3, 2024-07 or 2024-07-15."
            ) from error

    @property
    def start(self) -> dt.date:
        """First day."""
        return _span(self.text)[0]

    @property
    def end(self) -> dt.date:
        """Last day; provisions in force on it apply."""
        return _span(self.text)[1]

    @property
    def year(self) -> int:
        """Calendar year."""
        return _parts(self.text)[0]

    @property
    def kind(self) -> str:
        """annual, quarterly, monthly or daily."""
        _, quarter, month, day = _parts(self.text)
        return "daily" if day else "monthly" if month else "quarterly" if quarter else "annual"

    def previous(self) -> "Period":
        """The period of the same kind that ends the day before this one starts.

        >>> Period("2024Q1").previous()
        Period(text='2023Q4')
        """
        return of_kind(self.kind, self.start - dt.timedelta(days=1))

    def __lt__(self, other: "Period") -> bool:
        return (self.end, self.start) < (other.end, other.start)

    def __str__(self) -> str:
        return self.text


def _parts(text: str) -> tuple[int, int | None, int | None, int | None]:
    match = _FORM.match(text)
    year, quarter, month, day = match.groups()  # type: ignore[union-attr]
    return int(year), *(int(part) if part else None for part in (quarter, month, day))  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def _span(text: str) -> tuple[dt.date, dt.date]:
    """First and last day; periods are compared far oftener than there are different ones."""
    year, quarter, month, day = _parts(text)
    first, last = month or (3 * quarter - 2 if quarter else 1), month or (3 * quarter if quarter else 12)
    return dt.date(year, first, day or 1), dt.date(year, last, day or calendar.monthrange(year, last)[1])


def of_kind(kind: str, day: dt.date) -> Period:
    """The period of a kind (annual, quarterly, monthly, daily) that contains a day."""
    forms = {
        "annual": f"{day.year:04d}",
        "quarterly": f"{day.year:04d}Q{(day.month + 2) // 3}",
        "monthly": f"{day.year:04d}-{day.month:02d}",
        "daily": day.isoformat(),
    }
    return Period(forms[kind])
