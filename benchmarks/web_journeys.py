"""What visitors of the load programme do, and the bars their answers are held to."""

import datetime as dt
import itertools
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.web_client import Line
from renben.web.registry.identifiers import check_digit

WIDE = "load-province"
"""An account like the community officer's, but over the whole province; web_people makes it."""
NUMBER = "149901198501010014"
APPROVER = "load-police"
"""An account like the county police's, over the whole province; web_people makes it."""
FEW, FEW_PEOPLE = "141182", 200
"""A county that has few people of the load however many there are, so that a list of it may leave."""
FIRST = dt.date(1950, 1, 1)
DAYS = 20_000
FIRST_OF_DAY = 500
"""Numbers below are the demo's own people."""
NEWCOMERS = itertools.count(9_000_000)
"""Which synthetic people declare: beyond those that web_people writes."""
FIRST_ADDRESS = re.compile(rb'name="address" value="(\d+)"')
ADDRESS_KEY = re.compile(rb'"key": "(\d+)"')
ADDRESSES: dict[int, str] = {}
"""Port of a service -> key of one of its addresses."""
NOTICE = "2026-01"
CASE = re.compile(rb'"case": "([0-9a-f-]{36})"')
VERSION = re.compile(rb'name="version" value="(\d+)"')
BEGIN = "/apply/residence_registration/begin/"
ANSWERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("notice", {"notice": "on"}),
    ("identity", {"acting_as": "self", "document_kind": "citizen", "number": NUMBER, "name": "示例甲"}),
    ("contact", {"phone": "13900000099"}),
    ("hukou", {"hukou_region": "141002", "hukou_kind": "10", "hukou_rural": "yes"}),
    ("arrival", {"arrival": "2026-06-08"}),
    ("place", {"region": "140105"}),
    ("address", {}),
    ("stay", {"reason": "work", "housing": "rent"}),
    ("members", {"do": "next"}),
    ("proof", {"proof_kind": "lease"}),
)
"""The answers of a declaration, one form a page."""


def number(n: int) -> str:
    """The n-th synthetic document number."""
    first = f"149901{FIRST + dt.timedelta(days=n % DAYS):%Y%m%d}{FIRST_OF_DAY + n // DAYS:03d}"
    return first + check_digit(first)


def synthetic_name(n: int) -> str:
    """The n-th synthetic name of web_people: about one in a hundred thousand is the same."""
    return f"合{chr(0x4E00 + n % 97)}{chr(0x5E00 + n % 1009)}"


@dataclass(frozen=True)
class Journey:
    """One thing that visitors do again and again."""

    name: str
    what: str
    who: str
    ask: Callable[[Line], bool]
    beside: str
    also: tuple[str, ...] = ()
    """Further accounts that take part."""
    rate: float = 0
    """Least requests a second."""
    p95: float = 0
    """Most milliseconds."""

    @property
    def bar(self) -> str:
        """The bar in words."""
        parts = [
            f">= {self.rate:.0f}/s" if self.rate else "",
            f"p95 <= {self.p95:.0f} ms" if self.p95 else "",
        ]
        return ", ".join(part for part in parts if part)


def _identity(line: Line) -> bool:
    status, body = line.post("/office/search/", {"number": NUMBER})
    return status == 200 and "示例甲".encode() in body


def _called(line: Line) -> bool:
    status, body = line.send("/api/v1/persons/find", f'{{"number": "{NUMBER}"}}')
    return status == 200 and any(one in body for one in ("示例甲".encode(), b"\\u793a\\u4f8b\\u7532"))


def _name(line: Line) -> bool:
    status, body = line.post("/office/search/", {"name": synthetic_name(0)})
    return status == 200 and b"/office/people/" in body


def _list(line: Line) -> bool:
    status, body = line.get("/office/")
    return status == 200 and b"LD-" in body


def _begin(line: Line) -> bool:
    return line.post(BEGIN, {"key": uuid.uuid4().hex})[0] == 302


def _submit(line: Line) -> bool:
    """A whole declaration: every question's form, then the look over and sending."""
    status, head = line.post(BEGIN, {"key": uuid.uuid4().hex})
    case = re.search(rb"ocation: (/my/cases/[0-9a-f-]+/)", head)
    if status != 302 or case is None:
        return False
    path = case.group(1).decode()
    for name, fields in ANSWERS:
        given = {**fields, "key": uuid.uuid4().hex}
        if name == "address":
            given["address"] = _address(line, path)
        if line.post(f"{path}{name}/", given)[0] != 302:
            return False
    version = VERSION.search(line.get(f"{path}check/")[1])
    if version is None:
        return False
    sent = {"key": uuid.uuid4().hex, "version": version.group(1).decode(), "step": "submit"}
    return line.post(f"{path}check/", sent)[0] == 302


def _declare(line: Line) -> bool:
    """The same declaration in one request of a program."""
    return _declared(line, NUMBER) != ""


def _declared(line: Line, document: str) -> str:
    """Declare somebody in one request; the case, or nothing where it was not sent."""
    service = line.visitor.port
    if service not in ADDRESSES:
        found = ADDRESS_KEY.search(line.get("/api/v1/addresses?region=140105")[1])
        ADDRESSES[service] = found.group(1).decode() if found else ""
    pages = ("notice", "address", "members")
    body: dict[str, Any] = {name: dict(fields) for name, fields in ANSWERS if name not in pages}
    body |= {"notice": NOTICE, "address": {"address": ADDRESSES[service]}, "members": []}
    body["identity"]["number"] = document
    status, answer = line.send("/api/v1/declarations", json.dumps(body), uuid.uuid4().hex)
    case = CASE.search(answer)
    return case.group(1).decode() if status == 200 and b'"stage": "submitted"' in answer and case else ""


