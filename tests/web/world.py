"""Everything that pages can show, in one database, and the visits that show every page of it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import uuid4

import polars as pl
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from renben.catalogue import Plan
from renben.core.period import Period
from renben.web.claims import publishing, take_up
from renben.web.claims.models import Claim
from renben.web.clock import now, today
from renben.web.equality.comparison import TABLE, compare
from renben.web.equality.decisions import Decision
from renben.web.equality.models import Snapshot
from renben.web.exchange.door import workspace
from renben.web.exchange.models import Agreement, Partner
from renben.web.exchange.payable import Amounts
from renben.web.exchange.publish import store
from renben.web.exchange.reading import reading
from renben.web.exchange.take_up import NAME as TAKE_UP
from renben.web.flow import linking
from renben.web.flow.bpmn import bpmn
from renben.web.flow.command import open_case
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case, CaseLink, Handover
from renben.web.guard import hold_subjects, holds, scope
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Emergency, HoldStep, User
from renben.web.guard.policy import Actor
from renben.web.payments import drawing, pages
from renben.web.programme.models import Seat, Task, TaskFinding
from renben.web.programme.opening import open_tasks
from renben.web.registry import people as persons
from renben.web.registry.models import (
    Consent,
    HouseholdMember,
    Institution,
    Mandate,
    Opinion,
    Person,
    Residence,
    record,
)
from renben.web.spans import over
from renben.web.spotcheck.models import Check, Draw
from renben.web.withholding import limits
from tests.web import world_city, world_collecting
from tests.web.areas import county, publish
from tests.web.cases import do, fill
from tests.web.example_key import plant_key
from tests.web.pictures import master
from tests.web.planted import COUNTY, NAME, NUMBER, Planted
from tests.web.test_photos import hand_in

QUESTIONS = (
    "notice",
    "identity",
    "contact",
    "hukou",
    "arrival",
    "place",
    "address",
    "stay",
    "members",
    "proof",
)
WHOLE = "140000"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
Visit = tuple[str, Any]
"""A name and the answer of the code under test."""


@dataclass(frozen=True)
class World:
    """Accounts by name, one of every kind of case, and a task with findings and reports."""

    users: dict[str, User]
    planted: Planted
    draft: str
    pair: str
    task: str


def build(
    planted: Planted,
    people: dict[str, Actor],
    given: dict[str, Any],
    plan: Plan,
    account: Callable[..., User],
) -> World:
    """Fill the database."""
    rows = (
        "education_officer",
        "service_officer",
        "programme_officer",
        "task_owner",
        "finance_officer",
        "system_admin",
        "security_admin",
        "auditor",
        "dispatcher",
        "case_handler",
        "inspector",
    )
    users = {role: account(f"a-{role}", role, WHOLE) for role in rows}
    users |= {name: User.objects.get(pk=actor.user_id) for name, actor in people.items()}
    draft = fill("residence_registration", people["stranger"], {**given, "number": "149901199002280038"})
    both = Person.objects.current().order_by("pk")[:2]
    result = {"pair": sorted(str(one.key) for one in both), "points": 9}
    pair = open_case(
        "duplicate_review", Actor(None, job="duplicates"), "world-pair-1", COUNTY, result=result
    ).case
    for n in range(30):
        again = open_case("residence_registration", people["stranger"], f"world-many-{n}", COUNTY).case
    assert again
    hours = {"from_at": now(), "until_at": now()}
    Emergency.objects.create(
        user=users["officer"], person_key=planted.done.person_key, reason="示例理由，十个字以上", **hours
    )
    child_of(planted, users["resident"])
    exchange(planted, people)
    publish(county(COUNTY, 3, 300))
    opinions(planted.done)
    spot_checks()
    snapshot().save()
    linked(planted, people["officer"])
    held(planted, people)
    Handover.objects.create(case=planted.open, seq=planted.open.version, from_region=COUNTY, to_region="141002",
                            sent_on=today(), answer="sent_back", answered_on=today())  # fmt: skip
    Seat.objects.create(user=users["service_officer"], office="health")
    world_city.city_reports(people["resident"])
    taken_up()
    users["sensors"] = account("a-sensors", "dispatcher", WHOLE)
    world_city.sensed(actor_of(users["sensors"]))
    Seat.objects.create(user=users["case_handler"], office="housing")
    world_city.city_cases(users)
    world_collecting.taken_in(users, given, account)
    return World(users, planted, draft, pair, programme(plan, users))


def held(planted: Planted, people: dict[str, Actor]) -> None:
    """A hold on the person that somebody asked to lift, and one on a case of which the person is not told."""
    maker, until = people["steward"], today() + dt.timedelta(days=60)
    for what, key, told in (("person", planted.done.person_key, True), ("case", planted.done.pk, False)):
        about = hold_subjects.by_key(maker, what, str(key))
        ground = "合成：某法院示例通知，保全登记材料"
        given = holds.Given("court", until, ground, told, "" if told else "合成：告知会妨碍检查工作")
        name = "run" if told else "case"
        row = holds.begin(maker, about, given, f"world-hold-{name}")
        if told:
            holds.extend(
                maker, row, until + dt.timedelta(days=30), "合成：法院来函延长期限", "world-hold-longer"
            )
            holds.ask_lift(maker, row, "合成：法院通知可以解除", "world-hold-ask")


def opinions(done: Case) -> None:
    """What others said last month about registrations here, and a few about permits."""
    month = today().replace(day=1) - dt.timedelta(days=3)
    said = [("residence_registration", (5, 4, 2)[n % 3], ("quick", "", "slow")[n % 3]) for n in range(18)]
    for kind, score, word in [*said, *[("residence_permit", 5, "quick")] * 4]:
        case = Case.objects.create(
            kind=kind, flow_version=1, stage="draft", region=COUNTY, opened_at=now(), stage_since=month
        )
        Opinion.objects.create(case=case, kind=kind, region=COUNTY, score=score, word=word, given_on=month)


def spot_checks() -> None:
    """Draws of the last quarter and what was found in it: enough of one office, few of another."""
    last = over("spot_check", today())
    for office, found in ((COUNTY, ["confirmed"] * 14 + ["disputed"] * 4), ("140106", ["confirmed"] * 2)):
        draw = Draw.objects.create(office=office, period=last.end.isoformat()[:7], closed=20 * len(found), drawn=len(found),
                                   share=0.05, seed="s", digest="d", made_on=today())  # fmt: skip
        for verdict in found:
            about = Case.objects.create(
                kind="residence_permit",
                flow_version=1,
                stage="draft",
                region=office,
                opened_at=now(),
                stage_since=today(),
            )
            Check.objects.create(
                draw=draw, about=about, kind=about.kind, office=office, region="140107", verdict=verdict,
                reason="record_wrong" if verdict == "disputed" else "", said_on=last.end,
            )  # fmt: skip


def linked(planted: Planted, officer: Actor) -> None:
    """The application follows the registration; that it was part of it was taken back."""
    part = linking.link(officer, planted.open, planted.done, linking.PART, "合成：弄错了", "world-link-1")
    row = CaseLink.objects.get(case=part.case)
    linking.undo(officer, planted.open, row.pk, "合成：不是从属", "world-link-2")
    linking.link(
        officer, planted.open, planted.done, linking.FOLLOWS, "合成：同一个人先登记后申领", "world-link-3"
    )


def snapshot() -> Snapshot:
    """The comparison of the last quarter with cells that are large enough to be shown, corrected once."""
    base = Decision("residence_permit", False, False, False, 5, ("here", "female", "16-34", COUNTY))
    there = ("elsewhere", "male", "35-59", "140106")
    rows = [replace(base, refused=n < 5) for n in range(100)]
    rows += [replace(base, refused=n < 40, groups=there) for n in range(100)]
    bounds = limits(TABLE, today())
    return Snapshot(
        range=WHOLE, period=over(TABLE, today()).text, version=2, made_on=today(), why="合成：更正户籍地", group=bounds.group,
        count=bounds.count, confidence=bounds.confidence, cells=[asdict(one) for one in compare(rows, bounds)],
    )  # fmt: skip


def child_of(planted: Planted, parent: User) -> None:
    """A child without a number in the person's household, for whom its guardian agreed to something once so far."""
    statement = {"document_kind": "birth_certificate", "number": "Q140099999", "name": "示例孩", "sex": "2", "phone": "",
                 "birth": today().replace(year=today().year - 13), "hukou_region": "", "hukou_kind": "30",
                 "hukou_rural": None, "region": COUNTY}  # fmt: skip
    child = persons.state_person(statement, today(), "world")
    registered = planted.done.result["household"]
    record(
        HouseholdMember,
        "world",
        key=uuid4(),
        valid_from=today(),
        household=registered,
        person_key=child.key,
        relation="child",
    )
    spell = Residence.objects.current().get(person_key=planted.done.person_key, valid_to=None)
    record(Residence, "world", key=uuid4(), valid_from=today(), person_key=child.key, address=spell.address, region=COUNTY,
           township=spell.township, hukou_region="", reason="family", housing="rent", registered_on=today(),
           channel="online")  # fmt: skip
    Mandate.objects.create(
        account=parent.pk, person_key=child.key, kind="guardian", valid_from=today(), valid_to="2040-01-01"
    )
    moment = now()
    for purpose, confirmed in (("proof_reuse", None), ("photo", moment)):
        Consent.objects.create(
            person_key=child.key, purpose=purpose, legal_basis="个人信息保护法第三十一条", notice="2026-11", language="en", account=parent.pk,
            as_guardian=True, given_at=moment, confirm_until=today(), confirmed_at=confirmed,
        )  # fmt: skip


