"""Open311 GeoReport v2: other programs read filed cases and report problems in the standard's own shape.

Reading is public and says what the public page says. A report needs a key (a token with the permission `city.report`), is
taken down without an account, and the same report of the same key on one day is one. What the standard offers beyond that
(e-mail, names, device, account) is not asked for and not kept; nothing is fetched from a `media_url`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from renben.catalogue import load
from renben.catalogue.schema import Region
from renben.web.cases import shown
from renben.web.cases.classes import ORDINARY, SEVERITIES, Subclass, classes, subclasses
from renben.web.cases.models import CityCase
from renben.web.cases.open311_answers import Trouble
from renben.web.cases.reporting import KIND, LAT, LON, LONGEST, MAY, RECEIVER, Told, report
from renben.web.clock import now, today
from renben.web.flow.command import SHORTEST_KEY
from renben.web.guard import audit, scope, tokens
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.words import say_now, side_now

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-26"
"""Day on which the list of services or their definition last changed."""
FORMATS = ("text/xml", "application/json")
OPEN, CLOSED = "open", "closed"
COUNTY = "county"
Query = Mapping[str, Any]
Record = dict[str, Any]


def discovery(base: str, keys: str) -> Record:
    """Where the service is, what it speaks, and how to get a key.

    Args:
        base: address of this service, without a path.
        keys: address of the page on which keys are made.
    """
    place = next((one for one in load().regions.values() if one.level == "province"), None)
    name = "" if place is None else (place.name_zh, place.name_en)[side_now()]
    endpoint = {
        "specification": SPECIFICATION, "url": f"{base}/open311/v2", "changeset": CHANGED,
        "type": "test" if settings.DEMO else "production", "formats": list(FORMATS),
    }  # fmt: skip
    return {
        "changeset": CHANGED, "contact": say_now("open311.contact", place=name),
        "key_service": say_now("open311.key", address=keys), "endpoints": [endpoint],
    }  # fmt: skip


def services(query: Query) -> list[Record]:
    """Every subclass as a service."""
    _place(query, needed=False)
    return [_service(name, one) for name, one in subclasses().items()]


def _service(name: str, one: Subclass) -> Record:
    which, above = side_now(), classes()[one.of]
    return {
        "service_code": name, "service_name": (one.zh, one.en)[which],
        "description": (one.filing.zh, one.filing.en)[which], "metadata": True, "type": "realtime",
        "keywords": f"{one.zh}, {one.en}", "group": (above.zh, above.en)[which],
    }  # fmt: skip


def definition(code: str, query: Query) -> Record:
    """What a service asks beside the place: whether it is urgent."""
    _place(query, needed=False)
    _known(code)
    values = [{"key": name, "name": say_now(f"city.severity.{name}")} for name in SEVERITIES]
    asked = {
        "variable": True, "code": "severity", "datatype": "singlevaluelist", "required": False,
        "datatype_description": None, "order": 1, "description": say_now("open311.severity"), "values": values,
    }  # fmt: skip
    return {"service_code": code, "attributes": [asked]}


def requests(query: Query) -> list[Record]:
    """Filed cases by number, subclass, time of the report and status, the newest first."""
    place, day = _place(query, needed=False), today()
    most = int(provision("open311.query_rows", day).value)
    rows = shown.filed(place.code if place else "")
    if numbers := _listed(query, "service_request_id"):
        rows = rows.filter(case__number__in=numbers)
    else:
        rows = _narrowed(rows, query, int(provision("open311.query_days", day).value))
    with scope.reading_as("flow"):
        found = list(rows.select_related("case").order_by("-reported_at", "-pk")[:most])
    return [_request(one) for one in found]


def _narrowed(rows: QuerySet[CityCase], query: Query, days: int) -> QuerySet[CityCase]:
    """Rows of the time, subclasses and status that are asked for; without a time those of the last days."""
    first, last = (_moment(query, name) for name in ("start_date", "end_date"))
    span = dt.timedelta(days=days)
    last = last or (min(first + span, now()) if first else now())
    first = first or last - span
    if not dt.timedelta(0) <= last - first <= span:
        raise Trouble(400, "open311.span", days=days)
    rows = rows.filter(reported_at__gte=first, reported_at__lte=last)
    if codes := _listed(query, "service_code"):
        for code in codes:
            _known(code)
        rows = rows.filter(subclass__in=codes)
    if wanted := set(_listed(query, "status")):
        if not wanted <= {OPEN, CLOSED}:
            raise Trouble(400, "open311.status")
        rows = rows if len(wanted) > 1 else rows.filter(closed_at__isnull=OPEN in wanted)
    return rows


def request(number: str, query: Query) -> list[Record]:
    """One case by its number; before it is filed there is nothing to tell but where it stands.

    Raises:
        Trouble: no such case.
    """
    _place(query, needed=False)
    with scope.reading_as("flow"):
        found = CityCase.objects.select_related("case").filter(case__number=number).first()
    if found is None:
        raise Trouble(404, "open311.unknown", number=number)
    return [_request(found)]


def _request(city: CityCase) -> Record:
    """A case in the standard's fields; words and point of a case that was never filed stay unsaid."""
    case, kind = city.case, subclasses().get(city.subclass)
    public = city.filed_at is not None and bool(city.title)
    point, which, expected = shown.point(city) if public else None, side_now(), shown.due(city)
    stage = shown.stage_of(case)
    notes = (stage.zh, stage.en)[which]
    if city.reason:
        notes = f"{notes}{say_now('colon')}{say_now(f'city.reason.{city.reason}')}"
    steps = (city.reported_at, city.filed_at, city.dispatched_at, city.done_at, city.closed_at)
    return {
        "service_request_id": case.number, "status": OPEN if case.closed_on is None else CLOSED, "status_notes": notes,
        "service_name": (kind.zh, kind.en)[which] if kind else None, "service_code": city.subclass,
        "description": city.title if public else None, "agency_responsible": shown.unit_name(city.unit) or None,
        "service_notice": None, "requested_datetime": _written(city.reported_at),
        "updated_datetime": _written(max(step for step in steps if step is not None)),
        "expected_datetime": _written(expected) if expected else None, "address": city.place if public else None,
        "address_id": None, "zipcode": None, "lat": point[1] if point else None, "long": point[0] if point else None,
        "media_url": None,
    }  # fmt: skip


