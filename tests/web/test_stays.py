"""Institutions report who stays with them: all or nothing, no residence but for boarders, seen by the person, deleted in time."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard import retention
from renben.web.guard.models import AuditEvent, Deletion, User
from renben.web.guard.policy import Actor
from renben.web.registry import institutions, proxies, stay_rows, stays
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import (
    Address,
    Institution,
    Mandate,
    Person,
    Residence,
    Schooling,
    Stay,
    StayReport,
)
from renben.web.registry.stay_rows import Row, RowsRefused, overlap
from tests.web.cases import acting, again, do, fill, registered
from tests.web.conftest import COUNTY, DAY, answers
from tests.web.test_queries import queries

People = dict[str, Actor]
Browse = Callable[..., Client]
D = dt.date
PAPER = SimpleUploadedFile("licence.pdf", b"%PDF-1.4 licence")


def number(first: str) -> str:
    return first + check_digit(first)


GUEST, OTHER, CHILD = (number(one) for one in ("14990119780404001", "14990119790505002", "14990120140606001"))


def enrolled(people: People, address: Address, kind: str = "hotel", name: str = "合成旅馆") -> Institution:
    """An institution of the stranger's account, let in by an officer."""
    paper = "00000000-0000-4000-8000-00000000000a"
    given = {"notice": "2026-01", "institution_kind": kind, "institution_name": name, "region": address.region,
             "address": str(address.pk), "document": paper}  # fmt: skip
    case = fill("institution", people["stranger"], given)
    do(case, "submit", people["stranger"])
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    found = Institution.objects.get(pk=case)
    if kind == "boarding":
        Institution.objects.filter(pk=case).update(document=licence(case))
    return Institution.objects.get(pk=found.pk)


def licence(case: str) -> str:
    from renben.web.registry import documents  # noqa: PLC0415

    PAPER.seek(0)
    return documents.store(PAPER, Case.objects.get(pk=case).pk)


def raw(
    name: str = "示例客", no: str = GUEST, since: str = "2026-02-27", until: str = "", **more: str
) -> dict[str, str]:
    return {"name": name, "number": no, "from": since, "to": until, **more}


def send(people: People, one: Institution, *rows: dict[str, str], key: str = "") -> stays.Taken:
    with acting(people["stranger"]):
        return stays.take(
            people["stranger"],
            one,
            list(rows),
            key or f"stay-key-{StayReport.objects.count()}-{rows}",
            "form",
        )


def wrong(people: People, one: Institution, *rows: dict[str, str]) -> list[tuple[int, str, str]]:
    with pytest.raises(RowsRefused) as refused:
        send(people, one, *rows)
    return [(each.row, each.column, each.word) for each in refused.value.wrong]


@pytest.fixture
def hotel(people: People, address: Address) -> Institution:
    return enrolled(people, address)


def test_nobody_reports_before_an_officer_let_it_or_without_a_licence(
    people: People, address: Address
) -> None:
    given = {
        "institution_kind": "hotel",
        "institution_name": "合成旅馆",
        "region": COUNTY,
        "address": str(address.pk),
    }
    case = fill("institution", people["stranger"], given)
    with pytest.raises(Guarded, match="licence"):
        do(case, "submit", people["stranger"])
    do(
        case,
        "save",
        people["stranger"],
        question="licence",
        fields={"document": "00000000-0000-4000-8000-00000000000a"},
    )
    do(case, "submit", people["stranger"])
    assert institutions.running(people["stranger"]) == []
    with pytest.raises(Unknown):
        do(case, "claim", people["elsewhere"])


def test_an_enrolment_ends_after_its_days_or_when_it_is_stopped(
    people: People, hotel: Institution, turn: Callable[[dt.date], None]
) -> None:
    assert hotel.valid_to == DAY + dt.timedelta(1095) and [
        one.pk for one in institutions.running(people["stranger"])
    ]
    do(hotel.pk, "stop", people["officer"], "合成：已歇业")
    assert institutions.running(people["stranger"]) == []
    assert Case.objects.get(pk=hotel.pk).stage == "closed"


def test_a_hotel_night_is_a_stay_and_no_residence(people: People, hotel: Institution) -> None:
    assert send(people, hotel, raw(), raw("示例宾", OTHER, until="2026-02-28")) == stays.Taken(came=2, left=0)
    one, other = Stay.objects.current().order_by("valid_to")
    assert {one.name, other.name} == {"示例客", "示例宾"} and {one.number, other.number} == {GUEST, OTHER}
    assert not Residence.objects.exists() and not Person.objects.exists()
    assert not Case.objects.filter(kind="residence_registration").exists()
    assert not Mandate.objects.exists(), "a hotel acts for nobody"