def taken_up() -> None:
    """A publication of the take-up in which some numbers are large enough to be shown."""
    year, here = str(today().year), ("140100", "140200", "140300")
    counts = {
        (city, item): Counter(entitled=4321, offered=3210, claimed=1234, granted=1200, refused=20, declined=n)
        for n, city in enumerate(here, 2)
        for item in ("health_record", "health_education", "job_service", "minimum_living")
    }
    rows = [publishing.row(cell) for cell in take_up.cells(counts, limits(TABLE, today()))]
    with scope.as_job("registry"):
        store(workspace(), TAKE_UP, Period(year), pl.DataFrame(rows, publishing.COLUMNS, orient="row"))


def exchange(planted: Planted, people: dict[str, Actor]) -> None:
    """A partner to which everything may go, and a department's request that was granted."""
    linfen = Partner.objects.create(
        code="linfen", name_zh="临汾", name_en="Linfen", office="housing", added_at=now()
    )
    for kind in ("residence.request", "residence.certificate", "sharing.answer"):
        purpose = "data_sharing" if kind == "sharing.answer" else "residence_permit"
        Agreement.objects.create(
            partner=linfen, way="out", kind=kind, purpose=purpose, basis="示例依据", added_at=now()
        )
    do(planted.sharing.pk, "answer", people["issuer"])


