"""Two running services exchange a certificate over HTTP: asked for in the one, issued in the other, taken in, shown.

Each is a process with its own folder, keys and database; nothing but signed messages passes between them.
"""

import datetime as dt
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from renben.web.exchange.envelope import canonical, fits, key_id
from tests.web.exchange.conftest import Other
from tests.web.service import ROOT, Service, clean_environment

PURPOSE = "residence_permit"
REGION = "140000"
STAGE = """
import datetime as dt, json, sys, uuid
from renben.web import start; start.prepare()
from django.db import transaction
from renben.web import clock
from renben.web.guard import scope
from renben.web.guard.models import Grant, User
from renben.web.registry import people
from renben.web.registry.models import Address, Permit, Residence, record
place, region, arrived, issued = json.loads(sys.argv[1])
day = clock.today()
with transaction.atomic(), scope.as_job("setup"):
    told = {"document_kind": "citizen", "number": "149901198005159012", "name": "示例甲", "sex": "1",
            "birth": dt.date(1980, 5, 15), "hukou_region": "141102", "hukou_kind": "10", "hukou_rural": True, "region": region}
    one = people.state_person(told, day, "test")
    home, _ = Address.objects.get_or_create(region=region, township=region + "001", text=place, defaults={"synthetic": True})
    since = day - dt.timedelta(days=arrived)
    record(Residence, "test", key=uuid.uuid4(), valid_from=since, person_key=one.key, address=home, region=region,
           township=region + "001", hukou_region="141102", reason="work", housing="rent", registered_on=since, channel="online")
    if issued:
        began = day - dt.timedelta(days=issued)
        record(Permit, "test", key=uuid.uuid4(), valid_from=began, number="JZZ-E-1", person_key=one.key, region=region,
               issued=began, anchor=began, next_due=day + dt.timedelta(days=300), expires=day + dt.timedelta(days=900))
    user = User.objects.create_user("moved", password=sys.argv[2], person_key=one.key)
    User.objects.filter(pk=user.pk).update(demo=True)
    Grant.objects.create(user=user, role="resident", region="")
"""
PASSWORD = "Correct-horse-7"


class City:
    """One running service with a name."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.service = Service(folder / name, RENBEN_WEB_PARTY=name).start()

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment() | {
            "RENBEN_WEB_FOLDER": str(self.service.folder), "RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0",
            "RENBEN_WEB_PARTY": self.name, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }  # fmt: skip

    def renben(self, *words: str, code: int = 0) -> str:
        """`renben exchange ...` in this city."""
        command = [sys.executable, "-m", "renben", "exchange", *words]
        if words[0] != "verify":
            command += ["--demo", "--folder", str(self.service.folder)]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def door(self) -> str:
        return f"{self.service.base}/api/v1/exchange/messages"

    def python(self, code: str) -> str:
        """What some code prints in this city."""
        command = [sys.executable, "-c", f"from renben.web import start; start.prepare(); {code}"]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.strip()

    def stage(self, place: str, region: str, arrived: int, issued: int) -> None:
        """Somebody who lives here, as the registry would have recorded it."""
        given = json.dumps([place, region, arrived, issued])
        subprocess.run(
            [sys.executable, "-c", STAGE, given, PASSWORD], env=self.environment, cwd=ROOT, check=True
        )

    def messages(self) -> list[dict[str, Any]]:
        return list(json.loads(self.renben("messages", "--json")))

    def wait(self, count: int, party: str) -> list[dict[str, Any]]:
        """Until so many messages with a party have their receipt."""
        for _ in range(120):
            found = [one for one in self.messages() if (one["state"], one["party"]) == ("accepted", party)]
            if len(found) >= count:
                return found
            time.sleep(1)
        raise AssertionError(self.messages())


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, City]]:
    """Taiyuan and Linfen, each with the other's key and what they agreed on."""
    folder = tmp_path_factory.mktemp("cities")
    pair = City(folder, "taiyuan"), City(folder, "linfen")
    try:
        for one in pair:
            one.renben("rotate")
        for one, other in (pair, pair[::-1]):
            public = json.loads(other.renben("party", "--json"))[0]["public"]
            one.renben("partner", other.name, "--zh", other.name, "--en", other.name.title(), "--public", public,
                       "--address", other.door)  # fmt: skip
            for kind in ("residence.request", "residence.certificate"):
                for way in ("in", "out"):
                    one.renben("agree", other.name, way, kind, PURPOSE, "--region", REGION)
        yield pair
    finally:
        for one in pair:
            one.service.stop()


