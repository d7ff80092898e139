"""One row of every kind that is deleted in time, past its period, with everybody whose hold keeps it back."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from renben.web.cases.models import CityCase, Report
from renben.web.claims.models import Offer
from renben.web.exchange.models import Certificate
from renben.web.exchange.models import Message as SignedMessage
from renben.web.flow.definition import newest
from renben.web.flow.models import Case, Message
from renben.web.guard.models import Hold, Recovery, User
from renben.web.registry import people
from renben.web.registry.models import (
    Address,
    Consent,
    Document,
    Endorsement,
    Institution,
    InstitutionAccount,
    Opinion,
    Permit,
    Photo,
    PhotoGrant,
    Proof,
    Residence,
    Stay,
    record,
)
from renben.web.spotcheck.models import Check, Draw
from tests.web.conftest import COUNTY, DAY
from tests.web.stated import stated

NOON = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
LATE = DAY + dt.timedelta(days=2000)
"""A day on which everything that ended on the first day is past its period."""
NUMBER = "149901198501010014"
FACTS = {"document_kind": "citizen", "number": NUMBER, "name": "示例甲", "sex": "1", "phone": "", "birth": dt.date(1985, 1, 1),
         "hukou_region": "141002", "hukou_kind": "10", "hukou_rural": True, "region": COUNTY}  # fmt: skip
Subject = dict[str, Any]
"""Columns of a hold that name its subject."""


@dataclass(frozen=True)
class Row:
    """A row that is past its period."""

    subjects: tuple[Subject, ...]
    """Holds on any of these keep it back."""
    there: Callable[[], bool]
    """Whether it is still as it was."""


@dataclass(frozen=True)
class Whose:
    """A person on record with an account, and a closed case of nobody in particular."""

    key: UUID
    account: User
    address: Address
    case: Case

    @property
    def person(self) -> Subject:
        """A hold on the person."""
        return {"person_key": self.key}

    @property
    def by_case(self) -> Subject:
        """A hold on the case."""
        return {"case": self.case.pk}


def closed(**columns: Any) -> Case:
    """A case that was closed on the day."""
    flow = newest("residence_registration")
    given = {"kind": flow.name, "flow_version": flow.version, "stage": "registered", "region": COUNTY, "opened_at": NOON,
             "stage_since": DAY, "closed_on": DAY, **columns}  # fmt: skip
    return Case.objects.create(**given)


def somebody(address: Address) -> Whose:
    """A person with an account, and a case that is about nobody else."""
    key = people.state_person(FACTS, DAY, "test").key
    return Whose(
        key, User.objects.create(username=f"held-{key}", person_key=key, demo=True), address, closed()
    )


def hold(subject: Subject, until: dt.date, **columns: Any) -> Hold:
    """A hold from the day on."""
    user = User.objects.get_or_create(username="held-steward", defaults={"demo": True})[0]
    given = {
        "region": COUNTY,
        "kind": "court",
        "set_by": user,
        "set_at": NOON,
        "from_on": DAY,
        "until_on": until,
    }
    return Hold.objects.create(**{**given, **subject, **columns})


def file(case: UUID | None = None) -> Document:
    """A stored file."""
    return Document.objects.create(
        kind="proof", media="x", size=1, hash="x", content_ct=b"x", at=NOON, case=case
    )


def stands(row: Any, *columns: str) -> Callable[[], bool]:
    """That a row is there, and that its columns are not empty."""

    def there() -> bool:
        found = type(row)._base_manager.filter(pk=row.pk).first()
        return found is not None and all(getattr(found, name) for name in columns)

    return there


def answers(who: Whose) -> Row:
    case = closed(stage="withdrawn", applicant=who.account.pk, answers_ct=b"x")
    return Row((who.person, {"case": case.pk}), stands(case, "answers_ct"))


def answer_files(who: Whose) -> Row:
    case = closed(stage="withdrawn", applicant=who.account.pk)
    paper = file(case.pk)
    return Row((who.person, {"case": case.pk}), stands(paper))


def recoveries(who: Whose) -> Row:
    officer = User.objects.create(username="held-officer", demo=True)
    row = Recovery.objects.create(key="held", user=who.account, region=COUNTY, staff=False, seen="id_card", reason="device",
                                  factors_lost=False, asked_by=officer, asked_at=NOON, expires_at=NOON)  # fmt: skip
    return Row((who.person,), stands(row))


def holds(who: Whose) -> Row:
    return Row((who.person,), stands(hold(who.person, DAY)))


def stays(who: Whose) -> Row:
    """Reported before the person was on record: the number leads to him."""
    hotel = Institution.objects.create(account=999_999, kind="hotel", name="合成旅馆", region=COUNTY, address=who.address,
                                       valid_from=DAY, valid_to=DAY)  # fmt: skip
    row = record(Stay, "test", valid_from=DAY, valid_to=DAY, institution=hotel, region=COUNTY, kind="hotel", name_ct=b"x",
                 document_kind="citizen", number_ct=b"x", number_index=people.number_index("citizen", NUMBER),
                 registration=who.case.pk)  # fmt: skip
    return Row((who.person, who.by_case), stands(row))


def residences(who: Whose) -> Row:
    row = record(Residence, str(who.case.pk), valid_from=DAY, valid_to=DAY, person_key=who.key, address=who.address,
                 region=COUNTY, township=COUNTY + "001", hukou_region="141002", reason="work", housing="rent",
                 registered_on=DAY, channel="online")  # fmt: skip
    return Row((who.person, who.by_case), stands(row))


def circumstances(who: Whose) -> Row:
    rows = [
        stated(who.key, kind, DAY, DAY, source=str(who.case.pk)) for kind in ("lease", "contract", "senior")
    ]
    return Row((who.person, who.by_case), lambda: all(stands(row)() for row in rows))


def insurance(who: Whose) -> Row:
    row = stated(who.key, "employee_pension", DAY, DAY, source=str(who.case.pk), region=COUNTY)
    return Row((who.person, who.by_case), stands(row))


def permits(who: Whose) -> Row:
    row = record(Permit, "test", valid_from=DAY, valid_to=DAY, number="held", person_key=who.key, region=COUNTY,
                 issued=DAY, anchor=DAY, next_due=DAY, expires=DAY, state="closed", life=who.case.pk)  # fmt: skip
    endorsed = Endorsement.objects.create(permit=row.key, due=DAY, done=DAY, late=False)
    return Row((who.person, who.by_case), lambda: stands(row)() and stands(endorsed)())


def proofs(who: Whose) -> Row:
    """Two persons handed in the same lease: one hold keeps it for both."""
    paper = file()
    common = {"kind": "lease", "valid_from": DAY, "valid_to": DAY, "document": paper}
    row = Proof.objects.create(person_key=who.key, case=who.case.pk, **common)
    Proof.objects.create(person_key=uuid4(), case=uuid4(), **common)
    return Row((who.person, who.by_case), lambda: stands(paper)() and stands(row, "document")())


def consents(who: Whose) -> Row:
    row = Consent.objects.create(person_key=who.key, purpose="photo", legal_basis="x", notice="x", language="zh",
                                 as_guardian=False, given_at=NOON, withdrawn_at=NOON)  # fmt: skip
    return Row((who.person,), stands(row))


def photo(who: Whose, **columns: Any) -> Photo:
    given = {"person_key": who.key, "case": who.case.pk, "taken_on": DAY, "width": 1, "height": 1, "hash": "x",
             "content_ct": b"x", "verdict": "accepted", **columns}  # fmt: skip
    return Photo.objects.create(**given)


def photo_uses(who: Whose) -> Row:
    row = PhotoGrant.objects.create(photo=photo(who), use="x", profile="x", recipient="x", purpose="x", legal_basis="x",
                                    notified_at=NOON, expires_on=DAY, revoked_at=NOON)  # fmt: skip
    return Row((who.person, who.by_case), stands(row))


def photos(who: Whose) -> Row:
    row = photo(who, verdict="dropped", dropped_on=DAY, crops={"id_picture": [1]})
    return Row((who.person, who.by_case), stands(row, "content_ct", "crops"))


def messages(who: Whose) -> Row:
    row = Message.objects.create(account=who.account.pk, case=who.case, seq=1, topic="x", at=NOON)
    return Row((who.person, who.by_case), stands(row))


def city_report(who: Whose, **columns: Any) -> Report:
    city = CityCase.objects.create(
        case=who.case, subclass="x", region=COUNTY, channel="web", reported_at=NOON
    )
    return Report.objects.create(city=city, case=who.case, channel="web", at=NOON, **columns)


def opinion(who: Whose) -> Row:
    """A reporter's: the report leads to the account."""
    told = city_report(who, account=who.account.pk)
    row = Opinion.objects.create(case=who.case, report=told.pk, kind="x", region=COUNTY, score=2, word="slow",
                                 given_on=DAY)  # fmt: skip
    return Row((who.person, who.by_case), stands(row, "word"))