def taken(data: Query, trace: str, follow: str, key: str = "") -> list[Record]:
    """Take down a report; the answer has the number and, in the notice, the code to follow it.

    Args:
        data: the fields of the standard.
        trace: mark of the call for the audit.
        follow: address of the page on which the code is used.
        key: one-time key where the caller has one; else one that follows from caller, content and day.

    Raises:
        Trouble: no key that may report, or something missing or wrong, which is named.
    """
    holder = tokens.holder(str(data.get("api_key", "")), trace)
    if holder is None or not holder.may(MAY):
        raise Trouble(403, "open311.no_key")
    if 0 < len(key) < SHORTEST_KEY:
        raise Trouble(400, "open311.short_key", least=SHORTEST_KEY)
    told = _told(data)
    with scope.as_job("flow"):
        receipt = report(RECEIVER, told, key or _key(holder, told))
        audit.record(holder, "command", MAY, object_type=KIND, object_id=receipt.result.case, region=told.region,
                     detail={"action": "open311"})  # fmt: skip
    notices = [say_now("open311.taken", code=receipt.code, address=follow)]
    notices += [say_now("open311.media")] if data.get("media_url") else []
    row = {
        "service_request_id": receipt.result.number,
        "service_notice": " ".join(notices),
        "account_id": None,
    }
    return [row]


def _key(holder: Actor, told: Told) -> str:
    """A key that is the same for the same report of the same caller on the same day."""
    content = [holder.user_id, today().isoformat(), told.__dict__]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _told(data: Query) -> Told:
    place = _place(data, needed=True)
    if place is None or place.level != COUNTY:
        raise Trouble(404, "open311.not_county", code=data.get("jurisdiction_id", ""))
    code = str(data.get("service_code", "")).strip()
    if not code:
        raise Trouble(400, "open311.no_code")
    _known(code)
    lat, lon = _degrees(data, "lat", LAT), _degrees(data, "long", LON)
    if (lat is None) != (lon is None):
        raise Trouble(400, "open311.point")
    words, place_said = _text(data, "description", "words"), _text(data, "address_string", "place")
    if not words:
        raise Trouble(400, "open311.description", most=LONGEST["words"])
    if not place_said and lat is None:
        raise Trouble(400, "open311.location")
    severity = str(data.get("attribute[severity]", "")) or ORDINARY
    if severity not in SEVERITIES:
        raise Trouble(400, "open311.attribute")
    phone = _text(data, "phone", "phone")
    return Told(code, place.code, words, place_said, phone, lon, lat, severity, channel="api")


def _text(data: Query, name: str, ours: str) -> str:
    text = str(data.get(name, "")).strip()
    if len(text) > LONGEST[ours]:
        raise Trouble(400, "open311.long", name=name, most=LONGEST[ours])
    return text


def _degrees(data: Query, name: str, bounds: tuple[float, float]) -> float | None:
    text = str(data.get(name, "")).strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise Trouble(400, "open311.point") from error
    if not bounds[0] <= value <= bounds[1]:
        raise Trouble(400, "open311.point")
    return value


def _place(query: Query, needed: bool) -> Region | None:
    code = str(query.get("jurisdiction_id", "")).strip()
    if not code:
        if needed:
            raise Trouble(400, "open311.no_place")
        return None
    found = load().regions.get(code)
    if found is None:
        raise Trouble(404, "open311.place", code=code)
    return found


def _known(code: str) -> None:
    if code not in subclasses():
        raise Trouble(404, "open311.code", code=code)


def _listed(query: Query, name: str) -> list[str]:
    return [one.strip() for one in str(query.get(name, "")).split(",") if one.strip()]


def _moment(query: Query, name: str) -> dt.datetime | None:
    text = str(query.get(name, "")).strip().replace(" ", "+")  # a plus sign that was not escaped
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Trouble(400, "open311.date", name=name)
    return found


def _written(moment: dt.datetime) -> str:
    """A moment with its time zone, to the second."""
    return moment.astimezone(now().tzinfo).isoformat(timespec="seconds")
