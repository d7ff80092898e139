"""The API's operations. Each carries the permission that its page carries; the gate checks it before it runs."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Query
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer, django_auth

from renben import __version__
from renben.web.api import rows
from renben.web.api.problems import problem
from renben.web.api.schemas import (
    AddressesOut,
    DeclarationIn,
    DeclarationOut,
    EnvelopeIn,
    FindingPage,
    IndicatorPage,
    PersonFind,
    PersonsOut,
    PointPage,
    Problem,
    ReadingIn,
    ReadingsOut,
    ReceiptOut,
    StepIn,
    StepOut,
    TaskOut,
    TaskPage,
    Window,
)
from renben.web.cases import sensors
from renben.web.exchange.envelope import canonical
from renben.web.exchange.receiving import receive
from renben.web.flow.command import SHORTEST_KEY, Command, act
from renben.web.flow.refusals import Incomplete, Refusal
from renben.web.guard import audit
from renben.web.programme.models import Task
from renben.web.programme.pages import task_of
from renben.web.registry import declarations, pages_person, places

KIND = "programme_task"
FAILURES: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 405, 422, 429, 503), Problem)
CONFLICTS = {**FAILURES, 409: Problem}


class Token(HttpBearer):
    """A token made at account/tokens/; the gate has looked it up before the operation runs."""

    def authenticate(self, request: HttpRequest, _token: str) -> Any:
        """The token's account, where the gate let it in."""
        return request.user if request.actor.only is not None else None


