"""Two finance officers, for every test of payments."""

import pytest

from renben.web.guard.policy import Actor
from tests.web.payments.money import officers


@pytest.fixture
def pair() -> tuple[Actor, Actor]:
    """Two finance officers of the province."""
    one, two = officers()
    return one, two
