"""Effects and facts of city cases: filing, sending out, resting, doing, looking, closing, joining, opening again.

Carries out: the plan (one network for running a city). The seven stages are those of digital city management; the handling
limit is a provision by subclass and severity, in hours or days, and stands still while the case rests or is looked at.
Whoever said that it is done does not close it. Not modelled: points, fines and pay of units; road classes.
"""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from renben.web.cases import units
from renben.web.cases.classes import SEVERITIES, limit, subclasses
from renben.web.cases.models import CityCase, Report
from renben.web.clock import now
from renben.web.flow import deadlines
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed
from renben.web.law import provision
from renben.web.words import either

KIND = "city_case"
WAYS = ("visit", "photo", "call", "sensor")
"""How somebody looked whether it was put right."""
REASONS = ("not_found", "not_public", "elsewhere", "not_city", "untrue")
"""Why a report is not filed."""
LONGEST = {"title": 80, "place": 120}


def city_of(step: Step) -> CityCase:
    """The city case behind a step, locked."""
    return CityCase.objects.select_for_update().get(case=step.case.pk)


def file(step: Step) -> None:
    """Say in one's own words what it is and where, which subclass and how urgent; with them goes the handling limit.

    Raises:
        Incomplete: no such subclass or severity, or words that are too long.
    """
    given, city = step.payload, city_of(step)
    if given["subclass"] not in subclasses() or given["severity"] not in SEVERITIES:
        raise Incomplete(fields="subclass" if given["subclass"] not in subclasses() else "severity")
    words = {name: str(given[name]).strip() for name in LONGEST}
    if wrong := [name for name, most in LONGEST.items() if not 0 < len(words[name]) <= most]:
        raise Incomplete(fields=", ".join(wrong))
    city.subclass, city.severity, city.filed_at = given["subclass"], given["severity"], now()
    city.title, city.place = words["title"], words["place"]
    city.save()
    step.case.result = {**step.case.result, "limit": limit(city.subclass, city.severity)}
    step.detail |= {"subclass": city.subclass, "severity": city.severity}


def dispatch(step: Step) -> None:
    """Send it to an office that can be reached; its limit starts to run."""
    city = city_of(step)
    city.unit = units.must_handle(str(step.payload["unit"]), step.case.region)
    city.dispatched_at = now()
    city.save()
    step.detail["unit"] = city.unit


def as_unit(step: Step) -> None:
    """Only an account that works for the office to which it was sent takes this step."""
    if not units.is_own(step.actor, CityCase.objects.get(case=step.case.pk)):
        raise NotAllowed("refusal.other_unit")


def no_unit(step: Step) -> None:
    """It is nobody's again."""
    city = city_of(step)
    step.detail["unit"], city.unit = city.unit, ""
    city.save()


def ask_rest(step: Step) -> None:
    """Until when handling shall rest.

    Raises:
        Incomplete: no day after today.
        Guarded: longer than may be.
    """
    try:
        until = dt.date.fromisoformat(str(step.payload["until"]))
    except ValueError as error:
        raise Incomplete(fields="until") from error
    most = int(provision("city_case.suspend_most_days", step.day, step.case.region).value)
    if until <= step.day:
        raise Incomplete(fields="until")
    if until > step.day + dt.timedelta(days=most):
        raise Guarded("refusal.city_rest_long", days=most)
    step.case.result = {**step.case.result, "until": until.isoformat()}
    step.detail["until"] = until.isoformat()


def rest(step: Step) -> None:
    """Handling rests until the day that was asked for."""
    step.case.wait_on = dt.date.fromisoformat(step.case.result["until"])


def done(step: Step) -> None:
    """The unit says it is done: with what the subclass asks to be measured, and whether that was in time.

    Raises:
        Incomplete: something to be measured is missing or out of range.
    """
    city, moment = city_of(step), now()
    city.measured = {**city.measured, **_measured(city, step.payload)}
    due = deadlines.ends_at(step.case)
    city.done_at, city.due_at = moment, due
    city.in_time = None if due is None else moment <= due
    city.save()
    step.detail |= {"in_time": city.in_time, **_file(step)}