def test_leaving_ends_the_stay_and_the_earlier_statement_is_kept(people: People, hotel: Institution) -> None:
    send(people, hotel, raw())
    assert send(people, hotel, raw(until="2026-03-01")) == stays.Taken(came=0, left=1)
    rows = Stay.objects.order_by("pk")
    assert [row.valid_to for row in rows] == [None, D(2026, 3, 1)] and rows[0].key == rows[1].key
    assert [row.valid_to for row in Stay.objects.current()] == [D(2026, 3, 1)]
    assert send(people, hotel, raw(since="2026-03-01")).came == 1, (
        "the day of leaving is free for the next stay"
    )


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([raw(no="149901197804040011")], [(1, "number", "form.number.E_CHECK")]),
        ([raw(), raw("示例客9", OTHER)], [(2, "name", "form.name")]),
        ([raw(since="2026-03-03")], [(1, "from", "stay.wrong.future")]),
        ([raw(since="二月")], [(1, "from", "stay.wrong.day")]),
        ([raw(since="2026-02-30")], [(1, "from", "stay.wrong.day")]),
        ([raw(until="2026-02-26")], [(1, "to", "form.period")]),
        ([raw(name="", no="")], [(1, "name", "stay.wrong.missing"), (1, "number", "stay.wrong.missing")]),
        ([raw(document_kind="passport")], [(1, "document_kind", "stay.wrong.document")]),
        ([raw(since="1978-04-03")], [(1, "from", "stay.wrong.before_birth")]),
        ([raw(), raw(since="2026-02-28")], [(2, "number", "stay.wrong.twice")]),
        ([], [(0, "", "stay.wrong.empty")]),
    ],
)  # fmt: skip
def test_one_wrong_row_and_nothing_is_taken(
    people: People, hotel: Institution, rows: list[dict[str, str]], says: list[tuple[int, str, str]]
) -> None:
    assert wrong(people, hotel, *rows) == says
    assert not Stay.objects.exists() and not StayReport.objects.exists()


def test_what_was_reported_before_is_not_taken_twice(people: People, hotel: Institution) -> None:
    send(people, hotel, raw(), key="once-and-again")
    assert send(people, hotel, raw(), key="once-and-again").came == 1, (
        "the same report sent again is the same report"
    )
    assert wrong(people, hotel, raw("示例宾", OTHER), raw()) == [(2, "from", "stay.wrong.open")]
    assert wrong(people, hotel, raw(since="2026-02-28")) == [(1, "from", "stay.wrong.open")]
    send(people, hotel, raw(until="2026-03-01"))
    assert wrong(people, hotel, raw(since="2026-02-28")) == [(1, "from", "stay.wrong.reported")]
    assert Stay.objects.current().count() == 1


def test_more_than_the_limit_is_refused_whole(people: People, hotel: Institution) -> None:
    rows = [
        raw(no=number(f"1499011980{n // 28 % 12 + 1:02}{n % 28 + 1:02}{n // 336:03}")) for n in range(501)
    ]
    assert wrong(people, hotel, *rows) == [(0, "", "stay.wrong.many")]
    assert send(people, hotel, *rows[:500]).came == 500


def text(*lines: tuple[str, ...], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("head", [("姓名", "证件号码", "入住日期", "离开日期"), ("name", "number", "from", "to"),
                                  ("NAME ", "Document number", "From", "Left on")])  # fmt: skip
def test_a_file_in_either_encoding_and_language_is_read(encoding: str, head: tuple[str, ...]) -> None:
    content = text(head, ("示例客", GUEST, "2026/2/7", ""), ("", "", "", ""), encoding=encoding)
    (row,) = stay_rows.checked(stay_rows.read_file(content), DAY, living=False)
    assert (row.name, row.number, row.since, row.until, row.document_kind) == (
        "示例客",
        GUEST,
        D(2026, 2, 7),
        None,
        "citizen",
    )


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "stay.wrong.empty"), (text(("name", "number", "from")), "stay.wrong.empty"),
     (text(("name", "number", "from", "room"), ("a", "b", "c", "d")), "stay.wrong.column"),
     (text(("name", "from"), ("a", "b")), "stay.wrong.lacking"), (b"\x00\x01\xff\xfe", "stay.wrong.encoding"),
     (text(("name", "number", "from"), ("a", "b", "c", "d")), "stay.wrong.cells")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, word: str) -> None:
    with pytest.raises(RowsRefused) as refused:
        stay_rows.read_file(content)
    assert refused.value.wrong[0].word == word and refused.value.wrong[0].text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 8))), min_size=1, max_size=8)
)
def test_stays_of_one_person_with_one_institution_never_overlap(
    people: People, address: Address, spans: list[tuple[int, int | None]]
) -> None:
    one = Institution.objects.filter(account=people["stranger"].user_id).first() or enrolled(people, address)
    Stay.objects.all().delete()
    start = D(2026, 1, 1)
    for n, (at, length) in enumerate(spans):
        until = "" if length is None else (start + dt.timedelta(at + length)).isoformat()
        try:
            send(
                people,
                one,
                raw(since=(start + dt.timedelta(at)).isoformat(), until=until),
                key=f"span-{n}-{spans}-{Stay.objects.count()}",
            )
        except RowsRefused:
            continue
    held = list(Stay.objects.current())
    assert held
    for first in held:
        for second in (each for each in held if each.key != first.key):
            row = Row(1, "citizen", GUEST, "", "", DAY, second.valid_from, second.valid_to, "", "")
            assert not overlap(first.valid_from, first.valid_to, row)


