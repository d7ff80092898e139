"""Pages on which residents register, apply, follow their cases and see their permit."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.cases import following
from renben.web.flow.command import Command, act, version_in
from renben.web.guard.policy import PUBLIC, route
from renben.web.registry import applications, opinions, pages_proxy, pages_resident, proxies, reconsideration
from renben.web.registry.applications import own_case


@route(PUBLIC)
def guide(request: HttpRequest, kind: str) -> HttpResponse:
    """What an application is for, what it asks and how long it takes."""
    return render(request, "registry/guide.html", pages_resident.guide(kind, request.actor))


@route("registration.apply", "POST")
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Open an application and go to its first question."""
    result = applications.begin(
        request.actor, kind, request.POST.get("key", ""), request.POST.get("ward", "")
    )
    return redirect("question", result.case, applications.QUESTIONS[kind][0].name)


@route(PUBLIC, "GET", "POST")
def confirm(request: HttpRequest) -> HttpResponse:
    """The person concerned says whether what a proxy registered is right."""
    return pages_proxy.confirmed(request) if request.method == "POST" else pages_proxy.ask(request)


@route("my.read", "GET", "POST")
def bind(request: HttpRequest) -> HttpResponse:
    """Take over the record that was made at the counter or by a proxy."""
    if request.method == "POST":
        return pages_proxy.bound(request)
    return render(request, "registry/bind.html", {})


@route("my.read", "POST")
def give_up(request: HttpRequest, key: UUID) -> HttpResponse:
    """No longer act for somebody."""
    proxies.give_up(request.actor, str(key))
    return redirect("home")


@route("my.read", "POST")
def end_mandate(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """End what somebody may do for oneself."""
    proxies.end(request.actor, mandate_id)
    return redirect("my_data")


@route("my.read", "GET", "POST")
def question(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """One question: show it, keep the answer, go on."""
    case = own_case(request.actor, case_id)
    if not applications.is_open(case):
        return pages_resident.closed(request, case)
    if request.method == "POST":
        return pages_resident.answered(request, case, name)
    ask = applications.asked(case, name, request.GET.get("find", ""))
    return render(request, "registry/question.html", {"ask": ask})


@route("my.read", "POST")
def draft(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """Keep what was typed so far (the script calls it now and then)."""
    case = own_case(request.actor, case_id)
    applications.keep_draft(case, request.actor, name, request.POST, request.POST.get("draft_key", ""))
    return HttpResponse(status=204)


@route("my.read", "GET", "POST")
def check(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Look the answers over and send them."""
    case = own_case(request.actor, case_id)
    if request.method == "POST":
        form = request.POST
        applications.send(case, request.actor, form.get("key", ""), version_in(form), form.get("step", ""))
        return redirect("my_case", case.id)
    if not applications.is_open(case):
        return pages_resident.closed(request, case)
    return render(request, "registry/check.html", pages_resident.check(case))


@route("my.read")
def my_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Where a case stands, who holds it, until when, and what happened so far."""
    case = own_case(request.actor, case_id)
    if case.kind == following.KIND:
        return render(request, "cases/mine.html", following.mine(case, request.actor))
    return render(request, "registry/my_case.html", pages_resident.case_page(case, request.actor))


@route("my.read", "POST")
def my_step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in one's own case."""
    case = own_case(request.actor, case_id)
    act(Command(case.id, action, request.actor, request.POST.get("key", ""), version_in(request.POST)))
    return redirect("my_case", case.id)


@route("reconsideration.apply", "POST")
def reconsider(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Begin a reconsideration of one's own refused case."""
    made = reconsideration.begin(request.actor, own_case(request.actor, case_id), request.POST.get("key", ""))
    return redirect("question", made.case, "grounds")


@route("opinion.give", "POST")
def opine(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Say how one's own closed case was handled."""
    said, case = request.POST, own_case(request.actor, case_id)
    opinions.give(request.actor, case, said.get("score", ""), said.get("word", ""), said.get("key", ""))
    return redirect("my_case", case.id)


@route("my.read")
def my_cases(request: HttpRequest) -> HttpResponse:
    """All cases of the resident."""
    return render(request, "registry/my_cases.html", pages_resident.my_cases(request.actor))


@route("my.read")
def my_permit(request: HttpRequest) -> HttpResponse:
    """The permit: dates, window, what it may be used for."""
    return render(request, "registry/my_permit.html", pages_resident.my_permit(request.actor))


@route("my.read")
def my_household(request: HttpRequest) -> HttpResponse:
    """The household: who is in it, and who was."""
    return render(request, "registry/my_household.html", pages_resident.my_household(request.actor))


@route("my.read")
def entitlements(request: HttpRequest) -> HttpResponse:
    """What the resident is entitled to, since when, what is missing, from when."""
    return render(request, "registry/entitlements.html", pages_resident.entitlements(request.actor))


@route("my.read")
def my_data(request: HttpRequest) -> HttpResponse:
    """What is held about the resident, and who read it and why."""
    return render(request, "registry/my_data.html", pages_resident.my_data(request.actor))


@route("my.read")
def my_data_file(request: HttpRequest) -> HttpResponse:
    """Everything that is held, as a file to take along."""
    return pages_resident.my_data_file(request.actor)
