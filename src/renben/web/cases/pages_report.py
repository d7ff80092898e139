"""The pages on which somebody reports a problem in the street, up to the receipt."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.cases import asking
from renben.web.cases.classes import subclasses
from renben.web.cases.models import CityCase
from renben.web.cases.reporting import MAY, RECEIVER, Receipt, also_reported, report
from renben.web.cases.shown import OPEN
from renben.web.clock import today
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.law import provision

KEY_MOST = 80
BACK = "to:"


def begin(request: HttpRequest) -> HttpResponse:
    """The first page, under a fresh one-time key."""
    so_far = asking.typed({})
    return _page(request, "what", so_far, secrets.token_urlsafe(24), asking.WhatForm(typed=so_far))


def answered(request: HttpRequest) -> HttpResponse:
    """Look at one page's answers and go on, go back, or send everything."""
    data, so_far = request.POST, asking.typed(request.POST)
    key, page, do = data.get("key", "")[:KEY_MOST], data.get("page", ""), data.get("do", "next")
    page = page if page in asking.PAGES else "what"
    back = do.removeprefix(BACK)
    if do.startswith(BACK) and back in asking.PAGES:
        return _page(request, back, so_far, key)
    form = asking.FORMS[page](data, request.FILES, typed=so_far)
    if not form.is_valid():
        return _page(request, page, so_far, key, form, 422)
    if page == "check":
        return _send(request, so_far, key, form)
    if page in ("what", "where"):
        so_far["into"] = ""
    return _page(request, asking.following(page, so_far), so_far, key)


def _page(
    request: HttpRequest, page: str, so_far: asking.Typed, key: str, form: Any = None, status: int = 200
) -> HttpResponse:
    form = form if form is not None else asking.FORMS[page](initial=so_far, typed=so_far)
    return render(
        request, f"cases/report_{page}.html",
        {
            "form": form, "page": page, "key": key, "hidden": _carried(form, so_far), "typed": so_far,
            "back": asking.preceding(page, so_far), "position": asking.STEPS.index(page) + 1 if page in asking.STEPS else 2,
            "total": len(asking.STEPS), "into": _meant(so_far),
            "named": subclasses().get(so_far["subclass"]),
        },
        status=status,
    )  # fmt: skip


def _carried(form: Any, so_far: asking.Typed) -> list[tuple[str, str]]:
    """What other pages were told, to travel on in hidden fields."""
    return [(name, value) for name, value in so_far.items() if name not in form.fields and value]


def _meant(so_far: asking.Typed) -> CityCase | None:
    """The known case that is meant, where it is still open."""
    into = asking.case_of(so_far)
    if into is None:
        return None
    with scope.reading_as("flow"):
        return CityCase.objects.select_related("case").filter(OPEN, pk=into).first()


def _send(request: HttpRequest, so_far: asking.Typed, key: str, form: Any) -> HttpResponse:
    wrong = asking.first_wrong(so_far)
    if wrong is not None:
        return _page(request, wrong[0], so_far, key, wrong[1], 422)
    told, into, photo = asking.told(so_far), asking.case_of(so_far), form.cleaned_data["photo"]
    actor = reporter(request.actor)
    if into is None:
        receipt = report(actor, told, key, photo)
    else:
        receipt = also_reported(actor, told, into, key, photo)
    return render(request, "cases/receipt.html", _receipt(receipt, told.region, into is not None))


def reporter(actor: Actor) -> Actor:
    """Under whom a report is taken down: an account that has pages of its own, or nobody's."""
    return actor if actor.may(MAY) and actor.may("my.read") else RECEIVER


def _receipt(receipt: Receipt, region: str, joined: bool) -> dict[str, Any]:
    return {
        "receipt": receipt, "result": receipt.result, "joined": joined, "region": region, "day": today(),
        "law": provision("city_case.file_hours", today(), region),
    }  # fmt: skip
