"""Which start page an actor gets."""

from typing import Any

from renben.web.cases import board
from renben.web.guard.policy import Actor
from renben.web.registry import pages_office, pages_resident


def start_page(actor: Actor) -> tuple[str, dict[str, Any]]:
    """Template and context of the start page."""
    if actor.may("my.read"):
        return "registry/home.html", pages_resident.home(actor)
    if actor.may("queue.read"):
        return "registry/office_home.html", {
            "counts": pages_office.waiting(actor),
            "assist": actor.may("registration.assist"),
            "recover": actor.may("recovery.assist"),
        }
    if actor.may(board.READ):
        return "city/desk_home.html", board.home(actor)
    return "look/desk.html", {}
