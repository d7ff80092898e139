"""Sets the demo up once: accounts, addresses and people; refuses a database that holds real accounts."""

import datetime as dt
import secrets
from typing import Any

from renben.web.clock import now
from renben.web.demo import city, people, periods
from renben.web.demo.people import Cast
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant, Instance, User
from renben.web.programme.models import Seat
from renben.web.registry.models import Address, Permit

DAY = dt.timedelta(days=1)
PASSWORD = "demo_password"


class NotADemo(ValueError):
    """The database holds accounts that are not the demo's; demo mode refuses to touch it."""

    shown_to_users = True


def set_up() -> tuple[str, list[dict[str, Any]]]:
    """Make the demo where there is none and return its password and accounts.

    Raises:
        NotADemo: accounts that are not the demo's are in the database.
    """
    if User.objects.filter(demo=False).exists():
        raise NotADemo("this database holds real accounts: start without demo mode, or with another folder.")
    if not User.objects.exists():
        _make(secrets.token_urlsafe(9))
    password = Instance.objects.values_list("value", flat=True).get(name=PASSWORD)
    return password, people.written()["accounts"]


def _make(password: str) -> None:
    day = people.today()
    users = {row["username"]: _account(row, password) for row in people.written()["accounts"]}
    Instance.objects.create(name=PASSWORD, value=password)
    addresses = people.make_addresses()
    officers = {row.get("region"): actor_of(users[row["username"]]) for row in people.written()["accounts"]
                if row["role"] == "community_officer"}  # fmt: skip
    issuer = next(
        actor_of(users[r["username"]]) for r in people.written()["accounts"] if r["role"] == "police_officer"
    )
    owners = {
        row["person"]: users[row["username"]] for row in people.written()["accounts"] if "person" in row
    }
    for number, one in enumerate(people.written()["people"]):
        address = addresses[one["address"] - 1]
        applicant = owners.get(number) or _extra(number)
        officer = officers.get(address.region)
        if officer is None:
            continue
        _live(Cast(applicant, officer, issuer), one, address, number, day)
    people.turn(day)
    periods.live_through(day)
    city.live_through(day)


def _live(cast: Cast, one: dict[str, Any], address: Address, number: int, day: dt.date) -> None:
    """Register one person a few days after arrival and, if written so, issue the permit on its day."""
    people.turn(day - (one["arrived"] - 5) * DAY)
    case = people.register(
        cast, people.answers(one, address, day), f"demo-person-{number}", one["arrived"] > 60
    )
    if "permit_days" in one:
        people.turn(day - one["permit_days"] * DAY)
        people.permit(cast, case.person_key, address.region, f"demo-permit-{number}")


def _account(row: dict[str, Any], password: str) -> User:
    user = User(username=row["username"], demo=True, password_set_at=now())
    user.set_password(password)
    user.save()
    Grant.objects.create(user=user, role=row["role"], region=row.get("region", ""))
    if "office" in row:
        Seat.objects.create(user=user, office=row["office"])
    return user


def _extra(number: int) -> User:
    """An account behind a person whom nobody signs in as."""
    user = User(username=f"demo-{number}", demo=True)
    user.set_unusable_password()
    user.save()
    Grant.objects.create(user=user, role="resident")
    return user


def summary() -> dict[str, int]:
    """How much the demo holds."""
    return {"addresses": Address.objects.count(), "permits": Permit.objects.current().count()}
