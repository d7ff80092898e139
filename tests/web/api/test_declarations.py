"""A whole declaration in one request: the same as by the pages, once per key, all mistakes at once, nothing half kept."""

import base64
import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from renben.web.flow.models import Case, CaseEvent, CommandKey
from renben.web.guard.models import User
from renben.web.registry.answers import answers_of
from renben.web.registry.models import Address, Document
from tests.web.api.test_api import a_problem

WHOLE: dict[str, Any] = {
    "notice": "2026-01",
    "identity": {
        "acting_as": "self",
        "document_kind": "citizen",
        "number": "149901198501010014",
        "name": "示例甲",
    },
    "contact": {"phone": "13900000099"},
    "hukou": {"hukou_region": "141002", "hukou_kind": "10", "hukou_rural": "yes"},
    "arrival": {"arrival": "2026-02-20"},
    "place": {"region": "140105"},
    "stay": {"reason": "work", "housing": "rent"},
    "members": [
        {"relation": "spouse", "document_kind": "citizen", "number": "149901198501010022", "name": "示例乙"}
    ],
    "proof": {"proof_kind": "lease"},
}


@pytest.fixture
def resident(browse: Callable[..., Client], account: Callable[..., User]) -> Client:
    return browse(account("api-resident", "resident", "140000"))


def whole(client: Client, **changes: Any) -> dict[str, Any]:
    found = client.get("/api/v1/addresses", {"region": "140105"}).json()["items"]
    assert found and found[0]["text"] == Address.objects.get(pk=found[0]["key"]).text
    return copy.deepcopy(WHOLE) | {"address": {"address": found[0]["key"]}} | changes


def send(client: Client, body: Any, key: str = "declare-key-1") -> Any:
    headers = {"Idempotency-Key": key}
    return client.post("/api/v1/declarations", body, content_type="application/json", headers=headers)


def test_a_declaration_lands_in_the_queue_as_by_the_pages(resident: Client, address: Address) -> None:
    answer = send(resident, whole(resident))
    assert answer.status_code == 200, answer.content
    found = answer.json()
    case = Case.objects.get(pk=found["case"])
    assert (case.stage, case.region, found["stage"], found["repeated"]) == (
        "submitted",
        "140105",
        "submitted",
        False,
    )
    assert case.number == found["number"] and case.number.startswith("JD")
    assert [e.action for e in CaseEvent.objects.filter(case=case).order_by("pk")] == ["open", "submit"]
    kept = answers_of(case)
    assert kept["name"] == "示例甲" and kept["sex"] and kept["birth"] == "1985-01-01"
    assert [one["name"] for one in kept["members"]] == ["示例乙"] and kept["notice"] == "2026-01"


def test_the_same_key_answers_with_the_first_result_and_another_content_is_refused(
    resident: Client, address: Address
) -> None:
    body = whole(resident)
    first, again = send(resident, body).json(), send(resident, body).json()
    assert again == {**first, "repeated": True} and Case.objects.count() == 1
    other = {**body, "contact": {"phone": "13900000098"}}
    a_problem(send(resident, other), 422)
    assert Case.objects.count() == 1


def test_all_mistakes_are_told_at_once_and_nothing_is_kept(resident: Client, address: Address) -> None:
    body = whole(resident)
    body["notice"] = "1999-01"
    body["identity"]["number"] = "149901198501010015"
    body["arrival"] = {"arrival": "2099-01-01"}
    body["stay"] = {"reason": "work"}
    body["members"][0]["name"] = "7"
    body["proof"]["colour"] = "red"
    keys = CommandKey.objects.count()
    found = a_problem(send(resident, body), 422)
    told = {one["where"] for one in found["mistakes"]}
    assert told == {
        "notice", "identity.number", "arrival.arrival", "stay.housing", "members.0.name", "proof.colour",
    }  # fmt: skip
    assert all(one["why"] for one in found["mistakes"])
    assert not Case.objects.exists() and CommandKey.objects.count() == keys, "not even the key is spent"
    assert send(resident, whole(resident)).status_code == 200


def test_an_address_of_another_county_is_no_address(resident: Client, address: Address) -> None:
    found = a_problem(send(resident, whole(resident, place={"region": "140106"})), 422)
    assert {one["where"] for one in found["mistakes"]} == {"address.address"}


def test_a_proxy_needs_a_paper_and_a_paper_is_what_it_says(resident: Client, address: Address) -> None:
    body = whole(resident)
    body["identity"]["acting_as"] = "landlord"
    found = a_problem(send(resident, body), 422)
    assert {one["where"] for one in found["mistakes"]} == {"proof.file"}
    body["proof"]["file"] = {"name": "paper.pdf", "base64": base64.b64encode(b"no paper").decode()}
    assert "proof.file" in {one["where"] for one in a_problem(send(resident, body), 422)["mistakes"]}
    body["proof"]["file"]["base64"] = "%%%"
    assert "proof.file" in {one["where"] for one in a_problem(send(resident, body), 422)["mistakes"]}
    body["proof"]["file"]["base64"] = base64.b64encode(b"%PDF-1.4 a lease").decode()
    done = send(resident, body)
    assert done.status_code == 200, done.content
    assert Document.objects.filter(case=done.json()["case"]).count() == 1


def test_who_may_not_apply_may_not_declare(
    browse: Callable[..., Client], account: Callable[..., User]
) -> None:
    officer = browse(account("api-auditor-2", "auditor", "140000"))
    a_problem(send(officer, WHOLE | {"address": {"address": "1"}}), 403)
    a_problem(officer.get("/api/v1/addresses", {"region": "140105"}), 403)
