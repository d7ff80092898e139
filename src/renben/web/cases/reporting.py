"""Opens city cases: somebody says what is wrong and where, with or without an account, once however often it is sent.

What a reporter writes may speak of people: it is kept encrypted, and only those who send cases out read it. What anybody
reads is written by an officer when the case is filed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F

from renben.catalogue import load
from renben.web.append import append
from renben.web.cases import grids
from renben.web.cases.bindings import KIND
from renben.web.cases.classes import SEVERITIES, subclasses
from renben.web.cases.models import CityCase, Report
from renben.web.cases.shown import OPEN
from renben.web.clock import now, today
from renben.web.flow.command import Result, once, opened, result_of
from renben.web.flow.from_device import FromDevice
from renben.web.flow.models import Case
from renben.web.flow.numbers import next_number
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Unknown
from renben.web.guard import audit, crypto, paper_codes, scope
from renben.web.guard.policy import Actor
from renben.web.registry import documents

RECEIVER = Actor(None, job="flow")
"""Takes down what somebody without an account reports."""
PREFIX, COUNTY = "CG", 6
CHANNELS = ("web", "phone", "patrol", "sensor", "api")
TAKEN_DOWN = ("phone", "patrol")
"""Channels of what an officer takes down: nobody's application, opened under a permission of his own."""
TAKE_DOWN = "city.take_down"
LONGEST = {"words": 2000, "place": 200, "phone": 40}
CODE = "city.report.code"
MAY = "city.report"
PHOTO = "city_photo"
LON, LAT = (-180.0, 180.0), (-90.0, 90.0)
AT_ONCE = FromDevice()


@dataclass(frozen=True)
class Told:
    """What a reporter says."""

    subclass: str
    region: str
    """County."""
    words: str
    place: str = ""
    phone: str = ""
    lon: float | None = None
    lat: float | None = None
    severity: str = "ordinary"
    channel: str = "web"
    synthetic: bool = False


@dataclass(frozen=True)
class Receipt:
    """What a reporter gets: the number, and the code to follow it where there is no account."""

    result: Result
    code: str = ""


def report(
    actor: Actor, told: Told, key: str, photo: UploadedFile | None = None, device: FromDevice = AT_ONCE
) -> Receipt:
    """Open a case from a report, exactly once per key; the code follows from the key, so a repetition gives the same one.

    Args:
        actor: an account that may report, or `RECEIVER` for somebody without one.
        told: what is said.
        key: one-time key of the form.
        photo: a picture that was found without a problem (`documents.problem`).
        device: where it waited on a device before, what the device says of that.

    Raises:
        Incomplete: no such subclass or county, no words, words too long, or a point that is none.
    """
    check(told)
    code = "" if is_own(actor, told) else _code(key)
    content = ["city_report", told.__dict__, *_mark(photo)]
    work = partial(_opened, actor, told, code, photo, device)
    done = once(actor, key, content, work, stranger=True, longer=device.days)
    return Receipt(done, paper_codes.grouped(code))


def is_own(actor: Actor, told: Told) -> bool:
    """Whether the report is the account's own, and not taken down for somebody else."""
    return actor.user_id is not None and told.channel not in TAKEN_DOWN


def also_reported(
    actor: Actor, told: Told, into: UUID, key: str, photo: UploadedFile | None = None
) -> Receipt:
    """Add a report to a case that is under way and public, exactly once per key; the case counts it.

    Everybody gets a code of one's own: the case belongs to whoever reported it first.

    Args:
        actor: an account that may report, or `RECEIVER`.
        told: what is said; words and place may be left out, since the case has them.
        into: the case.
        key: one-time key of the form.
        photo: a picture that was found without a problem.

    Raises:
        Incomplete: words too long, or a point that is none.
        Guarded: the case is over by now, or was never filed.
    """
    check(told, more=True)
    if not actor.job and not actor.may(MAY):
        raise NotAllowed()
    code = _code(key)
    content = ["city_also", str(into), told.__dict__, *_mark(photo)]
    done = once(actor, key, content, lambda: _added(actor, told, into, code, photo), stranger=True)
    return Receipt(done, paper_codes.grouped(code))


def _mark(photo: UploadedFile | None) -> list[str]:
    """By what a picture is known again, nothing where there is none."""
    if photo is None:
        return []
    photo.seek(0)
    mark = hashlib.sha256(photo.read()).hexdigest()
    photo.seek(0)
    return [mark]


