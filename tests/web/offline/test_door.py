"""The doors of the queue: the number is given here, nothing that a device says is trusted, no draft goes under another account."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localtime

from renben.web.cases.models import Report
from renben.web.clock import now
from renben.web.flow.models import Case, CaseEvent, CommandKey
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.offline.door import opaque
from renben.web.registry.answers import answers_of
from renben.web.registry.models import Address, Document
from tests.web.api.test_declarations import WHOLE
from tests.web.cases import do
from tests.web.conftest import COUNTY, DAY, OTHER_COUNTY
from tests.web.pictures import drawn, encoded

Browse = Callable[..., Client]
People = dict[str, Actor]
STREET = {
    "what": {"subclass": "street_lamp"},
    "where": {"region": COUNTY, "place": "合成路口", "lat": "37.80000", "lon": "112.55000"},
    "words": {"words": "合成：路面破损", "severity": "ordinary"},
    "phone": {"phone": ""},
}
SIGNED = {"counter": {"read_back": True, "signed": True}}


def user_of(people: People, name: str) -> User:
    return User.objects.get(pk=people[name].user_id)


def draft(at: Address, **changes: Any) -> dict[str, Any]:
    return {**WHOLE, "address": {"address": "", "words": at.text}, **changes}


def send(client: Client, kind: str, account: str, given: Any, key: str = "", **more: Any) -> Any:
    text = given if isinstance(given, str) else json.dumps(given)
    form = {"key": key or str(uuid4()), "account": account, "draft": text, "language": "en", **more}
    return client.post(f"/offline/send/{kind}/", form)


def where(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [one["where"] for one in answer.json()["mistakes"]]


def test_a_declaration_gets_its_number_once_however_often_it_is_sent(
    people: People, address: Address, browse: Browse
) -> None:
    user, key = user_of(people, "resident"), str(uuid4())
    client, given = browse(user), draft(address)
    first = send(client, "declaration", opaque(user), given, key).json()
    again = send(client, "declaration", opaque(user), given, key).json()
    assert first["number"].startswith("JD") and not first["repeated"]
    assert again == {**first, "repeated": True} and Case.objects.count() == 1
    case = Case.objects.get()
    assert (str(case.pk), case.stage, case.applicant) == (first["case"], "submitted", user.pk)
    assert first["link"] == f"/my/cases/{case.pk}/" and client.get(first["link"]).status_code == 200
    assert answers_of(case)["address"] == str(address.pk), "found by what was written"
    other = send(client, "declaration", opaque(user), {**given, "contact": {"phone": "13900000098"}}, key)
    assert other.status_code == 422 and other.json()["code"] == "refusal.key_reused"
    assert Case.objects.count() == 1


def test_the_key_is_known_for_as_long_as_the_device_may_ask_again(
    people: People, address: Address, browse: Browse
) -> None:
    user = user_of(people, "resident")
    send(browse(user), "declaration", opaque(user), draft(address))
    assert CommandKey.objects.get(keep_until__gt=DAY + dt.timedelta(days=8)).keep_until == DAY + dt.timedelta(
        21
    )


def test_what_the_device_says_of_the_time_is_noted_and_nothing_counts_from_it(
    people: People, address: Address, browse: Browse
) -> None:
    user = user_of(people, "resident")
    begun = (now() - dt.timedelta(days=3)).isoformat()
    answer = send(browse(user), "declaration", opaque(user), draft(address), begun=begun)
    case = Case.objects.get(pk=answer.json()["case"])
    assert case.result["begun_on_device"][:16] == begun[:16]
    assert localtime(case.opened_at).date() == DAY and case.started_on == DAY, (
        "the limit begins when it was taken in"
    )
    do(case.pk, "claim", people["officer"])
    page = browse(user_of(people, "officer")).get(f"/office/cases/{case.pk}/").content.decode()
    assert "Begun on a device" in page and "27 February 2026" in page


@pytest.mark.parametrize(
    "begun",
    ["", "yesterday", "1999-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "2026-03-01T08:00:00", "9" * 99],
)
def test_a_time_that_cannot_be_is_left_out(
    begun: str, people: People, address: Address, browse: Browse
) -> None:
    user = user_of(people, "resident")
    answer = send(browse(user), "declaration", opaque(user), draft(address), begun=begun)
    assert answer.status_code == 200 and Case.objects.get().result == {}


def test_every_mistake_is_told_by_its_field_and_nothing_is_kept(
    people: People, address: Address, browse: Browse
) -> None:
    user, key = user_of(people, "resident"), str(uuid4())
    wrong = draft(
        address, arrival={"arrival": "2031-01-01"}, address={"address": "", "words": "无此地址"}, notice="1999",
        identity={**WHOLE["identity"], "number": "149901198501010015"},
    )  # fmt: skip
    found = where(send(browse(user), "declaration", opaque(user), wrong, key))
    assert found == ["notice", "identity.number", "arrival.arrival", "address.address"]
    assert not Case.objects.exists() and not CommandKey.objects.exists()
    assert send(browse(user), "declaration", opaque(user), draft(address), key).status_code == 200, (
        "mended under its own key"
    )


def test_an_address_that_stands_twice_is_not_guessed(
    people: People, address: Address, browse: Browse
) -> None:
    Address.objects.create(region=COUNTY, township=COUNTY + "002", text=address.text, synthetic=True)
    user = user_of(people, "resident")
    answer = send(browse(user), "declaration", opaque(user), draft(address))
    assert where(answer) == ["address.address"] and "from the list" in answer.json()["mistakes"][0]["why"]


def test_a_draft_is_never_taken_in_under_another_account(
    people: People, address: Address, browse: Browse
) -> None:
    mine, other = user_of(people, "resident"), user_of(people, "stranger")
    for client, account in ((browse(other), opaque(mine)), (browse(mine), ""), (browse(mine), "0" * 32)):
        answer = send(client, "declaration", account, draft(address))
        assert (answer.status_code, answer.json()["code"]) == (409, "offline.other_account")
    assert send(browse(), "declaration", opaque(mine), draft(address)).status_code == 302, "to sign in"
    assert not Case.objects.exists()
    assert len({opaque(mine), opaque(other)}) == 2 and mine.username not in opaque(mine)


def test_what_is_no_draft_is_refused_in_words(people: People, address: Address, browse: Browse) -> None:
    user = user_of(people, "resident")
    for bad in ("", "[]", "{", "[" * 100_000, "{}", json.dumps(draft(address) | {"members": [[1]]}),
                json.dumps(draft(address) | {"identity": 7})):  # fmt: skip
        answer = send(browse(user), "declaration", opaque(user), bad)
        assert (answer.status_code, answer.json()["code"]) == (422, "offline.unreadable"), bad[:30]
    nameless = send(browse(user), "declaration", opaque(user), draft(address), "not a key")
    assert nameless.status_code == 422 and "one-time key" in nameless.json()["problem"]


def test_a_file_comes_along_and_is_looked_at(people: People, address: Address, browse: Browse) -> None:
    user = user_of(people, "resident")
    bad = SimpleUploadedFile("lease.pdf", b"no pdf at all")
    assert where(send(browse(user), "declaration", opaque(user), draft(address), file=bad)) == ["proof.file"]
    good = SimpleUploadedFile("lease.pdf", b"%PDF-1.4 synthetic")
    assert send(browse(user), "declaration", opaque(user), draft(address), file=good).status_code == 200
    assert Document.objects.get().case == Case.objects.get().pk


def test_an_officers_visit_goes_to_a_colleague_with_number_and_slip(
    people: People, address: Address, browse: Browse
) -> None:
    user, key = user_of(people, "officer"), str(uuid4())
    client, given = browse(user), draft(address, contact={"phone": ""}, **SIGNED)
    first = send(client, "visit", opaque(user), given, key).json()
    assert send(client, "visit", opaque(user), given, key).json() == {**first, "repeated": True}
    case = Case.objects.get()
    assert (case.stage, case.applicant, case.holder) == ("submitted", None, None)
    assert case.result["assisted_by"] == user.pk and case.result["assisted"]
    assert [one.action for one in CaseEvent.objects.order_by("pk")] == ["open", "assist", "hand_in"]
    assert first["link"] == f"/office/cases/{case.pk}/slip/" and client.get(first["link"]).status_code == 200
    do(case.pk, "claim", people["officer"])
    with pytest.raises(Exception, match="refusal"):
        do(case.pk, "approve", people["officer"])
    do(case.pk, "release", people["officer"])
    do(case.pk, "claim", people["colleague"])
    do(case.pk, "approve", people["colleague"])


def test_a_visit_that_was_not_signed_or_lies_outside_is_refused(
    people: People, address: Address, browse: Browse
) -> None:
    user = user_of(people, "elsewhere")
    lacking = send(browse(user), "visit", opaque(user), draft(address, counter={"read_back": True}))
    assert where(lacking) == ["place.region", "counter.signed"]
    assert where(send(browse(user), "visit", opaque(user), draft(address))) == [
        "place.region", "counter.read_back", "counter.signed",
    ]  # fmt: skip
    resident = user_of(people, "resident")
    assert send(browse(resident), "visit", opaque(resident), draft(address, **SIGNED)).status_code == 403
    counted = send(browse(resident), "declaration", opaque(resident), draft(address, **SIGNED))
    assert where(counted) == ["counter"], "who registers himself signs nothing"
    assert not Case.objects.exists()


def test_a_report_is_the_accounts_or_nobodys_as_it_was_begun(people: People, browse: Browse) -> None:
    user, key = user_of(people, "resident"), str(uuid4())
    own = send(browse(user), "report", opaque(user), STREET).json()
    assert Case.objects.get(pk=own["case"]).applicant == user.pk and not own["code"]
    assert own["link"] == f"/my/cases/{own['case']}/"
    nobodys = send(browse(user), "report", "", STREET, key).json()
    assert Case.objects.get(pk=nobodys["case"]).applicant is None, "though somebody is signed in by now"
    assert nobodys["code"] and not nobodys["link"] and Report.objects.filter(account=None).count() == 1
    again = send(browse(), "report", "", STREET, key).json()
    assert again == {**nobodys, "repeated": True} and Case.objects.count() == 2
    assert send(browse(), "report", opaque(user), STREET).status_code == 409


def test_a_report_is_looked_at_as_by_the_form(browse: Browse) -> None:
    wrong = {
        "what": {"subclass": "nothing"},
        "where": {"region": OTHER_COUNTY, "lat": "37"},
        "phone": {"phone": "1"},
    }
    found = where(send(browse(), "report", "", wrong))
    assert found == ["what.subclass", "where.lon", "words.words", "words.severity", "phone.phone"]
    text = SimpleUploadedFile("x.jpg", b"%PDF-1.4")
    assert where(send(browse(), "report", "", STREET, file=text)) == ["check.photo"]
    picture = SimpleUploadedFile(
        "x.jpg", encoded(drawn(60, 80, ears=20, top=10, centre=30.0), quality=80, dpi=(72, 72))
    )
    assert send(browse(), "report", "", STREET, file=picture).status_code == 200
    assert Report.objects.get().photo is not None


def test_the_doors_ask_for_the_forms_token_which_comes_fresh(people: People, address: Address) -> None:
    user, client = user_of(people, "resident"), Client(enforce_csrf_checks=True)
    client.force_login(user, backend="renben.web.guard.sessions.Accounts")
    assert send(client, "declaration", opaque(user), draft(address)).status_code == 403
    said = client.get("/offline/who/").json()
    assert (
        said["account"] == opaque(user)
        and said["may"] == ["declaration", "report"]
        and said["day"] == DAY.isoformat()
    )
    form = {"key": str(uuid4()), "account": said["account"], "draft": json.dumps(draft(address))}
    answer = client.post("/offline/send/declaration/", form, headers={"X-CSRFToken": said["token"]})
    assert answer.status_code == 200


def test_who_says_nothing_of_a_visitor_and_what_an_officer_may_send(people: People, browse: Browse) -> None:
    said = browse().get("/offline/who/").json()
    assert (said["account"], said["may"]) == ("", [])
    assert browse(user_of(people, "officer")).get("/offline/who/").json()["may"] == ["visit"]


def test_addresses_of_a_county_are_handed_out_up_to_a_limit(
    people: People, address: Address, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    Address.objects.create(
        region=COUNTY, township=COUNTY + "001", text="旧址", synthetic=True, usable_until=DAY
    )
    client = browse(user_of(people, "officer"))
    found = client.get("/offline/addresses/", {"region": COUNTY}).json()
    assert found == {"region": COUNTY, "items": [[str(address.pk), address.text]], "more": False}
    Address.objects.create(region=COUNTY, township=COUNTY + "001", text="合成街道2号", synthetic=True)
    real = sending_provision()
    monkeypatch.setattr("renben.web.offline.sending.provision", lambda *_: real(1))
    assert client.get("/offline/addresses/", {"region": COUNTY}).json()["more"] is True
    assert browse(user_of(people, "steward")).get("/offline/addresses/").status_code == 403


def sending_provision() -> Callable[[int], Any]:
    class One:
        def __init__(self, value: int) -> None:
            self.value = value

    return One


def test_signing_out_leaves_the_storage_of_a_device_that_keeps_drafts(people: People, browse: Browse) -> None:
    client = browse(user_of(people, "resident"))
    assert client.post("/account/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    client = browse(user_of(people, "resident"))
    assert client.post("/offline/device/", {"drafts": "on"}).cookies["drafts"].value == "on"
    answer = client.post("/account/logout/")
    assert answer["Clear-Site-Data"] == '"cache"' and answer.cookies["drafts"].value == "out"
    client.post("/offline/device/", {"drafts": "off"})
    assert client.cookies["drafts"].value == ""