def _decide(line: Line) -> bool:
    """Somebody declares; an officer looks at the queue, opens the case, takes it and approves."""
    case = _declared(line.others[0], number(next(NEWCOMERS)))
    if not case or line.get("/office/")[0] != 200:
        return False
    path = f"/office/cases/{case}/"
    for action in ("claim", "approve"):
        version = VERSION.search(line.get(path)[1])
        given = {"key": uuid.uuid4().hex, "version": version.group(1).decode() if version else ""}
        if line.post(f"{path}step/{action}/", given)[0] != 302:
            return False
    return True


def _export(line: Line) -> bool:
    """A list of the people of a small county is asked for, approved by somebody else, and taken."""
    wish = {"list": "residents", "of": FEW, "reason": "合成负载：核对名单后销毁", "key": uuid.uuid4().hex}
    status, head = line.post("/office/exports/ask/", wish)
    found = re.search(rb"ocation: (/office/exports/[0-9a-f-]+/)", head)
    if status != 302 or found is None:
        return False
    path = found.group(1).decode()
    version = VERSION.search(line.others[0].get(path)[1])
    given = {"key": uuid.uuid4().hex, "version": version.group(1).decode() if version else ""}
    if line.others[0].post(f"{path}step/approve/", given)[0] != 302:
        return False
    status, body = line.get(f"{path}file/")
    return status == 200 and b"149901" in body


def _board(line: Line) -> bool:
    status, body = line.get("/programme/tasks/")
    return status == 200 and b"/programme/tasks/" in body


def _dashboard(line: Line) -> bool:
    """The overview with its maps, then one indicator back to its sources."""
    pages = (line.get("/overview/"), line.get("/overview/indicators/urban_rate_resident/"))
    return all(status == 200 and (b"<svg" in body or b"<table" in body) for status, body in pages)


def _address(line: Line, path: str) -> str:
    found = FIRST_ADDRESS.search(line.get(f"{path}address/")[1])
    return found.group(1).decode() if found else ""


def _home(line: Line) -> bool:
    return line.get("/home/")[0] == 200


def _guide(line: Line) -> bool:
    status, body = line.get("/apply/residence_registration/")
    return status == 200 and b"/account/signup/" in body


def _city(line: Line) -> bool:
    """The board of city cases with the map below it."""
    status, body = line.get("/city/desk/?view=open")
    return status == 200 and b"CG-" in body and b"<circle " in body


def _confirm(line: Line) -> bool:
    """A stranger's word under a code that nobody has."""
    if not line.visitor.token:
        line.visitor.get("/confirm/")
    status, body = line.post("/confirm/", {"code": uuid.uuid4().hex[:12], "tail": "0014"})
    return status == 404 and b'name="code"' in body


def _empty(line: Line) -> bool:
    status, body = line.get("/alive")
    return status == 200 and body.endswith(b"ok\n")


EMPTY = Journey("empty", "an empty page of the service", "", _empty, "")
JOURNEYS = (
    Journey("identity", "find a person by number on the page (blind index, decrypt, audit rows)", "minjing", _identity,
            "MOSIP retrieve identity 140/s, avg 213 ms", rate=500, p95=100),
    Journey("called", "the same through the API (JSON instead of a page; same permission, decrypting, audit rows)", "minjing",
            _called, "MOSIP retrieve identity (an API call, too) 140/s, avg 213 ms", rate=500, p95=100),
    Journey("name", "find persons by name (keyed tokens, decrypt, audit rows)", "minjing", _name,
            "DHIS2 name search p95 174-509 ms", p95=150),
    Journey("list", "an officer's list of one county (decrypt, an audit row per person)", "minjing", _list,
            "DHIS2 list p95 131 ms", p95=100),
    Journey("list_wide", "the same list over the whole province", WIDE, _list,
            "Open Zaak list of 1 M p95 320-430 ms on 10 CPUs", p95=300),
    Journey("guide", "a public page: what a registration asks for", "", _guide, "GOV.UK Notify's limit 350-450/s", rate=300),
    Journey("confirm", "a public form: a word under a code, looked up by keyed index, here unknown", "", _confirm,
            "GOV.UK Notify's limit 350-450/s", rate=300),
    Journey("home", "a resident's start page", "jumin", _home, "none published"),
    Journey("begin", "open a declaration (case, event, audit, timers, key)", "jumin", _begin,
            "MOSIP add identity 4/s", rate=150, p95=200),
    Journey("declare", "a whole declaration, 14 requests (forms, checks, sending)", "jumin", _submit,
            "MOSIP add identity 4/s with 27 % errors"),
    Journey("declare_call", "the same declaration in one request of the API (every form's checks, case, answers, sending)", "jumin",
            _declare, "MOSIP add identity (an API call, too) 4/s with 27 % errors", rate=150, p95=200),
    Journey("decide", "somebody declares, an officer looks at the queue, opens, takes and approves: 6 requests", "minjing", _decide,
            "none published", also=("jumin",)),
    Journey("board", "the programme's tasks as the lead commission sees them", "guihua", _board, "none published"),
    Journey("city", "the dispatcher's board of open city cases with the map of their points", "zhihui", _city, "none published"),
    Journey("dashboard", "the overview with targets and maps, then one indicator back to its sources: 2 requests", "guihua",
            _dashboard, "none published"),
    Journey("export", "a list of people is asked for, approved by a second person and taken, an audit row each: 4 requests",
            WIDE, _export, "none published", also=(APPROVER,)),
)  # fmt: skip
