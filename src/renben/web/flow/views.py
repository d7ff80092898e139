"""Shows the flows as people read them: diagram, table, BPMN 2.0."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.flow import bpmn, diagram, told
from renben.web.flow.bpmn_drafting import draft
from renben.web.flow.bpmn_reading import BpmnError
from renben.web.flow.definition import Flow, flow_of, flows
from renben.web.flow.refusals import Unknown
from renben.web.guard.policy import route


@route("flow.read")
def index(request: HttpRequest) -> HttpResponse:
    """Every kind of case with the versions of its flow."""
    return render(request, "flow/index.html", {"kinds": told.kinds()})


@route("flow.read")
def show(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """One flow: its diagram, its table of transitions and the rules that they ask."""
    flow = _found(kind, version)
    return render(request, "flow/show.html", {"flow": flow, "rules": told.rules(flow)})


@route("flow.read")
def picture(_request: HttpRequest, kind: str, version: int, language: str) -> HttpResponse:
    """One flow as an SVG diagram."""
    return HttpResponse(diagram.svg(_found(kind, version), language), content_type="image/svg+xml")


@route("flow.read")
def export(_request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """One flow as BPMN 2.0 XML."""
    response = HttpResponse(bpmn.bpmn(_found(kind, version)), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{kind}-v{version}.bpmn"'
    return response


@route("system.read", "GET", "POST")
def check(request: HttpRequest) -> HttpResponse:
    """Read a BPMN file, say what a flow table can and cannot say of it; nothing is kept or run."""
    file, shown = request.FILES.get("file"), {"sent": request.method == "POST"}
    if file is not None:
        try:
            shown |= {"draft": draft(file.read(), file.name)}
        except BpmnError as error:
            shown |= {"wrong": str(error)}
    return render(request, "flow/check.html", shown)


def _found(kind: str, version: int) -> Flow:
    if (kind, version) not in flows():
        raise Unknown()
    return flow_of(kind, version)
