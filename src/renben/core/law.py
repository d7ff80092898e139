"""Law as a table function sees it: the provisions in force on one day, and a record of which were asked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renben.catalogue import Provision
from renben.catalogue.schema import Dated
from renben.core.errors import LawError, did_you_mean


@dataclass(frozen=True)
class Used:
    """A provision value that a result rests on."""

    name: str
    region: str | None
    value: Any
    since: dt.date
    ref: str
    trust: str


class Law:
    """Provisions in force on a day. Every value asked for is recorded in `used`.

    Args:
        provisions: by dotted name.
        on: the day, normally the last of a period.
        confirmed: names of memory-only provisions that an operator has confirmed.
        parents: region code -> code of the region above it, for overrides.
    """

    def __init__(
        self,
        provisions: Mapping[str, Provision],
        on: dt.date,
        confirmed: frozenset[str] = frozenset(),
        parents: Mapping[str, str | None] | None = None,
    ) -> None:
        self.on = on
        self._provisions = provisions
        self.confirmed = confirmed
        self._parents = parents or {}
        self.used: dict[tuple[str, str | None], Used] = {}
        self.whole = False

    def value(self, name: str, region: str | None = None) -> Any:
        """Value in force of a provision, for a region or for the nation (unit: the provision's own).

        Raises:
            LawError: unknown name, nothing in force on the day, or a value from memory nobody confirmed.
        """
        return self.cite(name, region).value

    def cite(self, name: str, region: str | None = None) -> Used:
        """As `value`, with the article, the day since which it is in force and the trust mark."""
        provision = self._provision(name)
        since, dated = self._in_force(provision, region)
        if dated.trust == "M" and name not in self.confirmed:
            raise LawError(
                f"{name}: the value in force on {self.on} ({dated.value!r}, {dated.ref}) is from memory only (M) and "
                f"does not run. Read the text, then: renben law confirm {name} --by YOUR-NAME --ref WHERE-READ."
            )
        if dated.value is None:
            raise LawError(f"{name}: ended on {since} ({dated.ref}); nothing in force on {self.on}.")
        used = Used(name, region, dated.value, since, dated.ref, dated.trust)
        self.used[(name, region)] = used
        return used

    def unit(self, name: str) -> str:
        """Unit in which a provision is written."""
        return self._provision(name).unit

    def has(self, name: str, region: str | None = None) -> bool:
        """Whether a provision of that name is written for the region, in force on the day and free to run."""
        try:
            self.cite(name, region)
        except LawError:
            self.used[(name, region)] = Used(name, region, None, dt.date.min, "", "absent")
            return False
        return True

    def every(self) -> Mapping[str, Provision]:
        """All provisions as written, for a rule book; the result then rests on all laws. Cite each value used."""
        self.whole = True
        return self._provisions

    def _provision(self, name: str) -> Provision:
        if name not in self._provisions:
            raise LawError(
                f"{name}: no such provision in catalogue/laws.{did_you_mean(name, self._provisions)} "
                "To add one, write it with ref and trust in your overlay's laws/."
            )
        return self._provisions[name]

    def _in_force(self, provision: Provision, region: str | None) -> tuple[dt.date, Dated]:
        at = region
        while at is not None:
            found = _latest(provision.regions.get(at, {}), self.on)
            if found:
                return found
            at = self._parents.get(at)
        found = _latest(provision.values, self.on)
        if found:
            return found
        first = min(provision.values)
        raise LawError(
            f"{provision.name}: nothing in force on {self.on}; the first is {first} ({provision.values[first].ref})."
        )


def _latest(values: Mapping[dt.date, Dated], on: dt.date) -> tuple[dt.date, Dated] | None:
    since = max((day for day in values if day <= on), default=None)
    return None if since is None else (since, values[since])