def programme(plan: Plan, users: dict[str, User]) -> str:
    """The plan's tasks, one of them with two findings, a report and its owner's seat."""
    open_tasks(plan, Actor(None, job="setup"))
    task = Task.objects.filter(plan=plan.id, leading=True).exclude(owner="").order_by("order").first()
    assert task is not None
    Seat.objects.create(user=users["task_owner"], office=task.owner)
    owner = actor_of(users["task_owner"])
    do(task.pk, "accept", owner)
    do(task.pk, "report", owner, "合成进展", progress="40", evidence="示例文号")
    for n, where in enumerate((task, task, None)):
        TaskFinding.objects.create(
            key=f"world-{n}", task=where, kind="reward_not_paid", subject=f"14010{n}", period="2025", owner=task.owner,
            severity="error", text_zh="合成：奖励未到位", text_en="Synthetic: reward not paid", synthetic=True,
            vintage="x", landed_on=today(),
        )  # fmt: skip
    return str(task.pk)


def traced() -> tuple[str, ...]:
    """Pages on which a number is followed back: goals, dataset versions made and received, a publication."""
    read = reading()
    assert read is not None
    goals = [
        next(k for k, g in read.plan.goals.items() if bool(g.indicator) is known) for known in (True, False)
    ]
    steps = {step.dataset: step for step in read.trace()}
    versions = [steps[name] for name in ("indicator_values", "elements")]
    cited = read.publications(read.value("urban_rate_resident", read.plan.region)["sources"])[0]["source"]
    return (
        *(f"/overview/goals/{key}/" for key in goals),
        *(f"/overview/data/{one.dataset}/{one.period}/{one.vintage}/" for one in versions),
        f"/overview/sources/{cited}/",
    )


