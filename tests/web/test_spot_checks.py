"""Closed cases are drawn once, looked at by another office, put right by the one that closed them, and counted."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from renben.core.period import Period
from renben.web.clock import now
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Unknown
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, Grant, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from renben.web.spotcheck import drawing
from renben.web.spotcheck.models import Check, Draw
from renben.web.spotcheck.offices import drawn_kinds
from renben.web.spotcheck.results import lines
from renben.web.withholding import Limits
from tests.web.cases import acting, do, registered
from tests.web.conftest import COUNTY, DAY, OTHER_COUNTY, answers

People = dict[str, Actor]
Browse = Callable[..., Client]
Turn = Callable[[dt.date], None]
AFTER = dt.date(2026, 4, 1)
BOUNDS = Limits(10, 3, 0.95)
STEWARD = Actor(None, (("data_steward", "140000"),))
SEEN = {"ways": ["papers", "call"]}


@pytest.fixture
def closed(people: People, address: Address) -> Case:
    """A registration that went through to the end in March."""
    return registered(people, answers(address))


@pytest.fixture
def check(closed: Case, turn: Turn) -> Check:
    """The registration, drawn in April and given to the other county."""
    turn(AFTER)
    assert drawing.daily() == 1
    return Check.objects.select_related("case").get(about=closed)


def user(people: People, name: str) -> User:
    return User.objects.get(pk=people[name].user_id)


def looked(check: Check, people: People, action: str, **payload: Any) -> None:
    do(check.case_id, "claim", people["elsewhere"])
    do(check.case_id, action, people["elsewhere"], "合成：查到的情况", **payload)


def test_a_month_is_drawn_once_when_it_is_over(closed: Case, turn: Turn) -> None:
    assert drawing.daily() == 0, "of February, in which nothing was closed"
    turn(AFTER)
    assert drawing.daily() == 1 and drawing.daily() == 0 and drawing.draw(Period("2026-03")) == 0
    one = Draw.objects.get()
    assert (one.office, one.period, one.closed, one.drawn, one.share) == (COUNTY, "2026-03", 1, 1, 0.05)
    assert Check.objects.count() == Case.objects.filter(kind="spot_check").count() == 1
    assert AuditEvent.objects.get(object_type="spot_check", kind="system").detail == {"closed": 1, "drawn": 1}


def test_months_in_which_the_service_stood_still_are_drawn_later(closed: Case, turn: Turn) -> None:
    assert drawing.catch_up(DAY) == 0
    turn(dt.date(2026, 7, 3))
    assert drawing.catch_up(dt.date(2026, 7, 3)) == 1
    assert Draw.objects.get().period == "2026-03" and drawing.catch_up(dt.date(2026, 7, 3)) == 0


def test_a_draw_can_be_repeated_from_its_seed_and_shows_when_the_cases_are_others(check: Check) -> None:
    assert drawing.repeats(check.draw)
    Case.objects.create(
        kind="residence_registration", flow_version=2, stage="registered", region=COUNTY, opened_at=now(),
        stage_since=DAY, closed_on=DAY,
    )  # fmt: skip
    assert not drawing.repeats(check.draw)


@given(
    st.sets(st.uuids().map(str), max_size=60),
    st.sampled_from([0.01, 0.05, 0.1, 0.29, 1.0]),
    st.text(max_size=8),
)
def test_the_lot_takes_the_share_rounded_up_whatever_the_order(
    names: set[str], share: float, seed: str
) -> None:
    taken = drawing.drawn(names, seed, share)
    assert len(taken) == math.ceil(round(share * len(names), 9)) and set(taken) <= names
    assert taken == drawing.drawn(sorted(names), seed, share)


def test_kinds_that_residents_apply_for_are_drawn_and_reconsiderations_are_not() -> None:
    assert {"residence_registration", "residence_permit", "school_place", "claim"} <= set(drawn_kinds())
    assert not {"reconsideration", "programme_task", "spot_check", "registry_export"} & set(drawn_kinds())


def test_it_goes_to_an_office_that_lies_in_no_range_of_the_one_that_closed_it(check: Check) -> None:
    assert (check.office, check.region) == (COUNTY, OTHER_COUNTY)
    assert check.case is not None and check.case.region == OTHER_COUNTY and check.case.person_key is None
    assert check.case.due_on is not None and check.case.due_on > AFTER


def test_where_nobody_else_does_the_work_it_waits_until_somebody_does(
    closed: Case, people: People, turn: Turn, account: Callable[..., User]
) -> None:
    Grant.objects.filter(user=people["elsewhere"].user_id).update(taken_at=now())
    turn(AFTER)
    assert drawing.daily() == 1
    assert Check.objects.get().case is None and not Case.objects.filter(kind="spot_check").exists()
    account("t-police", "police_officer", "140200")
    assert drawing.give_out() == 0, "the county police do not register residence"
    account("t-late", "community_officer", "140200")
    assert drawing.give_out() == 1 and drawing.give_out() == 0
    assert Check.objects.get().region == "140200"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("elsewhere", 200),
        ("officer", 404),
        ("colleague", 404),
        ("issuer", 404),
        ("steward", 403),
        ("resident", 403),
    ],
)
def test_only_the_other_office_sees_it_while_it_looks(
    check: Check, people: People, browse: Browse, name: str, status: int
) -> None:
    client = browse(user(people, name))
    assert client.get(f"/spot-checks/{check.case_id}/").status_code == status
    if status != 403:
        assert (str(check.case.number) in client.get("/spot-checks/").content.decode()) == (status == 200)


def test_whoever_had_a_hand_in_the_case_neither_sees_nor_says_it(
    check: Check, people: People, browse: Browse, closed: Case
) -> None:
    last = closed.events.order_by("-seq").first()
    assert last is not None
    CaseEvent.objects.create(
        case=closed, seq=last.seq + 1, action="escalate", to_stage=last.to_stage, actor="user", at=now(), day=AFTER,
        account=people["elsewhere"].user_id,
    )  # fmt: skip
    assert browse(user(people, "elsewhere")).get(f"/spot-checks/{check.case_id}/").status_code == 404
    with pytest.raises(NotAllowed, match="spot_handled"):
        do(check.case_id, "claim", people["elsewhere"])


def test_an_account_that_works_in_both_places_is_of_the_same_office(
    check: Check, people: People, account: Callable[..., User]
) -> None:
    both = account("t-both", "community_officer", "140100")
    with pytest.raises(NotAllowed, match="spot_own_office"):
        do(check.case_id, "claim", actor_of(both))
    police = account("t-other-work", "police_officer", OTHER_COUNTY)
    with pytest.raises(NotAllowed, match="spot_other_work"):
        do(check.case_id, "claim", actor_of(police))


def test_the_look_is_recorded_for_the_person_and_the_phone_is_for_whoever_took_it(
    check: Check, people: People, browse: Browse, closed: Case
) -> None:
    client = browse(user(people, "elsewhere"))
    page = f"/spot-checks/{check.case_id}/"
    text = client.get(page).content.decode()
    assert "示例甲" in text and "13900000001" not in text and "149901198501010014" not in text
    read = AuditEvent.objects.get(kind="read", permission="spot_check.verify")
    assert read.subject == closed.person_key and read.actor == people["elsewhere"].user_id
    do(check.case_id, "claim", people["elsewhere"])
    assert "13900000001" in client.get(page).content.decode()
    assert AuditEvent.objects.get(kind="reveal", permission="spot_check.verify").subject == closed.person_key
    mine = browse(user(people, "resident")).get("/my/data/").content.decode()
    assert "Checking how cases were handled" in mine


def test_a_verdict_needs_how_it_was_found_and_in_words(check: Check, people: People) -> None:
    do(check.case_id, "claim", people["elsewhere"])
    for action, note, payload in (
        ("confirm", "合成", {"ways": []}), ("confirm", "合成", {"ways": ["hearsay"]}), ("confirm", "", SEEN),
        ("dispute", "合成", SEEN), ("dispute", "合成", {**SEEN, "reason": "mood"}),
    ):  # fmt: skip
        with pytest.raises(Incomplete):
            do(check.case_id, action, people["elsewhere"], note, **payload)
    check.refresh_from_db()
    assert check.verdict == "" and check.said_on is None


def test_what_is_confirmed_is_over_and_shows_nothing_of_the_person_any_more(
    check: Check, people: People, browse: Browse
) -> None:
    looked(check, people, "confirm", **SEEN)
    check.refresh_from_db()
    assert (check.verdict, check.ways, check.reason, check.said_on) == (
        "confirmed",
        ["papers", "call"],
        "",
        AFTER,
    )
    text = browse(user(people, "elsewhere")).get(f"/spot-checks/{check.case_id}/").content.decode()
    assert "confirmed" in text and "示例甲" not in text
    assert browse(user(people, "colleague")).get(f"/spot-checks/{check.case_id}/").status_code == 404


def test_what_is_not_confirmed_is_a_task_of_the_office_that_closed_it_until_the_other_office_has_seen_it(
    check: Check, people: People, browse: Browse
) -> None:
    looked(check, people, "dispute", **SEEN, reason="record_wrong")
    page, there, here = f"/spot-checks/{check.case_id}/", user(people, "elsewhere"), user(people, "colleague")
    assert browse(there).get(page).status_code == 404
    text = browse(here).get(page).content.decode()
    assert (
        "the record is wrong" in text
        and "合成：查到的情况" in text
        and f"/office/cases/{check.about_id}/" in text
    )
    due = Case.objects.get(pk=check.case_id).due_on
    assert due is not None and due > AFTER, "a clock of its own"
    do(check.case_id, "answer", people["colleague"], "合成：已更正")
    assert browse(here).get(page).status_code == 404
    assert "合成：已更正" in browse(there).get(page).content.decode()
    do(check.case_id, "settle", people["elsewhere"], "合成：已看到")
    check.refresh_from_db()
    assert check.verdict == "disputed", "what was said first stays"
    assert Case.objects.get(pk=check.case_id).stage == "settled"


def test_it_is_sent_back_twice_at_most_and_only_by_the_other_office(check: Check, people: People) -> None:
    looked(check, people, "dispute", **SEEN, reason="not_told")
    for _ in range(2):
        do(check.case_id, "answer", people["colleague"], "合成")
        do(check.case_id, "insist", people["elsewhere"], "合成：仍不符")
    do(check.case_id, "answer", people["colleague"], "合成")
    with pytest.raises(Guarded, match="spot_insisted"):
        do(check.case_id, "insist", people["elsewhere"], "合成")
    with pytest.raises(Unknown):
        do(check.case_id, "settle", people["colleague"], "合成")


def test_evidence_is_kept_encrypted_and_given_to_both_ends(
    check: Check, people: People, browse: Browse
) -> None:
    there = browse(user(people, "elsewhere"))
    do(check.case_id, "claim", people["elsewhere"])
    page, content = f"/spot-checks/{check.case_id}/", b"%PDF-1.4 what was seen"
    form = {
        "key": "spot-evidence-1", "version": Case.objects.get(pk=check.case_id).version, "ways": ["visit"],
        "reason": "record_wrong", "note": "合成", "file": SimpleUploadedFile("x.pdf", content),
    }  # fmt: skip
    assert there.get(f"{page}evidence/").status_code == 404
    assert there.post(f"{page}step/dispute/", form).status_code == 302
    answer = browse(user(people, "colleague")).get(f"{page}evidence/")
    assert answer.status_code == 200 and answer.content == content
    assert AuditEvent.objects.filter(kind="read", object_type="evidence").count() == 1
    bad = {**form, "key": "spot-evidence-2", "file": SimpleUploadedFile("x.exe", b"MZ")}
    assert there.post(f"{page}step/dispute/", bad).status_code in (404, 422)


def said(office: str, *verdicts: str, day: dt.date) -> None:
    """Checks of an office that were said on a day."""
    draw = Draw.objects.create(office=office, period=f"{day:%Y-%m}", closed=99, drawn=9, share=0.05, seed="s", digest="d",
                               made_on=day)  # fmt: skip
    for verdict in verdicts:
        about = Case.objects.create(
            kind="residence_permit",
            flow_version=1,
            stage="draft",
            region=office,
            opened_at=now(),
            stage_since=day,
        )
        reason = "not_told" if verdict == "disputed" else ""
        Check.objects.create(
            draw=draw,
            about=about,
            kind=about.kind,
            office=office,
            verdict=verdict,
            reason=reason,
            said_on=day,
        )


def test_results_are_counts_of_offices_and_few_or_rare_ones_are_withheld() -> None:
    said(COUNTY, *["confirmed"] * 9, *["disputed"] * 3, day=DAY)
    said(OTHER_COUNTY, *["confirmed"] * 9, day=DAY)
    said("140107", *["confirmed"] * 11, "disputed", day=DAY)
    said("140108", *["confirmed"] * 12, "unclear", day=DAY)
    said("141002", *["confirmed"] * 12, day=DAY)
    with acting(STEWARD):
        found = {one.office: one for one in lines(STEWARD, Period("2026Q1"), BOUNDS)}
    assert {office for office, one in found.items() if one.n is None} == {OTHER_COUNTY, "140107", "140108"}
    one = found[COUNTY]
    assert (one.n, one.counts, one.share, one.reasons) == (12, (9, 3, 0), 0.75, (("not_told", 3),))
    assert one.low is not None and one.low < 0.75 < (one.high or 0)
    assert found["141002"].counts == (12, 0, 0), "nobody's case was wrong: nothing small in it"


def test_a_page_shows_periods_that_are_over_and_ones_own_regions(
    people: People, browse: Browse, turn: Turn
) -> None:
    said(COUNTY, *["confirmed"] * 9, *["disputed"] * 3, day=DAY)
    said("141002", *["confirmed"] * 12, day=DAY)
    officer = browse(user(people, "officer"))
    assert "Nothing was found in this period." in officer.get("/spot-checks/results/").content.decode()
    turn(AFTER)
    text = officer.get("/spot-checks/results/").content.decode()
    assert "75.0" in text and "Yaodu" not in text and text.count("<tr>") == 4
    row = AuditEvent.objects.filter(permission="spot_check.read").order_by("-pk")[0]
    assert row.detail == {"rows": 1, "period": "2026Q1"}
