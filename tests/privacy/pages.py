"""Registers synthetic people page by page over HTTP, as residents and officers do, with a lease attached."""

import re
import uuid

from tests.faults.client import Visitor
from tests.privacy.people import person

ADDRESS = re.compile(rb'name="address" value="(\d+)"')
HIDDEN = re.compile(rb'name="(version|step)" value="(\w+)"')
COUNTY, ARRIVED = "140105", "2026-05-20"


def _fields(n: int) -> tuple[tuple[str, dict[str, str]], ...]:
    """Question -> what is typed; the address is chosen from those shown."""
    one = person(n)
    return (
        ("notice", {"notice": "on"}),
        (
            "identity",
            {"acting_as": "self", "document_kind": "citizen", "number": one["number"], "name": one["name"]},
        ),
        ("contact", {"phone": one["phone"]}),
        ("hukou", {"hukou_region": "141002", "hukou_kind": "10", "hukou_rural": "yes"}),
        ("arrival", {"arrival": ARRIVED}),
        ("place", {"region": COUNTY}),
        ("address", {}),
        ("stay", {"reason": "work", "housing": "rent"}),
        ("members", {}),
        ("proof", {"proof_kind": "lease"}),
    )


def register(resident: Visitor, officer: Visitor, n: int) -> str:
    """Fill in, send, take and approve one registration; returns the case.

    Raises:
        RuntimeError: a page did not take what was typed.
    """
    _, first = resident.post("/apply/residence_registration/begin/", {"key": uuid.uuid4().hex})
    base = first.removesuffix("notice/")
    for question, fields in _fields(n):
        page = resident.get(f"{base}{question}/")
        if question == "address":
            found = ADDRESS.search(page)
            fields = {"address": found.group(1).decode()} if found else {}
        _taken(
            resident.post(f"{base}{question}/", {**fields, "key": uuid.uuid4().hex, "do": "next"}), question
        )
    hidden = {name.decode(): value.decode() for name, value in HIDDEN.findall(resident.get(f"{base}check/"))}
    _taken(resident.post(f"{base}check/", {**hidden, "key": uuid.uuid4().hex}), "check")
    case = base.strip("/").rsplit("/", 1)[1]
    for action in ("claim", "approve"):
        step(officer, case, action)
    return case


def step(officer: Visitor, case: str, action: str, **fields: str) -> None:
    """One step at the office, on the version that the page shows."""
    hidden = {
        name.decode(): value.decode() for name, value in HIDDEN.findall(officer.get(f"/office/cases/{case}/"))
    }
    form = {"key": uuid.uuid4().hex, "version": hidden["version"], **fields}
    _taken(officer.post(f"/office/cases/{case}/step/{action}/", form), action)


def _taken(answer: tuple[int, str], what: str) -> None:
    if answer[0] != 302:
        raise RuntimeError(f"{what}: answered {answer[0]} instead of going on")