def boarder(no: str = GUEST, **more: str) -> dict[str, str]:
    return raw("示例宿", no, hukou_region="141002", hukou_kind="10", **more)


def test_a_boarder_lives_there_once_he_confirmed_and_an_officer_agreed(
    people: People, address: Address
) -> None:
    school = enrolled(people, address, "boarding", "合成寄宿学校")
    assert wrong(people, school, raw()) == [
        (1, "hukou_region", "stay.wrong.hukou_region"),
        (1, "hukou_kind", "stay.wrong.hukou_kind"),
    ]
    send(people, school, boarder())
    case = Case.objects.get(kind="residence_registration")
    assert case.stage == "submitted" and case.number and not Residence.objects.exists()
    do(case.pk, "claim", people["officer"])
    with pytest.raises(Guarded, match="unconfirmed"):
        do(case.pk, "approve", people["officer"])
    do(case.pk, "confirm_in_person", people["officer"], "合成：当面核实")
    do(case.pk, "approve", people["officer"])
    spell = Residence.objects.current().get()
    assert (spell.valid_from, spell.reason, spell.housing, spell.channel) == (
        D(2026, 2, 27),
        "school",
        "dorm",
        "report",
    )
    schooling = Schooling.objects.get()
    assert (schooling.name, schooling.kind, schooling.valid_from) == (
        "合成寄宿学校",
        "unsaid",
        D(2026, 2, 27),
    )
    stay = Stay.objects.current().get()
    with acting(people["stranger"]):
        stays.end(people["stranger"], stay.key, DAY)
    assert Residence.objects.current().get().valid_to == DAY, "who left the school lives there no more"


def test_a_boarding_child_is_reported_by_the_school_without_a_mandate_to_act_as_guardian(
    people: People, address: Address
) -> None:
    school = enrolled(people, address, "boarding", "合成寄宿学校")
    send(people, school, boarder(CHILD))
    case = Case.objects.get(kind="residence_registration")
    do(case.pk, "claim", people["officer"])
    do(case.pk, "approve", people["officer"])
    person = Person.objects.current().get()
    with pytest.raises(NotAllowed, match="no_mandate"):
        proxies.acting_for(people["stranger"], str(person.key))


def test_a_boarder_who_left_before_the_officer_decided_is_not_registered(
    people: People, address: Address
) -> None:
    school = enrolled(people, address, "boarding", "合成寄宿学校")
    send(people, school, boarder())
    send(people, school, boarder(until="2026-03-01"))
    assert Case.objects.get(kind="residence_registration").stage == "withdrawn"
    assert not Residence.objects.exists()


def test_what_a_report_of_boarders_cannot_register_is_said_at_its_row(
    people: People, address: Address
) -> None:
    school = enrolled(people, address, "boarding", "合成寄宿学校")
    Institution.objects.update(document=None)
    assert wrong(people, Institution.objects.get(pk=school.pk), boarder()) == [
        (1, "number", "refusal.mandate_evidence")
    ]
    assert not Stay.objects.exists() and not Case.objects.filter(kind="residence_registration").exists()


def test_the_person_sees_the_stay_even_if_it_was_reported_before_he_was_on_record(
    people: People, hotel: Institution, address: Address, browse: Browse
) -> None:
    send(people, hotel, raw("示例甲", "149901198501010014"))
    registered(people, answers(address))
    resident = browse(User.objects.get(pk=people["resident"].user_id))
    assert "合成旅馆" in resident.get("/my/data/").content.decode()
    held = resident.get("/my/data/file/").json()["stays"]
    assert held == [{"kind": "hotel", "with": "合成旅馆", "from": "2026-02-27", "to": None}]
    with acting(again(people["resident"])):
        assert len(stays.stays_of([again(people["resident"]).person_key])) == 1


