"""One SQLite database per session, in WAL as in earnest; every test is rolled back.

Where RENBEN_WEB_DATABASE names a PostgreSQL database with its tables and the application role, the tests run
there: every request and every step is held by the row policies of its actor (test_postgresql_registry.py).
"""

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ["RENBEN_WEB_FOLDER"] = tempfile.mkdtemp(prefix="renben-web-tests-")
os.environ["RENBEN_WEB_DEMO"] = "1"
os.environ["RENBEN_WEB_HTTPS"] = "0"
os.environ["RENBEN_WEB_SECOND_FACTOR"] = "0"
os.environ["RENBEN_WEB_HOSTS"] = '["testserver", "127.0.0.1"]'
os.environ["RENBEN_WEB_DOOR_FACTOR"] = "1000"  # one process makes the calls of many accounts
os.environ["DJANGO_SETTINGS_MODULE"] = "renben.web.settings"

django = pytest.importorskip("django", reason="the extra `web` is not installed")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.utils import translation  # noqa: E402

from renben.core.workspace import Workspace  # noqa: E402
from renben.web import clock  # noqa: E402
from renben.web.guard import scope  # noqa: E402
from renben.web.guard.accounts import actor_of  # noqa: E402
from renben.web.guard.models import Grant, Instance, User  # noqa: E402
from renben.web.guard.policy import NOBODY, Actor  # noqa: E402
from renben.web.registry.models import Address  # noqa: E402
from tests.evaluated import evaluated  # noqa: E402
from tests.web.cases import SETUP, acting  # noqa: E402
from tests.web.planted import Planted, plant  # noqa: E402

COUNTY, OTHER_COUNTY, CITY = "140105", "140106", "140100"
DAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="session", autouse=True)
def tables() -> None:
    """The tables, made once by the migrations; on PostgreSQL they are their owner's to make."""
    setup_test_environment()
    if connection.vendor == "postgresql":
        return
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


@pytest.fixture(autouse=True)
def rolled_back(tables: None) -> Iterator[None]:
    """Every test leaves the database as it found it, and begins in no language that another has turned to."""
    translation.deactivate()
    with transaction.atomic():
        scope.enter(SETUP)
        set_day(DAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def held_by_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request begins without any scope, as on a fresh connection."""
    if connection.vendor == "postgresql":
        plain = Client.request

        def request(self: Client, **given: Any) -> Any:
            with acting(NOBODY):
                return plain(self, **given)

        monkeypatch.setattr(Client, "request", request)


def set_day(day: dt.date) -> None:
    """Turn the service's day to any day."""
    Instance.objects.update_or_create(name=clock.DEMO_DAY, defaults={"value": day.isoformat()})


@pytest.fixture
def turn() -> Callable[[dt.date], None]:
    """Turn the service's day."""
    return set_day


@pytest.fixture
def account() -> Callable[..., User]:
    """Make an account with one role over one region."""

    def make(name: str, role: str = "", region: str = "") -> User:
        user = User.objects.create(username=name, demo=True)
        if role:
            Grant.objects.create(user=user, role=role, region=region)
        return user

    return make


@pytest.fixture
def people(account: Callable[..., User]) -> dict[str, Actor]:
    """One actor per role that the registration needs, in one county."""
    rows = {
        "resident": ("resident", ""),
        "stranger": ("resident", ""),
        "officer": ("community_officer", COUNTY),
        "colleague": ("community_officer", COUNTY),
        "elsewhere": ("community_officer", OTHER_COUNTY),
        "issuer": ("police_officer", CITY),
        "steward": ("data_steward", "140000"),
        "steward2": ("data_steward", "140000"),
    }
    return {name: actor_of(account(f"t-{name}", *row)) for name, row in rows.items()}


@pytest.fixture
def address() -> Address:
    """A synthetic standard address."""
    return Address.objects.create(region=COUNTY, township=COUNTY + "001", text="合成街道1号", synthetic=True)


@pytest.fixture
def browse() -> Callable[..., Client]:
    """A client signed in as an account."""

    def sign_in(user: User | None = None, language: str = "en") -> Client:
        client = Client()
        client.cookies["django_language"] = language
        if user is not None:
            client.force_login(user, backend="renben.web.guard.sessions.Accounts")
        return client

    return sign_in


def answers(address: Address, **changes: Any) -> dict[str, Any]:
    """Complete synthetic answers to a registration."""
    return {
        "notice": "2026-01", "acting_as": "self", "document_kind": "citizen", "number": "149901198501010014",
        "name": "示例甲", "sex": "1", "birth": "1985-01-01", "phone": "13900000001", "hukou_region": "141002",
        "hukou_kind": "10", "hukou_rural": "yes", "arrival": "2026-03-01", "region": address.region,
        "address": str(address.pk), "reason": "work", "housing": "rent", "members": [], "proof_kind": "lease",
        "document": "", **changes,
    }  # fmt: skip


@pytest.fixture
def planted(people: dict[str, Actor], address: Address) -> Planted:
    """One person with every personal field in one county, and the cases about that person."""
    return plant(people, address, answers)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace behind the exchange."""
    monkeypatch.setenv("RENBEN_WORKSPACE", str(tmp_path / "workspace"))
    return Workspace.create(tmp_path / "workspace")


@pytest.fixture(scope="session")
def evaluated_once(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shipped facts with a run of the evaluation, made once."""
    return evaluated(tmp_path_factory.mktemp("evaluated") / "workspace")


@pytest.fixture
def ran(evaluated_once: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The evaluated workspace behind the exchange."""
    monkeypatch.setenv("RENBEN_WORKSPACE", str(evaluated_once.root))
    return evaluated_once
