"""Pages of the three administrations: accounts and grants, audit and emergencies, the system's health."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard import pages, recovery, recovery_pages
from renben.web.guard import tokens as programs
from renben.web.guard.policy import PUBLIC, route
from renben.web.words import say_now


@route("account.manage")
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts and their grants."""
    return render(request, "guard/accounts.html", pages.accounts(request.GET.get("page")))


@route("account.manage", "POST")
def grant(request: HttpRequest) -> HttpResponse:
    """Give a role over a range of regions."""
    pages.give(request.actor, request.POST)
    role = say_now(f"role.{request.POST['role']}")
    messages.success(request, say_now("accounts.given", name=request.POST["username"].strip(), role=role))
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


@route(PUBLIC, "GET", "POST")
def recover(request: HttpRequest) -> HttpResponse:
    """A forgotten password: both ways, and a new one with a slip's code."""
    shown = recovery_pages.owner_page(request)
    if shown["done"]:
        messages.success(request, say_now("recovery.done"))
        return redirect("account_login")
    return render(request, "guard/recover.html", shown, status=422 if shown["form"].errors else 200)


@route("account.manage", "GET", "POST")
def recoveries(request: HttpRequest) -> HttpResponse:
    """Forgotten passwords of accounts of staff: asked for here, agreed to by another administrator."""
    if request.method == "POST":
        return render(
            request, "guard/recovery_slip.html", recovery_pages.staff_ask(request.actor, request.POST)
        )
    shown = recovery_pages.staff_page(request.actor, request.GET.get("account", ""))
    return render(request, "guard/recovery.html", shown)


@route("account.manage", "POST")
def recovery_second(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """The second administrator's word."""
    shown = recovery_pages.staff_second(request.actor, recovery_id, request.POST)
    return render(request, "guard/recovery_slip.html", shown)


@route("account.manage", "POST")
def recovery_end(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """Turn a colleague's request down, or take a slip back."""
    recovery.end(request.actor, recovery.open_row(recovery_id, staff=True))
    return redirect("recoveries")
