"""Takes the reports of institutions: who came, who left, in whole or not at all; and who is told of a stay.

A night in a hotel, a bed in a hospital and a place in a relief station are no residence: they are kept as stays, for a
period of their own. A boarder lives where he boards: the report becomes a residence registration, which an officer
decides and an adult confirms, as when a landlord reports. Not modelled: payment, rooms, reasons of a hospital stay.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from renben.web.clock import now, today
from renben.web.flow.command import SHORTEST_KEY, Command, act, open_case
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Incomplete, KeyReused, Refusal, Unknown
from renben.web.guard import audit, crypto, scope
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry import institutions, people
from renben.web.registry.models import Institution, Residence, Stay, StayReport, record, replace
from renben.web.registry.questions import QUESTIONS
from renben.web.registry.stay_rows import Raw, Row, RowsRefused, Wrong, checked, overlap

REGISTRATION = "residence_registration"


@dataclass(frozen=True)
class Taken:
    """What a report did: persons who came and who left (persons)."""

    came: int
    left: int


def is_living(kind: str, day: dt.date) -> bool:
    """Whether a stay of a kind counts as living there."""
    return bool(provision("stay.counts_as_residence", day).value[kind])


def institution_of(actor: Actor, key: str) -> Institution:
    """An institution for which the actor may report today.

    Raises:
        Unknown: none of his, or it reports no more.
    """
    for one in institutions.running(actor):
        if str(one.pk) == key:
            return one
    raise Unknown()


def take(actor: Actor, institution: Institution, raws: Sequence[Raw], key: str, channel: str) -> Taken:
    """Take a report in, once per key; where one row is wrong, nothing of it.

    Raises:
        RowsRefused: rows are wrong, or too many; each with what to do.
        Incomplete: no one-time key.
        KeyReused: the key came with other rows before.
    """
    day = today()
    most = int(provision("stay.most_rows", day, institution.region).value)
    if len(raws) > most:
        raise RowsRefused([Wrong(0, "", "stay.wrong.many", {"most": most})])
    if len(key) < SHORTEST_KEY:
        raise Incomplete(fields="key")
    text = json.dumps([sorted(raw.items()) for raw in raws], ensure_ascii=False)
    digest = crypto.blind_index(text, "stay.report")
    with transaction.atomic(), scope.as_job("registry"):
        Institution.objects.select_for_update().get(pk=institution.pk)  # one report at a time
        report = uuid.UUID(hashlib.sha256(f"{institution.pk}|{key}".encode()).hexdigest()[:32])
        before = StayReport.objects.filter(pk=report).first()
        if before is not None:
            return _repeated(before, digest)
        return _taken(actor, institution, checked(raws, day, is_living(institution.kind, day)),
                      StayReport(id=report, institution=institution, account=actor.user_id, at=now(),
                                 channel=channel, hash=digest))  # fmt: skip


def _repeated(before: StayReport, digest: str) -> Taken:
    if before.hash != digest:
        raise KeyReused()
    return Taken(before.came, before.left)


def _taken(actor: Actor, institution: Institution, rows: Sequence[Row], report: StayReport) -> Taken:
    known = _known(institution, rows)
    ending = {row.at: _same_stay(row, known) for row in rows}
    wrong = [found for row in rows if (found := _conflict(row, ending[row.at], known))]
    if wrong:
        raise RowsRefused(wrong)
    persons = {row.at: people.find(row.document_kind, row.number) for row in rows}
    for row in rows:
        stay, person = ending[row.at], persons[row.at]
        if stay is not None:
            leave(actor, stay, row.until, str(report.pk))
            continue
        made = _state(institution, row, person, str(report.pk))
        if row.until is None and is_living(institution.kind, today()):
            _register(actor, institution, row, made)
    report.left = sum(one is not None for one in ending.values())
    report.came = len(rows) - report.left
    report.save(force_insert=True)
    detail = {"came": report.came, "left": report.left, "channel": report.channel}
    audit.record(actor, "command", "stay.report", object_type="stay_report", object_id=str(report.pk),
                 region=institution.region, detail=detail)  # fmt: skip
    return Taken(report.came, report.left)


def _known(institution: Institution, rows: Iterable[Row]) -> dict[str, list[Stay]]:
    """Stays with this institution by document, of everybody in a report."""
    indexes = {people.number_index(row.document_kind, row.number) for row in rows}
    found: dict[str, list[Stay]] = {}
    for stay in Stay.objects.current().filter(institution=institution, number_index__in=indexes):
        found.setdefault(stay.number_index, []).append(stay)
    return found


def _of(row: Row, known: dict[str, list[Stay]]) -> list[Stay]:
    return known.get(people.number_index(row.document_kind, row.number), [])


def _same_stay(row: Row, known: dict[str, list[Stay]]) -> Stay | None:
    """The open stay that a row ends: same person, same first day, and now with the day of leaving."""
    if row.until is None:
        return None
    return next(
        (one for one in _of(row, known) if one.valid_from == row.since and one.valid_to is None), None
    )


def _conflict(row: Row, ending: Stay | None, known: dict[str, list[Stay]]) -> Wrong | None:
    for stay in _of(row, known):
        if stay is not ending and overlap(stay.valid_from, stay.valid_to, row):
            word = "stay.wrong.open" if stay.valid_to is None else "stay.wrong.reported"
            return Wrong(row.at, "from", word, {"since": stay.valid_from.isoformat()})
    return None


def _state(institution: Institution, row: Row, person: object, source: str) -> Stay:
    key = uuid.uuid4()
    name_index = getattr(person, "name_index", "")
    return record(
        Stay, source, key=key, valid_from=row.since, valid_to=row.until, institution=institution,
        region=institution.region, kind=institution.kind, person_key=getattr(person, "key", None),
        document_kind=row.document_kind, number_index=people.number_index(row.document_kind, row.number),
        number_ct=crypto.encrypt(row.number, "stay.number", key), name_ct=crypto.encrypt(row.name, "stay.name", key),
        name_differs=bool(name_index) and name_index != people.name_index(row.name),
    )  # fmt: skip


def _register(actor: Actor, institution: Institution, row: Row, stay: Stay) -> None:
    """A boarder's residence registration, filled in from the report and sent to the officers' queue."""
    fields = {
        "acting_as": "school", "document_kind": row.document_kind, "number": row.number, "name": row.name,
        "sex": row.sex, "birth": row.birth.isoformat(), "hukou_region": row.hukou_region,
        "hukou_kind": row.hukou_kind, "hukou_rural": "unknown", "arrival": row.since.isoformat(),
        "region": institution.region, "address": str(institution.address_id), "reason": "school", "housing": "dorm",
        "members": [], "proof_kind": "student", "proof_from": row.since.isoformat(), "channel": "report",
        "document": str(institution.document or ""),
    }  # fmt: skip
    answered = [one.name for one in QUESTIONS[REGISTRATION]]
    try:
        case = open_case(
            REGISTRATION, actor, f"stay:{stay.key}", institution.region, result={"stay": str(stay.key)}
        ).case
        payload = {"question": "proof", "answered": answered, "fields": fields}
        act(Command(uuid.UUID(case), "save", actor, f"stay:{stay.key}:save", None, payload))
        act(Command(uuid.UUID(case), "submit", actor, f"stay:{stay.key}:submit", None))
    except Refusal as refusal:
        raise RowsRefused([Wrong(row.at, "number", refusal.word, refusal.values)]) from refusal
    Stay.objects.filter(pk=stay.pk).update(registration=case)


def leave(actor: Actor, stay: Stay, on: dt.date | None, source: str) -> None:
    """State that somebody left; who lived there lives there no more, and a registration under way is withdrawn.

    Raises:
        Incomplete: no day, one before the stay, or one that has not come.
    """
    if on is None or on < stay.valid_from or on > today():
        raise Incomplete("refusal.stay_day")
    replace(stay, source, valid_to=on)
    if stay.registration is None:
        return
    for spell in Residence.objects.current().filter(source=str(stay.registration), valid_to=None):
        replace(spell, source, valid_to=max(on, spell.valid_from))
    case = Case.objects.filter(pk=stay.registration, closed_on=None).first()
    if case is not None and flow_of(case.kind, case.flow_version).find(case.stage, "withdraw"):
        act(Command(case.pk, "withdraw", _applicant(case, actor), f"stay:{stay.key}:left", None))


def _applicant(case: Case, actor: Actor) -> Actor:
    """Whoever sent a registration in takes it back; at the word of a colleague, whose own row in the audit says so."""
    if case.applicant == actor.user_id:
        return actor
    audit.record(actor, "command", "stay.report", object_type=case.kind, object_id=str(case.pk), region=case.region,
                 detail={"withdrawn_for": case.applicant})  # fmt: skip
    return dataclasses.replace(actor_of(User.objects.get(pk=case.applicant)), request=actor.request)


def end(actor: Actor, key: uuid.UUID, on: dt.date | None) -> None:
    """An institution says on which day somebody left.

    Raises:
        Unknown: no open stay with an institution of the actor's.
        Incomplete: a day that cannot be.
    """
    mine = [one.pk for one in institutions.running(actor)]
    with transaction.atomic(), scope.as_job("registry"):
        stay = Stay.objects.current().select_for_update().filter(key=key, institution__in=mine, valid_to=None)
        found = stay.first()
        if found is None:
            raise Unknown()
        leave(actor, found, on, f"end:{key}")
        audit.record(actor, "command", "stay.report", object_type="stay", object_id=str(key),
                     subject=found.person_key, region=found.region, detail={"left": True})  # fmt: skip


def stays_of(keys: Sequence[uuid.UUID]) -> list[Stay]:
    """Everything that institutions reported about a person, also before he was on record; the newest first."""
    with scope.reading_as("registry"):
        indexes = [one.number_index for one in people.keyed(list(keys))]
        rows = Stay.objects.current().filter(Q(person_key__in=keys) | Q(number_index__in=indexes))
        return list(rows.select_related("institution").order_by("-valid_from", "-pk"))
