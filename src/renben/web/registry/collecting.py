"""Taking in for the office of another city: for whom, what is looked at, and what both ends are told.

Carries out: the second of the three ways of handling across places (异地代收代办), 国办发〔2020〕35号, from memory and not
checked (M); the case goes by flow/collecting. Only registrations are taken in: their form asks the person alone. Not
modelled: changes of a household, whose form names its members, and applications that rest on what is on record there, since
the collecting officer is to see nothing of it.
"""

from collections.abc import Mapping
from typing import Any

from django import forms

from renben.web.flow.models import Case
from renben.web.guard.policy import Actor, covers
from renben.web.registry.moving import CITY, office_there, offices
from renben.web.registry.places import counties
from renben.web.words import later

ASSIST, DECIDES = "registration.assist", "registration.review"
TICK = "originals"
"""What an officer says who has compared the originals with the scan and with what is written."""


def served(own: tuple[str, ...]) -> list[Any]:
    """Counties of other cities in which an office of this service decides registrations, grouped by city.

    Args:
        own: regions of the collecting office; its own cities are left out.
    """
    there, cities = offices(DECIDES), {code[:CITY] for code in own}
    first, *groups = counties()
    found = [
        (city, rows)
        for city, all_ in groups
        if (rows := [one for one in all_ if _elsewhere(one[0], own, cities) and _one_covers(there, one[0])])
    ]
    return [first, *found]


def _elsewhere(county: str, own: tuple[str, ...], cities: set[str]) -> bool:
    return county[:CITY] not in cities and not _one_covers(own, county)


def _one_covers(ranges: Any, county: str) -> bool:
    return any(covers(one, county) for one in ranges)


class ElsewhereForm(forms.Form):
    """The county whose office decides what is taken in here."""

    use_required_attribute = False
    region = forms.ChoiceField(label=later("elsewhere.region"), help_text=later("elsewhere.region_hint"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = served(actor.regions(ASSIST))

    @property
    def nobody(self) -> bool:
        """Whether no other city has an office here."""
        return len(self.fields["region"].choices) == 1


def facts(case: Case, payload: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that the guard of handing in asks for; of a case of one's own office nothing is asked."""
    if not case.collected_by:
        return {"office_elsewhere": True, "scan_missing": False, "originals_unseen": False}
    return {
        "office_elsewhere": office_there(DECIDES, str(answers.get("region", ""))),
        "scan_missing": not answers.get("document"),
        "originals_unseen": not payload.get(TICK),
    }