def institution_accounts(who: Whose) -> Row:
    hotel = Institution.objects.create(account=999_999, kind="hotel", name="合成旅馆", region=COUNTY, address=who.address,
                                       valid_from=DAY, valid_to=DAY + dt.timedelta(9000))  # fmt: skip
    row = InstitutionAccount.objects.create(institution=hotel, region=COUNTY, key="k", label="x", invited_by=999_999, invited_at=NOON,
                                            code_hash="k", expires_on=DAY, account=who.account.pk, ended_at=NOON)  # fmt: skip
    return Row((who.person,), stands(row))


def offers(who: Whose) -> Row:
    row = Offer.objects.create(person_key=who.key, item="x", region=COUNTY, offered_on=DAY)
    return Row((who.person,), stands(row))


def message_contents(who: Whose) -> Row:
    row = SignedMessage.objects.create(way="in", party="linfen", message=uuid4(), kind="x", purpose="x", basis="x",
                                       region=COUNTY, person_key=who.key, digest="x", content_ct=b"x", at=NOON)  # fmt: skip
    Certificate.objects.create(message=row, serial=uuid4(), issuer="linfen", person_key=who.key, region=COUNTY, issued_on=DAY,
                               expires_on=DAY, document_ct=b"x", case=who.case.pk)  # fmt: skip
    return Row((who.person, who.by_case), stands(row, "content_ct"))


