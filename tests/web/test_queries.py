"""Lists take as many queries for one row as for ten and for five hundred."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renben.catalogue import Plan
from renben.web import clock
from renben.web.flow.definition import newest
from renben.web.flow.models import Case, Message
from renben.web.guard.models import AuditEvent, Emergency, Grant, User
from renben.web.guard.policy import Actor
from renben.web.look.pages import FURTHEST, Pages
from renben.web.programme.models import Task, TaskFinding
from renben.web.registry import people as persons
from renben.web.registry.models import NameToken, Permit, Person, Proof, replace
from renben.web.registry.pages_office import ROWS
from tests.web.conftest import CITY, COUNTY, DAY, OTHER_COUNTY
from tests.web.programme.conftest import cast, opened, plan
from tests.web.stated import stated

__all__ = ["cast", "opened", "plan"]
SIZES = (1, 10, 500)
MOST = 14
"""Queries of a page at most, with session, account, grants, audit and the transaction around it."""
Fill = Callable[[int], None]
NUMBERED = "149901198501010014"


def cases(count: int, kind: str = "residence_registration", **columns: object) -> list[Case]:
    flow = newest(kind)
    rows = [
        Case(kind=kind, flow_version=flow.version, stage_since=DAY,
             **{"opened_at": clock.now(), "region": COUNTY, "stage": "submitted", "due_on": DAY, "person_key": uuid4(), **columns})
        for _ in range(count)
    ]  # fmt: skip
    return Case.objects.bulk_create(rows)


def known(count: int, start: int = 0) -> list[Person]:
    """Persons of one name."""
    rows = []
    for n in range(start, start + count):
        key = uuid4()
        facts = {"document_kind": "citizen", "number": f"149901{n:012d}", "name": "合成人", "phone": "", "sex": "1",
                 "birth": dt.date(1985, 1, 1), "hukou_region": "141002", "hukou_kind": "10", "hukou_rural": True,
                 "region": COUNTY}  # fmt: skip
        rows.append(
            Person(
                key=key, valid_from=DAY, recorded_at=clock.now(), source="t", **persons._columns(facts, key)
            )
        )
    Person.objects.bulk_create(rows)
    tokens = persons.name_tokens("合成人")
    NameToken.objects.bulk_create([NameToken(person_key=p.key, token=t) for p in rows for t in tokens])
    return rows


def queries(ask: Callable[[], object]) -> int:
    ask()  # the session notes its first visit
    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


def constant(ask: Callable[[], object], fill: Fill, most: int = MOST) -> None:
    """Fill up to each size and count."""
    counts, there = [], 0
    for size in SIZES:
        fill(size - there)
        there = size
        counts.append(queries(ask))
    assert len(set(counts)) == 1 and counts[0] <= most, counts


def page(client: Client, address: str) -> Callable[[], None]:
    def ask() -> None:
        assert client.get(address).status_code == 200

    return ask


@pytest.fixture
def officer(people: dict[str, Actor], browse: Callable[..., Client]) -> Client:
    return browse(User.objects.get(pk=people["officer"].user_id))


@pytest.mark.parametrize("address", ["/office/", "/office/?view=late", "/home/"])
def test_the_officers_pages(officer: Client, address: str) -> None:
    constant(page(officer, address), lambda n: cases(n) and None)


def test_the_closed_cases(officer: Client) -> None:
    constant(page(officer, "/office/?view=closed"),
             lambda n: cases(n, stage="registered", closed_on=DAY) and None)  # fmt: skip


def test_finding_persons_by_name(officer: Client) -> None:
    def ask() -> None:
        assert officer.post("/office/search/", {"name": "合成"}).status_code == 200

    numbers = iter(range(0, 100_000, 1000))
    constant(ask, lambda n: known(n, next(numbers)) and None)


def test_a_persons_file(officer: Client) -> None:
    person = known(1)[0]
    cases(1, person_key=person.key)

    def fill(count: int) -> None:
        for _ in range(count):
            Permit.objects.create(
                key=uuid4(), person_key=person.key, number=uuid4().hex[:20], region=COUNTY, issued=DAY, anchor=DAY,
                next_due=DAY, expires=DAY, state="closed", valid_from=DAY, valid_to=DAY, recorded_at=clock.now(),
                source="t",
            )  # fmt: skip
        jobs(person, count)

    constant(page(officer, f"/office/people/{person.key}/"), fill, most=20)


def jobs(person: Person, count: int) -> None:
    """Jobs and schooling of a person, each put right once."""
    for _ in range(count):
        replace(stated(person.key, "contract", DAY, name="合成机械厂"), "t", valid_from=DAY)
        stated(person.key, "senior", DAY, region=COUNTY, name="合成中学")


def test_a_residents_pages(people: dict[str, Actor], browse: Callable[..., Client]) -> None:
    person, user = known(1)[0], User.objects.get(pk=people["resident"].user_id)
    User.objects.filter(pk=user.pk).update(person_key=person.key)
    client = browse(user)

    def read(count: int) -> None:
        AuditEvent.objects.bulk_create(
            AuditEvent(at=clock.now(), kind="read", actor=99, role="community_officer", permission="person.read",
                       purpose="registration", subject=person.key)
            for _ in range(count)
        )  # fmt: skip
        Proof.objects.bulk_create(
            Proof(person_key=person.key, kind="lease", valid_from=DAY, case=uuid4()) for _ in range(count)
        )
        jobs(person, count)

    def apply(count: int) -> None:
        made = cases(count, applicant=user.pk, stage="draft")
        Message.objects.bulk_create(
            Message(account=user.pk, case=one, seq=1, topic="residence_registration.submit", at=clock.now())
            for one in made
        )

    constant(page(client, "/my/data/"), read, most=32)  # it shows everything that is held
    constant(page(client, "/my/cases/"), apply)
    constant(page(client, "/home/"), apply)


def test_the_administrations_pages(account: Callable[..., User], browse: Callable[..., Client]) -> None:
    auditor = account("q-audit", "auditor")
    officer = account("q-officer", "community_officer", COUNTY)

    def happen(count: int) -> None:
        AuditEvent.objects.bulk_create(
            AuditEvent(at=clock.now(), kind="read", actor=officer.pk, subject=uuid4()) for _ in range(count)
        )
        Emergency.objects.bulk_create(
            Emergency(
                user=officer,
                person_key=uuid4(),
                reason="合成的理由，测试",
                from_at=clock.now(),
                until_at=clock.now(),
            )
            for _ in range(count)
        )

    def accounts(count: int) -> None:
        made = User.objects.bulk_create(User(username=f"q-{uuid4().hex[:12]}") for _ in range(count))
        Grant.objects.bulk_create(
            Grant(user=one, role="community_officer", region=OTHER_COUNTY) for one in made
        )

    constant(page(browse(auditor), "/audit/"), happen)
    constant(page(browse(account("q-safe", "security_admin")), "/accounts/"), accounts)
    constant(page(browse(account("q-sys", "system_admin")), "/system/"), lambda n: cases(n) and None)


@pytest.mark.parametrize(
    ("address", "most"),
    [("/programme/", 24), ("/programme/tasks/", 24), ("/programme/tasks/?view=found", 24), ("/programme/unplaced/", MOST),
     ("/api/v1/tasks?limit=200", MOST), ("/api/v1/findings?limit=200", MOST)],
)  # fmt: skip
def test_tasks_and_findings(
    address: str, most: int, opened: Plan, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    like = Task.objects.order_by("order").first()
    assert like is not None
    Task.objects.exclude(pk=like.pk).delete()

    def fill(count: int) -> None:
        made = cases(count, kind="programme_task", stage=like.case.stage, region="140000", person_key=None)
        rows = Task.objects.bulk_create(
            Task(case=one, plan=like.plan, measure=like.measure, order=like.order, commitment=like.commitment,
                 owner=uuid4().hex, leading=False, deadline=DAY)
            for one in made
        )  # fmt: skip
        TaskFinding.objects.bulk_create(
            TaskFinding(key=uuid4().hex, task=task, kind="synthetic", subject="140100", period="2025", severity="error",
                        text_zh="合成", text_en="synthetic", synthetic=True, vintage="v", landed_on=DAY)
            for task in [*rows, *[None] * count]
        )  # fmt: skip

    constant(page(browse(account("q-lead", "programme_officer", "140000")), address), fill, most)


def test_a_long_list_is_counted_no_further_than_anybody_turns() -> None:
    rows = AuditEvent.objects.order_by("-pk")
    AuditEvent.objects.bulk_create(AuditEvent(at=clock.now(), kind="read") for _ in range(FURTHEST + 5))
    pages = Pages(rows, 1)
    assert pages.num_pages == FURTHEST and pages.total == f"{FURTHEST}+"
    assert Pages(rows, 100).total == "1" and len(Pages(rows, 100).get_page(1).object_list) >= FURTHEST + 5
    assert Pages(rows, 1).get_page(10_000).number == FURTHEST


def test_the_scope_is_part_of_the_count(people: dict[str, Actor]) -> None:
    cases(3, region=CITY)
    assert Pages(Case.objects.filter(region=COUNTY).order_by("pk"), 5).count == 0


def queue_of(client: Client, view: str) -> tuple[list[object], str]:
    """Keys on the first page of a view of the queue, and the query that read them."""
    with CaptureQueriesContext(connection) as seen:
        page = client.get(f"/office/?view={view}")
    read = [q["sql"] for q in seen if 'FROM "flow_case"' in q["sql"] and '"answers_ct"' in q["sql"]]
    assert page.status_code == 200 and len(read) == 1
    return [row[0].pk for row in page.context["rows"]], read[0]


def plan_of(query: str) -> str:
    """How SQLite reads a query."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query}".replace("%", "%%"))
        return "; ".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize(("view", "index"), [("open", "open_in_order"), ("closed", "closed_in_order")])
def test_a_queue_too_long_to_turn_through_is_read_in_order_until_the_page_is_full(
    people: dict[str, Actor], browse: Callable[..., Client], view: str, index: str
) -> None:
    client = browse(User.objects.get(pk=people["officer"].user_id))
    ended = {"stage": "registered", "closed_on": DAY} if view == "closed" else {}
    few = [cases(1, due_on=DAY + dt.timedelta(days=n), **ended)[0].pk for n in (2, 0, 1)]
    looked_up, query = queue_of(client, view)
    assert looked_up == ([few[1], few[2], few[0]] if view == "open" else few[::-1])
    assert "+" not in query.split("WHERE")[1]
    cases(
        FURTHEST * ROWS,
        due_on=DAY + dt.timedelta(days=9),
        opened_at=clock.now() - dt.timedelta(days=9),
        **ended,
    )
    cases(5, region=OTHER_COUNTY, due_on=DAY - dt.timedelta(days=9), **ended)
    walked, query = queue_of(client, view)
    assert walked[:3] == looked_up and len(walked) == ROWS
    if connection.vendor == "sqlite":
        assert index in plan_of(query) and "TEMP B-TREE" not in plan_of(query)
