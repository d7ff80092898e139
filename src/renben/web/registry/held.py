"""What the registry holds of people, in the names of the rule book: of one person or of thousands in as many queries.

Facts are read as they are known now, or as they were known at a moment gone by, so that what was decided then can be
decided again. What nobody has shown is left out: it is unknown, not absent. Only the guardians of minors are looked at,
and the parents of who is of age and still at senior high school.
Not modelled: facts that other departments hold; since when an account is known to be its person's.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from renben.web.guard import scope
from renben.web.law import provision
from renben.web.registry import people
from renben.web.registry.held_grounds import insured, standing
from renben.web.registry.held_parents import at_senior_high, of_guardians
from renben.web.registry.held_rows import (
    ACCOUNTS,
    GROUNDS,
    HOUSEHOLDS,
    INSURED,
    LATE,
    MANDATES,
    PERMITS,
    SEATS,
    SPELLS,
    TRANSFERS,
    Ground,
    Key,
    Paid,
    PermitRow,
    Seat,
    Spell,
)
from renben.web.registry.permit_rules import add_years
from renben.web.registry.places import OTHER_PROVINCE

MINOR = "residence_registration.minor_below_age"
SEXES = {"1": "male", "2": "female"}
NO_PERMIT = {"permit_issued": "never", "permit_counted_from": "never", "endorsed_until": "never"}
GUARDIANS = "guardians"
Owners = Mapping[Key, Key]
"""Every key under which facts are kept -> the key that stands for the person."""
Facts = dict[str, Any]


class Somebody(Protocol):
    """What has to be known of a person before anything is looked up."""

    @property
    def key(self) -> Key:
        """The key that stands for the person."""

    @property
    def birth(self) -> dt.date:
        """Day of birth."""

    @property
    def sex(self) -> str:
        """GB/T 2261.1."""

    @property
    def hukou_rural(self) -> bool | None:
        """Whether the registration of origin is rural."""

    @property
    def hukou_region(self) -> str:
        """Where the person is registered."""

    @property
    def region(self) -> str:
        """Where the person lives."""


class Reading:
    """One look at the registry for some people, on a day, as known at a moment.

    Args:
        day: the day on which facts have to stand.
        moment: as of when facts are known; None for now.
    """

    def __init__(self, day: dt.date, moment: dt.datetime | None = None) -> None:
        self.day, self.moment = day, moment
        self.minor_below = int(provision(MINOR, day).value)

    def facts(self, persons: Iterable[Somebody], here: bool = False) -> dict[Key, Facts]:
        """Facts by the key of each person.

        Args:
            persons: the records that are kept.
            here: leave out who lives nowhere here.
        """
        known = {one.key: one for one in persons}
        with scope.reading_as("registry"):
            owners = people.keys_under(known, self.moment)
            spells = self.spells(owners)
            if here:
                known = {key: one for key, one in known.items() if key in spells}
                owners = {key: own for key, own in owners.items() if own in known}
            grounds, paid, seats = self._grounds(owners), self._paid(owners), self._seats(owners)
            households, minors = self._households(seats), self._minors(known.values(), seats)
            pupils = {key: seats.get(key) for key, rows in grounds.items() if at_senior_high(rows)}
            guardians = self._guardians({**pupils, **minors}, owners, households)
            near = people.keys_under(
                sorted({one for many in guardians.values() for one in many}), self.moment
            )
            permits, shown = self._permits({**owners, **near}), self._shown(known, guardians, near)
        found = {}
        for key, one in known.items():
            found[key] = {
                **_identity(one), **_living(spells.get(key)), **standing(grounds.get(key, ()), one.region),
                **insured(paid.get(key, ()), one.region, self.day), **permits.get(key, NO_PERMIT),
                **_sharing(one, seats.get(key), households), **shown.get(key, {}),
            }  # fmt: skip
            if key in minors and guardians.get(key):
                found[key][GUARDIANS] = [dict(permits.get(other, NO_PERMIT)) for other in guardians[key]]
        return found

    def spells(self, owners: Owners) -> dict[Key, Spell]:
        """The newest open residence of each person."""
        rows = SPELLS(owners, moment=self.moment)
        return {owners[key]: Spell(*row) for key, *row in rows}

    def guardians(self, persons: Iterable[Somebody]) -> dict[Key, list[Key]]:
        """Guardians of the minors among some people: who holds a mandate, and head and spouse whose child it is."""
        known = {one.key: one for one in persons}
        with scope.reading_as("registry"):
            owners = people.keys_under(known, self.moment)
            seats = self._seats(owners)
            minors = self._minors(known.values(), seats)
            return self._guardians(minors, owners, self._households(seats))

    def _shown(
        self, known: Mapping[Key, Somebody], guardians: Mapping[Key, list[Key]], near: Owners
    ) -> dict[Key, Facts]:
        """What the guardians' homes and jobs answer for some people."""
        if not near:
            return {}
        grounds, spells = self._grounds(near), self.spells(near)
        return {
            key: of_guardians(many, grounds, spells, known[key].region, self.day)
            for key, many in guardians.items()
        }

    def _grounds(self, owners: Owners) -> dict[Key, list[Ground]]:
        """Homes, jobs and schooling that stand on the day, the first begun first."""
        found: dict[Key, list[Ground]] = defaultdict(list)
        for row in map(Ground._make, GROUNDS(owners, self.day, moment=self.moment)):
            found[owners[row.person]].append(row)
        return found

    def _paid(self, owners: Owners) -> dict[Key, list[Paid]]:
        """Months paid into insurance."""
        found: dict[Key, list[Paid]] = defaultdict(list)
        for row in map(Paid._make, INSURED(owners, self.day, moment=self.moment)):
            found[owners[row.person]].append(row)
        return found

    def _permits(self, owners: Owners) -> dict[Key, Facts]:
        """What the permits that are not closed say, by person."""
        rows: dict[Key, PermitRow] = {}
        for row in map(PermitRow._make, PERMITS(owners, moment=self.moment)):
            rows.setdefault(owners[row.person], row)
        if not rows:
            return {}
        late = dict(LATE([row.key for row in rows.values() if row.state == "in_force"], moment=self.moment))
        holding = [key for key, own in owners.items() if own in rows]
        counted = {owners[key]: tuple(row) for key, *row in TRANSFERS(holding, moment=self.moment)}
        return {key: _permit(row, late, counted.get(key)) for key, row in rows.items()}

    def _seats(self, owners: Owners) -> dict[Key, Seat]:
        """The newest open membership of each person."""
        rows = map(Seat._make, SEATS(owners, moment=self.moment))
        return {owners[row.person]: row for row in rows}

    def _households(self, seats: Mapping[Key, Seat]) -> dict[Key, list[Seat]]:
        """Everybody in some households, the head first."""
        found: dict[Key, list[Seat]] = defaultdict(list)
        wanted = sorted({one.household for one in seats.values()})
        for row in map(Seat._make, HOUSEHOLDS(wanted, moment=self.moment)):
            found[row.household].append(row)
        return {key: sorted(rows, key=lambda one: one.relation != "head") for key, rows in found.items()}

    def _minors(self, persons: Iterable[Somebody], seats: Mapping[Key, Seat]) -> dict[Key, Seat | None]:
        """Those below the age of majority, with the household each lives in."""
        return {
            one.key: seats.get(one.key)
            for one in persons
            if add_years(one.birth, self.minor_below) > self.day
        }

    def _guardians(
        self, minors: Mapping[Key, Seat | None], owners: Owners, households: Mapping[Key, list[Seat]]
    ) -> dict[Key, list[Key]]:
        named = [
            (owners[key], account)
            for key, account in MANDATES(
                [key for key, own in owners.items() if own in minors], self.day, moment=self.moment
            )
        ]
        persons = dict(ACCOUNTS(sorted({account for _, account in named})))
        found: dict[Key, list[Key]] = defaultdict(list)
        for key, account in named:
            if account in persons:
                found[key].append(persons[account])
        for key, seat in minors.items():
            if seat is not None and seat.relation == "child":
                parents = (one for one in households[seat.household] if one.relation in ("head", "spouse"))
                found[key] += [one.person for one in parents]
        kept = people.kept_keys({one for many in found.values() for one in many}, self.moment)
        return {key: list(dict.fromkeys(kept[one] for one in many)) for key, many in found.items()}