MANY = 24


def test_the_same_message_from_many_at_once_is_taken_in_once(cities: tuple[City, City]) -> None:
    here, _ = cities
    other = Other("datong")
    here.renben("partner", "datong", "--zh", "大同", "--en", "Datong", "--public", other.public)
    here.renben("agree", "datong", "in", "sharing.answer", PURPOSE)
    day = dt.datetime.fromisoformat(
        here.python("from renben.web import clock; print(clock.now().isoformat())")
    )
    raw = canonical(other.content().signed(other.secret, day))

    def send(_: int) -> bytes:
        asked = urllib.request.Request(here.door, raw, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return bytes(answer.read())

    with ThreadPoolExecutor(MANY) as pool:
        receipts = set(pool.map(send, range(MANY)))
    assert len(receipts) == 1 and json.loads(receipts.pop())["outcome"] == "accepted"
    assert [one["state"] for one in here.messages() if one["party"] == "datong"] == ["accepted"]


def test_an_operator_sees_and_ends_what_was_agreed(cities: tuple[City, City]) -> None:
    here, _ = cities
    other, fresh = Other("yuncheng"), Other("yuncheng")
    here.renben("partner", "yuncheng", "--zh", "运城", "--en", "Yuncheng", "--public", other.public)
    number = here.renben("agree", "yuncheng", "in", "sharing.answer", PURPOSE).split()[1].strip(":")
    assert "Only" not in here.renben("key", "yuncheng", fresh.public, "--days", "7")
    rows = [one for one in json.loads(here.renben("partners", "--json")) if one["party"] == "yuncheng"]
    assert len(rows) == 3 and {one["is"] for one in rows} == {"open"}
    assert any(one["detail"] == fresh.public and one["what"].endswith("in use") for one in rows)
    name = key_id(bytes.fromhex(other.public))
    assert f"key {name} is broken" in here.renben("break", name)
    assert f"agreement {number} has ended" in here.renben("end", number)
    assert "not there, or ended already" in here.renben("end", number, code=2)
    assert "yuncheng is closed" in here.renben("close", "yuncheng")
    assert "not registered, or closed" in here.renben(
        "agree", "yuncheng", "in", "sharing.answer", PURPOSE, code=2
    )
    assert "0 delivered" in here.renben("post", "--again")
    assert "no receipt yet" in here.renben("receipt", "00000000-0000-4000-8000-000000000000", code=2)


def test_a_certificate_goes_from_city_to_city(cities: tuple[City, City], tmp_path: Path) -> None:
    from tests.faults.client import Visitor  # noqa: PLC0415

    here, there = cities
    there.stage("合成旧居1号", "141002", arrived=900, issued=700)
    here.stage("合成新居1号", "140105", arrived=10, issued=0)
    me = Visitor(here.service.base)
    me.sign_in("moved", PASSWORD)
    assert me.post("/my/years/", {"way": "ask", "partner": "linfen"})[0] in (200, 302)
    found = here.wait(2, "linfen")
    assert {(one["way"], one["kind"]) for one in found} == {
        ("out", "residence.request"),
        ("in", "residence.certificate"),
    }
    assert len(there.wait(2, "taiyuan")) == 2
    assert here.renben("check").startswith("every message fits") and there.renben("check").startswith(
        "every message fits"
    )
    page = me.get("/my/years/").decode()
    assert "taken in" in page.lower() or "对方已接收" in page
    sent = next(one["message"] for one in found if one["way"] == "out")
    file = tmp_path / "receipt.json"
    file.write_text(here.renben("receipt", sent), encoding="utf-8")
    public = json.loads(there.renben("party", "--json"))[0]["public"]
    assert here.renben("verify", str(file), "--public", public).startswith("genuine: linfen took message")
    document = json.loads(file.read_text(encoding="utf-8"))
    assert fits("receipt", document, bytes.fromhex(public))
    file.write_text(json.dumps({**document, "outcome": "refused"}), encoding="utf-8")
    assert "not signed with this key" in here.renben("verify", str(file), "--public", public, code=2)
