"""One synthetic person whose every field is planted in the database, so that pages can be searched for it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from renben.catalogue import load
from renben.web.cases.reporting import RECEIVER, Told, report
from renben.web.claims import claiming, offers
from renben.web.clock import today
from renben.web.exchange import log
from renben.web.exchange.envelope import Content
from renben.web.exchange.models import Certificate
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.flow.numbers import next_number
from renben.web.flow.sweeper import SWEEPER
from renben.web.guard import crypto, hold_subjects, holds, recovery, scope
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant, Hold, Recovery, User
from renben.web.guard.policy import Actor
from renben.web.payments.models import Batch
from renben.web.programme.models import Seat, Task
from renben.web.programme.opening import duties
from renben.web.registry import consents_paper, documents, institution_accounts, photos, stays
from renben.web.registry.models import Institution
from renben.web.registry.permit_closing import REGISTRY
from renben.web.spotcheck.models import Check, Draw
from renben.web.spotcheck.offices import KIND
from tests.web.cases import SETUP, acting, again, do, fill
from tests.web.pictures import master
from tests.web.stated import stated

COUNTY = "140105"
NUMBER, PHONE, NAME, BIRTH = "149901197306070017", "13912345678", "示例辛巳", "1973-06-07"
EMPLOYER = "合成矩阵机械厂"
ADDRESS, NOTE, PROOF = "合成矩阵路9号", "示例意见：提到一项健康情况", b"%PDF-1.4 matrix proof"
MEMBER = {"document_kind": "citizen", "number": "149901197306070025", "name": NAME, "sex": "2", "birth": BIRTH,
          "relation": "spouse"}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """One person with every field in one county, and the cases about that person."""

    done: Case
    """A registration that was returned once with a note, and approved."""
    open: Case
    """An application for a permit that waits at the office."""
    photo: Case
    """A photo that waits at the office."""
    task: Task
    export: Case
    """A list of the county's people that a steward asked for and another approved."""
    transfer: Case
    """A certificate about the person from another city, to be checked."""
    sharing: Case
    """A department's request about the person, which waits for the owner's answer."""
    check: Case
    """A look of this county's office at the registration, which another county closed in the record of the draw."""
    payment: Case
    """A payment batch that the county pays, whose file was made and whose return differs."""
    claim: Case
    """A claim of a service by the person, which waits at the health office."""
    city: Case
    """A city case that the person reported without an account, sent to the housing office."""
    fact: Case
    """A correction of the person's job that waits at the office."""
    hold: Hold
    """A hold on the person that ended yesterday, so that it keeps nothing; its ground is the note."""
    applicant: User


def plant(people: dict[str, Actor], address: Any, answers: Callable[..., dict[str, Any]]) -> Planted:
    """Send the person through registration and an application for a permit."""
    type(address).objects.filter(pk=address.pk).update(text=ADDRESS)
    proof = documents.store(SimpleUploadedFile("x.pdf", PROOF), None)
    given = answers(address, number=NUMBER, phone=PHONE, name=NAME, birth=BIRTH, arrival="2025-08-01",
                    document=proof, proof_from="2025-08-01", members=[MEMBER])  # fmt: skip
    case = fill("residence_registration", people["resident"], given)
    do(case, "submit", people["resident"])
    do(case, "claim", people["officer"])
    do(case, "return", people["officer"], NOTE, fields=["proof"])
    do(case, "save", people["resident"], question="proof", fields=given)
    do(case, "resubmit", people["resident"])
    do(case, "approve", people["officer"])
    done = Case.objects.get(pk=case)
    resident = again(people["resident"])
    permit = fill("residence_permit", resident, {"notice": "2026-01", "proof_kind": "contract", "document": proof},
                  region=COUNTY, person_key=done.person_key)  # fmt: skip
    do(permit, "submit", resident)
    planted_stay(people, given, proof)
    planted_recovery(people, resident)
    planted_paper(people, done)
    return Planted(
        done,
        Case.objects.get(pk=permit),
        planted_photo(resident, done),
        planted_task(),
        planted_export(people),
        planted_transfer(done),
        planted_sharing(people),
        planted_check(done),
        planted_payment(),
        planted_claim(resident, proof),
        planted_city(),
        planted_fact(resident, done, proof),
        planted_hold(people, done),
        User.objects.get(pk=resident.user_id),
    )


def planted_paper(people: dict[str, Actor], done: Case) -> None:
    """A consent that the person signed on paper at the counter."""
    scan = SimpleUploadedFile("x.pdf", b"%PDF-1.4 signed")
    said = consents_paper.Said("proof_reuse", consents_paper.GIVEN, "2026-11", today(), True, scan)
    with acting(people["officer"]):
        person = consents_paper.person_of(people["officer"], UUID(str(done.person_key)))
        consents_paper.record(people["officer"], person, said, f"matrix-paper-{uuid4()}")


