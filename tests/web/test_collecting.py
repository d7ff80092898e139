"""One city's counter takes in what another city decides: handed in once, completed once, both ends' days counted, nothing seen."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from renben.web.clock import today
from renben.web.flow.command import offered
from renben.web.flow.definition import Flow, flow_of, newest
from renben.web.flow.handing_over import Share, ways
from renben.web.flow.models import Case, CaseEvent, Handover
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.flow.sweeper import sweep
from renben.web.flow.verification import problems
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.look.templatetags.words import day
from renben.web.registry import collecting, mydata
from renben.web.registry.models import Address, Document, HouseholdMember, OneTimeCode, Person, Residence
from renben.web.words import words
from tests.web.cases import acting, do, registered
from tests.web.conftest import COUNTY, DAY, OTHER_COUNTY, answers

People = dict[str, Actor]
Browse = Callable[..., Client]
THERE, NAME, NUMBER = "141002", "示例甲", "149901198501010014"
DAYS = dt.timedelta(1)
TICKS = {"read_back": "on", "signed": "on", "originals": "on"}
NAMES = ("notice", "identity", "contact", "hukou", "arrival", "place", "address", "stay", "members", "proof")


@pytest.fixture
def there(account: Callable[..., User]) -> Actor:
    """An officer of the competent office, in another city."""
    return actor_of(account("t-there", "community_officer", THERE))


@pytest.fixture
def place() -> Address:
    return Address.objects.create(region=THERE, township=THERE + "001", text="合成路9号", synthetic=True)


def client_of(browse: Browse, actor: Actor) -> Client:
    return browse(User.objects.get(pk=actor.user_id))


def begun(client: Client, region: str = THERE, key: str = "elsewhere-1") -> Any:
    return client.post("/office/assist/elsewhere/", {"region": region, "key": key})


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("lease.pdf", b"%PDF-1.4\n% synthetic\n%%EOF\n")


def answered(
    client: Client, place: Address, scanned: bool = True, walked: bool = False, **changes: Any
) -> Case:
    """A form for another city with every question answered, not handed in; walked on its pages, or kept at once."""
    base = begun(client)["Location"].removesuffix("notice/")
    case = Case.objects.get(pk=base.strip("/").split("/")[-1])
    if not walked:
        fields = answers(place, **changes)
        for name in NAMES:
            do(case.pk, "take_down", actor_of(User.objects.get(pk=case.holder)), question=name, fields=fields)
    given = {**answers(place, **changes), "notice": "on", "do": "next"}
    given.pop("members"), given.pop("document")
    for name in NAMES if walked else ("proof",) * scanned:
        typed: dict[str, Any] = {"do": "next"} if name == "members" else dict(given)
        if name == "proof" and scanned:
            typed["file"] = scan()
        answer = client.post(f"{base}{name}/", {**typed, "key": f"elsewhere-{name}"})
        assert answer.status_code == 302, (name, answer.content.decode()[-2500:])
    return fresh(case)


def handed_in(client: Client, case: Case, key: str = "elsewhere-check", **ticks: str) -> Any:
    version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
    form = {**TICKS, "note": "身份证、租赁合同原件", **ticks, "key": key, "version": version}
    return client.post(f"/office/assist/{case.pk}/check/", {k: v for k, v in form.items() if v})


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def taken_in(people: People, there: Actor, place: Address, browse: Browse) -> Case:
    """Begun here and handed in on the same day."""
    client = client_of(browse, people["officer"])
    case = answered(client, place)
    assert handed_in(client, case)["Location"] == f"/office/cases/{case.pk}/slip/"
    return fresh(case)


def test_what_is_handed_in_is_the_competent_offices_and_only_it_decides(
    taken_in: Case, people: People, there: Actor
) -> None:
    assert (taken_in.stage, taken_in.region, taken_in.holder) == ("submitted", THERE, None)
    assert str(taken_in.number).startswith(f"JD-{THERE}") and taken_in.due_on is not None
    row = Handover.objects.get()
    assert (row.from_region, row.to_region, row.answer) == (COUNTY, THERE, "collected")
    for actor in (people["officer"], people["colleague"], people["elsewhere"]):
        assert offered(taken_in, actor) == ()
        with pytest.raises(Unknown):
            do(taken_in.pk, "claim", actor)
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "approve", there)
    done = fresh(taken_in)
    spell = Residence.objects.current().get(person_key=done.person_key)
    assert (done.stage, spell.region, spell.channel) == ("registered", THERE, "counter")
    assert Person.objects.current().get(key=done.person_key).region == THERE


def test_the_picker_offers_counties_of_other_cities_that_have_an_office(
    people: People, there: Actor, account: Callable[..., User], browse: Browse
) -> None:
    assert [code for _, rows in collecting.served((COUNTY,))[1:] for code, _ in rows] == [THERE]
    assert collecting.served(("140000",))[1:] == collecting.served(("",))[1:] == []
    client = client_of(browse, people["officer"])
    page = client.get("/office/assist/elsewhere/").content.decode()
    assert f'value="{THERE}"' in page and f'value="{OTHER_COUNTY}"' not in page
    assert "2020" in page and "from memory" in page
    for region in (OTHER_COUNTY, COUNTY, "140202", ""):
        assert begun(client, region, f"elsewhere-{region or 'none'}").status_code == 422
    assert not Case.objects.exists()
    first = begun(client)
    assert begun(client)["Location"] == first["Location"], "the same form twice is one case"
    whole = client_of(browse, actor_of(account("t-whole", "community_officer", "140000")))
    assert "No office of another city" in whole.get("/office/assist/elsewhere/").content.decode()


@pytest.mark.parametrize(
    ("changes", "scanned", "says"),
    [({"originals": ""}, True, "originals"), ({}, False, "scan"), ({"signed": ""}, True, "signed")],
)
def test_it_is_not_handed_in_without_scan_originals_and_signature(
    people: People,
    there: Actor,
    place: Address,
    browse: Browse,
    changes: dict[str, str],
    scanned: bool,
    says: str,
) -> None:
    client = client_of(browse, people["officer"])
    case = answered(client, place, scanned)
    answer = handed_in(client, case, **changes)
    assert answer.status_code in (409, 422) and says in answer.content.decode()
    assert (fresh(case).stage, fresh(case).region) == ("assisted", COUNTY) and not Handover.objects.exists()


def test_an_office_that_is_gone_gets_nothing(
    people: People, there: Actor, place: Address, browse: Browse
) -> None:
    client = client_of(browse, people["officer"])
    case = answered(client, place)
    User.objects.get(pk=there.user_id).grants.update(taken_at="2026-03-02T00:00:00Z")
    with pytest.raises(Guarded, match="office_elsewhere"):
        do(case.pk, "hand_in", people["officer"], read_back=True, signed=True, originals=True)


def test_the_slip_names_both_offices_and_the_days_and_nothing_of_the_person(
    taken_in: Case, people: People, there: Actor, browse: Browse, turn: Callable[[dt.date], None]
) -> None:
    officer, office = client_of(browse, people["officer"]), client_of(browse, there)
    turn(DAY + 3 * DAYS)
    for client in (officer, office):
        text = client.get(f"/office/cases/{taken_in.pk}/slip/").content.decode()
        assert str(taken_in.number) in text and "Xiaodian" in text and "Yaodu" in text
        assert "2 March 2026" in text and "3 days, 3 of them" in text
        assert f"<dd>{day(taken_in.due_on)}</dd>" in text
        assert NAME not in text and NUMBER not in text
    assert client_of(browse, people["elsewhere"]).get(f"/office/cases/{taken_in.pk}/slip/").status_code == 404
    seen = AuditEvent.objects.get(object_type="slip", actor=people["officer"].user_id)
    assert seen.detail == {"collected_by": COUNTY, "competent": THERE} and seen.region == COUNTY


def test_the_collecting_office_keeps_a_list_without_the_person(
    taken_in: Case, people: People, there: Actor, browse: Browse, turn: Callable[[dt.date], None]
) -> None:
    turn(DAY + 2 * DAYS)
    do(taken_in.pk, "claim", there)
    listed = {"view": "collected"}
    text = client_of(browse, people["colleague"]).get("/office/", listed).content.decode()
    assert str(taken_in.number) in text and "Under review" in text and "Yaodu" in text
    assert "0 days" in text and "2 days" in text and NAME not in text
    for actor in (people["elsewhere"], there):
        assert str(taken_in.number) not in client_of(browse, actor).get("/office/", listed).content.decode()
    handed = client_of(browse, people["colleague"]).get("/office/", {"view": "handed"}).content.decode()
    assert str(taken_in.number) not in handed, "nothing was handed over: it was taken in"
    rows = AuditEvent.objects.filter(object_type="collected", kind="list")
    assert [row.subject for row in rows] == [None] * 3


def test_the_competent_office_sees_by_whom_it_was_taken_in(
    taken_in: Case, there: Actor, browse: Browse
) -> None:
    client = client_of(browse, there)
    assert "taken in by Xiaodian" in client.get("/office/").content.decode()
    do(taken_in.pk, "claim", there)
    text = client.get(f"/office/cases/{taken_in.pk}/").content.decode()
    assert "Taken in by the counter of Xiaodian" in text and "originals were compared" in text
    assert "身份证、租赁合同原件" in text, "which originals were seen"
    assert client.get(f"/office/cases/{taken_in.pk}/document/").status_code == 200


def test_the_collecting_officer_opens_nothing_afterwards(
    taken_in: Case, people: People, there: Actor, browse: Browse
) -> None:
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "approve", there)
    client, key = client_of(browse, people["officer"]), fresh(taken_in).person_key
    for address in (f"/office/cases/{taken_in.pk}/", f"/office/cases/{taken_in.pk}/document/",
                    f"/office/assist/{taken_in.pk}/check/", f"/office/assist/{taken_in.pk}/identity/"):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert client.post(f"/office/cases/{taken_in.pk}/reveal/").status_code == 404
    file = client.get(f"/office/people/{key}/").content.decode()
    assert NAME not in file and "合成路9号" not in file
    assert NAME not in client.post("/office/search/", {"number": NUMBER}).content.decode()
    household = client.post("/office/assist/household/", {"number": NUMBER, "key": "elsewhere-household"})
    assert household.status_code == 404


def test_the_page_at_the_counter_tells_nothing_that_is_on_record(
    people: People, address: Address, there: Actor, place: Address, browse: Browse
) -> None:
    registered(people, answers(address))
    client = client_of(browse, people["officer"])
    case = answered(client, place, walked=True)
    mine = client.get(f"/office/cases/{case.pk}/").content.decode()
    assert "Open residence" not in mine and words()["check.open_spell"][1].split("{")[0] not in mine
    assert handed_in(client, case).status_code == 302
    do(case.pk, "claim", there)
    theirs = client_of(browse, there).get(f"/office/cases/{case.pk}/").content.decode()
    assert words()["check.open_spell"][1].split("{")[0] in theirs


@pytest.fixture
def returned(taken_in: Case, there: Actor, turn: Callable[[dt.date], None]) -> Case:
    """Asked for more by the competent office two days after it was handed in."""
    turn(DAY + 2 * DAYS)
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "return_to_counter", there, "租赁合同缺一页", fields=["proof"])
    return fresh(taken_in)


def test_a_return_goes_back_to_the_officer_who_took_it_down_and_is_handed_in_again(
    returned: Case, people: People, there: Actor, browse: Browse, turn: Callable[[dt.date], None]
) -> None:
    officer = people["officer"]
    assert (returned.stage, returned.region, returned.holder) == ("completing", COUNTY, officer.user_id)
    client, due = client_of(browse, officer), returned.due_on
    assert client_of(browse, there).get(f"/office/cases/{returned.pk}/").status_code == 404
    handed = client_of(browse, there).get("/office/", {"view": "handed"}).content.decode()
    assert str(returned.number) in handed and "back at the counter" in handed and NAME not in handed
    mine = client.get("/office/", {"view": "mine"}).content.decode()
    assert "for Yaodu" in mine and words()["case.paused"][1] in mine
    sheet = client.get(f"/office/assist/{returned.pk}/check/").content.decode()
    assert "租赁合同缺一页" in sheet and "To be mended" not in sheet
    turn(DAY + 7 * DAYS)
    assert due is not None and due < today(), "its clock stands: it is not late"
    late = client.get("/office/", {"view": "late"}).content.decode()
    assert str(returned.number) not in late
    base = f"/office/assist/{returned.pk}/"
    typed = {"proof_kind": "lease", "file": scan(), "do": "next", "key": "elsewhere-mended"}
    assert client.post(f"{base}proof/", typed).status_code == 302
    assert handed_in(client, returned, "elsewhere-again", originals="").status_code in (409, 422)
    assert handed_in(client, returned, "elsewhere-again-2").status_code == 302
    again = fresh(returned)
    assert (again.stage, again.region, again.marks, again.number) == ("submitted", THERE, [], returned.number)
    assert again.due_on is not None and again.due_on > due, "the clock stood"
    do(again.pk, "claim", there)
    with pytest.raises(Guarded, match="returned_before"):
        do(again.pk, "return_to_counter", there, "再退", fields=["proof"])
    do(again.pk, "approve", there)
    turn(DAY + 9 * DAYS)
    found = ways(fresh(again), flow_of(again.kind, again.flow_version), today())
    assert found is not None and found.shares == [Share(COUNTY, 5, 0), Share(THERE, 2, 2)]
    assert [row.answer for row in Handover.objects.order_by("seq")] == [
        "collected",
        "completion",
        "collected",
    ]


def test_whose_step_gives_a_case_away_is_led_to_what_was_handed_over(
    taken_in: Case, there: Actor, browse: Browse
) -> None:
    do(taken_in.pk, "claim", there)
    form = {
        "key": "elsewhere-back",
        "version": fresh(taken_in).version,
        "fields": ["proof"],
        "note": "缺一页",
    }
    client = client_of(browse, there)
    answer = client.post(f"/office/cases/{taken_in.pk}/step/return_to_counter/", form)
    assert answer["Location"] == "/office/?view=handed"
    assert str(taken_in.number) in client.get(answer["Location"]).content.decode()


def test_days_at_the_counter_before_it_is_handed_in_are_none_of_the_legal_ones(
    people: People, there: Actor, place: Address, browse: Browse, turn: Callable[[dt.date], None]
) -> None:
    client = client_of(browse, people["officer"])
    case = answered(client, place)
    turn(DAY + 4 * DAYS)
    assert handed_in(client, case).status_code == 302
    turn(DAY + 6 * DAYS)
    found = ways(fresh(case), newest(case.kind), today())
    assert found is not None and found.shares == [Share(COUNTY, 4, 0), Share(THERE, 2, 2)]
    assert (found.elapsed, found.legal) == (6, 2)


def test_a_colleague_of_the_counter_takes_over_and_no_other_office(
    returned: Case, people: People, there: Actor
) -> None:
    assert "take_up" not in [one.action for one in offered(returned, people["officer"])]
    for actor in (people["elsewhere"], there):
        with pytest.raises(Unknown):
            do(returned.pk, "take_up", actor)
    do(returned.pk, "take_up", people["colleague"])
    assert fresh(returned).holder == people["colleague"].user_id
    with pytest.raises(NotAllowed, match="not_assigned"):
        do(returned.pk, "hand_in", people["officer"], read_back=True, signed=True, originals=True)


@pytest.mark.parametrize(("ends", "stage"), [("drop", "withdrawn"), ("expire", "expired")])
def test_what_ends_at_the_counter_is_the_competent_offices_again(
    returned: Case, people: People, turn: Callable[[dt.date], None], ends: str, stage: str
) -> None:
    if ends == "drop":
        do(returned.pk, "drop", people["officer"])
    else:
        assert returned.wait_on is not None
        turn(returned.wait_on + DAYS)
        sweep()
    one = fresh(returned)
    assert (one.stage, one.region) == (stage, THERE)
    assert Handover.objects.order_by("-seq")[0].answer == "home"


def test_what_was_never_handed_in_stays_where_it_was_begun(
    people: People, there: Actor, place: Address, browse: Browse
) -> None:
    case = answered(client_of(browse, people["officer"]), place)
    do(case.pk, "drop", people["officer"])
    assert (fresh(case).stage, fresh(case).region) == ("withdrawn", COUNTY) and not Handover.objects.exists()


def test_words_of_the_competent_office_are_not_shown_at_the_counter(
    taken_in: Case, people: People, there: Actor, browse: Browse
) -> None:
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "release", there, "合成：内部意见")
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "return_to_counter", there, "缺一页", fields=["proof"])
    text = client_of(browse, people["officer"]).get(f"/office/cases/{taken_in.pk}/").content.decode()
    assert "缺一页" in text and "身份证、租赁合同原件" in text and "内部意见" not in text


def test_every_step_is_audited_with_both_regions(returned: Case, people: People) -> None:
    rows = AuditEvent.objects.filter(object_id=str(returned.pk), kind="command").order_by("pk")
    both = {"collected_by": COUNTY, "competent": THERE}
    assert rows.count() == CaseEvent.objects.filter(case=returned).count() + 1
    assert all(both.items() <= row.detail.items() for row in rows)
    sent = next(row for row in rows if row.detail["action"] == "hand_in")
    back = next(row for row in rows if row.detail["action"] == "return_to_counter")
    assert (sent.detail["from"], sent.detail["to"]) == (COUNTY, THERE)
    assert (back.detail["from"], back.detail["to"]) == (THERE, COUNTY)


def test_who_lives_there_sees_under_my_data_where_it_was_taken_in(
    taken_in: Case, people: People, there: Actor, browse: Browse
) -> None:
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "approve", there)
    slip = client_of(browse, people["officer"]).get(f"/office/cases/{taken_in.pk}/slip/").content.decode()
    code = client_of(browse, there).get(f"/office/cases/{taken_in.pk}/slip/").content.decode()
    found = re.search(r'class="code"><strong>([^<]+)', code)
    assert found and found[1] not in slip, "the code that opens the record is the competent office's to give"
    resident = client_of(browse, people["stranger"])
    assert resident.post("/my/bind/", {"code": found[1], "number": NUMBER}).status_code == 302
    text = resident.get("/my/data/").content.decode()
    assert "taken in elsewhere: at the counter of Xiaodian" in text and "2 March 2026" in text
    assert resident.get("/my/data/file/").json()["residence"][0]["taken_in_by"] == COUNTY
    spell = Residence.objects.current().get(person_key=fresh(taken_in).person_key)
    with acting(actor_of(User.objects.get(pk=people["stranger"].user_id))):
        assert mydata._taken_in([spell])[spell.key].from_region == COUNTY


def test_a_proxy_gets_the_slip_with_the_code_by_which_the_person_confirms(
    people: People, there: Actor, place: Address, browse: Browse
) -> None:
    client = client_of(browse, people["officer"])
    case = answered(client, place, acting_as="landlord")
    assert handed_in(client, case).status_code == 302
    text = client.get(f"/office/cases/{case.pk}/slip/").content.decode()
    found = re.search(r'class="code"><strong>([^<]+)', text)
    assert found and "Please confirm" in text
    OneTimeCode.objects.update(used_at="2026-03-02T00:00:00Z")
    assert found[1] not in client.get(f"/office/cases/{case.pk}/slip/").content.decode()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row policies")
def test_the_database_shows_the_collecting_office_the_handover_and_nothing_else(
    taken_in: Case, people: People, there: Actor
) -> None:
    def seen() -> dict[str, int]:
        with acting(people["officer"]):
            return {
                "case": Case.objects.filter(pk=taken_in.pk).count(),
                "event": CaseEvent.objects.filter(case=taken_in.pk).count(),
                "file": Document.objects.filter(case=taken_in.pk).count(),
                "code": OneTimeCode.objects.filter(case=taken_in.pk).count(),
                "person": Person.objects.count()
                + Residence.objects.count()
                + HouseholdMember.objects.count(),
                "handover": Handover.objects.filter(case=taken_in.pk).count(),
            }

    alone = {"case": 0, "event": 0, "file": 0, "code": 0, "person": 0, "handover": 1}
    assert seen() == alone
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "return_to_counter", there, "缺一页", fields=["proof"])
    back = seen()
    assert (back["case"], back["person"]) == (1, 0) and back["file"] > 0, (
        "what was written there is there again"
    )
    with acting(there):
        assert not Case.objects.filter(pk=taken_in.pk).exists()
        assert Handover.objects.filter(case=taken_in.pk).count() == 2
    do(taken_in.pk, "hand_in", people["officer"], read_back=True, signed=True, originals=True)
    do(taken_in.pk, "claim", there)
    do(taken_in.pk, "approve", there)
    assert seen() == {**alone, "handover": 3}
    with acting(people["elsewhere"]):
        assert not Handover.objects.filter(case=taken_in.pk).exists()


def test_at_ones_own_counter_a_return_is_completed_the_same_way(
    people: People, address: Address, browse: Browse
) -> None:
    client = client_of(browse, people["officer"])
    base = client.post("/office/assist/", {"key": "own-counter-1"})["Location"].removesuffix("notice/")
    case = Case.objects.get(pk=base.strip("/").split("/")[-1])
    for name in NAMES:
        do(case.pk, "take_down", people["officer"], question=name, fields=answers(address))
    do(case.pk, "hand_in", people["officer"], read_back=True, signed=True)
    do(case.pk, "claim", people["colleague"])
    steps = [one.action for one in offered(fresh(case), people["colleague"])]
    assert "return_to_counter" in steps and "return" not in steps
    do(case.pk, "return_to_counter", people["colleague"], "缺一页", fields=["proof"])
    one = fresh(case)
    assert (one.stage, one.region, one.holder) == ("completing", COUNTY, people["officer"].user_id)
    assert not Handover.objects.exists()
    assert "缺一页" in client.get(f"{base}check/").content.decode()
    sheet = {"key": "own-counter-2", "version": one.version, "read_back": "on", "signed": "on"}
    assert client.post(f"{base}check/", sheet).status_code == 302
    do(case.pk, "claim", people["officer"])
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case.pk, "approve", people["officer"])
    do(case.pk, "release", people["officer"])
    do(case.pk, "claim", people["colleague"])
    do(case.pk, "approve", people["colleague"])
    assert fresh(case).stage == "registered"


def test_online_a_return_goes_to_the_applicant_as_before(people: People, address: Address) -> None:
    case = registered(people, answers(address)).pk
    assert Case.objects.get(pk=case).returns == 0
    flow = newest("residence_registration")
    assert {flow.find("in_review", one).counter for one in ("return", "return_to_counter")} == {
        "never",
        "only",
    }  # type: ignore[union-attr]


CASES: list[tuple[str, Callable[[dict[str, Any]], None], str]] = [
    ("anybody's case goes to a counter", lambda f: find(f, "return_to_counter").update(counter=""), "only a case that was taken down"),
    ("it ends where it was taken in", lambda f: find(f, "expire").update(effects=()), "does not go to the competent one"),
    ("it is not forwarded", lambda f: find(f, "hand_in").update(effects=("take_in",)), "does not go to the competent one"),
]  # fmt: skip


def find(flow: dict[str, Any], action: str) -> dict[str, Any]:
    return next(one for one in flow["transitions"] if one["action"] == action)


@pytest.mark.parametrize("kind", ["residence_registration", "household_change"])
@pytest.mark.parametrize(("why", "change", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_flow_that_would_leave_a_case_at_the_wrong_office_is_refused(
    kind: str, why: str, change: Any, said: str
) -> None:
    written = newest(kind).model_dump()
    assert problems(Flow.model_validate(written)) == ()
    change(written)
    assert any(said in text for text in problems(Flow.model_validate(written))), why