def _identity(one: Somebody) -> Facts:
    return {
        "birth": one.birth, "sex": SEXES.get(one.sex), "rural_hukou": one.hukou_rural,
        "hukou_county": one.hukou_region[:6] or None,
    }  # fmt: skip


def _living(spell: Spell | None) -> Facts:
    if spell is None:
        return {}
    return {
        "county": spell.region, "resident_since": spell.since, "registered_since": spell.registered_on,
    }  # fmt: skip


def _permit(row: PermitRow, late: Mapping[Key, bool], counted: tuple[Any, ...] | None) -> Facts:
    """What a permit says; years decided elsewhere are put before its own."""
    found: Facts = {
        "permit_issued": row.issued,
        "permit_counted_from": row.anchor - dt.timedelta(days=_days_elsewhere(row, counted)),
        "endorsed_until": row.next_due,
    }
    if row.state == "in_force":
        found["late_endorsement"] = late.get(row.key, False)
    return found


def _days_elsewhere(row: PermitRow, counted: tuple[Any, ...] | None) -> int:
    """Days in other cities that were decided to count and are still continuous with the permit (days).

    Where a late endorsement restarts the years, what was decided before it counts no more.
    """
    if counted is None:
        return 0
    closed_on, result = counted
    if result.get("lapse") == "restart" and row.anchor > closed_on:
        return 0
    return int(result.get("elsewhere", 0))


def _sharing(one: Somebody, seat: Seat | None, households: Mapping[Key, list[Seat]]) -> Facts:
    """How many live together and whether one of them is registered here."""
    if seat is None:
        return {}
    local = one.hukou_region[:6] == one.region[:6] and one.hukou_region != OTHER_PROVINCE
    return {"household_size": len(households[seat.household]), "local_member": local or None}
