"""Pages of the counter: take down, read back, sign, hand in, print the slip."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard import recovery as slips
from renben.web.guard.policy import route
from renben.web.registry import applications, pages_counter, pages_resident, recovery


@route("registration.assist", "POST")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a registration for a person at the counter."""
    return pages_counter.begin(request.actor, request.POST.get("key", ""))


@route("registration.assist", "GET", "POST")
def elsewhere(request: HttpRequest) -> HttpResponse:
    """Begin a registration for which the office of another city is competent."""
    return pages_counter.begin_elsewhere(request)


@route("registration.assist", "POST")
def begin_household(request: HttpRequest) -> HttpResponse:
    """Begin a change of a household for a person at the counter."""
    return pages_counter.begin_household(
        request.actor, request.POST.get("number", ""), request.POST.get("key", "")
    )


@route("registration.assist", "POST")
def begin_fact(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down what is wrong in a person's file; a colleague decides."""
    return pages_counter.begin_fact(request.actor, key, request.POST.get("key", ""))


@route("registration.assist", "GET", "POST")
def question(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """One question, as the resident would see it."""
    case = pages_counter.own(request.actor, case_id)
    if request.method == "POST":
        return pages_resident.answered(request, case, name)
    ask = applications.asked(case, name, request.GET.get("find", ""))
    return render(request, "registry/question.html", {"ask": ask})


@route("registration.assist", "POST")
def draft(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """Keep what was typed so far."""
    case = pages_counter.own(request.actor, case_id)
    applications.keep_draft(case, request.actor, name, request.POST, request.POST.get("draft_key", ""))
    return HttpResponse(status=204)


@route("registration.assist", "GET", "POST")
def check(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Read back, print, sign, hand in."""
    case = pages_counter.own(request.actor, case_id)
    return (pages_counter.hand_in if request.method == "POST" else pages_counter.check)(request, case)


@route("queue.read")
def slip(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What is printed for the person."""
    return render(request, "registry/slip.html", pages_counter.slip(request.actor, case_id))


@route("recovery.assist", "GET", "POST")
def recoveries(request: HttpRequest) -> HttpResponse:
    """A resident's forgotten password at the counter."""
    if request.method == "POST":
        return render(request, "guard/recovery_slip.html", recovery.ask(request.actor, request.POST))
    return render(request, "guard/recovery.html", recovery.page(request.actor))


@route("recovery.assist", "POST")
def recovery_second(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """The second officer's word where the second factors were lost too."""
    return render(
        request, "guard/recovery_slip.html", recovery.second(request.actor, recovery_id, request.POST)
    )


@route("recovery.assist", "POST")
def recovery_end(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """Turn a colleague's request down, or take a slip back."""
    slips.end(request.actor, recovery.own(request.actor, recovery_id))
    return redirect("counter_recoveries")