def check(told: Told, more: bool = False) -> None:
    """That a report can be taken in.

    Args:
        told: what is said.
        more: it adds to a case that is there, so that words and place may be left out.

    Raises:
        Incomplete: names what is missing or wrong.
    """
    region = load().regions.get(told.region[:COUNTY])
    given = {name: len(getattr(told, name)) for name in LONGEST}
    wrong = [name for name, most in LONGEST.items() if given[name] > most]
    wrong += ["subclass"] * (told.subclass not in subclasses())
    wrong += ["severity"] * (told.severity not in SEVERITIES)
    wrong += ["region"] * (region is None or region.level != "county")
    wrong += ["words"] * (not more and not told.words.strip())
    wrong += ["place"] * (not more and not told.place.strip() and told.lon is None)
    wrong += ["point"] * (not _is_point(told))
    if wrong:
        raise Incomplete(fields=", ".join(dict.fromkeys(wrong)))


def _is_point(told: Told) -> bool:
    """Whether there is no point at all, or one on the globe."""
    if told.lon is None or told.lat is None:
        return told.lon is None and told.lat is None
    return LON[0] <= told.lon <= LON[1] and LAT[0] <= told.lat <= LAT[1]


def _code(key: str) -> str:
    """The code to follow a report, from the form's key: somebody who sends twice gets the same one."""
    letters = paper_codes.LETTERS
    mark = bytes.fromhex(crypto.blind_index(key, CODE))
    return "".join(letters[byte % len(letters)] for byte in mark[: paper_codes.LENGTH])


def _opened(actor: Actor, told: Told, code: str, photo: UploadedFile | None, device: FromDevice) -> Result:
    moment = now()
    number = next_number(told.region, today().year, KIND, PREFIX)
    applicant = actor.user_id if is_own(actor, told) else None
    columns = {"number": number, "applicant": applicant, "result": device.result}
    permission = TAKE_DOWN if told.channel in TAKEN_DOWN and not actor.job else ""
    result = opened(KIND, actor, told.region, columns, permission)
    with scope.as_job("flow"):
        case = Case.objects.get(pk=UUID(result.case))
        city = CityCase(
            case=case, subclass=told.subclass, severity=told.severity, region=told.region, lon=told.lon, lat=told.lat,
            grid=grids.at(told.region, told.lon, told.lat, moment.date()),
            channel=told.channel, reported_at=moment, synthetic=told.synthetic,
        )  # fmt: skip
        append(city)
        _add(city, case, actor, told, code, photo)
    return result


def _added(actor: Actor, told: Told, into: UUID, code: str, photo: UploadedFile | None) -> Result:
    with scope.as_job("flow"):
        city = CityCase.objects.select_for_update().filter(OPEN, pk=into).first()
        if city is None:
            raise Guarded("refusal.city_over")
        case = Case.objects.get(pk=into)
        _add(city, case, actor, told, code, photo)
        CityCase.objects.filter(pk=into).update(reports=F("reports") + 1)
        audit.record(actor, "command", MAY, object_type=KIND, object_id=str(into), region=city.region,
                     detail={"action": "also"})  # fmt: skip
    return result_of(case)


def _add(city: CityCase, case: Case, actor: Actor, told: Told, code: str, photo: UploadedFile | None) -> None:
    """Keep what a reporter said, each of the texts encrypted and bound to its case."""
    texts = {
        f"{name}_ct": crypto.encrypt(getattr(told, name), f"city.{name}", case.pk)
        for name in LONGEST
        if getattr(told, name).strip()
    }
    key = UUID(documents.store(photo, case.pk, PHOTO)) if photo is not None else None
    append(
        Report(city=city, case=case, account=actor.user_id if is_own(actor, told) else None, channel=told.channel, lon=told.lon, lat=told.lat, at=now(),
               code_hash=crypto.blind_index(code, CODE) if code else None, photo=key, **texts)
    )  # fmt: skip


def texts(row: Report) -> Mapping[str, str]:
    """What a reporter wrote, decrypted; the caller has recorded the look."""
    found = {name: getattr(row, f"{name}_ct") for name in LONGEST}
    return {
        name: crypto.decrypt(sealed, f"city.{name}", row.case_id) if sealed else ""
        for name, sealed in found.items()
    }


def followed(code: str) -> Report:
    """The report that a code stands for.

    Raises:
        Unknown: none.
    """
    with scope.reading_as("flow"):
        mark = crypto.blind_index(paper_codes.folded(code), CODE)
        found = Report.objects.select_related("city", "city__case", "case").filter(code_hash=mark).first()
    if found is None:
        raise Unknown()
    return found