class Visits:
    """Pages as answered by the code under test, with the templates behind each."""

    def __init__(self, browse: Callable[..., Client], language: str, theme: str = "light") -> None:
        self.browse, self.language, self.theme = browse, language, theme
        self.seen: set[str] = set()

    def of(self, user: User | None, *addresses: str, post: dict[str, Any] | None = None) -> Iterator[Visit]:
        """Answers to one account at some addresses or named routes."""
        client = self.browse(user, self.language)
        client.cookies["theme"] = self.theme
        for one in addresses:
            address = one if one.startswith("/") else reverse(one)
            answer = client.get(address) if post is None else client.post(address, post)
            self.seen |= {str(template.name) for template in answer.templates if template.name}
            yield f"{user.username if user else '-'} {address}", answer

    def every(self, world: World) -> Iterator[Visit]:
        """Every page there is, as the role that it is for."""
        yield from self.of(
            None, "/", "account_login", "account_signup", "/nothing/", "/apply/residence_registration/"
        )
        yield from self.of(None, "photo_collect", "confirm", "recover")
        yield from self.of(None, f"/offline/{self.language[:2]}/", "offline_away")
        yield from self.of(
            None, "recover", post={"code": "AAAA-AAAA-AAAA", "password1": "a", "password2": "b"}
        )
        yield from self.of(
            None, "services", "/services/?find=xyz", "/services/standard-32/", "/services/standard-2/"
        )
        yield from self.of(None, "/services/standard-57/", "/services/compulsory_school/", "/apply/claim/")
        yield from self.of(None, "photo_collect", post={"code": "AAAA-AAAA-AAAA"})
        yield from self.of(None, "account_signup", post={"username": "x", "password1": "a", "password2": "b"})
        yield from world_city.reporters(self, world.users)
        yield from self.residents(world)
        yield from self.officers(world)
        yield from self.programmes(world)
        yield from self.payments(world)
        yield from self.administrations(world)
        yield from self.of(world.users["sensors"], "home", "city_sensors")
        yield from self.of(world.users["sensors"], "city_sensors", post={"id": "?"})
        yield from self.accounts(world.users["officer"])

    def residents(self, world: World) -> Iterator[Visit]:
        """Pages of a resident with a permit under way and of one who is filling in the form."""
        resident, stranger = world.users["resident"], world.users["stranger"]
        mine = f"/my/cases/{world.planted.done.pk}/"
        yield from self.of(
            resident, "home", "my_cases", "my_permit", "entitlements", "my_data", mine, "/accounts/"
        )
        yield from self.of(resident, f"/my/cases/{world.planted.open.pk}/")
        yield from self.of(resident, "my_household", "my_photo", "my_years", "bind", "stays")
        report = {"institution": str(Institution.objects.get(account=resident.pk).pk), "key": "world-stays-1"}
        typed = {"row1-name": "示例客", "row1-number": "12", "row1-from": "2026-02-30"}
        yield from self.of(resident, "stay_report", post={**report, **typed})
        yield from self.of(stranger, "stays", "/apply/institution/", "stay_join")
        form = {**report, "label": "夜班前台", "key": f"world-invite-{self.language}-{self.theme}"}
        yield from self.of(resident, "stay_accounts", post=form)
        yield from self.of(resident, "stay_accounts", post=form)
        yield from self.of(resident, "stay_accounts")
        yield from self.facts_of_mine(world)
        yield from self.claims(world)
        child = Mandate.objects.get(account=resident.pk, kind="guardian").person_key
        key = f"world-school-{self.language}-{self.theme}"
        begun = self.browse(resident).post("/apply/school_place/begin/", {"key": key, "ward": str(child)})[
            "Location"
        ]
        yield from self.of(
            resident, *(begun.replace("notice/", name) for name in ("school/", "school_papers/", "check/"))
        )
        draft = f"/my/cases/{world.draft}/"
        yield from self.of(
            stranger, "home", "my_data", "my_years", *(f"{draft}{name}/" for name in (*QUESTIONS, "check"))
        )
        wrong = {
            "key": "world-wrong-1",
            "number": "1",
            "name": "",
            "acting_as": "self",
            "document_kind": "citizen",
        }
        yield from self.of(stranger, f"{draft}identity/", post=wrong)

    def facts_of_mine(self, world: World) -> Iterator[Visit]:
        """A correction of a job, schooling or insurance: what it is for, page by page, and one that waits."""
        resident, key = world.users["resident"], f"world-fact-{self.language}-{self.theme}"
        begun = self.browse(resident).post("/apply/fact_correction/begin/", {"key": key})["Location"]
        which = {"do": "next", "key": f"{key}-which", "fact": "new:study", "fact_act": "state"}
        self.browse(resident).post(begun, which)
        what = begun.replace("fact_which/", "fact_what/")
        yield from self.of(
            resident, "/apply/fact_correction/", begun, what, begun.replace("fact_which/", "check/")
        )
        yield from self.of(
            resident, what, post={"do": "next", "key": f"{key}-what", "fact_from": "2030-01-01"}
        )
        yield from self.of(resident, f"/my/cases/{world.planted.fact.pk}/")

    def claims(self, world: World) -> Iterator[Visit]:
        """A claim that waits, another being filled in, a second one of the same service, and the take-up."""
        resident, desk = world.users["resident"], world.users["service_officer"]
        claim = world.planted.claim.pk
        yield from self.of(
            resident, f"/my/cases/{claim}/", "/services/standard-32/", "/services/standard-33/"
        )
        yield from self.of(resident, "/services/health_record/claim/", post={"key": "world-claim-second"})
        key = {"key": f"world-claim-{self.language}-{self.theme}"}
        running = Claim.objects.filter(item="infectious_disease_care", state="open").first()
        begun = (
            f"/my/cases/{running.pk}/claim/"
            if running
            else self.browse(resident).post("/services/infectious_disease_care/claim/", key)["Location"]
        )
        yield from self.of(resident, begun, begun.replace("claim/", "check/"))
        yield from self.of(desk, "home", "queue", "take_up", f"/office/cases/{claim}/")
        yield from self.of(world.users["steward"], "take_up")

    def officers(self, world: World) -> Iterator[Visit]:
        """Pages of the office: queue, cases, search, a person's file with and without a case."""
        officer, case = world.users["officer"], f"/office/cases/{world.planted.open.pk}/"
        done = f"/office/cases/{world.planted.done.pk}/"
        person = f"/office/people/{world.planted.done.person_key}/"
        yield from self.of(
            officer, "home", "queue", "search", "population", "office_stays", "flows", case, done, person
        )
        yield from self.of(officer, "population_areas", "/population/areas/?concept=floating&by=hukou_kind")
        yield from self.of(officer, "/office/?view=handed", "opinions")
        yield from self.of(world.users["steward"], "equality", "spot_check_results")
        yield from self.holds(world)
        yield from self.spot_checks(world)
        yield from world_city.officers(self, world.users)
        yield from self.of(officer, "/flows/permit_life/1/", f"{done}slip/")
        yield from self.of(world.users["education_officer"], "home", "queue")
        yield from self.counter(world)
        yield from world_collecting.visits(self, world.users)
        yield from self.exchanges(world)
        yield from self.recoveries(world)
        yield from self.of(officer, "search", post={"name": NAME})
        export = f"/office/exports/{world.planted.export.pk}/"
        yield from self.of(world.users["steward"], "exports", export)
        yield from self.of(world.users["steward2"], export)
        yield from self.of(officer, f"{done}reveal/", post={})
        yield from self.of(world.users["elsewhere"], "queue", person)
        yield from self.of(world.users["steward"], "home", "queue", f"/office/cases/{world.pair}/")

    def holds(self, world: World) -> Iterator[Visit]:
        """Holds that run, wait for a second person, are kept from the person and ended; the forms for new ones."""
        steward, second = world.users["steward"], world.users["steward2"]
        yield from self.of(steward, "holds", "/holds/?view=ended", f"/holds/{world.planted.hold.pk}/")
        for name in ("world-hold-run", "world-hold-case"):
            hold = HoldStep.objects.get(key__endswith=f":{name}").hold_id
            yield from self.of(steward, f"/holds/{hold}/")
            yield from self.of(second, f"/holds/{hold}/")
        for number in (NUMBER, world.planted.done.number):
            yield from self.of(steward, "hold_find", post={"number": number})
        yield from self.of(steward, "hold_find", post={"number": "?"})

    def spot_checks(self, world: World) -> Iterator[Visit]:
        """A drawn case before somebody takes it, while he looks, and at the office that has to put it right."""
        here, check = world.users["colleague"], world.planted.check.pk
        address = f"/spot-checks/{check}/"
        yield from self.of(here, "spot_checks", "/spot-checks/?view=closed", address, "spot_check_results")
        if Case.objects.filter(pk=check, stage="waiting").exists():
            do(str(check), "claim", actor_of(here))
        yield from self.of(here, address)

    def payments(self, world: World) -> Iterator[Visit]:
        """Payments: lists, the ledger, a batch with a difference, and a version to draw up from."""
        finance = world.users["finance_officer"]
        batch = f"/payments/{world.planted.payment.pk}/"
        yield from self.of(finance, "home", "payments", "/payments/?view=closed", "payment_ledger", batch)
        yield from self.of(finance, f"{batch}return/", post={"key": "world-return", "version": "1"})
        version = Amounts("settlement_reward", "2025", "2026-02-01", "d", True, "yuan",
                          {WHOLE: {COUNTY: {"pupils": Decimal("1.50"), "effort": None}}}, {(COUNTY, "effort"): "no_data"})  # fmt: skip
        asked = urlencode(
            {"dataset": version.dataset, "period": "2025", "vintage": version.vintage, "region": WHOLE}
        )
        with (
            patch.object(pages, "offered", lambda: [version]),
            patch.object(drawing, "find", lambda *_: version),
        ):
            yield from self.of(finance, "payment_choose", f"/payments/new/preview/?{asked}")
        yield from self.of(finance, "payment_choose")

    def recoveries(self, world: World) -> Iterator[Visit]:
        """Forgotten passwords: one that waits for a second officer, a slip, and the same form once more."""
        officer, colleague, admin = (world.users[name] for name in ("officer", "colleague", "security_admin"))
        yield from self.of(colleague, "counter_recoveries")
        form = {"number": NUMBER, "seen": "id_card", "reason": "forgotten", "word": "on"}
        form["key"] = f"world-recovery-{self.language}-{self.theme}"
        yield from self.of(officer, "counter_recoveries", post=form)
        yield from self.of(officer, "counter_recoveries", post=form)
        yield from self.of(officer, "counter_recoveries", "consent_paper_find")
        yield from self.of(officer, "consent_paper_find", post={"number": NUMBER})
        form |= {
            "username": world.users["auditor"].username,
            "key": f"world-staff-{self.language}-{self.theme}",
        }
        yield from self.of(admin, "recoveries", post=form)
        yield from self.of(admin, "recoveries")

    def exchanges(self, world: World) -> Iterator[Visit]:
        """Certificates from other cities, and what departments ask of each other."""
        officer, steward, owner = (world.users[name] for name in ("officer", "steward", "task_owner"))
        yield from self.of(officer, "transfers", f"/office/transfers/{world.planted.transfer.pk}/")
        yield from self.of(steward, "sharing", f"/sharing/{world.planted.sharing.pk}/")
        yield from self.of(owner, "sharing")
        liaison = User.objects.get(pk=world.planted.sharing.applicant)
        yield from self.of(liaison, f"/sharing/{world.planted.sharing.pk}/")
        yield from self.of(liaison, f"/sharing/{world.planted.sharing.pk}/use/", post={})
        yield from self.of(world.users["issuer"], f"/sharing/{world.planted.sharing.pk}/")

    def counter(self, world: World) -> Iterator[Visit]:
        """A form taken down at the counter, and a photo to be checked."""
        officer = world.users["officer"]
        begun = self.browse(officer).post("/office/assist/", {"key": f"world-counter-{self.language}"})
        yield from self.of(officer, begun["Location"], f"{begun['Location'].removesuffix('notice/')}check/")
        number = {"number": NUMBER, "key": f"world-household-{self.language}"}
        household = self.browse(officer).post("/office/assist/household/", number)["Location"]
        yield from self.of(
            officer, household.replace("notice/", "change/"), household.replace("notice/", "check/")
        )
        key = {"key": f"world-motion-{self.language}-{self.theme}"}
        person = f"/office/people/{world.planted.done.person_key}/"
        motion = self.browse(officer).post(f"{person}correct/", key)["Location"]
        yield from self.of(officer, motion, motion.replace("fact_which/", "fact_what/"),
                           motion.replace("fact_which/", "check/"), f"/office/cases/{world.planted.fact.pk}/")  # fmt: skip
        photo = hand_in(self.browse(world.users["resident"]), master(), f"world-photo-{self.language}")
        yield from self.of(officer, f"/office/cases/{photo}/", f"/office/cases/{photo}/face/")

    def programmes(self, world: World) -> Iterator[Visit]:
        """Pages of the programme and the dashboards."""
        lead, task = world.users["programme_officer"], f"/programme/tasks/{world.task}/"
        yield from self.of(
            lead, "home", "board", "seats", "tasks", "unplaced", task, "overview", "indicators"
        )
        yield from self.of(
            lead, "/overview/measures/1/", "/overview/regions/140100/", "/overview/regions/140105/"
        )
        yield from self.of(lead, "/overview/indicators/urban_rate_resident/")
        yield from self.of(lead, *traced())
        yield from self.of(lead, "tokens_of_account")
        yield from self.of(
            lead, "tokens_of_account", post={"name": "x", "permissions": ["task.read"], "days": "9"}
        )
        yield from self.of(world.users["task_owner"], "home", "board", task)

    def administrations(self, world: World) -> Iterator[Visit]:
        """Pages of the three administrations."""
        yield from self.of(world.users["auditor"], "home", "audit")
        yield from self.of(world.users["auditor"], "audit", post={})
        yield from self.of(world.users["security_admin"], "home", "accounts")
        yield from self.of(world.users["system_admin"], "home", "system", "bpmn_check")
        small = SimpleUploadedFile(
            "x.bpmn", bpmn(flow_of("photo", 1)).replace(b"exclusiveGateway", b"parallelGateway", 1)
        )
        yield from self.of(world.users["system_admin"], "bpmn_check", post={"file": small})

    def accounts(self, user: User) -> Iterator[Visit]:
        """Pages by which an account protects itself, before and after there is a second factor."""
        user.set_password("Correct-horse-7")
        user.save()
        yield from self.of(user, "account_change_password", "mfa_index", "usersessions_list")
        signed_in = self.browse(None, self.language)
        signed_in.post(reverse("account_login"), {"login": user.username, "password": "Correct-horse-7"})
        yield (
            "usersessions_list signed in",
            signed_in.get(reverse("usersessions_list"), HTTP_USER_AGENT=AGENT),
        )
        yield from self.of(user, "account_reauthenticate", "account_inactive", "account_logout")
        yield from self._again(user, "mfa_activate_totp")
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
        client = self.browse(None, self.language)
        client.cookies["theme"] = self.theme
        answer = client.post(
            reverse("account_login"), {"login": user.username, "password": "Correct-horse-7"}, follow=True
        )
        self.seen |= {str(template.name) for template in answer.templates if template.name}
        yield "mfa_authenticate", answer
        key = plant_key(user)
        yield from self.of(user, "mfa_index", "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
        yield from self._again(
            user,
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_deactivate_totp",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            f"/account/keys/{key.pk}/name/",
            f"/account/keys/{key.pk}/remove/",
        )

    def _again(self, user: User, *names: str) -> Iterator[Visit]:
        """Pages that ask for the password once more before they open."""
        client = self.browse(user, self.language)
        client.cookies["theme"] = self.theme
        client.post(reverse("account_reauthenticate"), {"password": "Correct-horse-7"})
        for name in names:
            answer = client.get(name if name.startswith("/") else reverse(name))
            self.seen |= {str(template.name) for template in answer.templates if template.name}
            yield f"{user.username} {name}", answer
