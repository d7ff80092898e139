"""One office takes in what another decides: the counter of one city for the competent office of another.

Carries out: the second of the three ways of handling across places (异地代收代办), 国办发〔2020〕35号, from memory and not
checked (M). The counter only takes down, has it signed, looks at the originals and hands in; from then on the case is the
competent office's, which alone decides. Asked for more it comes back to the counter that took it down, once, and the clock
of the law stands meanwhile. What both ends keep is the handover, without anything about the person.
"""

from collections.abc import Mapping
from typing import Any

from renben.web.append import append
from renben.web.flow.bindings import Effect, Step
from renben.web.flow.handing_over import COLLECTED, COMPLETION, HOME
from renben.web.flow.models import Case, Handover

COMPETENT = "competent"
"""Entry of a case's result: region of the office that decides what another takes in."""


def forward(step: Step) -> None:
    """What was taken in for another office goes to it; nothing for a case of one's own."""
    case = step.case
    if not case.collected_by:
        return
    case.result = {"taken_in_on": step.day.isoformat(), **case.result}
    _pass(step, case.collected_by, str(case.result[COMPETENT]), COLLECTED)


def to_counter(step: Step) -> None:
    """Back to whoever took it down, at the counter where that was."""
    case = step.case
    if case.collected_by:
        _pass(step, case.region, case.collected_by, COMPLETION)
    case.holder = case.result["assisted_by"]


def bring_home(step: Step) -> None:
    """What ends at the counter after it was handed in is the competent office's again."""
    if step.case.at_collector and step.case.number:
        _pass(step, step.case.region, str(step.case.result[COMPETENT]), HOME)


def _pass(step: Step, from_region: str, to_region: str, answer: str) -> None:
    """Give the case to the other end, which need not answer."""
    case = step.case
    append(
        Handover(case=case, seq=case.version + 1, from_region=from_region, to_region=to_region, sent_on=step.day,
                 answer=answer, answered_on=step.day)
    )  # fmt: skip
    step.detail |= {"from": from_region, "to": to_region}
    case.region = to_region


EFFECTS: dict[str, Effect] = {"forward": forward, "to_counter": to_counter, "bring_home": bring_home}


def both_ends(case: Case, detail: Mapping[str, Any]) -> dict[str, str]:
    """Regions beside that of the case which an audit row of a step names: both ends of a handover, and who takes it in."""
    found = {name: str(detail[name]) for name in ("from", "to") if name in detail}
    return found | {
        name: str(case.result[name]) for name in ("collected_by", COMPETENT) if name in case.result
    }
