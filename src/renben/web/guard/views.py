"""Pages of the three administrations: accounts and grants, audit and emergencies, the system's health."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard import pages
from renben.web.guard import tokens as programs
from renben.web.guard.policy import route


@route("account.manage")
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts and their grants."""
    return render(request, "guard/accounts.html", pages.accounts(request.GET.get("page")))


@route("account.manage", "POST")
def grant(request: HttpRequest) -> HttpResponse:
    """Give a role over a range of regions."""
    pages.give(request.actor, request.POST)
    return redirect("accounts")


@route("account.manage", "POST")
def take(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Take a grant back."""
    pages.take(request.actor, grant_id)
    return redirect("accounts")


@route("account.manage", "POST")
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """End the lock-out of an account."""
    pages.unlock(request, user_id)
    return redirect("accounts")


@route("account.manage", "POST")
def disable(request: HttpRequest, user_id: int) -> HttpResponse:
    """Switch an account off or on; its sessions end with it."""
    pages.switch(request.actor, user_id)
    return redirect("accounts")


@route("audit.read", "GET", "POST")
def audit(request: HttpRequest) -> HttpResponse:
    """The audit, its seals, and a check of them."""
    return render(request, "guard/audit.html", pages.audit_page(request.GET, verify=request.method == "POST"))


@route("emergency.review", "POST")
def review(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """Judge one emergency access."""
    pages.judge(request.actor, emergency_id, request.POST.get("verdict", ""))
    return redirect("audit")


@route("system.read")
def system(request: HttpRequest) -> HttpResponse:
    """Queue lengths, dead letters, seals, versions: nothing personal."""
    return render(request, "guard/system.html", pages.system())


@route("token.use", "GET", "POST")
def tokens(request: HttpRequest) -> HttpResponse:
    """An account's tokens for programs; a new one is shown in this answer and never again."""
    secret = programs.issue(request.actor, request.POST) if request.method == "POST" else ""
    return render(request, "guard/tokens.html", {**pages.tokens(request.actor), "secret": secret})


@route("token.use", "POST")
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token."""
    programs.revoke(request.actor, token_id)
    return redirect("tokens_of_account")
