"""A resident on record, and officers of two departments, each with a seat."""

from collections.abc import Callable

import pytest

from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Seat
from renben.web.registry.models import Address
from tests.web.cases import again, registered
from tests.web.conftest import COUNTY, answers

ITEM, OFFICE = "health_record", "health"
"""A service that everybody who lives here has from the first day, and the office that gives it."""


@pytest.fixture
def resident(people: dict[str, Actor], address: Address) -> Actor:
    registered(people, answers(address))
    return again(people["resident"])


@pytest.fixture
def seated(account: Callable[..., User]) -> Callable[..., Actor]:
    """Make an officer of the service department with a seat."""

    def make(name: str, office: str = OFFICE, region: str = COUNTY) -> Actor:
        user = account(f"t-{name}", "service_officer", region)
        if office:
            Seat.objects.create(user=user, office=office)
        return actor_of(user)

    return make


@pytest.fixture
def desk(seated: Callable[..., Actor]) -> Actor:
    return seated("health")