def planted_recovery(people: dict[str, Actor], resident: Actor) -> Recovery:
    """A forgotten password of the person, with lost factors: a second officer's word is waited for."""
    row, _ = recovery.ask(
        people["officer"],
        recovery.Asked(
            user=User.objects.get(pk=resident.user_id),
            known=NUMBER[-4:],
            seen="id_card",
            reason="device",
            factors_lost=True,
            word=True,
            region=COUNTY,
        ),
        f"matrix-recovery-{uuid4()}",
    )
    return row


def planted_stay(people: dict[str, Actor], given: dict[str, Any], paper: str) -> None:
    """An institution of the resident's account, and a stay of the person with it."""
    fields = {"institution_kind": "hotel", "institution_name": "合成旅馆", "document": paper}
    case = fill("institution", people["resident"], {**given, **fields})
    do(case, "submit", people["resident"])
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    row = {"name": NAME, "number": NUMBER, "from": today().isoformat(), "to": ""}
    with acting(people["resident"]):
        stays.take(people["resident"], Institution.objects.get(pk=case), [row], f"matrix-stay-{case}", "form")
        institution_accounts.invite(
            people["resident"], Institution.objects.get(pk=case), "合成前台", f"invite-{case}"
        )


def planted_photo(resident: Actor, done: Case) -> Case:
    """A photo of the person, handed in."""
    case = open_case("photo", resident, f"matrix-photo-{uuid4()}", COUNTY, person_key=done.person_key).case
    do(case, "save", resident, question="notice", fields={"notice": "2026-01"})
    key = photos.keep_draft(Case.objects.get(pk=case), master(), today())
    do(case, "save", resident, question="photo", fields={"photo": key})
    do(case, "submit", resident)
    return Case.objects.get(pk=case)


def planted_export(people: dict[str, Actor]) -> Case:
    """A list with the person on it, approved and ready to be downloaded."""
    result = {"list": "residents", "of": COUNTY}
    with acting(people["steward"]):
        key = f"matrix-export-{uuid4()}"
        case = open_case("registry_export", people["steward"], key, COUNTY, result=result).case
    do(case, "submit", people["steward"], "合成：核对辖区名单")
    do(case, "approve", people["steward2"])
    return Case.objects.get(pk=case)


def planted_transfer(done: Case) -> Case:
    """A certificate about the person that came from another city."""
    serial, there, case = str(uuid4()), "141002", ""
    document = {
        "issuer": "linfen", "serial": serial,
        "lived": [{"region": there, "since": "2023-01-05", "until": "2025-07-30"}],
        "held": [{"region": there, "number": "JZZ-1410-2023-000001", "since": "2023-09-01", "until": "2025-07-30",
                  "lapses": [{"since": "2024-09-01", "until": "2024-10-01"}]}],
    }  # fmt: skip
    content = Content(str(uuid4()), "linfen", "taiyuan", "residence.certificate", "residence_permit", "示例依据", COUNTY,
                      {"certificate": document})  # fmt: skip
    with transaction.atomic(), scope.as_job("registry"):
        message = log.keep("in", "linfen", content, done.person_key)
        case = open_case("residence_transfer", REGISTRY, f"matrix-transfer-{serial}", COUNTY, applicant=None,
                         person_key=done.person_key, number=next_number(COUNTY, today().year, "residence_transfer", "YN"), result={"issuer": "linfen"}).case  # fmt: skip
        Certificate.objects.create(
            message=message, serial=serial, issuer="linfen", person_key=done.person_key, region=COUNTY, case=case,
            issued_on=today(), expires_on=today(),
            document_ct=crypto.encrypt_json(document, "certificate.document", f"linfen/{serial}"),
        )  # fmt: skip
    return Case.objects.get(pk=case)


def planted_sharing(people: dict[str, Actor]) -> Case:
    """A request about the person, checked and waiting for the police."""
    user = User.objects.create(username=f"liaison-{uuid4()}", demo=True)
    Grant.objects.create(user=user, role="task_owner", region=COUNTY)
    Seat.objects.create(user=user, office="housing")
    liaison = actor_of(user)
    result = {"item": "residence_years", "office": "housing"}
    with acting(liaison):
        case = open_case("sharing_request", liaison, f"matrix-sharing-{uuid4()}", COUNTY, result=result).case
    do(case, "submit_unready", liaison, "合成：核对居住年限", document_kind="citizen", number=NUMBER)
    do(case, "pass", people["steward"])
    return Case.objects.get(pk=case)


def planted_check(done: Case) -> Case:
    """The person's registration, drawn among another county's cases, waits for an officer of this county."""
    with transaction.atomic(), scope.as_job("sweeper"):
        draw, _ = Draw.objects.get_or_create(office="141002", period="2026-02", defaults={
            "closed": 1, "drawn": 1, "share": 0.05, "seed": "s", "digest": "d", "made_on": today()})  # fmt: skip
        case = open_case(
            KIND, SWEEPER, f"matrix-check-{uuid4()}", COUNTY, applicant=None, number=f"HC-{str(done.pk)[:8]}"
        ).case
        Check.objects.create(
            draw=draw, about=done, kind=done.kind, office="141002", region=COUNTY, case_id=case
        )
    return Case.objects.get(pk=case)