def test_another_name_than_on_record_is_shown_to_the_officer_and_not_to_the_institution(
    people: People, hotel: Institution, address: Address, browse: Browse
) -> None:
    registered(people, answers(address))
    send(people, hotel, raw("示例丁", "149901198501010014"))
    marked = "Name differs from the record"
    officer = browse(User.objects.get(pk=people["officer"].user_id))
    assert marked in officer.get("/office/stays/").content.decode()
    assert (
        marked not in browse(User.objects.get(pk=people["stranger"].user_id)).get("/stays/").content.decode()
    )
    looked = AuditEvent.objects.filter(kind="list", permission="stay.read")
    assert [row.subject for row in looked] == [Person.objects.current().get().key], (
        "the person sees who looked"
    )


def test_officers_elsewhere_and_other_accounts_see_nothing(
    people: People, hotel: Institution, browse: Browse
) -> None:
    send(people, hotel, raw())
    elsewhere = (
        browse(User.objects.get(pk=people["elsewhere"].user_id)).get("/office/stays/").content.decode()
    )
    assert "示例客" not in elsewhere and "合成旅馆" not in elsewhere
    other = browse(User.objects.get(pk=people["resident"].user_id))
    assert "示例客" not in other.get("/stays/").content.decode()
    answer = other.post(reverse("stay_report"), {"institution": str(hotel.pk), "key": "not-mine-at-all"})
    assert answer.status_code == 404
    key = Stay.objects.get().key
    assert other.post(reverse("stay_end", args=[key]), {"on": "2026-03-01"}).status_code == 404
    assert Stay.objects.current().get().valid_to is None


def test_a_file_and_the_form_through_the_page(people: People, hotel: Institution, browse: Browse) -> None:
    client = browse(User.objects.get(pk=people["stranger"].user_id))
    assert "合成旅馆" in client.get("/home/").content.decode()
    common = {"institution": str(hotel.pk), "key": "page-key-one"}
    bad = text(("name", "number", "from"), ("示例客", GUEST, "2026-02-27"), ("示例宾", "12", "2026-02-27"))
    answer = client.post("/stays/report/", {**common, "file": SimpleUploadedFile("x.csv", bad)})
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "Nothing of this report was taken" in page
        and 'data-label="Row">2<' in page
    )
    good = text(("name", "number", "from"), ("示例客", GUEST, "2026-02-27"))
    assert (
        client.post("/stays/report/", {**common, "file": SimpleUploadedFile("x.csv", good)}).status_code
        == 302
    )
    typed = {
        "row1-name": "示例宾",
        "row1-number": OTHER,
        "row1-from": "2026-02-29",
        "row1-document_kind": "citizen",
    }
    answer = client.post("/stays/report/", {**common, "key": "page-key-two", **typed})
    assert answer.status_code == 422 and 'value="示例宾"' in answer.content.decode(), "what was typed stays"
    typed["row1-from"] = "2026-02-28"
    assert client.post("/stays/report/", {**common, "key": "page-key-two", **typed}).status_code == 302
    shown = client.get("/stays/").content.decode()
    assert (
        "示例客" in shown
        and "示例宾" in shown
        and GUEST not in shown
        and GUEST[:6] + "********" + GUEST[-4:] in shown
    )
    key = Stay.objects.current().get(valid_from=D(2026, 2, 28)).key
    assert client.post(reverse("stay_end", args=[key]), {"on": "2026-02-27"}).status_code == 422
    assert client.post(reverse("stay_end", args=[key]), {"on": "2026-03-02"}).status_code == 302
    assert Stay.objects.current().get(key=key).valid_to == today()


def test_a_stay_goes_a_year_after_it_ended_with_everything_said_of_it(
    people: People, hotel: Institution
) -> None:
    send(people, hotel, raw(), raw("示例宾", OTHER))
    send(people, hotel, raw(until="2026-03-01"))
    last = D(2026, 3, 1) + dt.timedelta(365)
    assert retention.retain(last)["stays"] == 0
    assert retention.retain(last + dt.timedelta(1))["stays"] == 1
    assert [stay.name for stay in Stay.objects.all()] == ["示例宾"], "an open stay is kept"
    assert Deletion.objects.filter(what="stay", rule="retention.stay_days").count() == 1
    assert retention.retain(last + dt.timedelta(2))["stays"] == 0


def test_the_pages_ask_as_many_questions_for_many_stays_as_for_few(
    people: People, hotel: Institution, browse: Browse
) -> None:
    officer = browse(User.objects.get(pk=people["officer"].user_id))
    mine = browse(User.objects.get(pk=people["stranger"].user_id))
    counts = []
    for size in (2, 20):
        send(
            people, hotel, *(raw(no=number(f"1499011980{size % 7 + 1:02}{n + 1:02}001")) for n in range(size))
        )
        pages = ((officer, "/office/stays/"), (mine, "/stays/"))
        counts.append([queries(lambda who=who, page=page: who.get(page)) for who, page in pages])
    assert counts[0] == counts[1] and max(counts[0]) <= 16
