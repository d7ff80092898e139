"""Acting for somebody else: evidence, limits, the person's word by code or in person, wards, the counter."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from renben.web.flow.models import Case, Message, Outbox
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Unknown
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import applications, codes, pages_resident, proxies
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import Address, Mandate, OneTimeCode, Person, Residence
from tests.web.cases import again, do, fill, registered
from tests.web.conftest import DAY, answers, set_day

People = dict[str, Actor]
Browse = Callable[..., Client]
EVIDENCE = "00000000-0000-4000-8000-00000000d0c0"


def numbered(first: str) -> str:
    return first + check_digit(first)


CHILD = {"document_kind": "citizen", "number": numbered("14990120180615001"), "name": "示例丙", "sex": "1",
         "birth": "2018-06-15", "relation": "child"}  # fmt: skip


@pytest.fixture
def evidence() -> str:
    from renben.web.registry import documents  # noqa: PLC0415

    return documents.store(SimpleUploadedFile("lease.pdf", b"%PDF-1.4 synthetic lease"), None)


@pytest.fixture
def by_landlord(people: People, address: Address, evidence: str) -> str:
    """A landlord registered a tenant; an officer holds the case."""
    case = fill(
        "residence_registration",
        people["resident"],
        answers(address, acting_as="landlord", document=evidence),
    )
    do(case, "submit", people["resident"])
    do(case, "claim", people["officer"])
    return case


def user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def code_of(case: str, purpose: str = "confirm") -> str:
    return codes.shown(OneTimeCode.objects.get(case=case, purpose=purpose))


def test_without_evidence_a_proxy_cannot_submit_and_the_form_says_so_first(
    people: People, address: Address, browse: Browse
) -> None:
    case = fill("residence_registration", people["resident"], answers(address, acting_as="landlord"))
    with pytest.raises(Guarded, match="mandate_evidence"):
        do(case, "submit", people["resident"])
    client = browse(user(people["resident"]))
    answer = client.post(
        f"/my/cases/{case}/proof/", {"proof_kind": "lease", "key": "proof-key-1", "do": "next"}
    )
    assert answer.status_code == 422 and "needs evidence" in answer.content.decode()


def test_an_adult_is_not_registered_before_he_has_confirmed(by_landlord: str, people: People) -> None:
    with pytest.raises(Guarded, match="unconfirmed"):
        do(by_landlord, "approve", people["officer"])
    assert not Person.objects.exists()


def test_the_person_confirms_with_the_slip_and_then_takes_the_record_over(
    by_landlord: str, people: People, browse: Browse
) -> None:
    officer, anybody = browse(user(people["officer"])), browse()
    slip = officer.get(f"/office/cases/{by_landlord}/slip/").content.decode()
    code = code_of(by_landlord)
    assert code in slip
    landlord = browse(user(people["resident"]))
    assert code not in landlord.get(f"/my/cases/{by_landlord}/").content.decode(), "the proxy never sees it"
    wrong = anybody.post("/confirm/", {"code": code, "tail": "9999"})
    assert wrong.status_code == 404 and "example" not in wrong.content.decode()
    page = anybody.post("/confirm/", {"code": code.lower(), "tail": "0014"}).content.decode()
    assert "Landlord" in page and "合成街道1号" in page and "示**" in page and "示例甲" not in page
    done = anybody.post("/confirm/", {"code": code, "tail": "0014", "word": "yes"})
    assert "your word is noted" in done.content.decode()
    assert anybody.post("/confirm/", {"code": code, "tail": "0014", "word": "yes"}).status_code == 404, "once"
    do(by_landlord, "approve", people["officer"])
    mandate = Mandate.objects.get()
    assert (mandate.kind, mandate.valid_to) == ("landlord", dt.date(2027, 3, 2))
    assert again(people["resident"]).person_key is None, "the landlord's account is not the tenant's"
    tenant = browse(user(people["stranger"]))
    bind = code_of(by_landlord, "bind")
    assert tenant.post("/my/bind/", {"code": bind, "number": "149901198501010022"}).status_code == 404
    assert tenant.post("/my/bind/", {"code": bind, "number": "149901198501010014"}).status_code == 302
    assert again(people["stranger"]).person_key == Case.objects.get(pk=by_landlord).person_key
    page = tenant.get("/my/data/").content.decode()
    assert "合成街道1号" in page and "Who may act for me" in page
    assert landlord.post(f"/my/mandates/{mandate.pk}/end/").status_code == 404, "not the landlord's to end"
    assert tenant.post(f"/my/mandates/{mandate.pk}/end/").status_code == 302
    assert "Who may act for me" not in tenant.get("/my/data/").content.decode()
    assert '"acting_for_me": []' in tenant.get("/my/data/file/").content.decode()


def test_a_no_ends_it_and_nothing_is_registered(by_landlord: str, people: People) -> None:
    proxies.answer(code_of(by_landlord), "0014", yes=False)
    case = Case.objects.get(pk=by_landlord)
    assert case.stage == "refused" and case.result["denied"] and not Residence.objects.exists()


def test_after_five_wrong_numbers_a_code_is_locked(by_landlord: str) -> None:
    code = code_of(by_landlord)
    for _ in range(codes.MOST_TRIES):
        with pytest.raises(Unknown):
            proxies.look(code, "0000")
    with pytest.raises(Unknown):
        proxies.look(code, "0014")


def test_a_code_runs_out(by_landlord: str) -> None:
    set_day(DAY + dt.timedelta(days=31))
    with pytest.raises(Unknown):
        proxies.look(code_of(by_landlord), "0014")


def test_an_officer_who_saw_the_person_may_note_it_instead(by_landlord: str, people: People) -> None:
    with pytest.raises(Incomplete):
        do(by_landlord, "confirm_in_person", people["officer"])
    do(by_landlord, "confirm_in_person", people["officer"], note="seen at the door, card compared")
    with pytest.raises(Guarded, match="nothing_to_confirm"):
        do(by_landlord, "confirm_in_person", people["officer"], note="again")
    do(by_landlord, "approve", people["officer"])
    assert Person.objects.count() == 1


def test_somebody_with_an_account_finds_it_on_his_start_page(
    people: People, address: Address, evidence: str, browse: Browse
) -> None:
    registered(people, answers(address))
    other = Address.objects.create(region=address.region, township=address.township, text="合成街道7号")
    case = fill(
        "residence_registration", people["stranger"], answers(other, acting_as="employer", document=evidence)
    )
    do(case, "submit", people["stranger"])
    mine = browse(user(people["resident"]))
    page = mine.get("/home/").content.decode()
    assert "Somebody registered you" in page and code_of(case) in page
    asked = mine.post("/confirm/", {"code": code_of(case)}).content.decode()
    assert 'name="tail"' in asked and code_of(case) in asked


def test_an_account_acts_for_no_more_people_than_the_limit(
    people: People, address: Address, evidence: str
) -> None:
    for n in range(6):
        Mandate.objects.create(
            account=people["resident"].user_id, person_key=f"00000000-0000-4000-8000-00000000000{n}",
            kind="guardian", valid_from=DAY, valid_to=dt.date(2027, 1, 1) if n else DAY,
        )  # fmt: skip
    fields = answers(
        address, acting_as="guardian", document=evidence, **{k: CHILD[k] for k in ("number", "birth", "name")}
    )
    case = fill("residence_registration", people["resident"], fields)
    do(case, "submit", people["resident"])
    Mandate.objects.filter(valid_to=DAY).update(valid_to=None)
    second = fill("residence_registration", people["resident"], fields)
    with pytest.raises(Guarded, match="mandate_limit"):
        do(second, "submit", people["resident"])


def test_a_parent_applies_for_a_child_and_a_stranger_cannot(
    people: People, address: Address, browse: Browse
) -> None:
    registered(people, answers(address, members=[CHILD]))
    parent = again(people["resident"])
    (ward,) = proxies.wards(parent)
    assert ward.person.name == "示例丙" and ward.until == dt.date(2034, 6, 15), "until the child is sixteen"
    client = browse(user(parent))
    page = client.get("/my/household/").content.decode()
    assert page.count(f'value="{ward.person.key}"') == len(pages_resident.FOR_WARDS)
    form = {"key": "ward-begin-1", "ward": str(ward.person.key)}
    location = client.post("/apply/residence_permit/begin/", form)["Location"]
    case = Case.objects.get(pk=location.split("/")[3])
    assert case.person_key == ward.person.key and case.applicant == parent.user_id
    with pytest.raises(NotAllowed, match="no_mandate"):
        applications.begin(people["stranger"], "residence_permit", "ward-begin-2", str(ward.person.key))
    assert client.post(f"/my/wards/{ward.person.key}/give-up/").status_code == 302
    assert proxies.wards(parent) == []


def counter(client: Client, key: str = "counter-1") -> str:
    return client.post("/office/assist/", {"key": key})["Location"].removesuffix("notice/")


def test_an_officer_takes_down_reads_back_and_hands_in_and_a_colleague_decides(
    people: People, address: Address, browse: Browse
) -> None:
    officer, colleague = browse(user(people["officer"])), browse(user(people["colleague"]))
    base = counter(officer)
    assert counter(officer) == base, "the same form twice is one case"
    case = base.strip("/").split("/")[-1]
    posts: list[tuple[str, dict[str, str]]] = [
        ("notice", {"notice": "on"}),
        ("identity", {"acting_as": "self", "document_kind": "citizen", "number": "149901198501010014", "name": "示例甲"}),
        ("contact", {"phone": "13900000001"}),
        ("hukou", {"hukou_region": "141002", "hukou_kind": "10", "hukou_rural": "yes"}),
        ("arrival", {"arrival": "2026-03-01"}),
        ("place", {"region": address.region}),
        ("address", {"address": str(address.pk)}),
        ("stay", {"reason": "work", "housing": "rent"}),
        ("members", {}),
        ("proof", {"proof_kind": "lease"}),
    ]  # fmt: skip
    for n, (name, form) in enumerate(posts):
        answer = officer.post(f"{base}{name}/", {**form, "key": f"counter-q-{n}", "do": "next"})
        assert answer.status_code == 302, (
            name,
            re.findall(r'class="error"[^>]*>([^<]+)', answer.content.decode()),
        )
    assert colleague.get(f"{base}check/").status_code == 404, "the form is the officer's own"
    assert colleague.get(f"/office/cases/{case}/").status_code == 404
    assert "示例甲" not in colleague.get("/office/").content.decode()
    assert "示例甲" in officer.get("/office/").content.decode()
    assert "Signature" in officer.get(f"{base}check/").content.decode()
    version = str(Case.objects.values_list("version", flat=True).get(pk=case))
    form = {"key": "counter-hand-in", "version": version, "read_back": "on"}
    assert officer.post(f"{base}check/", form).status_code == 422, "unsigned"
    answer = officer.post(f"{base}check/", {**form, "signed": "on"})
    assert answer["Location"] == f"/office/cases/{case}/slip/"
    do(case, "claim", people["officer"])
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case, "approve", people["officer"])
    do(case, "release", people["officer"])
    do(case, "claim", people["colleague"])
    assert "Taken down at the counter" in colleague.get(f"/office/cases/{case}/").content.decode()
    do(case, "approve", people["colleague"])
    found = Case.objects.get(pk=case)
    assert found.applicant is None and found.result["assisted"] and found.stage == "registered"
    assert Residence.objects.get().channel == "counter"
    assert code_of(case, "bind") in colleague.get(f"/office/cases/{case}/slip/").content.decode()
    assert not Outbox.objects.filter(case=case).exists() and not Message.objects.exists()
    assert AuditEvent.objects.filter(permission="registration.assist").count() > 5


def test_an_officer_cannot_take_down_a_place_outside_his_regions(people: People, browse: Browse) -> None:
    officer = browse(user(people["officer"]))
    base = counter(officer)
    answer = officer.post(f"{base}place/", {"region": "141002", "key": "counter-far", "do": "next"})
    assert answer.status_code == 422 and "outside your regions" in answer.content.decode()


def test_an_officer_cannot_write_into_a_residents_own_draft(people: People, address: Address) -> None:
    case = fill("residence_registration", people["resident"], answers(address))
    for action in ("take_down", "hand_in"):
        with pytest.raises(Exception, match="no_such_step"):
            do(case, action, people["officer"], read_back=True, signed=True, question="contact", fields={})


def test_a_form_at_the_counter_is_given_up_or_runs_out(
    people: People, browse: Browse, account: Callable[..., User]
) -> None:
    officer = browse(user(people["officer"]))
    case = counter(officer).strip("/").split("/")[-1]
    do(case, "drop", people["officer"])
    assert Case.objects.get(pk=case).stage == "withdrawn"
    far = actor_of(account("t-none", "community_officer", ""))
    assert browse(user(far)).post("/office/assist/", {"key": "counter-all"}).status_code == 302