def planted_payment() -> Case:
    """A batch of one town that the county pays, with a file and a return in which the town is missing."""
    region = f"{COUNTY}001"
    case = open_case("payment_batch", SETUP, f"matrix-payment-{uuid4()}", COUNTY, applicant=None,
                     number=f"ZF-{uuid4().hex[:8]}").case  # fmt: skip
    batch = Batch.objects.create(
        case_id=case, dataset="fiscal_transfer", period="2025", vintage="2026-01-01", digest="d", unit="yuan",
        synthetic=True, region=COUNTY, seq=Batch.objects.count() + 1, exact="1.00", total=100, rows_digest="r",
        made_by=0, made_on=today(), pending=False, approved_on=today(),
    )  # fmt: skip
    batch.rows.create(
        number=1, region=region, parts={"": "1.00"}, computed=100, before=0, carried=0, amount=100
    )
    batch.files.create(form="csv", content=b"synthetic", sha256="s")
    file = batch.returns.create(seq=1, sha256="s", account=0, day=today())
    file.rows.create(batch=batch, line=2, region="999999", amount=1, day=today(), reference="R")
    file.outcomes.create(batch=batch, region=region, expected=100, paid=0, lines=0, found="missing")
    Case.objects.filter(pk=case).update(stage="differences")
    return Case.objects.get(pk=case)


def planted_claim(resident: Actor, paper: str) -> Case:
    """A claim of a service that everybody who lives here has, sent; another one was offered and declined."""
    with acting(resident):
        offers.answer(resident, "health_education", True)
        case = claiming.begin(resident, "health_record", f"matrix-claim-{uuid4()}").case
    do(case, "save", resident, question="claim", fields={"claim_remark": "合成", "document": paper})
    do(case, "submit", resident)
    return Case.objects.get(pk=case)


def planted_fact(resident: Actor, done: Case, paper: str) -> Case:
    """A job, schooling and months of insurance of the person, and a correction of the job, sent."""
    job = stated(done.person_key, "contract", today(), name=EMPLOYER)
    stated(done.person_key, "senior", today(), region=COUNTY, name=EMPLOYER)
    stated(done.person_key, "employee_pension", today(), region=COUNTY)
    said = {"fact": f"job:{job.key}", "fact_act": "state", "fact_kind": "contract", "fact_name": EMPLOYER,
            "fact_from": "2025-08-01", "fact_to": "", "document": paper}  # fmt: skip
    case = fill("fact_correction", resident, said, region=COUNTY, person_key=done.person_key)
    do(case, "submit", resident)
    return Case.objects.get(pk=case)


def planted_city() -> Case:
    """A report with the person's phone and address in it, filed and sent to an office."""
    desk, unit = (
        User.objects.create(username=f"matrix-{name}-{uuid4()}", demo=True) for name in ("desk", "unit")
    )
    Grant.objects.create(user=desk, role="dispatcher", region=COUNTY)
    Grant.objects.create(user=unit, role="case_handler", region=COUNTY)
    Seat.objects.create(user=unit, office="housing")
    dispatcher = actor_of(desk)
    with acting(RECEIVER):
        told = Told("exposed_rubbish", COUNTY, NOTE, ADDRESS, PHONE, channel="phone")
        case = report(RECEIVER, told, f"matrix-city-{uuid4()}").result.case
    do(
        case,
        "file",
        dispatcher,
        subclass="exposed_rubbish",
        severity="ordinary",
        title="合成：垃圾",
        place="合成路口",
    )
    do(case, "dispatch", dispatcher, NOTE, unit="housing")
    return Case.objects.get(pk=case)


def planted_hold(people: dict[str, Actor], done: Case) -> Hold:
    """Set by a steward on the person, of which the person is told; two days old and over."""
    day = today() + dt.timedelta(days=1)
    with acting(people["steward"]):
        about = hold_subjects.by_key(people["steward"], "person", str(done.person_key))
        hold = holds.begin(
            people["steward"], about, holds.Given("court", day, NOTE), f"matrix-hold-{uuid4()}"
        )
    Hold.objects.filter(pk=hold.pk).update(
        from_on=today() - dt.timedelta(days=2), until_on=today() - dt.timedelta(days=1)
    )
    return Hold.objects.get(pk=hold.pk)


def planted_task() -> Task:
    """One task of the catalogue's first plan, in the planted county."""
    plan = next(iter(load().plans.values()))
    duty = next(one for one in duties(plan) if one.owners)
    supervisor = Actor(None, job="setup")
    case = open_case("programme_task", supervisor, f"matrix-task-{uuid4()}", COUNTY, applicant=None).case
    return Task.objects.create(
        case_id=case, plan=plan.id, measure=duty.measure, order=duty.order, commitment=duty.commitment.id,
        owner=duty.owners[0], leading=True, deadline="2029-12-31",
    )  # fmt: skip
