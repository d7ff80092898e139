"""The whole service on PostgreSQL as the application role: row policies hold, and the work still gets done."""

import re
import uuid
from collections.abc import Iterator

import pytest

pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")

from tests.faults.client import Visitor
from tests.faults.database import as_application, drop
from tests.web.service import Service
from tests.web.test_postgresql import APP, SERVER, server_is_there

pytestmark = pytest.mark.skipif(not server_is_there(), reason=f"no PostgreSQL at {SERVER}")
VERSION = re.compile(rb'name="version" value="(\d+)"')


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("as-application") / "service"
    database = as_application(folder, APP)
    running = Service(folder, database).start()
    yield running
    running.stop()
    drop(database)


def step(visitor: Visitor, case: str, action: str) -> int:
    found = VERSION.search(visitor.get(f"/office/cases/{case}/"))
    assert found is not None, action
    form = {"key": uuid.uuid4().hex, "version": found.group(1).decode()}
    return visitor.post(f"/office/cases/{case}/step/{action}/", form)[0]


def test_an_officer_approves_in_his_county_and_nobody_sees_it_from_another(service: Service) -> None:
    officer = Visitor(service.base).sign_in("minjing", service.password)
    queue = officer.get("/office/")
    case = re.search(rb"/office/cases/([0-9a-f-]{36})/", queue)
    assert case is not None and b"JD-140106" not in queue
    key = case.group(1).decode()
    assert [step(officer, key, action) for action in ("claim", "approve")] == [302, 302]
    elsewhere = Visitor(service.base).sign_in("minjing2", service.password)
    assert b"404" in elsewhere.get(f"/office/cases/{key}/")


def test_a_resident_sees_the_own_record_and_may_apply(service: Service) -> None:
    resident = Visitor(service.base).sign_in("laohu", service.password)
    assert "示例甲".encode() in resident.get("/my/data/")
    assert resident.post("/apply/residence_permit/begin/", {"key": uuid.uuid4().hex})[0] == 302
    assert "ERROR" not in service.log
