"""Registers synthetic people through the commands, in the environment of a service: python -m tests.privacy.register N."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.web.settings")

import django

django.setup()

from django.db import transaction  # noqa: E402

from renben.web import clock  # noqa: E402
from renben.web.demo import people as synthetic  # noqa: E402
from renben.web.demo.people import Cast  # noqa: E402
from renben.web.flow.command import Command, act  # noqa: E402
from renben.web.flow.models import Case  # noqa: E402
from renben.web.guard import scope  # noqa: E402
from renben.web.guard.accounts import actor_of  # noqa: E402
from renben.web.guard.models import User  # noqa: E402
from renben.web.guard.policy import Actor  # noqa: E402
from renben.web.registry.models import Address  # noqa: E402
from tests.privacy.people import person  # noqa: E402

CHUNK = 10
TOLD = 1000
"""Registrations between two words on how far it is."""


def register(n: int, cast: Cast, address: Address) -> None:
    """One registration: nine in ten approved, one returned with a note that repeats name and number."""
    one, day = person(n), clock.today()
    given = synthetic.answers(
        {"number": one["number"], "name": one["name"], "phone": one["phone"], "hukou": "141002", "arrived": 30,
         "reason": "work", "housing": "rent", "proof": "contract"}, address, day,
    ) | {"number": one["number"]}  # fmt: skip
    case = synthetic.register(cast, given, f"privacy-{n}", approve=n % 10 != 0)
    if n % 10 == 0:
        for action, payload, note in (
            ("claim", {}, ""),
            ("return", {"fields": ["proof"]}, f"{one['name']} {one['number']} {one['phone']}"),
        ):
            version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
            act(Command(case.pk, action, cast.officer, f"privacy-{n}:{action}", version, payload, note))


def main(count: int) -> None:
    """Register so many people, a few in one transaction."""
    applicant, officer = User.objects.get(username="jumin"), actor_of(User.objects.get(username="minjing"))
    issuer = actor_of(User.objects.get(username="gongan"))
    address = Address.objects.filter(region="140105").order_by("pk")[0]
    for start in range(0, count, CHUNK):
        with transaction.atomic(), clock.one_day():
            scope.enter(Actor(None, job="setup"))
            for n in range(start, min(start + CHUNK, count)):
                register(n, Cast(applicant, officer, issuer), address)
        if (start + CHUNK) % TOLD == 0:
            print(f"{start + CHUNK} of {count} people registered", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