def _measured(city: CityCase, given: Mapping[str, Any]) -> dict[str, float]:
    """What the subclass asks for, as numbers.

    Raises:
        Incomplete: a number is missing or out of its range; says which and what the range is.
    """
    found = {}
    for name, asked in subclasses()[city.subclass].asks.items():
        try:
            value = float(str(given.get(name, "")).strip())
        except ValueError:
            value = math.nan
        if not 0 <= value <= asked.most:
            raise Incomplete(
                "refusal.city_measured",
                what=either(asked.zh, asked.en),
                most=f"{asked.most:g}",
                unit=asked.unit,
            )
        found[name] = value
    return found


def _file(step: Step) -> dict[str, Any]:
    """Reference of the file that came along."""
    return {name: step.payload[name] for name in ("document", "fingerprint") if step.payload.get(name)}


def confirm(step: Step) -> None:
    """Somebody else looked, and it is put right."""
    city = city_of(step)
    step.detail |= {"ways": _ways(step), **_file(step)}
    city.closed_at = now()
    city.save()


def not_done(step: Step) -> None:
    """Somebody else looked, and it is not put right: the limit goes on where it stood."""
    city = city_of(step)
    step.detail |= {"ways": _ways(step), **_file(step)}
    city.failed, city.in_time, city.done_at = city.failed + 1, None, None
    city.save()


def _ways(step: Step) -> list[str]:
    given = step.payload["ways"]
    ways = [way for way in WAYS if way in given]
    if not ways:
        raise Incomplete(fields="ways")
    return ways


def reject(step: Step) -> None:
    """Not filed, for a reason from a list.

    Raises:
        Incomplete: no such reason.
    """
    if step.payload["reason"] not in REASONS:
        raise Incomplete(fields="reason")
    city = city_of(step)
    city.reason, city.closed_at = step.payload["reason"], now()
    city.save()
    step.detail["reason"] = city.reason


def end(step: Step) -> None:
    """It is over without having been handled."""
    city = city_of(step)
    city.closed_at = now()
    city.save()


def join(step: Step) -> None:
    """The reports go to another case of the region that is under way, which counts them.

    Raises:
        Guarded: no such case, or one that is over.
    """
    mine = city_of(step)
    there = (
        CityCase.objects.select_for_update()
        .filter(case__number=str(step.payload["into"]).strip(), case__closed_on=None)
        .exclude(pk=mine.pk)
        .first()
    )
    if there is None or not step.actor.may("city.dispatch", there.region):
        raise Guarded("refusal.city_no_case")
    moved = Report.objects.filter(city=mine).update(city=there)
    there.reports += moved
    there.save(update_fields=["reports"])
    mine.reports, mine.closed_at = 0, now()
    mine.save()
    step.case.result = {**step.case.result, "into": str(there.pk)}
    step.detail["into"] = there.case.number


def reopen(step: Step) -> None:
    """It is filed again: the moments of the first round give way, and the round is counted."""
    city = city_of(step)
    city.reopened += 1
    city.filed_at, city.dispatched_at, city.done_at, city.closed_at = now(), None, None, None
    city.due_at, city.in_time, city.unit = None, None, ""
    city.save()
    step.case.closed_on, step.case.clock = None, ""


def tell(step: Step) -> None:
    """Tell a reporter who has an account."""
    if step.case.applicant is not None:
        step.messages.append(f"{step.flow.name}.{step.move.action}")


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards ask for."""
    days = int(provision("city_case.reopen_days", day, case.region).value)
    return {
        "too_late": case.closed_on is not None and day > case.closed_on + dt.timedelta(days=days),
    }


CITY = Bindings(
    {
        "file": file, "dispatch": dispatch, "as_unit": as_unit, "no_unit": no_unit, "ask_rest": ask_rest, "rest": rest,
        "done": done, "confirm": confirm, "not_done": not_done, "reject": reject, "end": end, "join": join,
        "reopen": reopen, "tell": tell,
    },
    facts,
)  # fmt: skip
