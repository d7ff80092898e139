"""Takes in what a device wrote down while it was offline, through the same functions as pages and programs.

Not modelled: several photos of one report; a report that was written down offline joins no case nearby, since the device
knows none: a dispatcher joins them.
"""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from renben.web.cases import asking
from renben.web.cases.pages_report import reporter
from renben.web.cases.reporting import RECEIVER, is_own
from renben.web.cases.reporting import report as report_case
from renben.web.clock import today
from renben.web.flow.command import Result
from renben.web.flow.from_device import from_device
from renben.web.law import provision
from renben.web.offline import door
from renben.web.registry import declarations, places
from renben.web.registry.declarations import Mistake, Mistaken
from renben.web.registry.models import Address
from renben.web.words import say_now

ADDRESS = "address.address"


def declaration(request: HttpRequest) -> dict[str, Any]:
    """A household's own registration.

    Raises:
        Mistaken: some answers cannot be taken.
        Refusal: not this account's draft, unreadable, or the flow refuses.
    """
    return _household(request, declarations.declare, "my_case")


def visit(request: HttpRequest) -> dict[str, Any]:
    """What an officer wrote down on a visit, read back and had signed.

    Raises:
        Mistaken: some answers cannot be taken.
        Refusal: not this account's draft, unreadable, or the flow refuses.
    """
    return _household(request, declarations.take_down, "slip")


def _household(request: HttpRequest, take: Any, onward: str) -> dict[str, Any]:
    if not door.owned(request):
        raise door.OtherAccount()
    key, given = door.key_of(request), door.household_of(request)
    region, words = str(given["place"].get("region", "")), str(given["address"].pop("words", "")).strip()
    if words and not given["address"].get("address"):
        given["address"]["address"] = address_of(region, words)
    try:
        done = take(request.actor, given, key, from_device(request.POST.get("begun", "")))
    except Mistaken as error:
        raise Mistaken([_addressed(one, region, words) for one in error.mistakes]) from error
    return _said(done, reverse(onward, args=[done.case]))


def _said(done: Result, link: str, code: str = "") -> dict[str, Any]:
    return {"case": done.case, "number": done.number, "repeated": done.repeated, "link": link, "code": code}


def address_of(region: str, words: str) -> str:
    """Key of the usable standard address of a county that reads like this, empty for none or for more than one."""
    found = Address.objects.filter(region=region[:12], text=words[:200], usable_until=None)[:2]
    return str(found[0].pk) if len(found) == 1 else ""


def _addressed(mistake: Mistake, region: str, words: str) -> Mistake:
    """A mistake about the address says what to do, since on a device it is written by hand."""
    if mistake.where != ADDRESS:
        return mistake
    near = places.addresses(region[:12], words[:60])
    return Mistake(ADDRESS, say_now("offline.address.choose" if near else "address.none"))


def report(request: HttpRequest) -> dict[str, Any]:
    """A problem in the street, under the account that began the draft or under nobody's.

    Raises:
        Mistaken: some answers cannot be taken.
        Refusal: not this account's draft, or unreadable.
    """
    actor = reporter(request.actor) if door.owned(request) else RECEIVER
    key, found = door.key_of(request), door.draft_of(request)
    flat = {
        name: value for fields in found.values() if isinstance(fields, dict) for name, value in fields.items()
    }
    so_far, photo = {**asking.typed(flat), "into": ""}, request.FILES.get("file")
    if wrong := asking.mistakes(so_far, photo):
        raise Mistaken([Mistake(where, why) for where, why in wrong])
    told = asking.told(so_far)
    receipt = report_case(actor, told, key, photo, from_device(request.POST.get("begun", "")))
    link = reverse("my_case", args=[receipt.result.case]) if is_own(actor, told) else ""
    return _said(receipt.result, link, receipt.code)


def addresses(region: str) -> dict[str, Any]:
    """Standard addresses of a county for a device to keep, and whether there are more than it is handed."""
    most = int(provision("offline.addresses_most", today()).value)
    rows = Address.objects.filter(region=region[:12], usable_until=None).order_by("text")
    found = list(rows.values_list("pk", "text")[: most + 1])
    return {
        "region": region[:12],
        "items": [[str(pk), text] for pk, text in found[:most]],
        "more": len(found) > most,
    }