def spot_check_evidence(who: Whose) -> Row:
    looked_at, look = closed(person_key=who.key), who.case
    draw = Draw.objects.create(
        office=COUNTY, period="2026-02", closed=1, drawn=1, share=1, seed="s", digest="d", made_on=DAY
    )
    paper = file(look.pk)
    row = Check.objects.create(
        draw=draw, about=looked_at, kind="x", office=COUNTY, case=look, document=paper.pk
    )
    found = (who.person, who.by_case, {"case": looked_at.pk})
    return Row(found, lambda: stands(paper)() and stands(row, "document")())


def city_reports(who: Whose) -> Row:
    paper = file(who.case.pk)
    row = city_report(who, account=who.account.pk, words_ct=b"x", photo=paper.pk)
    return Row((who.person, who.by_case), lambda: stands(paper)() and stands(row, "words_ct", "photo")())


ROWS: dict[str, Callable[[Whose], Row]] = {
    "answers": answers,
    "answer_files": answer_files,
    "recoveries": recoveries,
    "holds": holds,
    "stays": stays,
    "residences": residences,
    "circumstances": circumstances,
    "insurance": insurance,
    "permits": permits,
    "proofs": proofs,
    "consents": consents,
    "photo_uses": photo_uses,
    "photos": photos,
    "messages": messages,
    "opinion_words": opinion,
    "opinions": opinion,
    "institution_accounts": institution_accounts,
    "offers": offers,
    "message_contents": message_contents,
    "spot_check_evidence": spot_check_evidence,
    "city_reports": city_reports,
}
"""Keeping part -> its row. A part that is missing here fails `test_holds_keep`."""
NOBODY = {"keys", "readings"}
"""Parts whose rows are about nobody."""
