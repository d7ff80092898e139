"""Residence years travel with a person: asking another city, issuing, taking in, and what the receiving city decides.

Carries out: Decree 663 art. 10. The certificate comes through the door of every signed message; a community officer
proposes what counts by this city's provisions, the county police decide, and the person sees every stretch with its
reason. Not modelled: cases under way do not move; the years decided do not enter the rule book's facts.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from renben.web.clock import today
from renben.web.exchange import certificates, sending
from renben.web.exchange.certificates import BadCertificate
from renben.web.exchange.envelope import Content
from renben.web.exchange.kinds import Kind
from renben.web.exchange.models import Agreement, Certificate, Message, Partner
from renben.web.exchange.receiving import EXCHANGE
from renben.web.exchange.years import Ledger, Record, Rule, ledger
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.flow.numbers import next_number
from renben.web.guard import crypto, scope
from renben.web.guard.policy import Actor
from renben.web.law import Provided, provision
from renben.web.registry import people
from renben.web.registry.models import Person
from renben.web.registry.permit_closing import REGISTRY

KIND = "residence_transfer"
PURPOSE = "residence_permit"
FIELD = "certificate.document"
STANDING = {"counted": "counted", "declined": "declined"}
"""Stage of a certificate's case -> how it stands; undecided before."""
PROVISIONS = ("permit_lifecycle.lapse_rule", "exchange.recognised_from", "exchange.most_gap_days")


def laws(day: dt.date, region: str) -> tuple[Provided, ...]:
    """The provisions by which a region counts years, with their sources."""
    return tuple(provision(name, day, region) for name in PROVISIONS)


def rule_of(day: dt.date, region: str) -> Rule:
    """How a region counts years."""
    lapse, recognised, gap = laws(day, region)
    return Rule(region[:6], str(lapse.value), str(recognised.value), int(gap.value))


def document_of(one: Certificate) -> dict[str, Any]:
    """A certificate as it came."""
    return dict(crypto.decrypt_json(one.document_ct, FIELD, f"{one.issuer}/{one.serial}"))


def record_of(one: Certificate, standing: str) -> Record:
    """What a certificate states, and how it stands here."""
    known = certificates.record_in(document_of(one))
    return Record(known.lived, known.held, known.issuer, standing)


def certificates_of(key: UUID) -> list[tuple[Certificate, Case]]:
    """Certificates taken in about a person with their cases, the oldest first."""
    rows = list(Certificate.objects.filter(person_key__in=people.all_keys(key)).order_by("pk"))
    with scope.reading_as("registry"):  # a case without an applicant is nobody's own
        cases = Case.objects.in_bulk([one.case for one in rows])
    return [(one, cases[one.case]) for one in rows if one.case in cases]


def ledger_of(person: Person, day: dt.date, weighed: UUID | None = None) -> Ledger:
    """Which stretches of a person's years count in the region where the person lives.

    Args:
        person: as known now.
        day: on which it is asked.
        weighed: a case whose certificate is taken as counted, to see what it would bring.
    """
    found = [certificates.record_of(person.key, day)]
    for one, case in certificates_of(person.key):
        standing = STANDING.get(case.stage, "undecided")
        found.append(record_of(one, "counted" if case.pk == weighed else standing))
    return ledger(found, rule_of(day, person.region), day)


def partners(kind: str) -> list[Partner]:
    """Partners to which a kind of message may go out for residence permits."""
    open_ = Agreement.objects.filter(way="out", kind=kind, purpose=PURPOSE, ended_at=None)
    return list(Partner.objects.filter(closed_at=None, agreements__in=open_).distinct().order_by("pk"))


def issue(actor: Actor, permission: str, person: Person, to: str, answers: str = "") -> Message:
    """Issue a certificate about a person and send it to a partner.

    Raises:
        BadCertificate: nothing to certify.
        Rejected: no agreement lets it out.
    """
    body = {"certificate": certificates.issued(person)}
    region = person.region[:6]
    return sending.send(
        actor, permission, to, "residence.certificate", PURPOSE, region, body, person.key, answers
    )


def ask(actor: Actor, permission: str, person: Person, to: str) -> Message:
    """Ask a partner for its certificate about a person."""
    body = {"subject": certificates.subject_of(person)}
    return sending.send(
        actor, permission, to, "residence.request", PURPOSE, person.region[:6], body, person.key
    )


def _asked_about(content: Content) -> UUID:
    if set(content.body) != {"subject"}:
        raise BadCertificate("form", where="body")
    return certificates.found(content.body["subject"]).key


def _answer(content: Content, message: Message) -> dict[str, Any]:
    """Another city asks: the certificate goes out at once, where an agreement lets it."""
    person = people.person(str(message.person_key))
    if person is None:
        raise BadCertificate("nobody")
    made = issue(EXCHANGE, "", person, content.sender, content.id)
    return {"answered_by": str(made.message)}


def _certified(content: Content) -> UUID:
    """About whom a certificate is, once it is found good.

    Raises:
        BadCertificate: out of form, forged, expired, about nobody here or somebody else, or taken in before.
    """
    document = content.body.get("certificate")
    if set(content.body) != {"certificate"} or not isinstance(document, Mapping):
        raise BadCertificate("form", where="body")
    certificates.checked(document, today())
    if document["issuer"] != content.sender:
        raise BadCertificate("other_issuer", issuer=document["issuer"], sender=content.sender)
    if Certificate.objects.filter(issuer=document["issuer"], serial=document["serial"]).exists():
        raise BadCertificate("known")
    return certificates.found(document["subject"]).key


def _take_in(content: Content, message: Message) -> dict[str, Any]:
    """Keep the certificate and open the case in which it is decided on."""
    document, person = content.body["certificate"], people.person(str(message.person_key))
    if person is None:
        raise BadCertificate("nobody")
    region = person.region[:6]
    owner = f"{document['issuer']}/{document['serial']}"
    number = next_number(region, today().year, KIND, "YN")
    case = open_case(KIND, REGISTRY, f"certificate:{owner}", region, applicant=None, person_key=person.key,
                     number=number, result={"issuer": document["issuer"]})  # fmt: skip
    Certificate.objects.create(
        message=message, serial=document["serial"], issuer=document["issuer"], person_key=person.key, region=region,
        issued_on=document["issued_on"], expires_on=document["expires_on"], case=case.case,
        document_ct=crypto.encrypt_json(dict(document), FIELD, owner),
    )  # fmt: skip
    return {"case": number}


def _person_of(case: Case) -> Person:
    person = people.person(str(case.person_key))
    if person is None:
        raise ValueError(f"case {case.pk}: nobody behind its certificate; the message was about somebody.")
    return person


def keep_ledger(step: Step) -> None:
    """What would count by the provisions of the day, beside the step."""
    person = _person_of(step.case)
    found = ledger_of(person, step.day, step.case.pk)
    ours = ledger([certificates.record_of(person.key, step.day)], found.rule, step.day)
    elsewhere = max(found.days - ours.days, 0)
    told = {"years": found.years, "days": found.days, "elsewhere": elsewhere, "lapse": found.rule.lapse,
            "recognised": found.rule.recognised, "most_gap": found.rule.most_gap}  # fmt: skip
    step.case.result = {**step.case.result, **told}
    step.detail.update(told)


def facts(case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """Facts that the guards ask for."""
    one = Certificate.objects.filter(case=case.pk).first()
    return {"there": one is not None}


TRANSFER = Bindings({"keep_ledger": keep_ledger}, facts)
CERTIFICATE = Kind(_certified, _take_in)
REQUEST = Kind(_asked_about, _answer)
