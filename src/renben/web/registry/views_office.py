"""Pages on which officers work: queue, case, person, search, population."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.web.guard.policy import route
from renben.web.registry import pages_counts, pages_links, pages_office, pages_person


@route("queue.read")
def queue(request: HttpRequest) -> HttpResponse:
    """Cases that wait for this officer, the most urgent first."""
    return render(request, "registry/queue.html", pages_office.queue(request.actor, request.GET))


@route("queue.read")
def office_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case with its answers, checks and steps."""
    return render(request, "registry/office_case.html", pages_office.case_page(request.actor, case_id))


@route("queue.read", "POST")
def office_step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in a case."""
    pages_office.take_step(request.actor, case_id, action, request.POST)
    if pages_office.seen(request.actor, case_id) is None:  # the step gave it to another office
        return redirect(f"{reverse('queue')}?view=handed")
    return redirect("office_case", case_id)


@route("case.link", "POST")
def link(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Say that a case belongs with another."""
    pages_links.link(request.actor, case_id, request.POST)
    return redirect("office_case", case_id)


@route("case.link", "POST")
def unlink(request: HttpRequest, case_id: UUID, link_id: int) -> HttpResponse:
    """Take a link of a case back."""
    pages_links.unlink(request.actor, case_id, link_id, request.POST)
    return redirect("office_case", case_id)


@route("person.reveal", "POST")
def reveal_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case with full numbers; every look is recorded."""
    context = pages_office.case_page(request.actor, case_id, reveal=True)
    return render(request, "registry/office_case.html", context)


@route("queue.read")
def document(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The proof attached to a case; every look is recorded."""
    return pages_office.attached(request.actor, case_id)


@route("person.search", "GET", "POST")
def search(request: HttpRequest) -> HttpResponse:
    """Find a person by number or name; what was looked for never stands in an address."""
    context = pages_person.search(request.actor, request.POST) if request.method == "POST" else {}
    return render(request, "registry/search.html", context)


@route("person.read")
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """A person's file, opened only with an open case or an emergency."""
    return render(request, "registry/person.html", pages_person.person_page(request.actor, key))


@route("emergency.use", "POST")
def emergency(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open a person's file without a case: a reason, a short time, a review afterwards."""
    pages_person.break_glass(request.actor, key, request.POST.get("reason", ""))
    return redirect("person", key)


@route("population.read")
def population(request: HttpRequest) -> HttpResponse:
    """The five population concepts in the officer's regions."""
    return render(request, "registry/population.html", pages_counts.population(request.actor))


@route("opinion.read")
def opinions(request: HttpRequest) -> HttpResponse:
    """What applicants said about closed cases."""
    return render(request, "registry/opinions.html", pages_counts.opinions_page(request.actor, request.GET))