api = NinjaAPI(
    title="renben",
    version=__version__,
    description="Programme and monitoring. Sign in, or send a token made at account/tokens/; its permissions apply. Errors say how to go on.",
    docs_url=None,
    openapi_url=None,
    auth=[Token(), django_auth],
)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, error: Refusal) -> HttpResponse:  # noqa: ARG001
    """A refusal of the domain as a problem document."""
    return problem(error.status, error.word, **error.values)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    """Wrong input, with the first mistake named."""
    first = error.errors[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(422, "api.invalid", where=where, why=first["msg"])


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
    """What the framework refuses, such as a body that is no JSON."""
    return problem(error.status_code, "api.failed", why=str(error))


@api.get("/indicators", response={200: IndicatorPage, **FAILURES}, url_name="api_indicators")
def indicators(request: HttpRequest, window: Query[Window], region: str = "") -> Any:  # noqa: ARG001
    """Every indicator with value, status, target and probability in one region."""
    found = rows.read()
    code = rows.region_of(found, region)
    every = list(found.catalogue.indicators.values())
    return rows.part(every, window.limit, window.offset, lambda one: rows.indicator(found, one, code))


@api.get("/indicators/{indicator}/series", response={200: PointPage, **FAILURES}, url_name="api_series")
def series(request: HttpRequest, indicator: str, window: Query[Window], region: str = "") -> Any:  # noqa: ARG001
    """Values of one indicator by year, oldest first; a missing year is left out, never zero."""
    found = rows.read()
    known = rows.series(found, indicator, rows.region_of(found, region))
    return rows.part(known, window.limit, window.offset, dict)


@api.get("/tasks", response={200: TaskPage, **FAILURES}, url_name="api_tasks")
def tasks(request: HttpRequest, window: Query[Window], owner: str = "", measure: int | None = None) -> Any:
    """Tasks that you may see, in the order of the plan."""
    found = rows.tasks(request.actor, owner, measure)
    return rows.part(found, window.limit, window.offset, rows.task)


@api.get("/tasks/{case_id}", response={200: TaskOut, **FAILURES}, url_name="api_task")
def task(request: HttpRequest, case_id: UUID) -> Any:
    """One task."""
    audit.record(request.actor, "read", "task.read", object_type=KIND, object_id=str(case_id))
    return rows.one_task(request.actor, case_id)


@api.post("/tasks/{case_id}/steps/{action}", response={200: StepOut, **CONFLICTS}, url_name="api_step")
def step(
    request: HttpRequest,
    case_id: UUID,
    action: str,
    body: StepIn,
    idempotency_key: Header[str],
) -> Any:
    """Take a step in a task, once per Idempotency-Key (8 characters or more); the version must be the newest."""
    found: Task = task_of(request.actor, case_id)
    given = body.dict(exclude={"version", "note"})
    payload = {name: str(value) for name, value in given.items() if value not in ("", None)}
    if len(idempotency_key) < SHORTEST_KEY:
        raise HttpError(
            422, f"Idempotency-Key has {len(idempotency_key)} characters; {SHORTEST_KEY} are needed."
        )
    done = act(
        Command(found.pk, action, request.actor, idempotency_key, body.version, payload, body.note.strip())
    )
    return {"task": done.case, "stage": done.stage, "version": done.version, "repeated": done.repeated}


@api.get("/addresses", response={200: AddressesOut, **FAILURES}, url_name="api_addresses")
def addresses(request: HttpRequest, region: str, find: str = "") -> Any:  # noqa: ARG001
    """Usable standard addresses of a county that hold a text: a registration takes no other."""
    return {
        "items": [{"key": str(one.pk), "text": one.text} for one in places.addresses(region[:12], find[:60])]
    }


@api.post("/declarations", response={200: DeclarationOut, **CONFLICTS}, url_name="api_declare")
def declare(request: HttpRequest, body: DeclarationIn, idempotency_key: Header[str]) -> Any:
    """Declare a residence in one request, once per Idempotency-Key; all mistakes are told at once and nothing is half kept."""
    try:
        done = declarations.declare(request.actor, body.dict(exclude_unset=True), idempotency_key)
    except declarations.Mistaken as error:
        told = [{"where": one.where, "why": one.why} for one in error.mistakes]
        return problem(422, "api.mistaken", told, count=len(told))
    return {**asdict(done), "case": done.case}


@api.post("/readings", response={200: ReadingsOut, **FAILURES}, url_name="api_readings")
def readings(request: HttpRequest, body: list[ReadingIn]) -> Any:
    """Send depths of water-level sensors, 5,000 at most, in any order and as often as you like: each counts once.

    Water that stands at a sensor opens one city case. What does not count is named with its reason.
    """
    if len(body) > sensors.MOST:
        raise Incomplete("refusal.too_many_readings", most=sensors.MOST)
    done = sensors.take(request.actor, [sensors.Item(one.s, one.t, one.v, one.q) for one in body])
    return {
        "taken": done.taken,
        "known": done.known,
        "aside": [{"s": one.sensor, "t": one.at, "reason": one.reason} for one in done.aside],
        "alarms": [{"s": one.sensor, "case": one.case, "number": one.number} for one in done.alarms],
    }


@api.get("/findings", response={200: FindingPage, **FAILURES}, url_name="api_findings")
def findings(request: HttpRequest, window: Query[Window], period: str = "", open: bool = False) -> Any:
    """Findings that landed in tasks that you may see."""
    return rows.part(rows.findings(request.actor, period, open), window.limit, window.offset, rows.finding)


@api.post("/persons/find", response={200: PersonsOut, **FAILURES}, url_name="api_persons")
def find_persons(request: HttpRequest, body: PersonFind) -> Any:
    """Persons in your regions by document number or name, as the search page shows them; everyone found is told so.

    Only for a signed-in officer: no token opens it. What is looked for stands in the body, never in an address.
    """
    found = pages_person.find(request.actor, body.number, body.name)
    return {"items": [rows.person(one) for one in found.shown], "elsewhere": found.elsewhere}


@api.post(
    "/exchange/messages", response={200: ReceiptOut, **CONFLICTS}, url_name="exchange_message", auth=None
)
def exchange_message(request: HttpRequest, body: EnvelopeIn) -> Any:  # noqa: ARG001
    """Hand a signed message over; the answer is a signed receipt.

    For partners that an operator has registered: the signature stands for a sign-in. The same message again gets the
    same receipt; another content under its id, an old message and everything not agreed on are refused.
    """
    return HttpResponse(canonical(receive(request.body)), content_type="application/json")
